"""Visas and residence permits: known by the passport or by the number of the sticker."""
