"""Group commit: those who wait together are written by one of them in one transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from xenia.errors import Unavailable
from xenia.journal import disk
from xenia.journal.writing import writing

T = TypeVar("T")
MOST = 200
"""The most entries of one commit, so that no group holds the file for long."""


class _Waiting(Generic[T]):
    def __init__(self, item: T) -> None:
        self.item = item
        self.called = threading.Event()
        self.done = False
        self.error: BaseException | None = None


class Group(Generic[T]):
    """Writes items with `write`, many in one `writing()` where several threads ask at the same time.

    The first to come leads: it enters the queue of writers, takes all who came meanwhile along, and calls
    one of the later ones to lead next. `commit` returns when the item is committed.
    """

    def __init__(self, write: Callable[[Sequence[T]], None]) -> None:
        self._write = write
        self._door = threading.Lock()
        self._led = False
        self._waiting: list[_Waiting[T]] = []

    def commit(self, item: T) -> None:
        """Returns when `item` is committed. Raises what writing it raised; then none of its group was written."""
        mine = _Waiting(item)
        with self._door:
            self._waiting.append(mine)
            leads, self._led = not self._led, True
        if not leads:
            mine.called.wait()
        if not mine.done:
            self._lead()
        if mine.error is not None:
            if (found := disk.refusal(mine.error)) is not None:
                raise Unavailable(found.message, found.what_to_do, code=found.code) from mine.error
            raise Unavailable("The read could not be recorded.", "Try again.", code="read-not-recorded") from mine.error

    def _lead(self) -> None:
        group: list[_Waiting[T]] = []
        error: BaseException | None = None
        try:
            with writing():
                with self._door:
                    group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                self._write([one.item for one in group])
        except BaseException as failed:
            error = failed
        self._finish(group, error)

    def _finish(self, group: Sequence[_Waiting[T]], error: BaseException | None) -> None:
        with self._door:
            if error is not None and not group:  # not even let in: all who wait hear of it
                group, self._waiting = self._waiting, []
            for one in group:
                one.done, one.error = True, error
            following = self._waiting[0] if self._waiting else None
            self._led = following is not None
        for one in group:
            one.called.set()
        if following is not None:
            following.called.set()
