"""List versions: immutable, signed files of records, built aside, swapped by one small entry, searched in place."""
