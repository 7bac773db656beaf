"""Cells held as arrays are alike to a list of them, and what is not shown is not in them."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
import pytest

from xenia.insight.release import Cell, coarse
from xenia.insight.release.cells import FLAGS, HIDDEN, Cells


def made(*lengths: int, seed: int = 1) -> tuple[Cells, list[Cell]]:
    """Cells, and the list that they are to be like."""
    chance = np.random.default_rng(seed)
    members = [[f"{axis}{place}" for place in range(length)] for axis, length in enumerate(lengths)]
    shape = tuple(length + 1 for length in lengths)
    shown, flags = chance.integers(-9, 10**6, shape), chance.integers(0, 3, shape).astype(np.uint8)
    empty = flags == HIDDEN
    plain = [
        Cell(names, None if empty[at] else int(shown[at]), FLAGS[flags[at]])
        for names, at in zip(product(*([*one, None] for one in members)), np.ndindex(shape), strict=True)
    ]
    return Cells(members, np.asarray(shown), np.asarray(empty), np.asarray(flags)), plain


@pytest.mark.parametrize("lengths", [(), (0,), (3,), (2, 0, 4), (3, 1, 2, 5)], ids=str)
def test_they_are_like_a_list(lengths: tuple[int, ...]) -> None:
    cells, plain = made(*lengths)
    assert list(cells) == plain and len(cells) == len(plain)
    assert cells == plain and plain == cells and cells == made(*lengths)[0]
    assert cells[-1] == plain[-1] and cells[0] == plain[0] and cells[1:7:2] == plain[1:7:2]
    assert all(type(one.shown) in (int, type(None)) for one in cells) and type(cells[0].shown) in (int, type(None))
    with pytest.raises(IndexError):
        cells[len(plain)]
    assert cells != made(*lengths, seed=2)[0] and cells != made(*lengths, 1)[0] and cells != plain[:-1]


@pytest.mark.parametrize("lengths", [(), (0,), (2, 0, 4), (3, 1, 2, 5)], ids=str)
def test_they_come_back_from_a_file(lengths: tuple[int, ...]) -> None:
    cells, plain = made(*lengths)
    assert Cells.from_told(json.loads(json.dumps(cells.told()))) == cells == plain


def test_some_places_of_each_axis_are_the_same_table_without_the_others() -> None:
    cells, plain = made(3, 4)
    left = cells.only([np.array([0, 2, 3]), np.array([1, 4])])
    gone = {"01", "10", "12", "13"}
    assert left == [one for one in plain if not gone & set(one.members)]


def test_the_digest_is_of_what_is_shown_and_of_nothing_else() -> None:
    shape = (3,)

    def digest(shown: list[int], head: str = "", flags: int = 0, names: str = "AB") -> str:
        empty = np.array([True, False, False])
        return Cells([list(names)], np.array(shown), empty, np.full(shape, flags, np.uint8)).digest([head])

    assert digest([1, 2, 3]) == digest([4, 2, 3])  # the first is hidden
    others = [digest([1, 2, 4]), digest([1, 2, 3], "x"), digest([1, 2, 3], flags=1), digest([1, 2, 3], names="AC")]
    assert len({digest([1, 2, 3]), *others}) == 5


def test_what_is_hidden_is_not_held() -> None:
    cells = Cells([["A"]], np.array([1234567, 2]), np.array([True, False]), np.zeros(2, np.uint8))
    assert not any(1234567 in np.asarray(one) for one in vars(cells).values() if isinstance(one, np.ndarray))


def one_by_one(value: float) -> int:
    """1, 2 or 5 times a power of ten, by a twentieth at most: as it is said."""
    steps = [one * 10**power for power in range(9) for one in (1, 2, 5)]
    step = max((one for one in steps if 10 * one <= abs(value)), default=1)
    return int((value + step / 2) // step) * step


def test_values_are_coarse_as_is_said() -> None:
    chance = np.random.default_rng(3)
    values = np.concatenate([chance.uniform(-3, 10**6, 4000), np.arange(-30, 3000) / 2, 10.0 ** np.arange(9)])
    assert coarse(values).tolist() == [one_by_one(float(one)) for one in values]
    assert coarse(np.array(42.5)).shape == ()
