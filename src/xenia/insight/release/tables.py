"""A table of counts over its dimensions with all their totals, and the equations that hold in it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

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
