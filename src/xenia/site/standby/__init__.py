"""The second server of a centre: it follows the first, and takes its place when a person says so."""
