"""Posts without a line: what a unit wrote goes up to the centre, and nothing is lost or doubled on the way."""
