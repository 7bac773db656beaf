"""Is it right: rights of the person, retention runs."""
