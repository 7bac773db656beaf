"""Dates as sources write them, turned into `PartialDate` notation. Nothing is guessed: a date that cannot be is refused. Pure."""

from __future__ import annotations

from typing import Final

from xenia.formats.dates import BadDate, PartialDate

# How a source writes day, month and year. `iso` is 1974-08-12.
ORDERS: Final = ("iso", "dmy", "mdy", "ymd")
_MONTHS: Final = {
    name: number for number, name in enumerate("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(), 1)
}


def ordered(text: str, order: str) -> str:
    """`12.8.1974`, `12/08/1974` or `12-08-1974` in the order that was chosen; `8.1974` and `1974` are less exact dates.

    A zero stands for an unknown part: `00.00.1974`. Text that is written as `PartialDate.iso()` is taken in any order.
    Raises `BadDate`.
    """
    plain = text.strip()
    midnight = plain[10:] in ("T00:00:00", " 00:00:00")
    try:
        return PartialDate.parse(plain[:10] if midnight else plain).iso()
    except BadDate:
        if order == "iso" or len(plain) > 12:
            raise
    parts = plain.replace("/", ".").replace("-", ".").rstrip(".").split(".")
    numbers = [int(part) if part.isascii() and part.isdigit() and len(part) <= 4 else -1 for part in parts]
    if min(numbers) < 0 or not 1 <= len(parts) <= 3:
        raise BadDate("That is not a date.")
    if order == "ymd":
        year, month, day = (*numbers, 0, 0)[:3]
    else:
        year = numbers[-1]
        month, day = ((*reversed(numbers[:-1]), 0, 0) if order == "dmy" or len(numbers) < 3 else numbers[:2])[:2]
    if not 1000 <= year <= 9999 or (day and not month):
        raise BadDate("A date needs a year of four digits.")
    return PartialDate(year, month or None, day or None).iso()


def english(text: str) -> str:
    """`03 Feb 1947`, `Feb 1947`, `1947`, `circa 1947`, `1947 to 1949`. Raises `BadDate`. Source: OFAC's lists."""
    first, to, last = text.strip().partition(" to ")
    if not to:
        return _one(first).iso()
    begins, ends = (int(_one(part).iso()[:4]) for part in (first, last))
    return PartialDate(begins, qualifier="between", year_to=ends).iso() if begins != ends else f"{begins:04}"


def _one(text: str) -> PartialDate:
    plain = text.strip()
    about = plain.lower().startswith("circa ")
    words = plain[6:].split() if about else plain.split()
    if not 1 <= len(words) <= 3 or not all(word.isascii() for word in words):
        raise BadDate("That is not a date.")
    year = int(words[-1]) if words[-1].isdigit() and len(words[-1]) == 4 else 0
    month = _MONTHS.get(words[-2][:3].upper(), 0) if len(words) > 1 else None
    day = int(words[0]) if len(words) == 3 and words[0].isdigit() and len(words[0]) <= 2 else None
    if len(words) == 3 and day is None:
        raise BadDate("That is not a date.")
    return PartialDate(year, month, day, qualifier="approximate" if about else "exact")


def year_of(text: str) -> str:
    """The year alone of a text that begins with one, `""` where it does not: what is left of a date that cannot be."""
    year = text.strip()[:4]
    return year if year.isascii() and year.isdigit() and year > "1000" and not text.strip()[4:5].isdigit() else ""
