"""Who is in the country since when, who left, and how many days remain: the register of entries and exits."""
