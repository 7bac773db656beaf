"""Rows of a CSV of any source: encoding, separator and line of the headings as its mapping says. Pure, bounded memory.

A value in quotation marks may hold line breaks, at most 50; a quotation mark that is not closed by then costs its own
line and no other.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from xenia.formats.lists.mapping import ColumnMapping, Row
from xenia.formats.lists.records import BadList, Limits, Refused, Told

_MOST_LINES = 50
_MOST_COLUMNS = 2_000


def read_rows(
    stream: BinaryIO, mapping: ColumnMapping, limits: Limits, told: Told
) -> tuple[list[str], Iterator[Row | Refused]]:
    """The headings and the rows beneath them. Raises `BadList`: `list-encoding`, `list-columns`, `list-too-large`."""
    lines = _Lines(stream, mapping.encoding, limits, told)
    for _ in range(mapping.heading_line - 1):
        lines.next()
    first = lines.next()
    cells = _cells(first, mapping.separator) if first else None
    if not cells or len(cells) > _MOST_COLUMNS or len(first or "") > limits.line_bytes:
        raise BadList(
            "There are no headings in the line that should have them.",
            "Check separator, encoding and the line of the headings.",
            code="list-columns",
        )
    return cells, _rows(lines, cells, mapping, limits)


class _Lines:
    """Decoded lines, one by one, with those that were looked at and given back."""

    def __init__(self, stream: BinaryIO, encoding: str, limits: Limits, told: Told) -> None:
        self.raw, self.limits, self.told = stream, limits, told
        named = "utf-8-sig" if encoding == "utf-8" else encoding
        self.text = io.TextIOWrapper(stream, encoding=named, newline=None)
        self.back: deque[str] = deque()
        self.number = self.chars = 0

    def next(self) -> str | None:
        """The next line without its end, None at the end of the file; one character more than allowed where longer."""
        self.number += 1
        if self.back:
            return self.back.popleft()
        longest = self.limits.line_bytes
        try:
            line = self.text.readline(longest + 1)
            if len(line) > longest and not line.endswith("\n"):
                self._skip(longest)
        except UnicodeError:
            raise BadList(
                f"Line {self.number} is not in the encoding of this source.",
                "Ask its source how the file is written, and propose the source with that encoding.",
                code="list-encoding",
            ) from None
        self._count(len(line))
        return line.rstrip("\n") if line else None

    def _skip(self, step: int) -> None:
        while (rest := self.text.readline(step)) and not rest.endswith("\n"):
            self._count(len(rest))

    def _count(self, chars: int) -> None:
        self.chars += chars
        self.told.bytes = self.chars
        if self.chars > self.limits.file_bytes:
            raise BadList("The file is larger than a list may be.", "Ask its source.", code="list-too-large")

    def give_back(self, lines: Sequence[str]) -> None:
        """These lines come again."""
        self.back.extendleft(reversed(lines))
        self.number -= len(lines)


def _rows(lines: _Lines, heading: Sequence[str], mapping: ColumnMapping, limits: Limits) -> Iterator[Row | Refused]:
    while (line := lines.next()) is not None:
        number = lines.number
        if not line.strip():
            continue
        if len(line) > limits.line_bytes:
            yield Refused(number, "line-too-long", value=line[:80])
            continue
        cells = _cells(line, mapping.separator) if line.count('"') % 2 == 0 else _joined(lines, line, mapping, limits)
        if cells is None:
            yield Refused(number, "many-lines", value=line[:80])
        elif len(cells) != len(heading):
            if any(cell.strip() for cell in cells):
                yield Refused(number, "columns", value=str(len(cells)))
        else:
            yield number, cells


def _joined(lines: _Lines, first: str, mapping: ColumnMapping, limits: Limits) -> list[str] | None:
    """The cells of a row whose last value goes on in the next lines; None, and those lines again, where it has no end."""
    taken: list[str] = []
    whole = first
    while len(taken) < _MOST_LINES and len(whole) <= limits.line_bytes:
        line = lines.next()
        if line is None:
            break
        taken.append(line)
        whole = f"{whole} {line}"
        if line.count('"') % 2:
            cells = _cells(whole, mapping.separator)
            if cells is not None:
                return cells
            break
    lines.give_back(taken)
    return None


def _cells(text: str, separator: str) -> list[str] | None:
    if '"' not in text:
        return text.split(separator)
    try:
        return next(csv.reader([text], delimiter=separator, strict=True), None)
    except csv.Error:
        return None
