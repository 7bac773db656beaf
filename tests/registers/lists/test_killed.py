"""Killed at any moment: nothing half-done is in use, nothing is left over, and the load is simply done again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.registers.lists.worlds import csv_numbers
from xenia.access.standing import Standing
from xenia.errors import Unavailable
from xenia.registers.lists import actions, child, current, store
from xenia.registers.lists.actions import LoadReport
from xenia.registers.lists.job import Job
from xenia.registers.lists.models import LoadRun

Load = Callable[..., LoadReport]
MANY = 8_000


def leftovers() -> list[str]:
    return sorted(path.name for path in store.folder().glob("*.list*"))


def test_a_worker_killed_in_the_middle_leaves_the_version_in_use(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    load(csv_numbers(range(5)))
    start = child._start

    def started(job: Job, secret: bytes) -> subprocess.Popen[bytes]:
        process = start(job, secret)

        def kill() -> None:
            part = Path(job.folder) / "new.list.stage"
            while process.poll() is None and not part.exists():
                time.sleep(0.005)
            process.kill()

        threading.Thread(target=kill).start()
        return process

    monkeypatch.setattr(child, "_start", started)
    with pytest.raises(Unavailable) as error:
        load(csv_numbers(range(MANY)))
    assert error.value.code == "load-stopped"
    assert LoadRun.objects.latest("started_at").state == "failed"
    assert leftovers() == ["alerts-csv-1.list"]
    assert current.current("alerts")[0].file.count == 5
    monkeypatch.undo()
    assert load(csv_numbers(range(MANY))).result.counts["added"] == MANY - 5


def test_a_load_whose_process_was_killed_is_done_again(load: Load, editor: Standing) -> None:
    """The parent dies with kill -9: its lock is free at once; rows, folders and files it left are cleared."""
    load(csv_numbers(range(5)))
    LoadRun(source_id="alerts-csv", started_by="account:x", started_at=LoadRun.objects.get().started_at).save()
    folder = store.run_folder("alerts-csv", LoadRun.objects.get(state="running").id)
    (folder / "new.list.part").write_bytes(b"Zorbek half written")
    store.file_path("alerts-csv-2.list").write_bytes(b"built, renamed, never committed")
    report = load(csv_numbers(range(6)))
    assert (report.state, report.number) == ("published", 2)
    assert LoadRun.objects.filter(state="interrupted").count() == 1
    assert not folder.exists()
    assert leftovers() == ["alerts-csv-2.list", "alerts-csv-2.list.delta"]
    assert current.current("alerts")[0].file.count == 6


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    store.folder()
    code = (
        "import fcntl, sys, time\n"
        "handle = open(sys.argv[1], 'a')\n"
        "fcntl.flock(handle, fcntl.LOCK_EX)\n"
        "print('held', flush=True)\n"
        "time.sleep(60)\n"
    )
    path = store.folder() / "killed.lock"
    process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    assert store.is_busy("killed")
    process.kill()
    process.wait()
    assert not store.is_busy("killed")


def test_a_worker_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    source = tmp_path / "many.csv"
    source.write_bytes(csv_numbers(range(60_000)))
    job = Job(
        "load", str(tmp_path), "alerts", "alerts-csv", "person", "csv", str(source), out=str(tmp_path / "new.list")
    )
    path = job.write()
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'xenia.registers.lists.worker', sys.argv[1]], stdin=subprocess.PIPE)\n"
        "child.stdin.write(b'00' * 32 + b'\\n'); child.stdin.close()\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    parent = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, env=environment)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    _wait(lambda: (tmp_path / "progress.json").exists())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    _wait(lambda: not _runs(pid))
    assert not (tmp_path / "new.list").exists()
    assert not (tmp_path / "result.json").exists()


def test_a_worker_that_wants_too_much_memory_is_stopped(tmp_path: Path) -> None:
    source = tmp_path / "many.csv"
    source.write_bytes(csv_numbers(range(60_000)))
    job = Job(
        "load",
        str(tmp_path),
        "alerts",
        "alerts-csv",
        "person",
        "csv",
        str(source),
        out=str(tmp_path / "new.list"),
        memory_bytes=90 << 20,
    )
    with pytest.raises(Exception) as error:
        child.run(job, b"s" * 32)
    assert getattr(error.value, "code", "") in ("list-too-large", "load-stopped", "disk-full")
    assert not (tmp_path / "new.list").exists()


def test_progress_is_told_on_the_way(load: Load, editor: Standing) -> None:
    told: list[child.Progress] = []
    load(csv_numbers(range(30_000)), progress=told.append)
    assert "reading" in [one.step for one in told]
    assert all(one.share is None or 0 <= one.share <= 1 for one in told)


def test_the_secret_and_the_rows_are_not_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "one.csv"
    source.write_bytes(csv_numbers(range(3)))
    job = Job(
        "load", str(tmp_path), "alerts", "alerts-csv", "person", "csv", str(source), out=str(tmp_path / "new.list")
    )
    secret = b"\xab" * 32
    child.run(job, secret)
    assert secret.hex() not in (tmp_path / "job.json").read_text()
    assert json.loads((tmp_path / "result.json").read_text())["result"]["counts"]["records"] == 3


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def _wait(ready: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def test_tidy_touches_no_other_source(load: Load) -> None:
    load(csv_numbers(range(3)), "notices-csv")
    store.file_path("alerts-csv-9.list").write_bytes(b"left over")
    actions.tidy("alerts-csv")
    assert leftovers() == ["notices-csv-1.list"]
