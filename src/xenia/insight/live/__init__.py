"""The last minutes, counted while they happen."""
