"""Numbers in the order of time, many series at once. Pure: it knows where no number came from.

A series is one line of an array; every line has the same days. NaN is a day that says nothing: a post had not reported, or it was
no ordinary day. Nothing is ever taken for zero because it is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]
WEEK = 7
YEAR = 364  # 52 whole weeks: the same weekday a year before


@dataclass(frozen=True)
class Segment:
    """What a series counts: a post or "" for all, a nationality or "" for all."""

    post: str = ""
    nationality: str = ""

    @property
    def scope(self) -> str:
        """`all`, `post`, `nationality` or `both`."""
        return (
            "both"
            if self.post and self.nationality
            else "post"
            if self.post
            else "nationality"
            if self.nationality
            else "all"
        )

    def holds(self, other: Segment) -> bool:
        """Whether the other counts a part of what this counts, and not the same."""
        return self != other and self.post in ("", other.post) and self.nationality in ("", other.nationality)


@dataclass(frozen=True)
class Table:
    """Daily numbers of many segments. `values`: a line for each segment, a column for each day from `first`."""

    first: date
    segments: tuple[Segment, ...]
    values: Numbers

    @property
    def days(self) -> int:
        """How many days."""
        return int(self.values.shape[1])

    @property
    def last(self) -> date:
        """The last day."""
        return self.first + timedelta(days=self.days - 1)

    def place(self, day: date) -> int:
        """The column of a day."""
        return (day - self.first).days

    def dates(self) -> list[date]:
        """Each day, the oldest first."""
        return [self.first + timedelta(days=one) for one in range(self.days)]

    def without(self, days: Iterable[date]) -> Table:
        """The same, saying nothing on these days."""
        kept, values = [self.place(one) for one in days], self.values.copy()
        values[:, [one for one in kept if 0 <= one < self.days]] = np.nan
        return Table(self.first, self.segments, values)

    def until(self, day: date) -> Table:
        """The same, ending with this day."""
        return Table(self.first, self.segments, self.values[:, : self.place(day) + 1])


def by_weekday(values: Numbers, end: int) -> Numbers:
    """Columns before `end` folded by weekday: shape (lines, weeks, 7), the last of the seven is the day before `end`.

    What is missing at the front is NaN.
    """
    wanted = -(-end // WEEK) * WEEK
    padded = np.full((values.shape[0], wanted), np.nan)
    padded[:, wanted - end :] = values[:, :end]
    return padded.reshape(values.shape[0], wanted // WEEK, WEEK)


def spread(numbers: Numbers, axis: int | tuple[int, ...] = -1) -> Numbers:
    """Standard deviation around 0 of what remains when what lies more than four (robust) spreads out is left out."""
    kept = np.where(outlying(numbers, axis), np.nan, numbers)
    return np.asarray(np.sqrt(quiet_mean(kept**2, axis)))


def outlying(numbers: Numbers, axis: int | tuple[int, ...] = -1) -> Mask:
    """What lies more than four (robust) spreads from 0; nothing where more than half is the same number."""
    robust = 1.4826 * quiet_median(np.abs(numbers), axis)
    limit = np.expand_dims(np.where(robust > 0, 4 * robust, np.inf), axis)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(numbers) > limit)


def quiet_median(numbers: Numbers, axis: int | tuple[int, ...] = -1) -> Numbers:
    """Median over what is there; NaN where nothing is."""
    nothing = np.isnan(numbers).all(axis=axis, keepdims=True)
    found = np.nanmedian(np.where(nothing, 0.0, numbers), axis=axis)
    return np.asarray(np.where(np.squeeze(nothing, axis=axis), np.nan, found))


def quiet_mean(numbers: Numbers, axis: int | tuple[int, ...] = -1) -> Numbers:
    """Mean over what is there; NaN where nothing is."""
    there = np.sum(~np.isnan(numbers), axis=axis)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.nansum(numbers, axis=axis) / np.where(there, there, np.nan))


def significant(chances: Sequence[float], share: float) -> list[bool]:
    """Which of many findings stand when at most this share of them may be chance. NaN was not looked at.

    Source: Benjamini and Hochberg, J. R. Stat. Soc. B 57 (1995) 289; holds too where the series go together (Benjamini and
    Yekutieli, Ann. Stat. 29 (2001) 1165, positive dependence).
    """
    numbers = np.asarray(chances, dtype=float)
    looked = np.flatnonzero(~np.isnan(numbers))
    order = looked[np.argsort(numbers[looked], kind="stable")]
    below = numbers[order] <= share * np.arange(1, len(order) + 1) / max(len(order), 1)
    kept = np.zeros(len(numbers), dtype=bool)
    if below.any():
        kept[order[: int(np.flatnonzero(below)[-1]) + 1]] = True
    return [bool(one) for one in kept]
