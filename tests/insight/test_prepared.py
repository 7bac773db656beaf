"""An answer that was kept is the answer that would be given anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.insight import worlds
from xenia.insight import dialects, prepared, question
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
    for path in (made.folder / "prepared").glob("*.json"):
        assert path.stat().st_mode & 0o077 == 0
        path.write_bytes(b"[[")
    assert release(made, ASKED[0], "interactive", "ada").cells == first.cells
