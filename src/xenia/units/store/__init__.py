"""The encrypted store of a unit: its key, who opens it, and what asks for it."""
