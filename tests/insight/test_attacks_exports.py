"""What is hidden is nowhere in a file: two worlds that differ only in hidden cells give the same bytes."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.insight import worlds
from xenia.errors import NotAllowed
from xenia.insight import out, question
from xenia.insight.release import Released, release

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def left(folder: Path, arc: int, mol: int) -> Released:
    folder.mkdir()
    counts = {"UTO": 30, "ARC": arc, "MOL": mol, "PAN": 12}
    rows = [worlds.fact("2026-01-05T10:00", nationality=name) for name, often in counts.items() for _ in range(often)]
    made = worlds.warehouse(folder, rows)
    return release(made, question.asked("crossings", ["nationality"]), "publication", "ada", NOW)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Released, Released]:
    folder = tmp_path_factory.mktemp("worlds")
    return left(folder / "a", 2, 4), left(folder / "b", 3, 3)


def test_the_two_worlds_hide_the_same_cells(both: tuple[Released, Released]) -> None:
    hidden = [{one.members for one in made.cells if one.shown is None} for made in both]
    assert hidden[0] == hidden[1] == {("ARC",), ("MOL",)}


@pytest.mark.parametrize("form", ["csv", "json", "sdmx"])
def test_texts_are_the_same(form: str, both: tuple[Released, Released]) -> None:
    one, other = (out.FORMATS[form](made, "en") for made in both)
    assert one == other and b"30" in one


def test_descriptions_and_digests_are_the_same(both: tuple[Released, Released]) -> None:
    one, other = both
    assert out.csvw(one, "t.csv") == out.csvw(other, "t.csv")
    assert one.digest == other.digest and one.parameters == other.parameters and one.notes == other.notes


def test_workbooks_are_the_same_in_every_part(both: tuple[Released, Released]) -> None:
    parts = []
    for made in both:
        with zipfile.ZipFile(io.BytesIO(out.xlsx(made))) as book:
            parts.append({name: book.read(name) for name in book.namelist() if name != "docProps/core.xml"})
            assert [name for name in book.namelist() if "worksheets/sheet" in name] == ["xl/worksheets/sheet1.xml"]
            assert b'state="hidden"' not in book.read("xl/workbook.xml")
    assert parts[0] == parts[1]


def test_members_nobody_is_shown_of_are_not_named_when_looking_around(tmp_path: Path) -> None:
    rows = [worlds.fact("2026-01-05T10:00", record=n * 7919) for n in range(50)]
    rows += [worlds.fact("2026-01-05T10:00", nationality=f"Q{n:02}", record=n * 104_729) for n in range(60)]
    made = worlds.warehouse(tmp_path, rows)
    seen = release(made, question.asked("crossings", ["nationality"]), "interactive", "ada")
    named = {one.members[0]: one.shown for one in seen.cells}
    assert 0 < len(named) < 40 and all(named.values())


def test_an_account_that_asks_without_end_is_stopped_and_another_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xenia.insight.release.MOST_A_DAY", 3)
    made = worlds.warehouse(tmp_path, worlds.refusals(1))
    questions = [question.asked("refusals", [name]) for name in ("post", "sex", "age", "month")]
    for one in (*questions[:3], questions[0]):
        release(made, one, "interactive", "eve")
    with pytest.raises(NotAllowed) as told:
        release(made, questions[3], "interactive", "eve")
    assert told.value.code == "too-many-tables"
    assert release(made, questions[1], "interactive", "eve") and release(made, questions[3], "interactive", "ada")
