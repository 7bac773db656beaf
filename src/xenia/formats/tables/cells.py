"""What a cell may hold, and how text is kept from being read as a formula."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

Cell = str | int | float | date | None

# Excel, LibreOffice and others read a cell that begins so as a formula; tab, return and line feed hide such a beginning.
# Source: OWASP "CSV Injection" (read 2026), with the full-width forms that East Asian versions fold.
BEGINNINGS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LONGEST: Final = 32_767  # characters of a cell. Source: Excel specifications and limits


def tidy(text: str) -> str:
    """The text without characters that no table can hold: controls other than tab and line ends, and lone surrogates."""
    kept = (one for one in text if one >= " " or one in "\t\r\n")
    return "".join(one for one in kept if not "\ud800" <= one <= "\udfff" and one not in "\x7f\ufffe\uffff")


def harmless(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula.

    Leading blanks are looked through, as some programs do. The apostrophe stays in the file; `read_back` drops it.
    """
    begins = text.lstrip(" \u00a0")
    return f"'{text}" if begins.startswith(BEGINNINGS) or text.startswith(BEGINNINGS) else text


def read_back(text: str) -> str:
    """The text that `harmless` was given, unless that began with such an apostrophe itself."""
    return text[1:] if text == harmless(text[1:]) else text


def iso(value: date) -> str:
    """`2026-11-21`, or `2026-11-21 10:42:00+01:00` for a moment."""
    return value.isoformat(sep=" ", timespec="seconds") if isinstance(value, datetime) else value.isoformat()
