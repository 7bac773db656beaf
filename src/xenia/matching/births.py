"""How alike two birth dates are, of which parts may be unknown, and what that says in bits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xenia.formats.dates import PartialDate
from xenia.matching.features import Verdict


@dataclass(frozen=True)
class BirthMatch:
    """Verdict, weight in bits (log2 of how much likelier for one person than for two) and a code that says why."""

    verdict: Verdict
    bits: float
    detail: str


# What each finding says. Two persons of one name share a full date once in about 20,000 (14 bits).
# Source: own estimate from 365 days and about 60 years, checked by the calibration in docs/why/matching.md.
BITS = {
    "birth.same": 13.5,
    "birth.same-first-of-january": 9.0,
    "birth.day-and-month-swapped": 9.0,
    "birth.one-part-off": 3.0,
    "birth.one-digit-off": 4.0,
    "birth.same-month": 8.0,
    "birth.same-year": 5.5,
    "birth.within-range": 3.0,
    "birth.about": 2.5,
    "birth.year-only-near": -0.5,
    "birth.first-of-january": 0.0,
    "birth.unknown": 0.0,
    "birth.same-year-only": -4.0,
    "birth.different": -8.0,
}
_ALIKE = frozenset(
    "birth.day-and-month-swapped birth.one-part-off birth.one-digit-off birth.about birth.within-range "
    "birth.first-of-january birth.year-only-near".split()
)
_SAME = frozenset("birth.same birth.same-first-of-january birth.same-month birth.same-year".split())
UNKNOWN = BirthMatch("unknown", 0.0, "birth.unknown")


def compare_births(asked: Sequence[PartialDate], known: Sequence[PartialDate]) -> BirthMatch:
    """The best that any date of the one makes with any date of the other; unknown where one side has none."""
    found = [_pair(one, other) for one in asked for other in known]
    return max(found, key=lambda match: match.bits) if found else UNKNOWN


def _pair(one: PartialDate, other: PartialDate) -> BirthMatch:
    if one.year is None or other.year is None:
        return UNKNOWN
    detail = _full(one, other) if one.is_full and other.is_full else _partial(one, other)
    verdict: Verdict = "same" if detail in _SAME else "alike" if detail in _ALIKE else "different"
    return BirthMatch(verdict, BITS[detail], detail)


def _full(one: PartialDate, other: PartialDate) -> str:
    first, second = (one.year, one.month, one.day), (other.year, other.month, other.day)
    holiday = (1, 1)
    if first == second:
        return "birth.same-first-of-january" if first[1:] == holiday else "birth.same"
    if one.year == other.year and (one.month, one.day) == (other.day, other.month):
        return "birth.day-and-month-swapped"
    digits = sum(a != b for a, b in zip(_digits(one), _digits(other), strict=True))
    if digits == 1:
        return "birth.one-digit-off"
    years_apart = abs((one.year or 0) - (other.year or 0))
    parts = sum(a != b for a, b in zip(first, second, strict=True))
    if parts == 1 and (years_apart <= 1 or years_apart in (10, 100)):
        return "birth.one-part-off"
    if years_apart == 0 and holiday in (first[1:], second[1:]):
        return "birth.first-of-january"
    return "birth.same-year-only" if years_apart == 0 else "birth.different"


def _digits(date: PartialDate) -> str:
    return f"{date.year:04}{date.month:02}{date.day:02}"


def _partial(one: PartialDate, other: PartialDate) -> str:
    apart = _years_apart(one, other)
    loose = one.qualifier != "exact" or other.qualifier != "exact"
    if loose:
        ranged = "between" in (one.qualifier, other.qualifier)
        if apart == 0:
            return "birth.within-range" if ranged else "birth.same-year"
        if apart <= (1 if ranged else 2):
            return "birth.about"
        return "birth.year-only-near" if apart <= 3 else "birth.different"
    if apart:
        return "birth.year-only-near" if apart == 1 else "birth.different"
    if not one.may_equal(other):
        return "birth.same-year-only"
    both_months = one.month is not None and other.month is not None
    return "birth.same-month" if both_months else "birth.same-year"


def _years_apart(one: PartialDate, other: PartialDate) -> int:
    """Years between the two ranges of years; 0 where they touch."""
    first, second = one.years(), other.years()
    return max(0, first[0] - second[-1], second[0] - first[-1])
