"""At a unit: its own clock and disk, looked at every half minute. What was seen is durable, so that no restart forgets it.

The lease is counted from the greatest time known: what the centre last said, what officers wrote since, what this clock showed
before, and how long this machine has been running since. So a clock that is set back makes it no longer. A clock that leaps
ahead while the machine runs is not believed for that: it is told, and what it closes opens again when it is set right.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Max

from xenia.journal import clock
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.journal.models import Entry, Leaf
from xenia.journal.node import node
from xenia.units import kinds
from xenia.units.models import Watch

log = logging.getLogger("xenia.units")
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
BASIS: Final = "operation of the installation"


def running_s() -> float:
    """Seconds on a clock that nobody sets; where the machine says so, with the time that it slept."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass(frozen=True)
class _Mark:
    """What the clock showed when this process had run so long. `least`: so late it was at least."""

    shown: datetime
    least: datetime
    at_s: float


class _Process:
    mark: _Mark | None = None
    noted: timedelta = timedelta(0)
    lock = threading.Lock()


def forget() -> None:
    """As after a start; for tests."""
    _Process.mark, _Process.noted = None, timedelta(0)


def leap(now: datetime, at_s: float | None = None) -> timedelta:
    """How far the clock has leapt since this process began or the centre last spoke; ahead: above nought. Slewing is no leap."""
    mark = _Process.mark
    if mark is None:
        return timedelta(0)
    gone = timedelta(seconds=(running_s() if at_s is None else at_s) - mark.at_s)
    found = now - mark.shown - gone
    return found if abs(found) >= timedelta(seconds=settings.XENIA_UNIT_LEVELS["drift_seconds"]) else timedelta(0)


def counted(now: datetime, at_s: float | None = None) -> datetime:
    """The time from which the lease is counted: the greatest that is known. Two queries."""
    kept, mark = Watch.objects.filter(pk=1).first(), _Process.mark
    known = [now]
    if mark is not None:
        known.append(mark.least + timedelta(seconds=(running_s() if at_s is None else at_s) - mark.at_s))
    if kept is not None and kept.latest_at is not None:
        known.append(kept.latest_at)
        written = _last_written(kept.latest_position)
        known += [written] if written is not None else []
    return max(known)


def _last_written(after: int) -> datetime | None:
    """When an officer last wrote an entry of this unit beyond that position."""
    rows = Entry.objects.filter(node=node(), position__gt=after, actor__startswith="account:").order_by("-position")
    return rows.values_list("recorded_at", flat=True).first()


def last_at_work() -> datetime | None:
    """The latest time that this machine is known to have been at work, by a clock that was believed."""
    return Watch.objects.filter(pk=1).values_list("latest_at", flat=True).first()


def heard(said: datetime) -> None:
    """The centre has said its time: it counts from now on, whatever this machine's clock showed before. Inside `writing()`."""
    last = Leaf.objects.filter(node=node()).aggregate(last=Max("position"))["last"] or 0
    Watch.objects.update_or_create(pk=1, defaults={"latest_at": said, "latest_position": last})
    _Process.mark, _Process.noted = _Mark(clock.now(), said, running_s()), timedelta(0)


def carried(said: datetime) -> None:
    """The centre said its time in a file that was on its way since: it is at least as late, and no more is known. Inside `writing()`."""
    kept = Watch.objects.get_or_create(pk=1)[0]
    if kept.latest_at is None or kept.latest_at < said:
        heard(said)


def begin(now: datetime | None = None, at_s: float | None = None, *, works: bool = True) -> int:
    """Look once; 1 where the clock had leapt. `works`: whether the lease holds; if not, its clock is not believed. A chore."""
    if not settings.XENIA_UNIT:
        return 0
    now, at_s = now or clock.now(), running_s() if at_s is None else at_s
    with _Process.lock, writing():
        jumped = leap(now, at_s)
        if _Process.mark is None:
            _Process.mark = _Mark(now, counted(now, at_s) if works else last_at_work() or now, at_s)
        believed = now - max(jumped, timedelta(0))
        kept = Watch.objects.get_or_create(pk=1)[0]
        if works:
            kept.latest_at = max(believed, kept.latest_at or believed)
        kept.samples = sampled(kept.samples, now - jumped, shutil.disk_usage(settings.XENIA_HOME).free)
        kept.save()
        fresh = abs(jumped - _Process.noted) >= timedelta(seconds=settings.XENIA_UNIT_LEVELS["drift_seconds"])
        if not fresh:
            return 0
        log.warning("the clock of this machine leapt", extra={"seconds": jumped.total_seconds()})
        act = Act("system:units", "", "operation", BASIS, "clock", node())
        append(kinds.CLOCK_LEAPT, {"seconds": round((jumped - _Process.noted).total_seconds())}, act)
    _Process.noted = jumped  # once it is written
    return 1


Samples = list[list[str | int]]


def sampled(before: Samples, now: datetime, free: int) -> Samples:
    """The hourly samples of free bytes over a day, with one more where the last is an hour old. Begun anew where much was freed."""
    kept = [one for one in before if timedelta(0) <= now - _at(one) <= DAY]
    if kept and free > int(kept[-1][1]) * 1.05 + (1 << 20):
        kept = []
    return kept if kept and now - _at(kept[-1]) < HOUR else [*kept, [now.isoformat(), free]]


def days_left(samples: Samples, now: datetime, free: int) -> int | None:
    """Whole days until the disk is full at today's rate; None where nothing is known yet or it does not shrink. Pure."""
    first = min((one for one in samples if HOUR <= now - _at(one) <= DAY + HOUR), key=_at, default=None)
    if first is None or int(first[1]) <= free:
        return None
    return int(free / (int(first[1]) - free) * ((now - _at(first)) / DAY))


def _at(sample: list[str | int]) -> datetime:
    return datetime.fromisoformat(str(sample[0]))
