"""Readers do not wait for each other; publications, and the questions of one account, do; who writes gets in, and nobody hangs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier, Event, Thread
from typing import Any

import pytest

from tests.insight import worlds
from xenia.errors import NotAllowed, Unavailable
from xenia.insight import question
from xenia.insight.release import keeping, release
from xenia.insight.warehouse import Warehouse

LONG_S = 120
ASKED = question.asked("refusals", ["post"])


class Held(Warehouse):
    """A warehouse whose engine stays open until it is let go: a question that takes long."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.engines, self.inside, self.go = 3, Event(), Event()

    @contextmanager
    def open(self) -> Iterator[Any]:
        with super().open() as connection:
            self.inside.set()
            assert self.go.wait(LONG_S)
            yield connection


class Meeting(Warehouse):
    """A warehouse whose engines are open all at once, or none comes to an end."""

    barrier: Barrier

    @contextmanager
    def open(self) -> Iterator[Any]:
        with super().open() as connection:
            self.barrier.wait(LONG_S)
            yield connection


@pytest.fixture
def made(tmp_path: Path) -> Warehouse:
    return worlds.warehouse(tmp_path, worlds.refusals(1))


def hasty(made: Warehouse, engines: int = 3) -> Warehouse:
    """The same for somebody who does not wait."""
    found = Warehouse(made.folder)
    found.engines, found.patience_s = engines, 0.2
    return found


def busy(made: Warehouse, grade: str, who: str, engines: int = 3) -> bool:
    """Whether a question is told to come again later."""
    try:
        release(hasty(made, engines), ASKED, grade, who)
    except Unavailable as told:
        assert told.code == "warehouse-busy"
        return True
    return False


def test_two_accounts_ask_while_a_publication_goes_on(made: Warehouse) -> None:
    where = Meeting(made.folder)
    where.engines, where.barrier = 3, Barrier(3)
    asks = [("interactive", "ada"), ("interactive", "ben"), ("publication", "cyd")]
    with ThreadPoolExecutor(3) as pool:
        left = [pool.submit(release, where, ASKED, grade, who) for grade, who in asks]
        assert [one.result(LONG_S).grade for one in left] == [grade for grade, _who in asks]
    assert sorted(line["who"] for line in keeping.lines(made)) == ["ada", "ben", "cyd"]


@pytest.mark.parametrize(("grade", "waits"), [("interactive", ["interactive"]), ("publication", ["publication"])])
def test_only_what_is_held_against_each_other_is_one_after_the_other(
    grade: str, waits: list[str], made: Warehouse
) -> None:
    """While ada's question is counted: her next one waits, and so does a second publication, whoever asks for it."""
    where = Held(made.folder)
    first = Thread(target=release, args=(where, ASKED, grade, "ada"))
    first.start()
    try:
        assert where.inside.wait(LONG_S)
        other = "ben" if grade == "publication" else "ada"
        assert [one for one in ("interactive", "publication", "exact") if busy(made, one, other)] == waits
        assert not busy(made, "interactive", "ben") and not busy(made, "interactive", "system:daily")
    finally:
        where.go.set()
        first.join(LONG_S)
    assert not busy(made, grade, "ada")


def test_only_so_many_engines_run_at_once(made: Warehouse) -> None:
    where = Held(made.folder)
    where.engines = 1
    first = Thread(target=release, args=(where, ASKED, "interactive", "ada"))
    first.start()
    try:
        assert where.inside.wait(LONG_S)
        assert busy(made, "interactive", "ben", engines=1) and not busy(made, "interactive", "ben", engines=2)
    finally:
        where.go.set()
        first.join(LONG_S)
    assert not busy(made, "interactive", "ben", engines=1)


def test_whoever_gave_the_engine_back_still_keeps_writers_out(made: Warehouse) -> None:
    one, other = hasty(made, engines=1), hasty(made, engines=1)
    entered = Event()

    def write() -> None:
        with made.alone():
            entered.set()

    with one.reading() as engine_is_done:
        engine_is_done()
        with other.reading():
            pass
        writer = Thread(target=write)
        writer.start()
        assert not entered.wait(0.3)
    assert entered.wait(LONG_S)
    writer.join(LONG_S)


STREAM = (
    "import sys, time; from pathlib import Path; from xenia.insight.warehouse import Warehouse\n"
    "made = Warehouse(Path(sys.argv[1])); made.engines = 40\n"
    "while True:\n"
    "    with made.reading():\n"
    "        sys.stdout.write('r\\n'); sys.stdout.flush(); time.sleep(0.05)\n"
)


def process(made: Warehouse, script: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, str(made.folder)], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": "src"},
    )  # fmt: skip


def test_a_writer_gets_in_under_a_stream_of_readers_of_two_processes(made: Warehouse) -> None:
    """Readers overlap without an end; they go on until the writer was in three times, and after it."""
    made.engines = 40
    done = Event()
    reads = [0] * 6

    def read(number: int) -> None:
        while not done.is_set():
            with made.reading():
                reads[number] += 1
                done.wait(0.03)

    child = process(made, STREAM)
    threads = [Thread(target=read, args=(number,)) for number in range(6)]
    try:
        assert child.stdout is not None and child.stdout.readline() == "r\n"
        for one in threads:
            one.start()
        entered = 0

        def write() -> None:
            nonlocal entered
            for _ in range(3):
                with made.alone():
                    entered += 1

        writer = Thread(target=write, daemon=True)
        writer.start()
        writer.join(LONG_S)
        assert entered == 3
        assert child.stdout.readline() == "r\n"
    finally:
        done.set()
        child.kill()
        child.wait()
        for one in threads:
            one.join(LONG_S)
    assert all(reads)


@pytest.mark.parametrize("lock", ["alone()", "reading('publish')"])
def test_whoever_is_killed_leaves_nothing_locked(lock: str, made: Warehouse) -> None:
    script = STREAM.replace("reading()", lock).replace("0.05", "600").replace("= 40", "= 1")
    child = process(made, script)
    try:
        assert child.stdout is not None and child.stdout.readline() == "r\n"
        assert busy(made, "publication", "ada", engines=1)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert not busy(made, "publication", "ada", engines=1)
    with made.alone():
        pass


def test_what_was_counted_before_a_forgetting_has_left_when_it_begins(made: Warehouse) -> None:
    """Who forgets waits until every answer that was counted of the old files is written down; then none of them is to come."""
    where = Held(made.folder)
    first = Thread(target=release, args=(where, ASKED, "interactive", "ada"))
    first.start()
    assert where.inside.wait(LONG_S)
    found: list[int] = []

    def forget() -> None:
        with made.alone():
            found.append(len(keeping.lines(made)))

    writer = Thread(target=forget)
    writer.start()
    while not busy(made, "interactive", "ben"):  # it stands at the gate: whoever comes now waits behind it
        pass
    assert not found
    before = len(keeping.lines(made))
    where.go.set()
    first.join(LONG_S)
    writer.join(LONG_S)
    assert found == [before + 1]


def test_of_two_questions_at_once_of_one_account_that_betray_somebody_one_is_refused(tmp_path: Path) -> None:
    rows = [worlds.fact("2026-01-05T10:00", nationality="UTO")] * 60
    rows += [worlds.fact("2026-02-01T10:00", nationality="ARC")] * 3
    made = worlds.warehouse(tmp_path, rows)
    start = Barrier(2)

    def ask(where: list[str]) -> bool:
        start.wait(LONG_S)
        try:
            return bool(release(made, question.asked("crossings", (), where), "interactive", "eve"))
        except NotAllowed as told:
            assert told.code == "too-close-to-released"
            return False

    for _ in range(5):
        made.log.unlink(missing_ok=True)
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(ask, ([], ["nationality!=ARC"]))) == [False, True]


def test_a_folder_deleted_under_its_readers_takes_no_lock_along(made: Warehouse) -> None:
    with made.reading(), made.noting():
        (made.folder / "locks" / "log.lock").unlink()
        with Warehouse(made.folder).noting():  # the file of that name is another one now
            pass
