"""What the world writes, read and written: pure functions, no Django, no files."""
