"""What the serving process does again and again for this room: the journal is followed, its facts become files."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.db import close_old_connections

from xenia.errors import XeniaError
from xenia.insight import members, own_secrets
from xenia.insight.live import counting
from xenia.insight.tailing import changing, flushing, following, rebuilding
from xenia.insight.tailing.models import Count
from xenia.journal.act import Act
from xenia.journal.actions import writing
from xenia.journal.node import node as own_node

log = logging.getLogger("xenia.insight")
PAUSE_S: Final = 0.25
"""Between two looks: a part of the two seconds from the booth to the live page."""
LASTS_S: Final = 30.0
"""Without a new call for so long the follower ends: the process does no chores any more."""

_called = 0.0
_thread: threading.Thread | None = None
_door = threading.Lock()


def begin() -> int:
    """See that the journal is followed, in a thread of its own; 1 where it had to be begun. Never at a unit: its centre counts."""
    global _called, _thread
    if settings.XENIA_UNIT:
        return 0
    with _door:
        _called = time.monotonic()
        if _thread is not None and _thread.is_alive():
            return 0
        _thread = threading.Thread(target=_keep_at_it, name="xenia-insight", daemon=True)
        _thread.start()
        return 1


def _keep_at_it() -> None:
    try:
        _settled()
        while time.monotonic() - _called < LASTS_S:
            if not _turn():
                time.sleep(PAUSE_S)
    finally:
        close_old_connections()


def _settled() -> None:
    """Before anything is counted: an older database may have been put in place, or an older version have stood here."""
    try:
        own_secrets.settle()
    except Exception:
        log.exception("the secrets of statistics could not be looked through")


def _turn() -> int:
    try:
        return following.step()
    except Exception:
        log.exception("the journal could not be followed")
        close_old_connections()
        time.sleep(PAUSE_S * 8)
        return 0


def write_files() -> int:
    """Changes, hours, days and months into files; how many facts or files were written. A full disk is logged, and tried again."""
    try:
        return changing.apply() + flushing.flush() + flushing.compact()
    except XeniaError as error:
        log.error("facts stay in the database for now", extra={"code": error.code})
        return 0


def renew_choices() -> int:
    """What pages offer to choose from, asked for before somebody waits for it; of how many facts. What goes wrong is tried again."""
    try:
        return members.renew_old(flushing.house())
    except XeniaError as error:
        log.error("choices stay as they are for now", extra={"code": error.code})
        return 0


def forget() -> int:
    """Live counts that are past go, and secrets of years that are long over."""
    now = datetime.now(UTC)
    gone = 0
    if Count.objects.filter(minute__lt=now - counting.KEPT).exists():
        with writing():
            gone = counting.forget(now)
    act = Act("system:insight", "", "statistics", "", "end of the year's secret", own_node())
    return gone + len(rebuilding.destroy_secrets(act, now.date(), now))


def _beside(name: str, work: Callable[[], int]) -> Callable[[], int]:
    """The work in a thread of its own, one at a time: a question may hold the files for long, and other chores must not wait for it."""
    busy = threading.Lock()

    def run() -> None:
        try:
            work()
        except Exception:
            log.exception("chore failed", extra={"chore": name})
        finally:
            close_old_connections()
            busy.release()

    def start() -> int:
        if settings.XENIA_UNIT or not busy.acquire(blocking=False):
            return 0
        threading.Thread(target=run, name=name, daemon=True).start()
        return 1

    return start


CHORES: Final[tuple[tuple[str, float, Callable[[], int]], ...]] = (
    ("insight.follow", 1.0, begin),
    ("insight.files", 10.0, _beside("insight.files", write_files)),
    ("insight.choices", 60.0, _beside("insight.choices", renew_choices)),
    ("insight.forget", 3600.0, _beside("insight.forget", forget)),
)
