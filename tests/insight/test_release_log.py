"""What left is written down before it leaves: not on a full disk, not half, and not past a kill."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.insight import worlds
from xenia.errors import NotAllowed, Unavailable
from xenia.insight import dialects, question
from xenia.insight.release import keeping, release
from xenia.insight.warehouse import Warehouse

ASKED = question.asked("refusals", ["post"])


@pytest.fixture
def made(tmp_path: Path) -> Warehouse:
    return worlds.warehouse(tmp_path, worlds.refusals(1))


def test_on_a_full_disk_nothing_leaves_and_the_log_stays_whole(
    made: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(made, ASKED, "interactive", "ada")
    whole, write = made.log.read_bytes(), os.pwrite

    def full(descriptor: int, data: bytes, offset: int) -> int:
        if len(data) > 20:
            return write(descriptor, data[:20], offset)  # the disk takes a little yet
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(
        os,
        "pwrite",
        lambda descriptor, data, offset: (
            full(descriptor, data, offset) if data[:1] == b"{" else full(descriptor, b"", offset)
        ),
    )
    with pytest.raises(Unavailable) as told:
        release(made, ASKED, "interactive", "ada")
    assert told.value.code == "warehouse-disk" and made.log.read_bytes() == whole
    monkeypatch.undo()
    release(made, ASKED, "interactive", "ada")
    assert len(keeping.lines(made)) == 2


def test_questions_to_other_facts_are_not_counted_again(made: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Day after day, post after post: of each question before only the words are looked at. What is counted, is counted together."""
    counted: list[int] = []
    apart = dialects.apart
    monkeypatch.setattr(dialects, "apart", lambda *given: counted.append(len(given[1])) or apart(*given))
    first = date(2026, 1, 1)
    for number in range(40):
        day = first + timedelta(days=number)
        release(made, question.asked("refusals", (), (), day, day + timedelta(days=1)), "interactive", "ada")
    for post in ("UTO-AP1", "UTO-BG", "UTO-PM"):
        release(made, question.asked("refusals", (), [f"post={post}"], date(2026, 3, 1)), "interactive", "ada")
    assert counted == []
    release(made, question.asked("refusals", (), (), first, date(2026, 5, 1)), "interactive", "ada")
    assert counted == [40, 3]


def test_of_a_log_of_years_only_what_matters_is_read(made: Warehouse) -> None:
    for who in ("ada", "bea"):
        release(made, ASKED, "interactive", who)
    release(made, ASKED, "publication", "ada")
    made.log.write_bytes(made.log.read_bytes().replace(b'"who": "bea", ', b'"who": "bea", ?'))  # cannot be read
    assert [one["who"] for one in keeping.lines(made, "interactive", "ada")] == ["ada"]
    assert [one["grade"] for one in keeping.lines(made, "publication")] == ["publication"]
    with pytest.raises(Unavailable):
        keeping.lines(made, "interactive", "bea")
    made.log.write_bytes(b"{}\n" + made.log.read_bytes())
    with pytest.raises(Unavailable):  # what does not say what it is is never passed over
        keeping.lines(made, "publication")


def test_a_publication_whose_table_cannot_be_kept_does_not_leave(made: Warehouse) -> None:
    (made.folder / "published").write_text("a file where a folder must be")
    with pytest.raises(Unavailable) as told:
        release(made, ASKED, "publication", "ada")
    assert told.value.code == "warehouse-disk" and not made.log.exists()


def test_half_a_line_never_left_and_does_not_spoil_the_next(made: Warehouse) -> None:
    release(made, ASKED, "publication", "ada")
    with made.log.open("ab") as file:
        file.write(b'{"grade": "publication", "who"')
    assert len(keeping.published(made, ASKED)) == 1
    release(made, ASKED, "interactive", "ada")
    assert [line["grade"] for line in keeping.lines(made)] == ["publication", "interactive"]


@pytest.mark.parametrize("damage", ["line", "table", "no table"])
def test_where_what_left_cannot_be_read_nothing_more_is_published(damage: str, made: Warehouse) -> None:
    release(made, ASKED, "publication", "ada")
    (kept,) = (made.folder / "published").iterdir()
    if damage == "line":
        made.log.write_bytes(b"{broken}\n" + made.log.read_bytes())
    elif damage == "table":
        kept.write_bytes(kept.read_bytes()[:-5])
    else:
        kept.unlink()
    with pytest.raises(Unavailable) as told:
        release(made, question.asked("refusals", ["sex"]), "publication", "ada")
    assert told.value.code == "release-log"


def test_only_the_owner_reads_what_was_kept(made: Warehouse) -> None:
    release(made, ASKED, "publication", "ada")
    (kept,) = (made.folder / "published").iterdir()
    assert kept.stat().st_mode & 0o077 == 0 and made.log.stat().st_mode & 0o077 == 0


def test_whoever_is_killed_while_releasing_has_released_nothing_that_is_not_written(made: Warehouse) -> None:
    """A process that says each digest after its release is killed at any moment: all it said stand in the log, which is whole."""
    script = (
        "import sys; from pathlib import Path; from xenia.insight import question; from xenia.insight.release import release\n"
        "from xenia.insight.warehouse import Warehouse\n"
        "made, n = Warehouse(Path(sys.argv[1])), 0\n"
        "while True:\n"
        "    left = release(made, question.asked('refusals', ['post', 'sex']), 'interactive', 'ada')\n"
        "    sys.stdout.write(left.digest + '\\n'); sys.stdout.flush()\n"
    )
    said: list[str] = []
    for _ in range(2):
        child = subprocess.Popen(
            [sys.executable, "-c", script, str(made.folder)], stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": "src"},
        )  # fmt: skip
        assert child.stdout is not None
        said += [child.stdout.readline().strip() for _line in range(3)]
        child.send_signal(signal.SIGKILL)
        said += [line.strip() for line in child.stdout.read().splitlines() if len(line.strip()) == 64]
        child.wait()
    assert len(said) >= 6
    written = [line["digest"] for line in keeping.lines(made)]
    assert len(written) >= len(said) and set(said) <= set(written)
    release(made, ASKED, "interactive", "ada")
    assert all(json.loads(line) for line in made.log.read_text().splitlines())


def test_a_publication_that_left_before_a_kill_is_held_against_the_next(made: Warehouse) -> None:
    release(made, question.asked("refusals"), "publication", "ada")
    again = Warehouse(made.folder)
    with pytest.raises(NotAllowed):
        worlds.put(again, [worlds.fact("2026-01-05T10:00", outcome="refused")], "late")
        release(again, question.asked("refusals"), "publication", "ben")


def test_a_question_too_big_for_the_memory_is_refused_in_words(made: Warehouse) -> None:
    with pytest.raises(Unavailable) as problem, made.open():
        raise duckdb.OutOfMemoryException("failed to allocate")
    assert problem.value.code == "warehouse-memory"
