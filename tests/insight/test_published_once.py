"""What was published is not counted nor proved again, and what is new asks the engine few questions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from tests.insight import journals, worlds
from tests.insight.test_official import _cases
from xenia.errors import NotAllowed
from xenia.insight import dialects, question
from xenia.insight.official import Scope, committee
from xenia.insight.release import linked, publishing, release
from xenia.insight.warehouse import Warehouse

QUARTER = Scope(date(2026, 1, 1), date(2026, 4, 1), "UTO-ARC")


class Listened(Warehouse):
    """A warehouse that notes what its engine is asked of the facts."""

    asked: list[str]

    @contextmanager
    def open(self) -> Iterator[Any]:
        with super().open() as connection:
            yield Listening(connection, self.asked)


class Listening:
    def __init__(self, connection: Any, asked: list[str]) -> None:
        self._connection, self._asked = connection, asked

    def execute(self, sql: str, *parameters: Any) -> Any:
        if "fresh_" not in sql:  # whether something waits beside the files is asked every time
            self._asked.append(sql)
        return self._connection.execute(sql, *parameters)


def listened(made: Warehouse) -> Listened:
    found = Listened(made.folder)
    found.asked = []
    return found


def report(where: Listened, scope: Scope) -> tuple[list[str], list[Any]]:
    """The committee's tables, and what the engine was asked for them."""
    where.asked.clear()
    tables = [release(where, one.question, "publication", "ada") for one in committee.REPORT.parts(scope)]
    return list(where.asked), [(one.digest, one.hidden) for one in tables]


def test_a_committees_report_repeated_asks_nothing_again(tmp_path: Path) -> None:
    where = listened(journals.warehouse(tmp_path, _cases()))
    whole = Scope(QUARTER.since, QUARTER.until)
    first, tables = report(where, QUARTER)
    assert len(first) > len(tables)
    report(where, whole)  # another beside it
    again, same = report(where, QUARTER)
    days = [one for one in committee.REPORT.parts(QUARTER) if one.question.counted.kind == "percentile"]
    assert same == tables and len(again) <= 2 * len(
        days
    )  # of days only, which are held against those of the other report
    number = len(list((where.folder / "published").iterdir()))
    report(where, whole)
    assert len(list((where.folder / "published").iterdir())) == number


def test_a_new_table_beside_many_asks_the_engine_once_for_all_of_them(tmp_path: Path) -> None:
    rows = [
        worlds.fact("2026-01-05T10:00", outcome="refused", sex=sex, nationality=who, post=post)
        for sex in "FM"
        for who in ("UTO", "ARC")
        for post in ("UTO-AP1", "UTO-BG")
    ]
    where = listened(worlds.warehouse(tmp_path, rows * 20))
    asked = [[], ["nationality"], ["post"], ["sex"], ["nationality", "sex"]]
    for by in asked:
        release(where, question.asked("refusals", by), "publication", "ada")
    where.asked.clear()
    release(where, question.asked("refusals", ["post", "sex"]), "publication", "ada")
    persons = [one for one in where.asked if "DISTINCT person" in one and "s0" not in one]
    assert len(where.asked) - len(persons) <= 3  # the table, the parts by everything, and by the breakdowns of each
    assert len(persons) <= len(asked) + 1


def test_a_table_that_was_published_comes_again_while_another_cannot(tmp_path: Path) -> None:
    """Two facts more of one nationality, elsewhere known: the table that does not count them is the same as before, and public."""
    rows = [
        worlds.fact("2026-01-05T10:00", outcome="refused", sex=sex, nationality=who)
        for sex in "FM"
        for who in ("UTO", "ARC")
    ]
    made = worlds.warehouse(tmp_path, rows * 60)
    days = (date(2026, 1, 1), date(2027, 1, 1))
    women = question.asked("refusals", ["nationality"], ["sex=F"], *days)
    every = question.asked("refusals", ["nationality"], (), *days)
    tables = [release(made, one, "publication", "ada") for one in (every, women)]
    worlds.put(made, [worlds.fact("2026-01-05T10:00", outcome="refused", sex="M")] * 2, "late")
    assert release(made, women, "publication", "ben").digest == tables[1].digest
    for other in (every, question.asked("refusals", ["post"], ["sex=F"], *days)):
        try:
            release(made, other, "publication", "ben")
        except NotAllowed as told:
            assert told.code == "too-close-to-released"
        else:
            raise AssertionError(other)


def test_facts_and_persons_apart_are_those_counted_by_hand(tmp_path: Path) -> None:
    rows = [
        worlds.fact(f"{year}-01-{day:02}T10:00", sex=sex, post=post, person=year * 100 + n % 7)
        for year in (2025, 2026)
        for n, (day, sex, post) in enumerate((d, s, p) for d in range(1, 9) for s in "FM" for p in ("A", "B"))
    ]
    made = worlds.warehouse(tmp_path, rows)
    asks = [
        question.asked("crossings", ["sex"], (), None, date(2026, 1, 5)),
        question.asked("crossings", ["post"], ["sex=F"]),
        question.asked("crossings"),
    ]
    with made.open() as connection:
        found = publishing._apart(connection, dialects.DuckDB(), asks)
    for one, parts in zip(asks, found, strict=True):
        wanted: dict[linked.Part, list[dict[str, Any]]] = {}
        for row in rows:
            signature = (row["hour"].date() < date(2026, 1, 5), row["sex"] == "F", True)
            wanted.setdefault((signature, tuple(row[name] for name in one.by)), []).append(row)
        assert parts == {
            part: (
                len(some),
                max(
                    len({row["person"] for row in some if row["hour"].year == year}) for year in (2025, 2026)
                ),
            )
            for part, some in wanted.items()
        }  # fmt: skip
