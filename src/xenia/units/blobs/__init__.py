"""Blobs of a unit in a lane of their own: entries first, then the files that they refer to, piece by piece."""
