"""Where list files and runs lie in HOME/lists, who may work on a source, and how a file is done away with."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

from django.conf import settings

from xenia.errors import Conflict
from xenia.journal.files import sync_folder

_ZEROS = bytes(1 << 20)
_PIECE = 8 << 20
_PAUSE_S = 0.02
_LOOK_EVERY_S = 0.05
_erasers: set[threading.Thread] = set()
_AT_EXIT_S = 10.0


def folder() -> Path:
    """HOME/lists, made with owner-only rights."""
    path = Path(settings.XENIA_HOME) / "lists"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def file_path(name: str) -> Path:
    """Where a list file of that name lies."""
    return folder() / name


def delta_name(name: str) -> str:
    """The name of the file that makes a list file of the one before."""
    return f"{name}.delta"


def run_path(source: str, run: UUID) -> Path:
    """Where the folder of one run lies, whether it is there or not."""
    return Path(settings.XENIA_HOME) / "lists" / "runs" / source / str(run)


def run_folder(source: str, run: UUID) -> Path:
    """The folder of one run, made with owner-only rights."""
    path = run_path(source, run)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def run_folders(source: str) -> list[Path]:
    """The folders of all runs of a source that are still there."""
    parent = folder() / "runs" / source
    return sorted(parent.iterdir()) if parent.is_dir() else []


@contextmanager
def only_one(source: str) -> Iterator[None]:
    """One load, publication or erasure of a source at a time, over all processes; released however a process ends.

    Raises `Conflict` (code `list-busy`).
    """
    with (folder() / f"{source}.lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(
                f"The list {source} is being loaded.", "Wait until it is done, or cancel it.", code="list-busy"
            ) from None
        yield


def is_busy(source: str) -> bool:
    """Whether somebody works on the source now."""
    try:
        with only_one(source):
            return False
    except Conflict:
        return True


def keep(built: Path, name: str) -> Path:
    """Moves a finished list file to its place, lasting through a power cut."""
    path = file_path(name)
    built.replace(path)
    sync_folder(path.parent)
    return path


def take_upload(path: Path, run: UUID, name: str = "") -> Path:
    """Moves an uploaded file to where its load reads it; under a name of its own into a folder, where there are several."""
    kept = folder() / "uploads" / f"{run}.upload"
    kept.parent.mkdir(exist_ok=True, mode=0o700)
    if not name:
        path.replace(kept)
        return kept
    kept.mkdir(exist_ok=True, mode=0o700)
    path.replace(kept / "".join(c if c.isalnum() or c in "._-" else "_" for c in name[-80:]).lstrip("."))
    return kept


def discard_upload(path: Path) -> None:
    """Removes an upload, overwritten first."""
    if path.is_dir():
        discard_folder(path)
    else:
        _overwrite_and_unlink(path)


def draft_path(draft: UUID) -> Path:
    """Where the draft of a source lies, whether it is there or not."""
    return Path(settings.XENIA_HOME) / "lists" / "uploads" / f"{draft}.draft"


def sweep_uploads(older_than_s: float) -> int:
    """Removes uploads that no load has taken or finished for so long."""
    parent, limit = folder() / "uploads", time.time() - older_than_s
    old = [path for path in parent.iterdir() if path.stat().st_mtime < limit] if parent.is_dir() else []
    for path in old:
        discard_upload(path)
    return len(old)


def discard_folder(path: Path) -> None:
    """Removes a run's folder with everything in it, overwritten first."""
    with suppress(FileNotFoundError):  # somebody else discards it at the same time
        for one in path.rglob("*"):
            if one.is_file() and not one.is_symlink():
                _overwrite_and_unlink(one)
    shutil.rmtree(path, ignore_errors=True)


def discard_file(name: str) -> None:
    """Takes a list file out of the folder at once, and overwrites its content when nobody reads it any more.

    Readers of every process are waited for, by the lock that `ListFile` holds.
    """
    path = file_path(name)
    with suppress(FileNotFoundError):
        handle = os.open(path, os.O_RDWR)
        path.unlink()
        sync_folder(path.parent)
        thread = threading.Thread(target=_overwrite_later, args=(handle,), name="list-eraser", daemon=True)
        _erasers.add(thread)
        thread.start()


def settle(timeout_s: float = 120) -> None:
    """Waits until files that were taken away are overwritten."""
    until = time.monotonic() + timeout_s
    for thread in list(_erasers):
        thread.join(max(0.0, until - time.monotonic()))


# A command that replaces a list ends when the old file is overwritten, or shortly after if somebody still reads it.
atexit.register(settle, _AT_EXIT_S)


def _overwrite_later(handle: int) -> None:
    try:
        wait_s = _LOOK_EVERY_S
        while not _is_alone(handle):
            time.sleep(wait_s)
            wait_s = min(1.0, wait_s * 1.2)
        _overwrite(handle)
    finally:
        os.close(handle)
        _erasers.discard(threading.current_thread())


def _is_alone(handle: int) -> bool:
    """Whether nobody reads the file, here or in another process; nobody can begin to, since it has no name any more."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _overwrite_and_unlink(path: Path) -> None:
    with suppress(FileNotFoundError):
        handle = os.open(path, os.O_RDWR)
        try:
            path.unlink()
            _overwrite(handle)
        finally:
            os.close(handle)


def _overwrite(handle: int) -> None:
    left = os.fstat(handle).st_size
    os.lseek(handle, 0, os.SEEK_SET)
    while left > 0:
        left -= os.write(handle, _ZEROS[: min(left, len(_ZEROS))])
        if left % _PIECE < len(_ZEROS):
            # Piece by piece, with room for the commits of others between them.
            os.fdatasync(handle)
            time.sleep(_PAUSE_S if left > 0 else 0)
    os.fsync(handle)
