"""Stays that ended: what the register says of them, and the same reckoned again."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.insight import journals
from tests.registers.stays.conftest import act, at_lane, enter, leave, post, traveller
from xenia.insight import question, stays
from xenia.insight.release import release
from xenia.registers.stays.rules import Stay, used_days

__all__ = ["act", "at_lane", "enter", "leave", "post"]


def test_an_exit_counts_with_the_days_that_the_register_reckoned(
    enter: Callable[..., Any], leave: Callable[..., Any]
) -> None:
    enter(traveller(), "2026-01-01")
    leave(traveller(), "2026-01-10")
    enter(traveller(), "2026-02-01", authorised_until=date(2026, 2, 5))
    leave(traveller(), "2026-02-12")
    leave(traveller("OTHER", number="XA7654321"), "2026-03-01")
    found = [row for fact, row in journals.facts() if fact == "stay"]
    assert [(r["matched"], r["overstayed"], r["stay_days"], r["used_days"], r["overstay_days"]) for r in found] == [
        ("yes", "no", 10, 10, 0),
        ("yes", "yes", 12, 22, 7),
        ("no", "", None, 1, None),
    ]
    assert {(r["nationality"], r["sex"], r["age_group"]) for r in found} == {("XXB", "F", "35-64")}
    assert found[0]["person"] == found[1]["person"] != found[2]["person"]
    assert "LIND" not in str(found) and "XA1234567" not in str(found)


def _person(chance: random.Random, number: int) -> list[tuple[str, dict[str, Any]]]:
    """The stays of somebody in 2026, some touching, some under a permit, with the days that the rule gives at each exit."""
    day, mine, rows = date(2026, 1, 1) + timedelta(days=chance.randint(0, 60)), [], []
    while day < date(2026, 12, 1):
        last = min(date(2026, 12, 31), day + timedelta(days=chance.choice([0, 3, 10, 40, 89, 120])))
        permit = chance.random() < 0.1
        mine.append(Stay(day, last, not permit))
        rows.append(
            journals.row(
                "stay", hour=f"{last}T10:00", entered_on=day.isoformat(), exited_on=last.isoformat(), matched="yes",
                basis="permit" if permit else "short-stay", used_days=used_days(mine, last), person=number,
            )
        )  # fmt: skip
        day = last + timedelta(days=chance.choice([0, 0, 1, 5, 30, 100]))
    return rows


def test_the_overlap_join_finds_the_days_that_the_rule_finds(tmp_path: Path) -> None:
    chance = random.Random(11)
    rows = [row for number in range(1, 301) for row in _person(chance, number)]
    late = [r for _f, r in rows if r["exited_on"] >= "2026-06-29" and r["basis"] == "short-stay"]
    found = stays.check(journals.warehouse(tmp_path, rows), 2026)
    assert found == stays.Check(len(late), 0, sum(r["used_days"] > 90 for r in late))
    assert found.checked > 500 and 50 < found.over < found.checked


def test_a_day_that_two_stays_touch_counts_once_and_the_window_cuts(tmp_path: Path) -> None:
    def stay(first: str, last: str, used: int) -> tuple[str, dict[str, Any]]:
        return journals.row("stay", hour=f"{last}T10:00", entered_on=first, exited_on=last, matched="yes",
                            basis="short-stay", used_days=used, person=5)  # fmt: skip

    # 31 July: the window begins on 2 February. 2 February to 1 March is 28 days, then 1 to 31 July 31, the last day twice
    rows = [
        stay("2026-01-01", "2026-03-01", 60),
        stay("2026-07-01", "2026-07-31", 59),
        stay("2026-07-31", "2026-08-02", 59),
    ]
    assert stays.check(journals.warehouse(tmp_path, rows), 2026) == stays.Check(2, 0, 0)


def test_a_wrong_number_of_the_register_is_noticed(tmp_path: Path) -> None:
    chance = random.Random(3)
    rows = [row for number in range(1, 21) for row in _person(chance, number)]
    index = next(i for i, (_f, r) in enumerate(rows) if r["exited_on"] > "2026-08-01" and r["basis"] == "short-stay")
    rows[index] = ("stay", {**rows[index][1], "used_days": rows[index][1]["used_days"] + 1})
    assert stays.check(journals.warehouse(tmp_path, rows), 2026).different == 1


def test_rates_of_overstay_and_of_known_entries_are_those_counted_by_hand(tmp_path: Path) -> None:
    when = {"hour": "2026-05-01T00:00", "basis": "short-stay"}
    made = journals.warehouse(
        tmp_path,
        [
            *journals.many(90, "stay", **when, matched="yes", overstayed="no"),
            *journals.many(10, "stay", **when, matched="yes", overstayed="yes", overstay_days=4),
            *journals.many(25, "stay", **when, matched="no", overstayed=""),
        ],
    )
    found = {
        name: release(made, question.asked(name), "publication", "ada").cells[0].shown
        for name in ("stays_ended", "stays_overstayed", "overstay_rate", "entry_match_rate", "overstay_days_median")
    }
    assert found == {
        "stays_ended": 125,
        "stays_overstayed": 10,
        "overstay_rate": 10.0,
        "entry_match_rate": 80.0,
        "overstay_days_median": 4,
    }
