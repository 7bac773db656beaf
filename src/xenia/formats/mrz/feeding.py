"""Texts of zones that follow each other in a file, told apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from xenia.formats.mrz.digits import FILLER
from xenia.formats.mrz.finding import MOST_FILLERS_OFF, begins_like
from xenia.formats.mrz.layouts import LAYOUTS
from xenia.formats.mrz.tidying import LONGEST_TEXT, decoded, tidy, understandings

# Rows by width: three lines of 30, two of 36 or 44.
_ROWS = {layout.width: layout.rows for layout in LAYOUTS}
_THREE_ROWS = 30


def documents(lines: Iterable[str | bytes]) -> Iterator[str]:
    """The text of one document at a time, its lines parted by line feeds.

    An empty line always ends a document. Otherwise lines of about the same width belong together: three
    of 30, two of 36, two of 44 characters (three more or less are let pass, and a line of names may have
    lost its fillers at the end). A line of another length is a document by itself, which takes zones
    written in one line. Every line that is not empty is in exactly one document. `lines` may be endless;
    each should be cut by the caller at some length.
    """
    held: list[str] = []
    widths: list[int] = []
    for line in _rows(lines):
        length = _length(line)
        if held and not _goes_on(held, widths, line, length):
            yield "\n".join(held)
            held, widths = [], []
        if length:
            held.append(line)
            widths.append(_width(length))
        if held and len(held) >= max(_ROWS.get(width, 1) for width in widths) and not _may_be_upper(held, length):
            yield "\n".join(held)
            held, widths = [], []
    if held:
        yield "\n".join(held)


def _rows(lines: Iterable[str | bytes]) -> Iterator[str]:
    """The rows within the lines of a file, which may be parted by carriage returns, each cut."""
    for raw in lines:
        if isinstance(raw, bytes):
            joined = raw.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            pieces = [_decoded(piece) for piece in joined.removesuffix(b"\n").split(b"\n")]
        else:
            text = raw.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
            pieces = [piece[: LONGEST_TEXT + 1] for piece in text.removesuffix("\n").split("\n")]
        yield from pieces


def _decoded(piece: bytes) -> str:
    """The text of a piece; one character longer than is ever read where there was more."""
    text, cut = decoded(piece)
    return text.ljust(LONGEST_TEXT + 1) if cut else text


def _goes_on(held: list[str], widths: list[int], line: str, length: int) -> bool:
    """Whether this line belongs to the document begun by the held ones."""
    if not length:
        return False
    width = _width(length)
    if width and width == widths[-1]:
        return True
    if widths == [_THREE_ROWS, _THREE_ROWS]:
        return length < _THREE_ROWS and FILLER * 2 in line
    return len(held) == 1 and _ROWS.get(width) == 2 and _is_short_upper(held[0], width)


def _may_be_upper(held: list[str], length: int) -> bool:
    """Whether a single held line of no known width could be a first line that lost its last fillers."""
    return len(held) == 1 and length < max(_ROWS) and _is_short_upper(held[0], max(_ROWS))


def _is_short_upper(line: str, width: int) -> bool:
    text = "".join(tidy(line).lines)
    return len(text) < width and begins_like(text)


def _length(line: str) -> int:
    """Characters of the line when tidied; guillemets count twice where only that gives a known width."""
    ways = [sum(len(piece) for piece in way) for way in understandings(tidy(line))]
    return next((length for length in ways if length in _ROWS), ways[0])


def _width(length: int) -> int:
    """The width of the layout that a line of this length is taken for; 0 for none."""
    near = min(_ROWS, key=lambda width: abs(width - length))
    return near if abs(near - length) <= MOST_FILLERS_OFF else 0
