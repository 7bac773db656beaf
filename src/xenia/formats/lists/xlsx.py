"""Rows of a spreadsheet (.xlsx): every part is looked through before anything in it is believed. Pure, bounded.

A spreadsheet is a zip of XML. Before openpyxl opens it, each part is unpacked once and counted (a zip bomb ends there),
and parsed once with every document type and entity refused. Formulas are never run: the value that was saved counts.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any, BinaryIO
from xml.parsers import expat

from xenia.formats.lists.mapping import ColumnMapping, Row
from xenia.formats.lists.records import BadList, Limits, Refused, Told

MOST_BYTES = 1_000_000_000
MOST_PARTS = 2_000
MOST_COLUMNS = 500
# One sheet of a spreadsheet has 1,048,576 rows at most (ECMA-376, as spreadsheets keep it).
MOST_ROWS = 1_048_576
_DEPTH = 64
_CHUNK = 1 << 16
# What may stand before the first element: blanks, byte-order marks, the zeros of UTF-16.
_BEFORE_XML = b" \t\r\n\xef\xbb\xbf\xff\xfe\x00"
_HOW = "Save it again as a plain spreadsheet, or as CSV."


def read_rows(
    stream: BinaryIO, mapping: ColumnMapping, limits: Limits, told: Told
) -> tuple[list[str], Iterator[Row | Refused]]:
    """The headings of a sheet and the rows beneath them. Raises `BadList`: `list-xlsx`, `list-too-large`, `list-columns`."""
    look_through(stream, told)
    stream.seek(0)
    sheet = _sheet(stream, mapping.sheet)
    lines = enumerate(_lines(sheet), 1)
    for number, cells in lines:
        if number == mapping.heading_line:
            heading = [_text(cell) for cell in cells]
            while heading and not heading[-1]:
                heading.pop()
            if heading:
                return heading, _rows(lines, len(heading))
            break
    raise BadList(
        "There are no headings in the line that should have them.",
        "Check the sheet and the line of the headings.",
        code="list-columns",
    )


def sheets(stream: BinaryIO) -> list[str]:
    """The names of the sheets of a file that was looked through."""
    return [str(name) for name in _opened(stream).sheetnames[:50]]


def look_through(stream: BinaryIO, told: Told | None = None) -> None:
    """Unpacks and parses each part once, keeping nothing. Raises `BadList`."""
    told, left = told or Told(), MOST_BYTES
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS:
                raise _bad("It has too many parts.")
            if len({part.filename for part in parts}) != len(parts) or any(part.flag_bits & 1 for part in parts):
                raise _bad("It has one part twice, or is encrypted.")
            if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
                raise _bad("It is packed in an unknown way.")
            for part in parts:
                left -= _look_at(archive, part, left)
                told.bytes += part.compress_size
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError):
        raise _cut("It is not a whole .xlsx file.") from None


def _look_at(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Its size unpacked. A part is XML by its name or by how it begins: openpyxl opens any that a sheet is said to be in."""
    parser = _parser() if part.filename.lower().endswith((".xml", ".rels", ".vml")) else None
    size, begun = 0, parser is not None
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if not begun and (beginning := chunk.lstrip(_BEFORE_XML)):
                parser, begun = _parser() if beginning.startswith(b"<") else None, True
            size += len(chunk)
            if size > left:
                raise BadList("The spreadsheet unpacks to more than 1 GB.", _HOW, code="list-too-large")
            _parse(parser, chunk)
    _parse(parser, b"", last=True)
    return size


def _parse(parser: Any, chunk: bytes, last: bool = False) -> None:
    if parser is None:
        return
    try:
        parser.Parse(chunk, last)
    except expat.ExpatError:
        raise _cut("One of its parts is not whole XML.") from None


def _parser() -> Any:
    parser, depth = expat.ParserCreate(), 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEPTH:
            raise _bad("Its elements are nested too deep.")

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse(*_: object) -> None:
        raise _bad("It declares a document type or entities.")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    return parser


def _opened(stream: BinaryIO) -> Any:
    from openpyxl import load_workbook

    try:
        return load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    except (MemoryError, BadList):
        raise
    except Exception:  # openpyxl raises whatever a crooked part brings it to
        raise _bad("It is not a spreadsheet that can be read.") from None


def _sheet(stream: BinaryIO, name: str) -> Any:
    book = _opened(stream)
    found = [sheet for sheet in book.worksheets if not name or sheet.title == name]
    if not found:
        raise BadList("The spreadsheet has no such sheet.", "Check the name of the sheet.", code="list-columns")
    return found[0]


def _lines(sheet: Any) -> Iterator[Sequence[Any]]:
    sheet.reset_dimensions()
    lines = sheet.iter_rows(max_col=MOST_COLUMNS, max_row=MOST_ROWS)
    while True:
        try:
            yield next(lines)
        except StopIteration:
            return
        except (MemoryError, BadList):
            raise
        except Exception:  # as above: a crooked cell is no reason of ours to fail without words
            raise _bad("One of its cells cannot be read.") from None


def _rows(lines: Iterator[tuple[int, Sequence[Any]]], width: int) -> Iterator[Row | Refused]:
    for number, cells in lines:
        wrong = next((cell for cell in cells[:width] if cell.data_type == "e"), None)
        if wrong is not None:
            yield Refused(number, "formula-error", value=str(wrong.value)[:80])
            continue
        texts = [_text(cell) for cell in cells[:width]]
        if any(texts):
            yield number, texts + [""] * (width - len(texts))


def _text(cell: Any) -> str:
    """A cell as text: days as ISO dates, whole numbers without a point."""
    with suppress(ValueError, OverflowError, TypeError):
        value = cell.value
        if value is None:
            return ""
        if isinstance(value, datetime):
            return value.date().isoformat() if value.time() == time(0) else value.isoformat(" ", "seconds")
        if isinstance(value, date | time):
            return value.isoformat()
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        return str(value)
    return ""


def _bad(message: str) -> BadList:
    return BadList(f"The spreadsheet is refused. {message}", _HOW, code="list-xlsx")


def _cut(message: str) -> BadList:
    return BadList(f"The spreadsheet is refused. {message}", _HOW, code="list-cut")
