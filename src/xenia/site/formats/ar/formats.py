"""Arabic: Django has the separator of thousands, not where it stands."""

NUMBER_GROUPING = 3
