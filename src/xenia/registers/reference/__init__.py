"""Reference data: short lists of terms with labels in each language, validity, source and confidence."""
