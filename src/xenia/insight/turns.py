"""Who waits for whom at a warehouse: locks on files, held by a thread of any process, let go by the system when it dies.

    MEMORY/locks/publish.lock    publications, one after the other and each whole: asked, proved, written down
    MEMORY/locks/ask-X.lock      the questions of one account, one after the other
    DIR/locks/engine-N.lock      one for each engine that may run at once: each may take `warehouse.MEMORY`
    DIR/locks/gate.lock          readers pass through; who changes files keeps it, so that no stream of readers keeps them out
    DIR/.lock                    readers share it; who changes files holds it alone
    MEMORY/locks/log.lock        lines of what left, one at a time

They are taken in this order and no other: nobody waits for one while holding one that stands below it, so nobody waits for ever.
Readers look again every few hundredths of a second, those who have waited longer more often, and give up after a time; who changes
files waits as long as it takes.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from xenia.errors import Unavailable

FOLDER: Final = "locks"
PUBLISH: Final = "publish"
LOG: Final = "log.lock"
LOOK_S: Final = 0.05
LOOK_OFTEN_S: Final = 0.01
LONG_S: Final = 2.0
"""Who has waited so long looks more often than those who come later."""


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Nobody else has it meanwhile; waits as long as it takes. Raises `Unavailable` (`warehouse-disk`)."""
    while True:
        handle = _opened(path)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if _is_there(handle, path):
                yield
                return
        finally:
            os.close(handle)


@contextmanager
def still(memory: Path) -> Iterator[None]:
    """Nobody publishes nor writes down what left meanwhile: a line and its table are of one moment."""
    folder = memory / FOLDER
    with alone(folder / f"{PUBLISH}.lock"), alone(folder / LOG):
        yield


@contextmanager
def one_of(paths: Sequence[Path], until: float, *, shared: bool = False, gate: Path | None = None) -> Iterator[None]:
    """One of these, whichever is free first; `until`: of the monotonic clock, so long is waited.

    `shared`: with others who share it. `gate`: passed through with each look, so that whoever holds it goes first.
    Raises `Unavailable` (`warehouse-busy`, `warehouse-disk`).
    """
    began = time.monotonic()
    while (handle := _free(paths, shared, gate)) is None:
        now = time.monotonic()
        if now >= until:
            raise Unavailable(
                "Too many questions are being counted, or facts are being written.",
                "Ask again in some minutes.",
                code="warehouse-busy",
            )
        time.sleep(LOOK_OFTEN_S if now - began > LONG_S else LOOK_S)
    try:
        yield
    finally:
        os.close(handle)


def _free(paths: Sequence[Path], shared: bool, gate: Path | None) -> int | None:
    passing = None
    if gate is not None and (passing := _tried(gate, fcntl.LOCK_SH)) is None:
        return None
    try:
        for path in paths:
            if (handle := _tried(path, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)) is not None:
                return handle
        return None
    finally:
        if passing is not None:
            os.close(passing)


def _tried(path: Path, kind: int) -> int | None:
    handle = _opened(path)
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    if _is_there(handle, path):
        return handle
    os.close(handle)
    return None


def _opened(path: Path) -> int:
    try:
        path.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise unwritable(error) from None


def unwritable(error: OSError) -> Unavailable:
    """A folder of the warehouse or its memory cannot be written."""
    return Unavailable(
        _("The warehouse cannot be written: %(why)s.") % {"why": error.strerror},
        _("Make room on its disk."),
        code="warehouse-disk",
    )


def _is_there(handle: int, path: Path) -> bool:
    """Whether the file is the one of that name: a folder that was deleted meanwhile takes its locks with it."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
