"""Records are numbered by their subjects: what comes and goes moves no other one. Files of an earlier release still answer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.registers.lists.worlds import built, person
from xenia.registers.lists import build as building
from xenia.registers.lists.file import ListFile


def numbers(file: ListFile) -> dict[str, int]:
    return {record_id: number for number, record_id, _body in file.page(0, 10_000)}


def test_a_record_keeps_its_number_in_the_next_version(tmp_path: Path) -> None:
    _, first = built(tmp_path / "a.list", [person(n) for n in range(300)])
    _, second = built(tmp_path / "b.list", [person(n) for n in range(50, 350)])
    before, after = numbers(first), numbers(second)
    assert len(before) == len(after) == 300
    assert all(before[one] == after[one] for one in set(before) & set(after))
    assert list(before.values()) == sorted(before.values())
    assert first.ends == (min(before.values()), max(before.values()))
    assert [one for one, _kind, _packed in first.page(0, 10_000, backwards=True)] == sorted(
        before.values(), reverse=True
    )


def test_records_whose_numbers_would_be_the_same_get_the_next_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = building.number_near
    monkeypatch.setattr(building, "number_near", lambda subject: near(subject) >> 24 << 24)
    _, file = built(tmp_path / "a.list", [person(n) for n in range(300)])
    assert len(set(numbers(file).values())) == 300
    monkeypatch.setattr("xenia.registers.lists.file.number_near", lambda subject: near(subject) >> 24 << 24)
    assert all(file.get(f"A-{n}") == person(n).body for n in range(300))
    assert file.get("A-300") is None


def test_a_file_numbered_one_after_the_other_still_answers(tmp_path: Path) -> None:
    _, file = built(tmp_path / "a.list", [person(n) for n in range(300)])
    file.close()
    with closing(sqlite3.connect(tmp_path / "a.list")) as edited:
        for at, (number,) in enumerate(edited.execute("SELECT n FROM record ORDER BY n").fetchall(), 1):
            edited.execute("UPDATE record SET n = ? WHERE n = ?", (at, number))
        edited.execute("DELETE FROM meta WHERE name = 'numbers'")
        edited.commit()
    old = ListFile.open(tmp_path / "a.list")
    assert old.ends == (1, 300)
    assert all(old.get(f"A-{n}") == person(n).body for n in range(300))
    assert old.get("A-300") is None
