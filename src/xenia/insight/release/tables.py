"""A table of counts over its dimensions with all their totals, and the equations that hold in it. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from xenia.errors import BadInput
from xenia.insight.release.cell_keys import KEYS

MOST_CELLS = 200_000

Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Cube:
    """Counts by dimensions. Along each axis the last place is the total, so that every margin is a cell.

    `dimensions`: names, one for each axis; `members`: what each place of an axis stands for, without the total.
    """

    dimensions: tuple[str, ...]
    members: tuple[tuple[str, ...], ...]
    counts: Counts

    def __post_init__(self) -> None:
        wanted = tuple(len(members) + 1 for members in self.members)
        if self.counts.shape != wanted:
            raise ValueError(f"counts have the shape {self.counts.shape}, not {wanted}")


@dataclass(frozen=True)
class Counted:
    """Counts with the keys of their noise; of a percentile also its `value`, not a number where there is none."""

    cube: Cube
    keys: Counts
    value: NDArray[np.float64] | None = None

    @property
    def values(self) -> dict[tuple[int, ...], float]:
        """The value of each cell that has one, by its place."""
        if self.value is None:
            return {}
        return {at: float(one) for at, one in np.ndenumerate(self.value) if not np.isnan(one)}


def shape_of(members: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """The shape of a cube with these members. Raises `BadInput` (`table-too-big`)."""
    shape = tuple(len(one) + 1 for one in members)
    if (size := math.prod(shape)) > MOST_CELLS:
        raise BadInput(
            _("The table would have %(cells)s cells.") % {"cells": f"{size:,}"},
            _("Leave out a breakdown or filter."),
            code="table-too-big",
        )
    return shape


def together(first: Counted, second: Counted) -> Counted:
    """Counts of two disjoint sets of facts as those of both. Raises `BadInput` (`table-too-big`)."""
    both = zip(first.cube.members, second.cube.members, strict=True)
    members = tuple(tuple(sorted({*one, *other})) for one, other in both)
    shape = shape_of(members)
    counts, keys = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for part in (first, second):
        here = np.ix_(*(_places(own, names) for own, names in zip(part.cube.members, members, strict=True)))
        counts[here] += part.cube.counts
        keys[here] += part.keys
    return Counted(Cube(first.cube.dimensions, members, counts), keys % KEYS)


def _places(own: Sequence[str], names: Sequence[str]) -> list[int]:
    """Where members, and then the total, lie on an axis of more members."""
    known = {name: place for place, name in enumerate(names)}
    return [*(known[name] for name in own), len(names)]


def with_totals(inner: Counts) -> Counts:
    """The counts and all their margins: one place more along each axis."""
    whole = np.asarray(inner, dtype=np.int64)
    for axis in range(whole.ndim):
        whole = np.concatenate([whole, whole.sum(axis=axis, keepdims=True)], axis=axis)
    return whole


def lines(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Flat indices of the cells along each line of each axis; the last of a line is the sum of those before it."""
    flat = np.arange(int(np.prod(shape))).reshape(shape)
    for axis, length in enumerate(shape):
        others = [range(n) for i, n in enumerate(shape) if i != axis]
        for place in product(*others):
            index: list[int | slice] = list(place)
            index.insert(axis, slice(None))
            line = flat[tuple(index)]
            if length > 1:
                yield tuple(int(one) for one in line)


def adds_up(counts: Counts) -> bool:
    """Whether each total is the sum of its line."""
    flat = counts.ravel()
    return all(flat[list(line[:-1])].sum() == flat[line[-1]] for line in lines(counts.shape))
