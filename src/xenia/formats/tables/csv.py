"""Comma-separated text that spreadsheets open as it is meant: UTF-8 with its mark, RFC 4180 lines, no formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from xenia.formats.tables.cells import Cell, harmless, iso, tidy

MARK = b"\xef\xbb\xbf"


def csv_bytes(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A whole file: the byte-order mark, one line of headings, one line per row; comma, CRLF, quotes where needed.

    Numbers are written with a point and no thousands, dates as ISO, None as nothing. Text that a spreadsheet would take
    for a formula gets an apostrophe in front (`cells.harmless`). Source of the layout: RFC 4180.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_written(one) for one in headings])
    writer.writerows([_written(one) for one in row] for row in rows)
    return MARK + text.getvalue().encode("utf-8")


def _written(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(tidy(value))
    return repr(value) if isinstance(value, int | float) else iso(value)
