"""Codes and their words: rows with labels per language, validity, source and confidence."""
