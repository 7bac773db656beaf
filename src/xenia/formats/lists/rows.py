"""Rows of a comma-separated file from somebody else: one line each, every limit checked before a line is taken apart.

UTF-8, with or without byte-order mark; lines end in LF or CR LF; the first line names the columns; the last line is
`#end,<number of rows>[,<as of>]`. A line break inside quotation marks is not allowed. Pure, bounded memory.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from xenia.formats.lists.records import BadList, Limits, Refused, Told

END = "#end"
_HOW = "See the list formats in the documentation."
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00")


@dataclass(frozen=True)
class Columns:
    """Headings that the file must have and may have besides. `own`: those that name a record without record_id."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    own: tuple[str, ...] = ()


Row = tuple[int, list[str]]
Whose = Callable[[Mapping[str, str]], str]


def read_rows(
    stream: BinaryIO, columns: Columns, limits: Limits, told: Told, whose: Whose
) -> tuple[list[str], Iterator[Row | Refused]]:
    """The headings and the rows beneath them, each with its line number.

    `whose`: which record a row is of, by the cells that name it; asked for rows that cannot be taken apart.
    Raises `BadList`: `list-encoding` (not UTF-8), `list-columns` (heading), `list-too-large`; and while the rows are
    taken `list-cut` where the end row is missing, tells another number, or something follows it.
    """
    first = stream.readline(limits.line_bytes + 1)
    if first.startswith(_WIDE[:2]) or _WIDE[2] in first:
        raise BadList("The file is not UTF-8.", "Save it as CSV in UTF-8 and load it again.", code="list-encoding")
    told.bytes = len(first)
    cells = _cells(_decoded(first, 1).removeprefix("\ufeff")) or []
    heading = [cell.strip() for cell in cells]
    _check_heading(heading, columns)
    width = _naming(heading, columns.own)
    return heading, _rows(stream, heading, limits, told, lambda text: whose(_beginning(heading[:width], text)))


def _check_heading(heading: Sequence[str], columns: Columns) -> None:
    known = columns.required + columns.optional
    missing = [name for name in columns.required if name not in heading]
    unknown = [name for name in heading if name not in known]
    if len(heading) == 1 and (";" in heading[0] or "\t" in heading[0]):
        raise BadList("The columns are not separated by commas.", "Save the file with commas.", code="list-columns")
    if missing:
        raise BadList(f"The column {missing[0]} is missing in the first line.", _HOW, code="list-columns")
    if unknown:
        raise BadList(f"There is no column {_shown(unknown[0])!r} in this format.", _HOW, code="list-columns")
    if len(set(heading)) != len(heading):
        raise BadList("A column is named twice in the first line.", _HOW, code="list-columns")


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text[:40])


def _rows(
    stream: BinaryIO, heading: Sequence[str], limits: Limits, told: Told, whose: Callable[[str], str]
) -> Iterator[Row | Refused]:
    longest, line = limits.line_bytes, 1
    while raw := stream.readline(longest + 1):
        line += 1
        told.bytes += len(raw)
        if told.bytes > limits.file_bytes or told.rows >= limits.rows:
            raise BadList("The file is larger than a list may be.", _HOW, code="list-too-large")
        if len(raw) > longest and not raw.endswith(b"\n"):
            told.bytes += _skip_line(stream, longest, limits.file_bytes)
            told.rows += 1
            yield Refused(line, "line-too-long", whose(raw.decode("utf-8", "replace")))
            continue
        text = _decoded(raw, line)
        if not text:
            continue
        if text.startswith(END):
            _check_end(text, stream, told)
            return
        told.rows += 1
        cells = text.split(",") if '"' not in text else _cells(text)
        if cells is None:
            yield Refused(line, "quote-open", whose(text), value=text[:80])
        elif len(cells) != len(heading):
            yield Refused(line, "columns", whose(text), value=str(len(cells)))
        else:
            yield line, cells
    raise _cut("The file ends without its end row.")


def _naming(heading: Sequence[str], own: Sequence[str]) -> int:
    """How many columns at the beginning name the record of a row."""
    if heading[0] == "record_id":
        return 1
    return len(own) if "record_id" not in heading and set(heading[: len(own)]) == set(own) else 0


def _beginning(names: Sequence[str], text: str) -> dict[str, str]:
    """Cells at the beginning of a row that name its record, if they stand there: what follows may be out of line."""
    cells = [cell.strip().strip('"') for cell in text.split(",", len(names))[: len(names)]] if names else []
    return dict(zip(names, cells, strict=False)) if len(cells) == len(names) else {}


def _decoded(raw: bytes, line: int) -> str:
    try:
        return raw.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise BadList(
            f"Line {line} is not UTF-8.", "Save the file as CSV in UTF-8 and load it again.", code="list-encoding"
        ) from None


def _cells(text: str) -> list[str] | None:
    if '"' not in text:
        return text.split(",")
    try:
        return next(csv.reader([text], strict=True), None)
    except csv.Error:
        return None


def _skip_line(stream: BinaryIO, step: int, at_most: int) -> int:
    skipped = 0
    while (raw := stream.readline(step)) and skipped < at_most:
        skipped += len(raw)
        if raw.endswith(b"\n"):
            break
    return skipped


def _check_end(text: str, stream: BinaryIO, told: Told) -> None:
    cells = [cell.strip().strip('"') for cell in text.split(",")]
    count = cells[1] if len(cells) > 1 else ""
    if cells[0] != END or not (count.isascii() and count.isdigit() and len(count) < 12):
        raise _cut("The end row cannot be read.")
    if int(count) != told.rows:
        raise _cut(f"The end row tells of {int(count)} rows, the file has {told.rows}.")
    told.as_of = cells[2] if len(cells) > 2 else ""
    while rest := stream.readline(4096):
        if rest.strip(b"\r\n, \t"):
            raise _cut("Something follows the end row.")


def _cut(message: str) -> BadList:
    return BadList(
        message,
        f"The last line of a whole list is {END},<number of rows>. Ask its source for it again.",
        code="list-cut",
    )
