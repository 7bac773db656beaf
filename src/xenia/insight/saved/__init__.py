"""Questions that are kept: shared in an office, asked again, and answered at a set hour into files."""
