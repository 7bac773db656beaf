"""Tables for other programs: `csv_bytes`, `xlsx_bytes`. A cell's text never becomes a formula; `read_back` undoes that."""

from xenia.formats.tables.cells import Cell, read_back
from xenia.formats.tables.csv import csv_bytes
from xenia.formats.tables.xlsx import Sheet, xlsx_bytes

__all__ = ["Cell", "Sheet", "csv_bytes", "read_back", "xlsx_bytes"]
