"""CSV that a spreadsheet shows as text and never runs. Pure.

A cell that begins with `= + - @` (of either width), a tab or an end of line gets a `'` in front.
Source: OWASP, CSV Injection; ASVS 5.0 chapter 1.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe(cell: object) -> str:
    """The cell as text that no spreadsheet takes for a formula."""
    text = str(cell)
    bare = text.lstrip(" \u00a0\ufeff")
    return "'" + text if bare.startswith(_RISKY) or text.startswith(_RISKY) else text


def lines(heading: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The file line by line, with a byte-order mark so that spreadsheets read it as UTF-8."""
    yield "\ufeff" + _line(heading)
    for row in rows:
        yield _line(safe(cell) for cell in row)


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow(list(cells))
    return out.getvalue()
