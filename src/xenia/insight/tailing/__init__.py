"""Following the journal: entries become facts, facts become files."""
