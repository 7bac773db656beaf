"""The same answers from DuckDB, ClickHouse and PostgreSQL, and they are those counted by hand."""

from __future__ import annotations

import importlib.util
import random
import statistics
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import connection as database

from tests.insight import worlds
from xenia.insight import declarations, dialects, question
from xenia.insight.engines import ChDB, Postgres
from xenia.insight.question import Question
from xenia.insight.release.counting import Counted, cube_of
from xenia.insight.warehouse import Warehouse

TURN = [  # ISO weeks at the turn of years: the 3rd of January 2027 lies in week 53 of 2026
    worlds.fact("2026-12-28T00:00", post="A", control_s=10, person=1, record=7),
    worlds.fact("2026-12-31T23:00", post="A", control_s=20, person=1, record=65_535),
    worlds.fact("2027-01-01T00:00", post="B", control_s=None, person=2, record=3),
    worlds.fact("2027-01-03T23:00", post="B", control_s=40, person=None, record=1, n=3),
    worlds.fact("2027-01-04T00:00", post="it's “B”", control_s=41, person=(1 << 64) - 1, outcome="refused", n=2),
    worlds.fact("2024-12-30T09:00", post="A", control_s=55, person=2, direction="exit", overstay_days=3, hit="alerts"),
    worlds.fact("2024-03-31T12:00", post="", control_s=1000, person=3, direction="exit", overstay_days=None, n=4),
]
QUESTIONS = [
    question.asked("crossings"),
    *(question.asked("crossings", [grain, "post"]) for grain in ("hour", "day", "week", "month", "quarter", "year")),
    question.asked("crossings", ["week"], ["post=A,B"], date(2026, 12, 29), date(2027, 1, 4)),
    question.asked("crossings", ["post", "sex", "nationality", "direction"], ["post!=A"]),
    question.asked("crossings", ["post"], ["week=2026-W53"]),
    question.asked("crossings", ["post"], ["quarter=2027-Q1", "post=it's “B”"]),
    question.asked("crossings", ["post"], ["post=nowhere"]),
    question.asked("crossings", [], ["post=x') OR 1=1 --"]),
    question.asked("refusals", ["post"]),
    question.asked("overstays", ["post"]),
    question.asked("hits", ["month"]),
    question.asked("persons", ["post"], (), date(2026, 1, 1), date(2027, 1, 1)),
    question.asked("persons", ["month"], (), date(2027, 1, 1), date(2028, 1, 1)),
    question.asked("persons", ["month"], ["post=nowhere"], date(2027, 1, 1), date(2028, 1, 1)),
    question.asked("control_median", ["post"]),
    question.asked("control_p90", ["year", "post"]),
    question.asked("control_median", [], ["post=nowhere"]),
]
CHDB = importlib.util.find_spec("chdb") is not None


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return worlds.warehouse(tmp_path_factory.mktemp("turn"), TURN)


def files(made: Warehouse) -> list[Path]:
    return [made.place(one.fact, one.name) for one in made.files()]


def duck(made: Warehouse, asked: Question) -> Counted:
    with made.open() as connection:
        statement = dialects.render(asked, dialects.DuckDB(), "crossing")
        return cube_of(asked, connection.execute(statement.sql, statement.parameters).fetchall())


def cells(found: Counted) -> dict[tuple[str | None, ...], Any]:
    names = [(*one, None) for one in found.cube.members]
    return {
        tuple(names[axis][place] for axis, place in enumerate(at)): found.values.get(at, int(found.cube.counts[at]))
        for at in np.ndindex(found.cube.counts.shape)
        if found.cube.counts[at]
    }


def same(one: Counted, other: Counted) -> None:
    assert one.cube.members == other.cube.members
    assert (one.cube.counts == other.cube.counts).all() and (one.keys == other.keys).all()
    assert one.values == pytest.approx(other.values)


def test_weeks_months_and_quarters_at_the_turn_of_the_year(made: Warehouse) -> None:
    assert cells(duck(made, question.asked("crossings", ["week"]))) == {
        ("2024-W13",): 4, ("2025-W01",): 1, ("2026-W53",): 6, (None,): 11,
    }  # fmt: skip
    assert cells(duck(made, question.asked("crossings", ["quarter"]))) == {
        ("2024-Q1",): 4, ("2024-Q4",): 1, ("2026-Q4",): 2, ("2027-Q1",): 4, (None,): 11,
    }  # fmt: skip
    assert cells(duck(made, question.asked("crossings", ["hour"], ["post=B"]))) == {
        ("2027-01-01T00",): 1, ("2027-01-03T23",): 3, (None,): 4,
    }  # fmt: skip


def test_persons_percentiles_and_nothing_at_all(made: Warehouse) -> None:
    in_2026 = (date(2026, 1, 1), date(2027, 1, 1))
    assert cells(duck(made, question.asked("persons", ["post"], (), *in_2026))) == {("A",): 1, (None,): 1}
    assert cells(duck(made, question.asked("persons", ["post"], ["post=nowhere"], *in_2026))) == {}
    times = [10, 20, 40, 41, 55, 1000]  # one per line of facts that has a time
    assert duck(made, question.asked("control_median")).values[()] == statistics.median(times)
    assert duck(made, question.asked("control_p90")).values[()] == pytest.approx(55 + 0.5 * (1000 - 55))
    assert duck(made, question.asked("control_median", [], ["post=nowhere"])).values == {}
    assert cells(duck(made, question.asked("overstays", ["post"]))) == {("A",): 1, (None,): 1}


def test_percentiles_are_those_of_a_library(tmp_path: Path) -> None:
    """Of one value to forty, with ties, a post for each number of them; and of all together."""
    chance = random.Random(3)
    worlds_times = {f"P{size:02}": [chance.randrange(-5, 20) for _ in range(size)] for size in range(1, 41)}
    rows = [
        worlds.fact("2026-05-01", post=post, control_s=one) for post, times in worlds_times.items() for one in times
    ]
    where = worlds.warehouse(tmp_path, rows)
    worlds_times[""] = [one for times in worlds_times.values() for one in times]
    for measure, share in (("control_median", 50), ("control_p90", 90)):
        found = cells(duck(where, question.asked(measure, ["post"])))
        wanted = {(post or None,): pytest.approx(np.percentile(times, share)) for post, times in worlds_times.items()}
        assert found == wanted


def test_the_key_of_a_cell_is_the_sum_of_its_facts_keys(made: Warehouse) -> None:
    found = duck(made, question.asked("crossings", ["post"]))
    keys = dict(zip((*found.cube.members[0], None), found.keys.tolist(), strict=True))
    assert keys["A"] == (7 + 65_535) % 65_536 and keys["B"] == 4
    persons = duck(made, question.asked("persons", ["post"], (), date(2027, 1, 1), date(2028, 1, 1)))
    assert persons.keys.tolist() == [2, 2]


@pytest.fixture(scope="module")
def clickhouse(made: Warehouse) -> Iterator[ChDB]:
    if not CHDB:
        pytest.skip("chdb is not installed: pip install -r requirements/bench.txt")
    opened = ChDB([(declarations.facts()["crossing"], files(made))])
    yield opened
    opened.close()


@pytest.mark.parametrize("asked", QUESTIONS, ids=str)
def test_clickhouse_gives_the_same(asked: Question, made: Warehouse, clickhouse: ChDB) -> None:
    rows = clickhouse.rows(dialects.render(asked, clickhouse.dialect, "crossing"))
    same(cube_of(asked, rows), duck(made, asked))


@pytest.mark.django_db
def test_postgresql_gives_the_same(made: Warehouse) -> None:
    if database.vendor != "postgresql":
        pytest.skip("runs on PostgreSQL")
    with database.cursor() as cursor:
        server = Postgres(cursor)
        server.load(declarations.facts()["crossing"], files(made))
        for asked in QUESTIONS:
            rows = server.rows(dialects.render(asked, server.dialect, "crossing"))
            same(cube_of(asked, rows), duck(made, asked))


def test_no_value_stands_in_the_text_of_any_engine() -> None:
    asked = question.asked("crossings", ["month", "post"], ["post=x') OR 1=1 --", "week=2026-W01"], date(2026, 1, 1))
    for dialect in (dialects.DuckDB(), dialects.PostgreSQL(), dialects.ClickHouse()):
        statement = dialects.render(asked, dialect, "crossing")
        assert "OR 1=1" not in statement.sql and "2026" not in statement.sql and len(statement.parameters) == 4
