"""Pages of cases: work lists, the case, forms made from schemas, spreadsheets, and the page of each procedure."""
