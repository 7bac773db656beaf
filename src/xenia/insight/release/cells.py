"""The cells of a released table, and how very many of them are held: as arrays, each made when it is looked at. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from xenia.insight.release.tables import Counts, Mask

FLAGS = ("", "r", "c")
LETTERS = b"-rc"
AS_COUNTED, ROUNDED, HIDDEN = range(3)
TOTAL = None


@dataclass(frozen=True)
class Cell:
    """One cell: its members (None: total), what is shown (None: hidden), and why not as counted: "", "r" or "c"."""

    members: tuple[str | None, ...]
    shown: int | float | None
    flag: str = ""


class Cells(Sequence[Cell]):
    """The cells of a whole table in order, the last breakdown the quickest, totals last; alike to a list of them.

    What is not shown is not held either.
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, members: Sequence[Sequence[str]], shown: Counts, empty: Mask, flags: NDArray[np.uint8]) -> None:
        """`members`: by axis, without the total. `shown`, `empty` (nothing is shown) and `flags` (places in `FLAGS`): one place more."""
        self._names: tuple[tuple[str | None, ...], ...] = tuple((*one, TOTAL) for one in members)
        self._shown, self._empty, self._flags = np.where(empty, 0, shown), np.asarray(empty), np.asarray(flags)

    def only(self, places: Sequence[NDArray[np.intp]]) -> Cells:
        """The table of some places of each axis; the total's is the last."""
        here = np.ix_(*places)
        names = [[str(own[place]) for place in axis[:-1]] for own, axis in zip(self._names, places, strict=True)]
        return Cells(names, self._shown[here], self._empty[here], self._flags[here])

    def digest(self, head: Any) -> str:
        """SHA-256 of what is said before the table, its members, and of each cell what is shown and its flag; of nothing else."""
        found = hashlib.sha256(json.dumps([head, self._names]).encode())
        for one, kind in ((self._shown, "<i8"), (self._empty, "u1"), (self._flags, "u1")):
            found.update(np.ascontiguousarray(one, dtype=kind).tobytes())
        return found.hexdigest()

    def told(self) -> dict[str, Any]:
        """The table as it is kept in a file: members by axis, what is shown in order, and a letter for each flag."""
        letters = np.frombuffer(LETTERS, dtype=np.uint8)[self._flags.ravel()].tobytes().decode()
        return {"axes": [one[:-1] for one in self._names], "shown": self._values(), "flags": letters}

    @classmethod
    def from_told(cls, told: Mapping[str, Any]) -> Cells:
        """The table that `told` kept. Raises `ValueError` or `KeyError` where it is none."""
        members, shape = told["axes"], tuple(len(one) + 1 for one in told["axes"])
        empty = np.array([one is None for one in told["shown"]], dtype=bool).reshape(shape)
        shown = np.array([one or 0 for one in told["shown"]], dtype=np.int64).reshape(shape)
        flags = np.array([LETTERS.index(one) for one in told["flags"].encode()], dtype=np.uint8).reshape(shape)
        return cls(members, shown, empty, flags)

    def __len__(self) -> int:
        return int(self._shown.size)

    def __iter__(self) -> Iterator[Cell]:
        parts = zip(product(*self._names), self._values(), self._flags.ravel().tolist(), strict=True)
        return (Cell(members, shown, FLAGS[flag]) for members, shown, flag in parts)

    def _values(self) -> list[int | None]:
        values: list[int | None] = self._shown.ravel().tolist()
        for place in np.flatnonzero(self._empty.ravel()).tolist():
            values[place] = None
        return values

    @overload
    def __getitem__(self, place: int) -> Cell: ...
    @overload
    def __getitem__(self, place: slice) -> list[Cell]: ...
    def __getitem__(self, place: int | slice) -> Cell | list[Cell]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        at = np.unravel_index(range(len(self))[place], self._shown.shape)
        members = tuple(names[int(one)] for names, one in zip(self._names, at, strict=True))
        return Cell(members, None if self._empty[at] else int(self._shown[at]), FLAGS[int(self._flags[at])])

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Cells):
            same = self._names == other._names and self._shown.shape == other._shown.shape
            return same and all(
                bool((mine == theirs).all())
                for mine, theirs in (
                    (self._shown, other._shown), (self._empty, other._empty), (self._flags, other._flags),
                )
            )  # fmt: skip
        return list(self) == other if isinstance(other, list) else NotImplemented

    def __repr__(self) -> str:
        return f"<{len(self):,} cells>"
