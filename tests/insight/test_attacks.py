"""Attacks on publications by somebody who has read all of them, and nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from tests.insight import attackers, worlds
from xenia.errors import NotAllowed
from xenia.insight import question
from xenia.insight.question import Question
from xenia.insight.release import Released, release, suppressing, systems
from xenia.insight.release.counting import counted
from xenia.insight.release.solver import Programme
from xenia.insight.warehouse import Warehouse

CHAINS = {
    "a total and its parts": [["nationality"], ["nationality", "post"]],
    "parts and their total": [["nationality", "post"], ["nationality"], ["post"]],
    "two tables that share a margin": [["nationality", "post"], ["nationality", "sex"]],
    "all pairs of three": [["nationality", "post"], ["post", "sex"], ["nationality", "sex"]],
    "two and three breakdowns": [["nationality", "sex"], ["nationality", "post", "sex"]],
    "months and quarters": [["quarter", "nationality"], ["month", "nationality"]],
}


def publish(made: Warehouse, asked: Question) -> Released | None:
    try:
        return release(made, asked, "publication", "ada")
    except NotAllowed as told:
        assert told.code in {"too-close-to-released", "not-safe", "too-much-released"}
        return None


def alone(made: Warehouse, asked: Question) -> attackers.Told:
    """A table protected as if it were the only one: what must not be done, so that the attacker has something to find."""
    from xenia.insight import dialects

    with made.open() as connection:
        cube = counted(connection, dialects.DuckDB(), asked).cube
    choice = suppressing.choose(cube.counts, 5)
    cells = []
    for at in np.ndindex(cube.counts.shape):
        members = [names[place] if place < len(names) else None for names, place in zip(cube.members, at, strict=True)]
        away = bool(choice.hidden[at])
        cells.append({"members": members, "value": None if away else int(cube.counts[at]), "flag": "c" if away else ""})
    return {"question": asked.told(), "cells": cells}


@pytest.mark.parametrize("seed", [1])
@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS.keys())
def test_several_publications_of_the_same_facts_recover_no_small_cell(
    chain: list[list[str]], seed: int, tmp_path: Path
) -> None:
    made = worlds.warehouse(tmp_path, worlds.refusals(seed))
    left = [publish(made, question.asked("refusals", by)) for by in chain]
    assert left[0] is not None
    tables = [attackers.export(one) for one in left if one is not None]
    attacker = attackers.Linear(tables)
    assert attacker.hidden and not attacker.recovered() and not attacker.surely_small()


def test_tables_that_were_protected_each_alone_betray_small_cells(tmp_path: Path) -> None:
    """The control: if the attacker finds nothing here, the tests above prove nothing."""
    found = 0
    for seed, chain in ((1, CHAINS["two tables that share a margin"]), (2, CHAINS["all pairs of three"])):
        (tmp_path / str(seed)).mkdir()
        made = worlds.warehouse(tmp_path / str(seed), worlds.refusals(seed))
        tables = [alone(made, question.asked("refusals", by)) for by in chain]
        found += len(attackers.Linear(tables).surely_small())
    assert found >= 2


def test_three_periods_of_which_each_two_are_harmless_leave_no_day_behind(tmp_path: Path) -> None:
    """[1, 59) less [1, 30) is [30, 59); taken from [30, 60) it leaves the last day alone."""
    rows = [worlds.fact(f"2026-01-{day:02}T10:00") for day in range(1, 30) for _ in range(3)]
    rows += [worlds.fact(f"2026-02-{day:02}T10:00") for day in range(1, 28) for _ in range(3)]
    rows += [worlds.fact("2026-02-28T10:00")] * 2
    made = worlds.warehouse(tmp_path, rows)
    days = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 1)]
    tables = [
        publish(made, question.asked("crossings", (), (), since, until))
        for since, until in ((days[0], days[1]), (days[1], days[3]), (days[0], days[2]))
    ]
    values = [one and one.cells[0].shown for one in tables]
    assert values[:2] == [87, 83] and values[2] is None


def test_a_window_that_slides_by_a_day_shows_no_day_with_few(tmp_path: Path) -> None:
    rows = [
        worlds.fact(f"2026-03-{day:02}T{hour:02}:00", nationality=nation)
        for day in range(1, 29)
        for nation, often in (("UTO", 6), ("ARC", 1))
        for hour in range(often)
    ]
    made = worlds.warehouse(tmp_path, rows)
    windows = [(first, first + length) for length in (10, 9) for first in range(1, 9)]
    sums = []
    for since, until in windows:
        asked = question.asked("crossings", ["nationality"], (), date(2026, 3, since), date(2026, 3, until))
        left = publish(made, asked)
        shown = attackers.value([attackers.export(left)], nationality="ARC") if left else None
        if shown is not None:
            sums.append((range(since - 1, until - 1), shown))
    assert len(sums) >= 2
    rows = [([*days], [1.0] * len(days)) for days, _shown in sums]
    values = [shown for _days, shown in sums]
    attacker = Programme(np.zeros(28), np.full(28, 1e6), rows, values, values)
    assert all(attacker.furthest(day, up=True)[0] >= 5 for day in range(28))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("crossings", ["post"], []), ("crossings", ["post"], ["nationality!=QUE"])),
        (("crossings", ["post"], []), ("crossings", ["post"], ["sex=F"])),
        (("crossings", ["sex"], []), ("overstays", ["sex"], [])),
        (("crossings", ["post"], ["nationality=UTO,QUE"]), ("crossings", ["post"], ["nationality=UTO,ARC"])),
        (("hits", ["post"], []), ("crossings", ["post"], ["document!=X"])),
    ],
)  # fmt: skip
def test_one_filter_less_another_shows_no_small_difference(
    first: tuple[str, list[str], list[str]], second: tuple[str, list[str], list[str]], tmp_path: Path
) -> None:
    rows = [
        worlds.fact(row["hour"], **{name: row[name] for name in ("nationality", "post", "sex", "age_group")},
                    direction="exit" if n % 3 else "entry", overstay_days=4 if n % 3 and n % 7 else 0, hit="x" if n % 40 else "")
        for n, row in enumerate(worlds.refusals(3))
    ]  # fmt: skip
    made = worlds.warehouse(tmp_path, rows)
    a, b = (publish(made, question.asked(*one)) for one in (first, second))
    assert a is not None
    if b is None:
        return
    one, other = ({cell.members: cell.shown for cell in left.cells} for left in (a, b))
    for members in one.keys() & other.keys():
        if one[members] is not None and other[members] is not None and first[2] != ["nationality=UTO,QUE"]:
            assert not 0 < abs(float(one[members] or 0) - float(other[members] or 0)) < 5


def test_late_facts_make_no_second_table_that_shows_who_was_late(tmp_path: Path) -> None:
    made = worlds.warehouse(tmp_path, worlds.refusals(4))
    asked = question.asked("refusals", ["nationality"])
    before = publish(made, asked)
    assert before is not None
    same = publish(made, asked)
    assert same is not None and [one.shown for one in same.cells] == [one.shown for one in before.cells]
    worlds.put(made, [worlds.fact("2026-01-05T10:00", outcome="refused")] * 2, "late")
    for by in (["nationality"], ["post"], []):
        with pytest.raises(NotAllowed) as told:
            release(made, question.asked("refusals", by), "publication", "ada")
        assert told.value.code == "too-close-to-released"
    worlds.put(made, [worlds.fact("2026-01-06T10:00", outcome="refused")] * 9, "later")
    after = publish(made, asked)
    assert after is not None
    changed = {
        one.members: float(now.shown or 0) - float(one.shown or 0)
        for one, now in zip(before.cells, after.cells, strict=True)
        if one.shown != now.shown
    }
    assert changed == {("UTO",): 11, (None,): 11} or all(abs(one) >= 5 for one in changed.values())
    assert {one.members for one in before.cells if one.flag} == {one.members for one in after.cells if one.flag}


def test_forty_crossings_of_one_person_are_one_person(tmp_path: Path) -> None:
    rows = [worlds.fact("2026-01-05T10:00", nationality="ZEM", person=77)] * 40
    rows += [
        worlds.fact("2026-01-06T10:00", nationality=nation, person=n) for n, nation in enumerate(["UTO", "ARC"] * 30)
    ]
    made = worlds.warehouse(tmp_path, rows)
    left = release(made, question.asked("crossings", ["nationality"]), "publication", "ada")
    assert {one.members: one.flag for one in left.cells}[("ZEM",)] == "c"
    attacker = attackers.Linear([attackers.export(left)])
    (zem,) = [index for name, index in attacker.hidden if dict(name)["nationality"] == "ZEM"]
    assert attacker.end(zem, up=True) - attacker.end(zem, up=False) >= 8
    control = alone(made, question.asked("crossings", ["nationality"]))
    assert attackers.value([control], nationality="ZEM") == 40  # by facts alone it would be shown


def test_the_same_person_in_two_years_is_not_taken_for_two(tmp_path: Path) -> None:
    rows = [worlds.fact(f"{year}-05-05T10:00", nationality="ZEM", person=year * 10 + n)
            for year in range(2021, 2027) for n in range(2) for _ in range(5)]  # fmt: skip
    rows += [
        worlds.fact("2026-01-06T10:00", nationality=nation, person=n) for n, nation in enumerate(["UTO", "ARC"] * 30)
    ]
    made = worlds.warehouse(tmp_path, rows)
    left = release(made, question.asked("crossings", ["nationality"]), "publication", "ada")
    assert {one.members: one.flag for one in left.cells}[("ZEM",)] == "c"


@pytest.mark.parametrize("grade", ["interactive", "publication"])
def test_a_percentile_rests_on_enough_on_both_sides(grade: str, tmp_path: Path) -> None:
    rows = [worlds.fact("2026-01-05T10:00", post=post, control_s=10 + n, person=n)
            for post, often in (("A", 9), ("B", 40), ("C", 70)) for n in range(often)]  # fmt: skip
    rows += [worlds.fact("2026-01-05T10:00", post="D", control_s=400, person=1)] * 70
    made = worlds.warehouse(tmp_path, rows)
    flags = {
        measure: {
            one.members[0]: one.shown is None
            for one in release(made, question.asked(measure, ["post"]), grade, "ada").cells
        }
        for measure in ("control_median", "control_p90")
    }
    assert flags["control_median"] == {"A": True, "B": False, "C": False, "D": True, None: False}
    assert flags["control_p90"] == {"A": True, "B": True, "C": False, "D": True, None: False}


def test_who_knows_how_cells_are_chosen_learns_no_small_one_from_it() -> None:
    """All tables of three cells up to 6, chosen by several seeds: published alike, none has a small cell that is the same in all."""
    alike: dict[tuple[int | None, ...], list[np.ndarray]] = {}
    for inner in np.ndindex(7, 7, 7):
        counts = np.array([*inner, sum(inner)])
        if systems.under(counts, 5).any():
            for seed in range(4):
                hidden = suppressing.choose(counts, 5, 5, seed=seed).hidden
                told = tuple(None if away else int(one) for one, away in zip(counts, hidden, strict=True))
                alike.setdefault(told, []).append(counts)
    betrayed = []
    for told, of in alike.items():
        hidden_sum = (told[-1] or 99) - sum(one or 0 for one in told[:-1])
        if hidden_sum > 7:
            continue  # tables with bigger cells than were tried would look the same
        betrayed += [(told, n) for n in range(4) if told[n] is None and len({int(one[n]) for one in of}) == 1]
    assert len(alike) > 50 and not betrayed


def test_the_number_of_small_cells_does_not_go_out(tmp_path: Path) -> None:
    made = worlds.warehouse(tmp_path, worlds.refusals(1))
    left = release(made, question.asked("refusals", ["nationality", "post"]), "publication", "ada")
    assert left.parameters == {"threshold": 5}
    assert {one.flag for one in left.cells} == {"", "c"}
    assert systems.under(np.array([0, 1, 4, 5]), 5).tolist() == [False, True, True, False]
