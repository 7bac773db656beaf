"""From whatever a reader, a keyboard or a file gave to lines of MRZ characters."""

from __future__ import annotations

from dataclasses import dataclass

from xenia.formats.mrz.digits import CHARACTERS, FILLER

# The longest zone has 90 characters. Ten times that leaves room for anything that a reader puts around it.
LONGEST_TEXT = 1000
# Not more lines are looked at; a zone has two or three.
MOST_LINES = 20

_BREAKS = frozenset("\r\n\t\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_ANGLES = frozenset("\u2039\u3008\u27e8\u2329\ufe64")  # ‹ 〈 ⟨ 〈 ﹤
_GUILLEMETS = frozenset("\u00ab\u226a\u300a")  # « ≪ 《: one or two fillers, only the zone tells
_DOUBLE = "\u00ab"


@dataclass(frozen=True)
class Tidied:
    """Lines without spaces, in upper case, without what stood around them; and what was done to them.

    A character that no zone has stays where it stood inside a line, so that positions keep.
    `doubled`: the same lines with two fillers for each guillemet, where that makes a difference.
    """

    lines: tuple[str, ...]
    doubled: tuple[str, ...] | None = None
    cut: bool = False
    angles: bool = False
    trimmed: bool = False


def decoded(text: str | bytes) -> tuple[str, bool]:
    """The beginning of a text, at most `LONGEST_TEXT` characters, and whether more was there.

    Bytes: UTF-8, or UTF-16 with a byte order mark; what cannot be decoded becomes U+FFFD.
    """
    if isinstance(text, str):
        return text[:LONGEST_TEXT], len(text) > LONGEST_TEXT
    longest_bytes = LONGEST_TEXT * 4
    head = text[:longest_bytes]
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if wide:
        head = head[: len(head) // 2 * 2]  # a line cut out of such a file ends in half a line feed
    whole = head.decode("utf-16" if wide else "utf-8", errors="replace")
    return whole[:LONGEST_TEXT], len(whole) > LONGEST_TEXT or len(text) > longest_bytes


def tidy(text: str | bytes) -> Tidied:
    """The lines of a text as a zone could have them. Looks at `LONGEST_TEXT` characters and no more."""
    head, cut = decoded(text)
    rows: list[list[str]] = [[]]
    angles = False
    for character in head:
        kept, is_angle = _normal(character)
        angles = angles or is_angle
        if kept == "\n":
            rows.append([])
        elif kept:
            rows[-1].append(kept)
    trimmed, lines, doubled = False, [], []
    for row in rows:
        line = "".join(_without_edges(row))
        trimmed = trimmed or len(line) < len(row)
        if line:
            lines.append(line.replace(_DOUBLE, FILLER))
            doubled.append(line.replace(_DOUBLE, FILLER * 2))
    cut = cut or len(lines) > MOST_LINES
    one, two = tuple(lines[:MOST_LINES]), tuple(doubled[:MOST_LINES])
    return Tidied(one, None if one == two else two, cut, angles, trimmed)


def understandings(tidied: Tidied) -> list[tuple[str, ...]]:
    """The lines in every way that they can be understood."""
    return [tidied.lines] if tidied.doubled is None else [tidied.lines, tidied.doubled]


def _normal(character: str) -> tuple[str, bool]:
    """The character as a zone has it, a line feed, or nothing; and whether it was another angle bracket."""
    if character in CHARACTERS:
        return character, False
    if "a" <= character <= "z":
        return character.upper(), False
    if character in _BREAKS:
        return "\n", False
    if character in _ANGLES:
        return FILLER, True
    if character in _GUILLEMETS:
        return _DOUBLE, True
    if "\uff01" <= character <= "\uff5e":  # full-width forms of East Asian keyboards
        return _normal(chr(ord(character) - 0xFEE0))
    if character.isspace() or not character.isprintable():
        return "", False
    return character, False


def _without_edges(row: list[str]) -> list[str]:
    """The line without the characters at its ends that no zone has: what readers put around it."""
    start, end = 0, len(row)
    while start < end and row[start] not in CHARACTERS and row[start] != _DOUBLE:
        start += 1
    while end > start and row[end - 1] not in CHARACTERS and row[end - 1] != _DOUBLE:
        end -= 1
    return row[start:end]
