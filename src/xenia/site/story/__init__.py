"""Whole cases, walked by two installations that know nothing of each other but a card."""
