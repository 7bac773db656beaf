"""What comes down to units: a signed list of what is in force, and the files that it names, fetched piece by piece."""
