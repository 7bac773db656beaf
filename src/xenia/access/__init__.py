"""Who may: authorities, accounts, posts, roles, purposes, the decision table as data."""
