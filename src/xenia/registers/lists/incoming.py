"""Watched folders: HOME/incoming/<source>/. Complete files are loaded by themselves and moved to done/ or refused/.

A file is complete when `<name>.done` stands beside it, or when it has not changed for half a minute. Names that begin
with a point or end like those of files being copied are never taken: copy under such a name, then rename. While a file
is loaded it lies in loading/; what is found there after a kill is simply loaded again.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from xenia.access.actions import operator_standing
from xenia.access.standing import Standing
from xenia.errors import XeniaError
from xenia.formats.lists.reasons import sentence
from xenia.journal.files import sync_folder
from xenia.registers.lists import actions, store, waiting
from xenia.registers.lists.models import ListSource
from xenia.registers.lists.safe_csv import lines

log = logging.getLogger("xenia.lists")

OPERATOR = "operator"
STABLE_S = 30.0
MARK = ".done"
LOADING, DONE, REFUSED = "loading", "done", "refused"
_UNFINISHED = (MARK, ".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".swp", "~")
# What was loaded is not kept: the list file has it. What was refused is, until somebody has looked at it.
KEPT_DAYS = {DONE: 7, REFUSED: 30}
_MOST_SEEN = 10_000


@dataclass(frozen=True)
class _Look:
    size: int
    changed_ns: int
    since: float


_seen: dict[Path, _Look] = {}
_thread: threading.Thread | None = None


def folder(source: str) -> Path:
    """The watched folder of a source, made with owner-only rights."""
    path = Path(settings.XENIA_HOME) / "incoming" / source
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def watched() -> list[ListSource]:
    """Approved sources that load by themselves; at a unit none."""
    if settings.XENIA_UNIT:
        return []
    return list(ListSource.objects.filter(state="approved", by_itself=True).order_by("code"))


def watch() -> int:
    """Begins to load what is complete, beside the other chores; one load at a time. Gives back how many wait."""
    global _thread
    ready = [source.code for source in watched() if _left(source.code) or complete(source.code)]
    if ready and (_thread is None or not _thread.is_alive()):
        _thread = threading.Thread(target=_load_all, args=(ready,), name="list-folder", daemon=True)
        _thread.start()
    return len(ready)


def settle(timeout_s: float = 600) -> None:
    """Waits until what was begun here is loaded."""
    if _thread is not None:
        _thread.join(timeout_s)


def complete(source: str, now: float | None = None) -> list[Path]:
    """Files in the watched folder that are whole, the oldest first. `now`: seconds of any steady clock."""
    now = time.monotonic() if now is None else now
    if len(_seen) > _MOST_SEEN:
        _seen.clear()
    parent = folder(source)
    found = [path for path in parent.iterdir() if _may_be_list(path) and _is_complete(path, now)]
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))


def _may_be_list(path: Path) -> bool:
    plain = not path.name.startswith(".") and not path.name.lower().endswith(_UNFINISHED)
    return plain and not path.is_symlink() and path.name not in (LOADING, DONE, REFUSED)


def _is_complete(path: Path, now: float) -> bool:
    if path.with_name(path.name + MARK).is_file():
        return True
    if not path.is_file():
        return False
    status = path.stat()
    before = _seen.get(path)
    if before is None or (before.size, before.changed_ns) != (status.st_size, status.st_mtime_ns):
        _seen[path] = _Look(status.st_size, status.st_mtime_ns, now)
        return False
    return now - before.since >= STABLE_S


def _left(source: str) -> list[Path]:
    """What lies in loading/: a load that was cut off."""
    parent = folder(source) / LOADING
    return sorted(parent.iterdir()) if parent.is_dir() else []


def _load_all(codes: list[str]) -> None:
    try:
        for code in codes:
            load_waiting(code)
    except Exception:
        log.exception("watched folder failed")
    finally:
        connection.close()


def load_waiting(source: str, now: float | None = None) -> int:
    """Loads what is complete in one watched folder, one file after another. Gives back how many were tried."""
    tried = 0
    with _only_here(source) as mine:
        if not mine:
            return 0
        for path in (*_left(source), *complete(source, now)):
            if store.is_busy(source):
                break
            _load(source, _taken(path))
            tried += 1
    return tried


@contextmanager
def _only_here(source: str) -> Iterator[bool]:
    """Whether this process may empty the folder; another one that does keeps it for itself until it ends."""
    with (folder(source) / ".lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _taken(path: Path) -> Path:
    """The file, moved to loading/ in one step, so that nobody takes it twice and a kill loses nothing."""
    if path.parent.name == LOADING:
        return path
    place = _into(path, path.parent / LOADING)
    path.with_name(path.name + MARK).unlink(missing_ok=True)
    _seen.pop(path, None)
    return place


def _into(path: Path, parent: Path) -> Path:
    parent.mkdir(exist_ok=True, mode=0o700)
    place = parent / path.name
    if place.exists():
        place = parent / f"{timezone.now():%Y%m%dT%H%M%S%f}-{path.name}"
    path.replace(place)
    sync_folder(parent)
    return place


def _load(code: str, path: Path) -> None:
    standing = operator_standing(OPERATOR)
    try:
        report = actions.load(standing, code, path, origin="folder", reference=f"list:{code}")
    except XeniaError as error:
        if error.code != "list-busy":
            _refuse(standing, code, path, error.code, str(error))
        return
    except Exception:
        log.exception("list load failed", extra={"source": code})
        _refuse(standing, code, path, "load-stopped", "The load stopped. See the log.")
        return
    said: dict[str, object] = {"state": report.state, "number": report.number, "counts": report.result.counts}
    place = _put_away(path, DONE, said)
    if report.result.counts.get("refused") or report.result.counts.get("noted"):
        _write(place.with_name(place.name + ".refused.csv"), "".join(_refused(report)))
    report.keep_small()
    log.info("list loaded from its folder", extra={"source": code, "state": report.state})


def _refuse(standing: Standing, code: str, path: Path, problem: str, message: str) -> None:
    _put_away(path, REFUSED, {"state": "failed", "problem": problem, "message": message})
    waiting.load_failed(standing, code, problem)


def _put_away(path: Path, where: str, said: dict[str, object]) -> Path:
    source = path.parent.parent
    place = _into(path, source / where)
    told = {"schema": "xenia/list-report/1", "source": source.name, "file": place.name, **said}
    told["ended_at"] = timezone.now().isoformat(timespec="seconds")
    _write(place.with_name(place.name + ".report.json"), json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    return place


def _refused(report: actions.LoadReport) -> Iterator[str]:
    heading = ("line", "record_id", "column", "reason", "explanation", "value")
    rows = (
        (one.line, one.record_id, one.column, one.reason, sentence(one.reason), one.value)
        for one in report.changes.refused()
        if not one.passed_over
    )
    return lines(heading, rows)


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def sweep() -> int:
    """Overwrites and removes what was loaded or refused long enough ago. Gives back how many files."""
    parent = Path(settings.XENIA_HOME) / "incoming"
    gone = 0
    for where, days in KEPT_DAYS.items():
        limit = time.time() - days * 86_400
        for path in parent.glob(f"*/{where}/*"):
            with suppress(FileNotFoundError):
                if path.stat().st_ctime < limit:
                    store.discard_upload(path)
                    gone += 1
    return gone


@dataclass(frozen=True)
class Waits:
    """A file in a watched folder. `state`: waits (still being written, as far as one can tell), loading."""

    name: str
    size_bytes: int
    state: str


def waits(source: str) -> list[Waits]:
    """What lies in the watched folder of a source and was not loaded yet."""
    parent = Path(settings.XENIA_HOME) / "incoming" / source
    if not parent.is_dir():
        return []
    found = [(path, "loading") for path in _left(source)]
    found += [(path, "waits") for path in sorted(parent.iterdir()) if _may_be_list(path)]
    return [Waits(path.name, path.stat().st_size, state) for path, state in found if path.exists()]
