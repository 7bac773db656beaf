"""Publications without an end count whole days that are over; where too few came since, what was published stands."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import people
from tests.insight import worlds
from xenia.errors import NotAllowed
from xenia.insight import actions, coverage, notes, out, question
from xenia.insight.address import Address
from xenia.insight.official import Part, Report, Scope
from xenia.insight.official import making as reports
from xenia.insight.question import Question
from xenia.insight.release import Released, as_published, keeping, linked, release, standing
from xenia.insight.saved import actions as saving
from xenia.insight.saved import making
from xenia.insight.saved.actions import Wish
from xenia.insight.tailing import flushing
from xenia.insight.warehouse import Warehouse

EVERY = question.asked("crossings", ["nationality"])
DAY = date(2026, 3, 10)


def came(day: date, hour: int = 10, **each: int) -> list[dict[str, Any]]:
    """So many of each nationality on a day."""
    return [worlds.fact(f"{day}T{hour:02}:00", nationality=who) for who, often in each.items() for _ in range(often)]


@pytest.fixture
def made(tmp_path: Path) -> Warehouse:
    return worlds.warehouse(tmp_path, came(DAY - timedelta(days=3), UTO=30, ARC=30))


def publish(made: Warehouse, asked: Question, ends: date | None) -> Released:
    return release(made, asked, "publication", "ada", ends=ends)


def shown(made: Released) -> dict[Any, Any]:
    return {one.members[0]: one.shown for one in made.cells}


def too_close(made: Warehouse, asked: Question, ends: date | None) -> bool:
    with pytest.raises(NotAllowed) as told:
        publish(made, asked, ends)
    return told.value.code == "too-close-to-released"


def test_while_facts_come_in_a_publication_without_an_end_stays_the_same(made: Warehouse) -> None:
    first = publish(made, EVERY, DAY)
    for hour in range(3):
        worlds.put(made, came(DAY, hour, UTO=1), f"now-{hour}")
        again = publish(made, EVERY, DAY)
        assert again.digest == first.digest and again.question.until == DAY and standing.UNTIL in again.notes
    assert too_close(made, EVERY, None)  # what it was before: the fact of this hour stands between the two


def test_the_next_day_leaves_only_where_enough_came(made: Warehouse) -> None:
    first = publish(made, EVERY, DAY)
    worlds.put(made, came(DAY, UTO=3), "tenth")
    assert too_close(made, EVERY, DAY + timedelta(days=1))
    stands = as_published(made, EVERY)
    assert stands is not None and (stands.digest, stands.at.date()) == (first.digest, first.at.date())
    assert stands.question == first.question and shown(stands) == shown(first)
    day = first.at.date()
    assert stands.notes[-2:] == (standing.UNTIL, standing.STANDS.format(day=day.isoformat()))
    assert json.loads(out.as_json(stands))["parameters"]["as_published"] == day.isoformat()
    worlds.put(made, came(DAY + timedelta(days=1), UTO=7), "eleventh")
    after = publish(made, EVERY, DAY + timedelta(days=2))
    assert shown(after)["UTO"] == shown(first)["UTO"] + 10 and shown(after)["ARC"] == 30


def test_late_facts_of_published_days_do_not_leave_alone(made: Warehouse) -> None:
    publish(made, EVERY, DAY)
    worlds.put(made, [*came(DAY - timedelta(days=1), UTO=2), *came(DAY, UTO=9)], "late")
    assert too_close(made, EVERY, DAY + timedelta(days=1))


def test_a_day_nothing_happened_on_is_written_down_as_published_too(made: Warehouse) -> None:
    first = publish(made, EVERY, DAY)
    second = publish(made, EVERY, DAY + timedelta(days=1))
    assert shown(second) == shown(first) and second.question.until == DAY + timedelta(days=1)
    worlds.put(made, came(DAY, UTO=2), "late")
    assert too_close(made, EVERY, DAY + timedelta(days=1))


def test_who_chooses_an_end_of_his_own_is_held_against_all_that_stood(made: Warehouse) -> None:
    publish(made, EVERY, DAY)
    worlds.put(made, [*came(DAY, UTO=3, ARC=3), *came(DAY + timedelta(days=1), UTO=9, ARC=9)], "more")
    publish(made, EVERY, DAY + timedelta(days=2))
    by_hand = question.asked("crossings", ["nationality"], (), None, DAY + timedelta(days=1))
    assert too_close(made, by_hand, DAY + timedelta(days=2))


def test_what_another_day_stands_for_is_remembered_where_its_own_end_is_asked_for(made: Warehouse) -> None:
    first = publish(made, EVERY, DAY)
    worlds.put(made, came(DAY, UTO=9, ARC=9), "next")
    publish(made, EVERY, DAY + timedelta(days=1))
    by_hand = question.asked("crossings", ["nationality"], (), None, DAY)
    worlds.put(made, [*came(DAY - timedelta(days=1), UTO=1), *came(DAY, UTO=4)], "late")
    assert too_close(made, by_hand, DAY + timedelta(days=1))  # else it shows the one that came late
    stands = as_published(made, by_hand)
    assert stands is not None and stands.digest == first.digest and standing.UNTIL not in stands.notes


def test_days_without_number_are_published_one_after_the_other(
    made: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More of them than tables are proved together: where nothing is hidden only the last stands for all."""
    monkeypatch.setattr(linked, "MOST_TABLES", 3)
    for number in range(6):
        day = DAY + timedelta(days=number)
        worlds.put(made, came(day, UTO=6, ARC=8), f"day-{number}")
        assert shown(publish(made, EVERY, day + timedelta(days=1)))["UTO"] == 30 + 6 * (number + 1)


BY_POST = question.asked("crossings", ["nationality", "post"])


def some(day: date, cells: dict[tuple[str, str], int]) -> list[dict[str, Any]]:
    return [
        worlds.fact(f"{day}T10:00", nationality=one, post=post)
        for (one, post), often in cells.items()
        for _ in range(often)
    ]


@pytest.mark.parametrize("seed", [1051, 1064, 1067, 5059, 5075])
def test_a_day_is_proved_beside_every_day_before_it_that_hid_anything(tmp_path: Path, seed: int) -> None:
    """Proved beside the day before alone, three days gave counts of 1 to 3 away in these worlds."""
    chance = random.Random(seed)
    cells = {(f"N{a}", f"P{b}"): chance.choice([0, 1, 2, 3, 6, 8, 9, 12, 20]) for a in range(4) for b in range(4)}
    where = worlds.warehouse(tmp_path, some(DAY - timedelta(days=3), cells))
    beside = []
    for number in range(3):
        if number:
            more = {one: chance.choice([0, 0, 0, 0, 5, 9]) if cells[one] else 0 for one in cells}
            worlds.put(where, some(DAY + timedelta(days=number - 1), more), f"day-{number}")
        try:
            release(where, BY_POST, "publication", "ada", ends=DAY + timedelta(days=number))
        except NotAllowed:
            break  # what was published stands
        beside.append(keeping.lines(where, grade="publication")[-1]["beside"])
    assert beside in ([0], [0, 1], [0, 1, 2])


def test_late_facts_and_hidden_cells_do_not_leave_together(tmp_path: Path) -> None:
    where = worlds.warehouse(tmp_path, came(DAY, UTO=30, ARC=9, QUE=9, PAN=2))
    closed = question.asked("crossings", ["nationality"], (), DAY, DAY + timedelta(days=1))
    first = publish(where, closed, None)
    assert first.hidden
    worlds.put(where, came(DAY, 11, UTO=20), "late")
    assert too_close(where, closed, None)
    stands = as_published(where, closed)
    assert stands is not None and stands.digest == first.digest


def test_a_median_without_an_end_is_published_day_after_day(made: Warehouse) -> None:
    median = question.asked("control_median", ["nationality"])
    first = publish(made, median, DAY)
    worlds.put(made, came(DAY, UTO=2), "tenth")
    assert shown(publish(made, median, DAY + timedelta(days=1))) == shown(first)
    assert too_close(made, question.asked("control_median", ["nationality"], (), None, DAY + timedelta(days=1)), None)


def test_a_ratio_and_a_period_not_over_end_with_the_day_too(made: Warehouse) -> None:
    year = question.asked("crossings", [], (), date(2026, 1, 1), date(2027, 1, 1))
    assert publish(made, year, DAY).question.until == DAY
    assert standing.up_to(year, date(2027, 2, 1)) is year
    begins = question.asked("crossings", [], (), DAY, None)
    assert standing.up_to(begins, DAY) is begins
    assert publish(made, EVERY, None).question.until is None
    assert release(made, EVERY, "interactive", "ada", ends=DAY).question.until is None


@pytest.mark.django_db
def test_a_day_ends_when_every_post_has_told_it_or_some_hours_later() -> None:
    people.build()
    midnight = datetime(2026, 3, 10, tzinfo=UTC)
    assert coverage.ends(midnight + timedelta(hours=5, minutes=59), own=False) == DAY - timedelta(days=1)
    assert coverage.ends(midnight + timedelta(hours=6), own=False) == DAY
    assert coverage.ends(midnight + timedelta(minutes=1)) == DAY  # no post is missing
    from tests.insight.test_coverage import _unit

    _unit("one", "UTO-P1", received=9, seen_at=midnight - timedelta(hours=3), received_at=midnight - timedelta(hours=3))
    assert coverage.ends(midnight + timedelta(minutes=1)) == DAY - timedelta(days=1)
    assert coverage.ends(midnight + timedelta(hours=6)) == DAY


def test_the_day_of_what_stands_is_said_in_the_readers_way(made: Warehouse) -> None:
    publish(made, EVERY, DAY)
    stands = as_published(made, EVERY)
    assert stands is not None and standing.UNTIL in notes.KNOWN
    said = notes.of(stands)
    assert f"As published on {notes._day(stands.at.date())}: what came since cannot be shown beside it." in said
    assert as_published(made, question.asked("crossings", ["sex"])) is None


@pytest.fixture
def house(settings: Any, tmp_path: Path, transactional_db: None) -> people.World:
    settings.XENIA_HOME, settings.XENIA_DEMO = tmp_path, True
    world = people.build()
    worlds.put(actions.warehouse(), came(datetime.now(UTC).date() - timedelta(days=9), UTO=30, ARC=30))
    return world


def test_a_saved_publication_shows_what_stands_instead_of_nothing(house: people.World) -> None:
    own = house.standing("ana", "analyst", post=None)
    now = datetime.now(UTC)
    kept = saving.save(own, Address(by=("nationality",), grade="publication"), Wish("All", every="daily", hour=6), now)
    made = []
    for number in (1, 2, 3):
        kept.refresh_from_db()
        made.append(making.make(kept, now + timedelta(days=number)))
        rows = came(now.date() - timedelta(days=9), UTO=2) if number == 1 else []
        worlds.put(flushing.house(), [*rows, *came(now.date(), UTO=1)], f"late-{number}")
    first, second, third = (making.find(one) for one in made)
    assert [one.code for one in made] == ["", "", ""]
    assert first.digest == second.digest == third.digest and shown(second) == shown(first)
    assert not any(one.startswith("As published on") for one in first.notes)
    assert any(one.startswith("As published on") for one in second.notes)


def test_a_report_shows_what_stands_instead_of_nothing(house: people.World) -> None:
    own = house.standing("ana", "analyst", post=None)
    asked = [Part("one", "One", EVERY), Part("two", "Two", question.asked("crossings", ["sex"]))]
    report = Report("r", "R", "", "publication", lambda scope: asked[: 1 + (scope.agreement == "both")])
    scope = Scope(date(2026, 1, 1), date(2027, 1, 1))
    (first,) = reports.make(own, flushing.house(), report, scope).parts
    worlds.put(flushing.house(), came(datetime.now(UTC).date() - timedelta(days=9), UTO=2), "late")
    both = Scope(scope.since, scope.until, "both")
    one, two = reports.make(own, flushing.house(), report, both).parts
    assert first.table is not None and one.table is not None and shown(one.table) == shown(first.table)
    assert any(text.startswith("As published on") for text in one.table.notes)
    assert two.table is None and two.problem is not None and two.problem.code == "too-close-to-released"


def test_where_no_more_tables_can_be_proved_the_last_stands(
    house: people.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, where = house.standing("ana", "analyst", post=None), flushing.house()
    first = actions.ask(own, where, EVERY, "publication")
    monkeypatch.setattr(linked, "MOST_TABLES", 1)
    worlds.put(where, came(datetime.now(UTC).date() - timedelta(days=9), UTO=9, ARC=9), "more")
    with pytest.raises(NotAllowed) as told:
        actions.ask(own, where, EVERY, "publication")
    assert told.value.code == "too-much-released"
    stands = actions.ask(own, where, EVERY, "publication", or_last=True)
    assert shown(stands) == shown(first) and any(one.startswith("As published on") for one in stands.notes)
