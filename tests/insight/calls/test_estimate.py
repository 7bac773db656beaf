"""How many left their homes: known answers, planted truth, and what is refused."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from xenia.errors import BadInput, Conflict
from xenia.insight.calls import events, generator, scaling, studies, windows
from xenia.insight.calls.estimate import Homes, estimate, homes
from xenia.insight.calls.generator import World
from xenia.insight.calls.terms import term

SMALL = World(subscribers=4000, regions=12, more_days=20)


def found(folder: Path, world: World) -> Any:
    """The estimate of a generated world."""
    file = folder / f"{world.seed}-{world.displaced}-{world.more_days}.parquet"
    generator.write(file, world)
    wanted = windows.study(world.event)
    with events.opened(file) as given:
        quiet = [homes(given.flows(pair)) for pair in wanted.quiet(given.seen.first)]
        return estimate(homes(given.flows(wanted.event)), quiet)


def test_a_share_computed_by_hand() -> None:
    after = homes({("A", "A"): 52, ("A", "B"): 48})
    usual = homes({("A", "A"): 75, ("A", "B"): 25})
    assert (after.all, after.away) == ({"A": 100}, {"A": 48})
    made = estimate(after, [usual])
    assert made is not None
    assert (made.naive, made.usual, made.quiet) == (0.48, 0.25, 1)
    assert made.share == pytest.approx((0.48 - 0.25) / 0.75)
    # Two quiet periods that differ much widen the interval beyond what counting leaves open.
    wide = estimate(after, [homes({("A", "A"): 65, ("A", "B"): 35}), homes({("A", "A"): 85, ("A", "B"): 15})])
    assert wide is not None and wide.high - wide.low > 2 * (made.high - made.low)


@pytest.mark.parametrize("after, quiet", [({}, {"A": 1}), ({"A": 1}, {}), ({"A": 5}, {"A": 0})])
def test_nothing_is_estimated_from_nothing(after: dict[str, int], quiet: dict[str, int]) -> None:
    assert estimate(Homes(after, {}), [Homes(quiet, {})]) is None
    assert estimate(Homes({"A": 5}, {"A": 1}), []) is None
    assert estimate(Homes({"A": 5}, {"A": 1}), [Homes({"A": 5}, {"A": 5})]) is None  # everybody is always away


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_planted_displacement_is_found_within_two_points(tmp_path: Path, seed: int) -> None:
    world = World(seed=seed, displaced=0.3, restless=0.5)
    made = found(tmp_path, world)
    assert abs(made.share - 0.3) < 0.02 and made.low < 0.3 < made.high
    assert made.naive > 0.4  # who takes what is away for displaced is far off


def test_where_nobody_left_the_interval_holds_nobody(tmp_path: Path) -> None:
    made = found(tmp_path, replace(World(displaced=0.0, restless=0.5), more_days=30))
    assert made.quiet == 4 and made.low == 0 and made.high < 0.02 and made.naive > 0.1


def test_the_interval_covers_what_was_planted(tmp_path: Path) -> None:
    held = 0
    for seed in range(20):
        made = found(tmp_path, replace(SMALL, seed=seed, restless=0.4))
        held += made.low <= 0.3 <= made.high
    assert held >= 17, f"{held} of 20 intervals of 95 % hold the truth"


def write(file: Path, rows: list[tuple[str, str, str]]) -> Path:
    """Events as an operator gives them."""
    with file.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([("subscriber", "hour", "region"), *rows])
    return file


def test_homes_and_places_of_a_small_world(tmp_path: Path) -> None:
    event = date(2026, 3, 1)
    rows = []

    def live(who: str, region: str, first: int, end: int, hours: tuple[int, ...] = (9, 20)) -> None:
        for number in range(first, end):
            day = event + timedelta(days=number)
            rows.extend((who * 16, f"{day}T{hour:02d}:00", region) for hour in hours)

    live("a", "North", -38, 10)  # stays
    live("b", "North", -38, 0)
    live("b", "South", 0, 10)  # leaves
    live("c", "South", -38, 10)
    live("c", "North", -5, 0, (1, 2, 3))  # five days elsewhere: not away, the home is where most days were
    live("d", "North", -38, -30)
    live("d", "South", 0, 10)  # too few days for a home
    live("e", "South", -38, 6)
    live("e", "North", 6, 10)  # away on four of ten days only
    wanted = windows.study(event)
    with events.opened(write(tmp_path / "e.csv", rows)) as given:
        assert given.seen.regions == 2 and given.missing(wanted.needed) == []
        north_south = {("North", "North"): 1, ("North", "South"): 1, ("South", "South"): 2}
        assert given.flows(wanted.event) == north_south
        assert given.flows(wanted.usual) == {("North", "North"): 2, ("South", "South"): 2}


def test_without_quiet_days_nothing_is_estimated(tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    generator.write(file, SMALL)
    day = SMALL.event - timedelta(days=30)  # the data begins 58 days before the event
    with events.opened(file) as given, pytest.raises(BadInput) as problem:
        studies.make(given, windows.study(day), tmp_path / "studies", "Example")
    assert problem.value.code == "no-baseline" and not (tmp_path / "studies").exists()


def test_days_without_data_are_not_taken_for_flight(tmp_path: Path) -> None:
    whole, torn = tmp_path / "events.csv", tmp_path / "torn.csv"
    generator.write(whole, SMALL)
    lines = whole.read_text().splitlines()
    torn.write_text("\n".join(line for line in lines if "2026-02-11T" not in line))
    with events.opened(torn) as given, pytest.raises(BadInput) as problem:
        studies.make(given, windows.study(SMALL.event), tmp_path / "studies", "Example")
    assert problem.value.code == "study-days" and "2026-02-11" in problem.value.message


@pytest.mark.parametrize(
    "text, code",
    [
        ("subscriber,hour,region,name\na,b,c,d\n", "events-columns"),
        ("subscriber,hour\na,b\n", "events-columns"),
        ("subscriber,hour,region\n", "events-rows"),
        ("subscriber,hour,region\n+33 6 12 34 56 78 90,2026-03-01T10:00,North\n", "events-subscribers"),
        ("subscriber,hour,region\n208011234567890123,2026-03-01T10:00,North\n", "events-subscribers"),
        ("subscriber,hour,region\nabc,2026-03-01T10:00,North\n", "events-subscribers"),
        (f"subscriber,hour,region\n{'a' * 32},yesterday,North\n", "events-rows"),
        (f"subscriber,hour,region\n{'a' * 32},2026-03-01T10:00,\n", "events-rows"),
        ("\x00\x01\x02", "events-columns"),
        (f'subscriber,hour,region\n"{"a" * 32},2026-03-01T10:00,North\n', "events-file"),
    ],
)
def test_what_is_no_table_of_events_is_refused(tmp_path: Path, text: str, code: str) -> None:
    file = tmp_path / "events.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as problem, events.opened(file):
        pass
    assert problem.value.code == code


def test_a_second_study_of_nearly_the_same_days_is_refused(tmp_path: Path) -> None:
    file, to = tmp_path / "events.parquet", tmp_path / "studies"
    generator.write(file, SMALL)
    other = tmp_path / "other.parquet"
    generator.write(other, replace(SMALL, seed=2))
    day = SMALL.event
    with events.opened(file) as given:
        studies.make(given, windows.study(day), to, "Example")
        with pytest.raises(Conflict) as again:
            studies.make(given, windows.study(day), to, "Example")
        with pytest.raises(Conflict) as beside:
            studies.make(given, windows.study(day - timedelta(days=1)), to, "Example")
        studies.make(
            given, windows.study(day - timedelta(days=10)), to, "Example"
        )  # its event is the other's quiet time
    assert (again.value.code, beside.value.code) == ("study-there", "study-overlaps")
    with events.opened(other) as given, pytest.raises(Conflict) as differs:
        studies.make(given, windows.study(day - timedelta(days=20)), to, "Example")
    assert differs.value.code == "study-overlaps" and "other data" in differs.value.message
    assert len(list(to.iterdir())) == 2


def test_haiti_2010_as_a_calculation() -> None:
    # 197,484 telephones that left, 3.2 persons for each (PLoS Medicine 8(8) e1001083): about 630,000 persons.
    assert scaling.rough(197_484 * 3.2) == 630_000


def test_persons_of_a_region(tmp_path: Path) -> None:
    flows = [
        ["2026-02-19", "A", "A", "900", "15", "", "1"],
        ["2026-02-19", "A", "B", "100", "15", "", "1"],
        ["2026-03-01", "A", "A", "450", "15", "", "1"],
        ["2026-03-01", "A", "*", "550", "15", "", "1"],
        ["2026-03-01", "B", "*", "200", "15", "", "1"],
    ]
    first, second = scaling.regions(flows, "2026-03-01", "2026-02-19", {"A": 10_000})
    assert (first.subscribers, first.factor, first.share) == (1000, 10.0, pytest.approx(0.5)) and first.sure
    assert first.persons is not None and first.persons[1] == 5000
    assert second.share is None and second.persons is None and second.factor is None  # nothing is told of who stayed
    assert term("most-dropped") == 15
