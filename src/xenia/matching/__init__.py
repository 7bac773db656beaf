"""How alike two names, dates and numbers are, with the reasons: pure functions."""
