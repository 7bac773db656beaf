"""A program for tests: facts are written while the process is killed between every two steps. `python -m tests.insight.tailing.dying`.

Runs on SQLite in XENIA_HOME. Each piece of work is done in a process of its own, forked before anything is open, on a copy of one
prepared home; it is killed with SIGKILL at its point. Then another process finishes the work. One JSON line for each point.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

AT = datetime(2026, 11, 22, 9, 41, tzinfo=UTC)
NEXT_DAY = datetime(2026, 11, 23, 9, 41, tzinfo=UTC)
POINTS = {
    "flush": ("half a file", "file written", "index written", "waiting rows gone"),
    "apply": ("half a file", "file written", "index written", "old files gone"),
    "compact": ("half a file", "file written", "index written"),
}


def _kill(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _dies_after(owner: Any, name: str, time: int = 1) -> None:
    original, seen = getattr(owner, name), [0]

    def wrapped(*given: Any, **more: Any) -> Any:
        found = original(*given, **more)
        seen[0] += 1
        if seen[0] == time:
            _kill()
        return found

    setattr(owner, name, wrapped)


def _set(work: str, point: str) -> None:
    from xenia.insight.tailing import flushing
    from xenia.insight.warehouse import Warehouse

    if point == "half a file":
        flushing.synced = _kill  # type: ignore[assignment]
    elif point == "file written":
        _dies_after(flushing, "file_of")
    elif point == "index written":
        _dies_after(Warehouse, "swap")
    elif point == "old files gone":
        _dies_after(flushing, "swept")
    else:
        _dies_after(flushing, "clear", 2)  # the first is at the beginning


def _do(work: str) -> None:
    from xenia.insight.tailing import changing, flushing

    {
        "flush": lambda: flushing.flush(AT, at_once=True),
        "apply": changing.apply,
        "compact": lambda: flushing.compact(NEXT_DAY),
    }[work]()


def _there(home: Path) -> None:
    from django.conf import settings
    from django.db import connection

    from xenia.insight import own_secrets

    settings.XENIA_HOME = home
    connection.settings_dict["NAME"] = str(home / "dying.sqlite3")
    own_secrets.forget()


def forked(home: Path, work: Callable[[], Any]) -> tuple[int, str]:
    """How the process ended that did it, and what it said."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            _there(home)
            os.write(write, json.dumps(work()).encode())
            os._exit(0)
        except BaseException as error:  # whatever it is, this process ends here
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
    os.close(write)
    with os.fdopen(read, "rb") as said:
        text = said.read().decode()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text


def prepare(work: str) -> None:
    """Facts in two files and some that wait; one taken back, one erased, where files are to be changed."""
    from tests.insight.tailing import world
    from xenia.insight import prepared, question, release
    from xenia.insight.tailing import flushing
    from xenia.insight.tailing.forgetting import InsightPart
    from xenia.journal.actions import writing

    made = [world.cross(AT, f"UX{number:07}") for number in range(8)]
    world.follow()
    if work != "flush":
        flushing.flush(AT)
    more = [world.cross(AT, f"UX{number:07}") for number in range(8, 12)]
    world.follow()
    if work == "compact":
        flushing.flush(AT, at_once=True)
    if work == "apply":
        world.take_back(made[0])
        world.follow()
        with writing():
            from django.db import connection

            InsightPart().erase([made[1].subject, more[0].subject], world.ACT)
            connection.run_on_commit.clear()
        release.release(flushing.house(), question.asked("crossings"), "interactive", "ada")
        prepared.since(flushing.house())


def empty() -> None:
    """Tables and keys."""
    from django.core.management import call_command

    from xenia.journal import node

    call_command("migrate", verbosity=0)
    node.ensure()


def finish() -> dict[str, Any]:
    """All of it is done now; what a question sees, how many pseudonyms the folder holds, and files that no index names."""
    import duckdb

    from tests.insight.tailing import world
    from xenia.insight.tailing import changing, flushing
    from xenia.insight.tailing.models import Change, Waiting

    seen = len(world.rows())
    while changing.apply():
        pass
    flushing.flush(NEXT_DAY, at_once=True)
    while flushing.compact(NEXT_DAY):
        pass
    flushing.flush(NEXT_DAY, at_once=True)
    kept = flushing.house().folder / "prepared"
    files = list((flushing.house().folder / "facts").rglob("*.parquet"))
    pseudonyms = sum(
        duckdb.sql(f"SELECT count(person) FROM read_parquet('{one}')").fetchone()[0]  # type: ignore[index]  # noqa: S608
        for one in files
    )
    return {
        "seen": seen,
        "rows": [[str(value) for value in row] for row in world.rows()],
        "pseudonyms": pseudonyms,
        "kept": sorted(one.name for one in kept.iterdir()) if kept.exists() else [],
        "left": len(files) - len(flushing.house().known()) + Waiting.objects.count() + Change.objects.count(),
    }


def main(base: Path) -> None:
    """Every point of every piece of work."""
    import django

    django.setup()
    (base / "empty").mkdir()
    forked(base / "empty", empty)
    for work, points in POINTS.items():
        home = base / work
        shutil.copytree(base / "empty", home)
        code, _ = forked(home, lambda work=work: prepare(work))  # type: ignore[misc]
        if code:
            raise SystemExit(f"{work} was not prepared")
        for point in ("nowhere", *points):
            copy = base / f"{work}-{point.replace(' ', '-')}"
            shutil.copytree(home, copy)
            code = 0
            if point != "nowhere":
                code, _ = forked(copy, lambda work=work, point=point: (_set(work, point), _do(work)))  # type: ignore[misc]
            ended, told = forked(copy, finish)
            print(
                json.dumps(
                    {"work": work, "point": point, "ended": code, "finished": ended, **json.loads(told or "{}")}
                ),
                flush=True,
            )


if __name__ == "__main__":
    main(Path(os.environ["XENIA_HOME"]))
