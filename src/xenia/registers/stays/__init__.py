"""Entries and exits, days of stay, overstayers, refusals."""
