"""The shift of a post: supervisor, incidents, closing, reports."""
