"""An answer that was kept is the answer that would be given anew."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.insight import worlds
from xenia.insight import declarations, dialects, prepared, question
from xenia.insight.question import Question
from xenia.insight.release import counting, release
from xenia.insight.warehouse import Fresh, Warehouse

ASKED = [
    question.asked("refusals", ["month", "nationality"]),
    question.asked("refusals"),
    question.asked("control_median", ["post"]),
    question.asked("refusals", ["post"], ["nationality=nowhere"]),
]


def same(made: Warehouse, asked: Question) -> None:
    with made.open() as connection:
        anew = counting.counted(connection, dialects.DuckDB(), asked)
        kept = counting.answered(made, connection, dialects.DuckDB(), asked)
    assert anew.cube.members == kept.cube.members and anew.values == kept.values
    assert (anew.cube.counts == kept.cube.counts).all() and (anew.keys == kept.keys).all()


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_a_kept_answer_is_that_given_anew_and_another_file_makes_it_stale(asked: Question, tmp_path: Path) -> None:
    made = worlds.warehouse(tmp_path, worlds.refusals(1))
    same(made, asked)
    name = prepared.name_of(made, asked)
    assert prepared.find(made, name) is not None
    same(made, asked)
    worlds.put(made, worlds.refusals(2, 30), "more")
    assert prepared.name_of(made, asked) != name
    same(made, asked)


def test_a_measure_that_is_declared_otherwise_has_another_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = worlds.warehouse(tmp_path, [worlds.fact("2026-01-05T10:00", outcome="refused")])
    asked = question.asked("refusals")
    name = prepared.name_of(made, asked)
    (column,) = asked.counted.where
    monkeypatch.setitem(asked.counted.where, column, "another")  # type: ignore[arg-type]
    assert prepared.name_of(made, asked) != name


def test_facts_that_wait_count_only_where_the_question_is_about_them(tmp_path: Path) -> None:
    waiting: list[Fresh] = []
    made = Warehouse(worlds.warehouse(tmp_path, worlds.refusals(1)).folder, lambda: waiting)
    year = (date(2026, 1, 1), date(2027, 1, 1))
    every = [*ASKED, question.asked("persons", ["nationality"], (), *year), question.asked("persons", (), (), *year)]
    for rows in (
        [worlds.fact("2027-05-01T10:00", outcome="refused", person=7, record=3)],
        [worlds.fact("2026-05-01T10:00", nationality="NEW", person=None)],
        [worlds.fact("2026-05-01T10:00", outcome="refused", person=None, n=0, record=5, control_s=None)],
    ):
        waiting[:] = [Fresh("crossing", n + 1, row) for n, row in enumerate(rows)]
        for asked in every:
            same(made, asked)
            same(made, asked)


def test_a_stock_of_which_as_many_go_as_come_while_they_wait_is_counted_right(tmp_path: Path) -> None:
    case = declarations.facts()["case_step"]

    def step(name: str, record: int) -> dict[str, object]:
        plain = {one: {"text": "", "whole": None, "key": None}.get(kind) for one, kind in case.columns.items()}
        at = {"hour": datetime(2026, 3, 1, 9), "received": date(2026, 3, 1), "n": 1, "record": record}
        return {**plain, **at, "step": name}

    (measure,) = [name for name, one in case.measures.items() if one.kind == "stock"][:1]
    one = case.measures[measure]
    come, gone = one.plus[0], one.minus[0]
    made = worlds.put(Warehouse(tmp_path / "w"), [step(come, n) for n in range(30)], "cases", "case_step")
    waiting = [Fresh("case_step", n + 1, row) for n, row in enumerate([step(come, 40), step(gone, 7)])]
    beside = Warehouse(made.folder, lambda: waiting)
    for asked in (question.asked(measure), question.asked(measure, ["procedure"])):
        same(made, asked)
        same(beside, asked)
        same(made, asked)


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_facts_that_wait_beside_the_files_are_added(asked: Question, tmp_path: Path) -> None:
    waiting: list[Fresh] = []
    made = Warehouse(worlds.warehouse(tmp_path, worlds.refusals(1)).folder, lambda: waiting)
    same(made, asked)
    waiting += [Fresh("crossing", n + 1, row) for n, row in enumerate(worlds.refusals(3, 25))]
    same(made, asked)
    same(made, asked)


def test_a_kept_answer_that_cannot_be_read_is_asked_anew(tmp_path: Path) -> None:
    made = worlds.warehouse(tmp_path, worlds.refusals(1))
    first = release(made, ASKED[0], "interactive", "ada")
    (path,) = (made.folder / "prepared").glob("*.npz")
    assert path.stat().st_mode & 0o077 == 0
    whole = path.read_bytes()
    for broken in (b"", b"PK", whole[: len(whole) // 2], whole[:-40].replace(b"counts", b"cuonts") + whole[-40:]):
        path.write_bytes(broken)
        assert release(made, ASKED[0], "interactive", "ada").cells == first.cells
        assert path.read_bytes() == whole


class Asked:
    """An engine that counts what it is asked of the facts."""

    def __init__(self, engine: Any) -> None:
        self.engine, self.questions = engine, 0

    def execute(self, sql: str, *values: Any) -> Any:
        self.questions += "fresh_" not in sql
        return self.engine.execute(sql, *values)


def questions(made: Warehouse, asked: Question, about: bool = True) -> int:
    """How many it takes to know an answer and who stands behind it; what is known is compared with asking anew."""
    with made.open() as connection:
        engine, dialect = Asked(connection), dialects.DuckDB()
        cube = counting.answered(made, engine, dialect, asked).cube
        behind = counting.behind(made, engine, dialect, asked, cube, about=about)
        assert (behind == counting.persons(connection, dialect, asked, cube, about=about)).all()
    return engine.questions


def test_how_many_persons_stand_behind_a_percentile_is_kept_with_it(tmp_path: Path) -> None:
    made, asked = worlds.warehouse(tmp_path, worlds.refusals(1)), question.asked("control_p90", ["post", "sex"])
    assert [questions(made, asked) for _ in range(3)] == [2, 0, 0]
    assert [questions(made, asked, about=False) for _ in range(2)] == [1, 0]  # exact ones are others
    worlds.put(made, worlds.refusals(2, 30), "more")
    assert [questions(made, asked) for _ in range(2)] == [2, 0]
    waiting = [Fresh("crossing", n + 1, row) for n, row in enumerate(worlds.refusals(3, 25))]
    beside = Warehouse(made.folder, lambda: waiting)
    assert [questions(beside, asked) for _ in range(2)] == [2, 2]  # neither percentiles nor persons add up
    until = question.asked("control_p90", ["post", "sex"], (), None, date(2027, 1, 1))
    later = [worlds.fact("2027-01-02T10:00", nationality="NEW"), worlds.fact("2027-01-02T10:00", control_s=None)]
    waiting[:] = [Fresh("crossing", n + 1, row) for n, row in enumerate(later)]
    assert [questions(beside, until) for _ in range(2)] == [2, 0]  # none that the question is about
    assert [questions(beside, asked) for _ in range(2)] == [2, 2]
    waiting[:] = waiting[1:]
    assert [questions(beside, asked) for _ in range(2)] == [0, 0]  # one without a control's time
    prepared.forget(made)
    assert not (made.folder / "prepared").exists() and questions(made, asked) == 2


def test_a_table_of_a_hundred_thousand_cells_is_kept_in_a_megabyte(tmp_path: Path) -> None:
    made, asked = (
        worlds.warehouse(tmp_path, worlds.refusals(1, 2000)),
        question.asked("refusals", ["hour", "nationality", "sex", "age"]),
    )
    same(made, asked)
    (path,) = (made.folder / "prepared").glob("*.npz")
    answer = prepared.find(made, path.stem)
    assert answer is not None and answer.numbers["counts"].size > 100_000 and path.stat().st_size < 1 << 20
    assert questions(made, asked) == 1  # persons only
    same(made, asked)


def test_what_was_used_longest_ago_goes_first_and_what_has_an_old_form_goes(tmp_path: Path, monkeypatch) -> None:
    made, folder = worlds.warehouse(tmp_path, worlds.refusals(1, 20)), tmp_path / "warehouse" / "prepared"
    monkeypatch.setattr(prepared, "MOST", 3)
    for number, name in enumerate("abc"):
        prepared.keep(made, name, [["A"]], {"counts": np.array([number, 500])})
        os.utime(folder / f"{name}.npz", (1000 + number, 1000 + number))
    (folder / "old.json").write_text("[]")
    assert prepared.find(made, "a") is not None  # now it was used last
    prepared.keep(made, "d", [["A"]], {"counts": np.array([7, 500])})
    assert sorted(one.name for one in folder.iterdir()) == ["a.npz", "c.npz", "d.npz"]
    monkeypatch.setattr(prepared, "MOST_BYTES", (folder / "d.npz").stat().st_size)
    prepared.keep(made, "e", [["A"]], {"counts": np.array([7, 500])})
    assert [one.name for one in folder.iterdir()] == ["e.npz"]
