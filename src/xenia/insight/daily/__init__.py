"""The daily report: yesterday against the usual day, made at a set hour, frozen, and made anew where late facts change it."""
