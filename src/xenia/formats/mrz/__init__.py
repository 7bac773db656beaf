"""Machine-readable zones of travel documents: read, checked, repaired, written.

Layouts: TD1, TD2, TD3, MRV-A, MRV-B (ICAO Doc 9303) and ID-FRA (French identity card, 1988 to 2021).
`docs/reference/mrz.md` describes layouts, warnings and repairs. Pure: no clock, no file, no database.
"""

from xenia.formats.mrz.digits import BadMRZ, check_digit
from xenia.formats.mrz.feeding import documents
from xenia.formats.mrz.layouts import LAYOUTS, Layout, LayoutName, Span
from xenia.formats.mrz.reader import read
from xenia.formats.mrz.reading import Check, Fields, Reading, Remark, Repair
from xenia.formats.mrz.transliteration import transliterate
from xenia.formats.mrz.writing import write

__all__ = [
    "LAYOUTS",
    "BadMRZ",
    "Check",
    "Fields",
    "Layout",
    "LayoutName",
    "Reading",
    "Remark",
    "Repair",
    "Span",
    "check_digit",
    "documents",
    "read",
    "transliterate",
    "write",
]
