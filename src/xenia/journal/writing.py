"""One short write transaction; on SQLite one after the other, first come first served."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

from xenia.errors import Unavailable
from xenia.journal import disk

WAIT_S = 20.0


class Queue:
    """A lock that is handed on in the order of asking; `threading.Lock` lets the quickest thread overtake for ever."""

    def __init__(self) -> None:
        self._door = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Event] = deque()

    def enter(self, timeout_s: float = WAIT_S) -> None:
        """Waits for one's turn. Raises `Unavailable` (code `database-busy`) after `timeout_s`."""
        turn = threading.Event()
        with self._door:
            if not self._taken:
                self._taken = True
                return
            self._waiting.append(turn)
        if turn.wait(timeout_s):
            return
        with self._door:
            if turn.is_set():
                return
            self._waiting.remove(turn)
        raise busy()

    def leave(self) -> None:
        """Hands on to the one that has waited longest."""
        with self._door:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False


class _Here(threading.local):
    depth = 0


_queue = Queue()
_here = _Here()


def busy() -> Unavailable:
    """The error of a database that let nobody in for too long."""
    return Unavailable("The database is busy.", "Nothing was written; try again.", code="database-busy")


def is_writing() -> bool:
    """Whether this thread is inside `writing()`."""
    return _here.depth > 0


@contextmanager
def _turn() -> Iterator[None]:
    if connection.vendor != "sqlite" or connection.in_atomic_block:  # who is in a transaction already holds the file
        yield
        return
    _queue.enter()
    try:
        yield
    finally:
        _queue.leave()


@contextmanager
def _transaction() -> Iterator[None]:
    block = transaction.atomic()
    try:
        block.__enter__()
    except OperationalError as error:
        raise disk.refusal(error) or busy() from error
    try:
        yield
    except BaseException as error:
        block.__exit__(type(error), error, error.__traceback__)
        raise
    block.__exit__(None, None, None)


@contextmanager
def writing() -> Iterator[None]:
    """One short write transaction: everything in it is committed together, or nothing is.

    On SQLite threads enter in the order of asking. Inside another `writing()` it joins the outer one. No search,
    parsing or file work inside. Raises `Unavailable`: `database-busy` if the database lets nobody in for 20 s; `disk-full`,
    `disk-read-only` or `disk-fails` where the disk takes nothing, and then nothing of it is written.
    """
    if _here.depth:
        with transaction.atomic(savepoint=False):
            yield
        return
    try:
        with _turn(), _transaction():
            _here.depth = 1
            try:
                yield
            finally:
                _here.depth = 0
    except (OperationalError, OSError, Unavailable) as error:
        found = disk.refusal(error)
        if found is not None:
            disk.noted(found.code)
        if found is None or found is error:
            raise
        raise found from error
    disk.noted("")
