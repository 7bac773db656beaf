"""Workbooks (ISO/IEC 29500) of plain sheets: text as text, numbers as numbers, nothing that runs or links."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import xlsxwriter

from xenia.errors import BadInput
from xenia.formats.tables.cells import LONGEST, Cell, iso, tidy

MOST_ROWS: Final = 1_048_575  # of a sheet, beside its headings. Source: Excel specifications and limits
LONGEST_TITLE: Final = 31
WIDEST: Final = 60
WIDE: Final = 7  # columns from which a sheet is printed on its side
A4: Final = 9  # as the format numbers paper
LONGEST_HEADER: Final = 200
_NOT_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
# The same table gives the same bytes: the day on which a file was made is said in the table, not in its envelope.
_MADE: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Sheet:
    """One sheet. `widths`: of columns, in characters; from the headings where none are given.

    `right_to_left`: columns run from the right. `notes`: lines above the headings, such as the period and whose it is.
    `wrapped`: long text goes on in the next line of its cell; the cell becomes higher.
    """

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[int] = ()
    notes: Sequence[str] = ()
    right_to_left: bool = False
    wrapped: bool = False


def xlsx_bytes(sheets: Sequence[Sheet]) -> bytes:
    """A whole workbook of at least one sheet. The same sheets give the same bytes.

    Text never becomes a formula, a link or a number; text over 32,767 characters is cut there. Times are written as ISO
    text, dates as dates. Raises `BadInput` (`table-too-long`) for more rows than a sheet can hold.
    """
    file = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(file, options)
    book.set_properties({"created": _MADE.replace(tzinfo=None)})
    looks = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}),
        "note": book.add_format({"italic": True}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "text": book.add_format({"valign": "top"}),
        "wrapped": book.add_format({"valign": "top", "text_wrap": True}),
    }
    taken: set[str] = set()
    for sheet in sheets:
        _write(book.add_worksheet(_title(sheet.title, taken)), sheet, looks)
    book.close()
    return file.getvalue()


def _title(title: str, taken: set[str]) -> str:
    plain = tidy(title).translate(_NOT_IN_TITLES).strip(" '\t\r\n") or "1"
    made, number = plain[:LONGEST_TITLE], 2
    while made.casefold() in taken:
        end = f" {number}"
        made, number = plain[: LONGEST_TITLE - len(end)] + end, number + 1
    taken.add(made.casefold())
    return made


def _write(page: Any, sheet: Sheet, looks: dict[str, Any]) -> None:
    if sheet.right_to_left:
        page.right_to_left()
    _for_print(page, sheet)
    for at, note in enumerate(sheet.notes):
        page.write_string(at, 0, tidy(note)[:LONGEST], looks["note"])
    head = len(sheet.notes) + (1 if sheet.notes else 0)
    for column, heading in enumerate(sheet.headings):
        page.write_string(head, column, tidy(heading)[:LONGEST], looks["head"])
        width = sheet.widths[column] if column < len(sheet.widths) else len(heading) + 2
        page.set_column(column, column, min(max(width, 6), WIDEST))
    page.freeze_panes(head + 1, 0)
    for number, row in enumerate(sheet.rows, 1):
        if head + number > MOST_ROWS:
            raise BadInput("The table has more rows than a sheet can hold.", "Narrow it.", code="table-too-long")
        for column, value in enumerate(row):
            _cell(page, head + number, column, value, looks, "wrapped" if sheet.wrapped else "text")


def _for_print(page: Any, sheet: Sheet) -> None:
    """A4 with the title above and pages counted below, the whole width on one page, and headings again on each."""
    page.set_paper(A4)
    page.set_landscape() if len(sheet.headings) > WIDE else page.set_portrait()
    page.fit_to_pages(1, 0)
    head = len(sheet.notes) + (1 if sheet.notes else 0)
    page.repeat_rows(head)
    page.set_header("&L" + tidy(sheet.title)[:LONGEST_HEADER].replace("&", "&&"))
    page.set_footer("&R&P / &N")


def _cell(page: Any, row: int, column: int, value: Cell, looks: dict[str, Any], text: str) -> None:
    if value is None or value == "":
        return
    if isinstance(value, int | float):
        if math.isfinite(value):
            page.write_number(row, column, value)
    elif isinstance(value, date) and not isinstance(value, datetime):
        page.write_datetime(row, column, datetime(value.year, value.month, value.day), looks["day"])
    else:
        page.write_string(row, column, tidy(value if isinstance(value, str) else iso(value))[:LONGEST], looks[text])
