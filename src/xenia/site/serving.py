"""What runs beside the web threads in the serving process: the sealer, the chores and the desk for commands."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import close_old_connections, connection

log = logging.getLogger("xenia.serving")


@dataclass(frozen=True)
class Chore:
    """Something that is done again and again: `run` returns how much it did."""

    name: str
    every_s: float
    run: Callable[[], int]


def chores() -> tuple[Chore, ...]:
    """All chores of the rooms."""
    from xenia.access import chores as access
    from xenia.cases import chores as cases
    from xenia.exchange import chores as exchange
    from xenia.frontier import chores as frontier
    from xenia.frontier.shift import chores as shift
    from xenia.insight.daily import chores as daily
    from xenia.insight.saved import chores as saved
    from xenia.insight.tailing import chores as tailing
    from xenia.insight.watching import chores as watching
    from xenia.oversight import chores as oversight
    from xenia.registers import chores as registers
    from xenia.registers.lists import chores as lists
    from xenia.registers.stays import chores as stays
    from xenia.site.keeping import certificate_chore as certificates
    from xenia.site.keeping import planner
    from xenia.units import chores as units
    from xenia.work import chores as work

    demo: tuple[Chore, ...] = ()
    if settings.XENIA_DEMO:
        from xenia.site.demo import counted, post, readmissions, scenes, traffic

        demo = (
            Chore("demo-traffic", 1.0, traffic.more),
            Chore("demo-counted", 15.0, counted.more),
            Chore("demo-readmissions", 2.0, readmissions.more),
            Chore("demo-post", 1.0, post.admit),
            Chore("demo-scenes", 0.5, scenes.more),
        )
    return demo + tuple(
        Chore(name, every_s, run)
        for room in (
            access,
            exchange,
            frontier,
            shift,
            work,
            registers,
            lists,
            stays,
            cases,
            units,
            tailing,
            daily,
            saved,
            oversight,
            certificates,
            planner,
            watching,
        )
        for name, every_s, run in room.CHORES
    )


def follow() -> None:
    """From now on this process ends with the one that started it."""
    threading.Thread(target=_follow, args=(os.getppid(),), name="xenia-follow", daemon=True).start()


def start() -> None:
    """Start all of it once; the threads end with the process."""
    from xenia.journal import sealer
    from xenia.site.cli.handover import Desk
    from xenia.site.standby import waiting

    sealer.start()
    waiting.watch()
    _hear_others(os.environ.get("SERVING_EXCHANGE", ""))
    threading.Thread(target=keep_at_it, name="xenia-chores", daemon=True).start()
    if connection.vendor == "sqlite":
        Desk(settings.XENIA_HOME).start()


def _hear_others(where: str) -> None:
    """The door for other authorities, if it was asked for; a port that is taken is said, and the rest is served."""
    if not where:
        return
    from xenia.exchange import listener

    try:
        listener.start(where)
    except OSError as error:
        log.error("other authorities are not heard: %s", error)


def _follow(parent: int) -> None:
    """End with the process that started this one: an orphan would answer on, hold the lock and keep `xenia serve` out.

    At once is safe: what was acknowledged is on disk.
    """
    while os.getppid() == parent:
        time.sleep(0.5)
    log.error("the serving process is gone; its worker ends")
    os._exit(1)


def keep_at_it(stop: threading.Event | None = None) -> None:
    """Do each chore when its time comes; a chore that fails is logged and tried again at its next time."""
    stop = stop or threading.Event()
    due = {chore.name: time.monotonic() + min(chore.every_s, 5) for chore in chores()}
    while not stop.wait(0.5):
        for chore in chores():
            if time.monotonic() < due[chore.name]:
                continue
            due[chore.name] = time.monotonic() + chore.every_s
            try:
                chore.run()
            except Exception:
                log.exception("chore failed", extra={"chore": chore.name})
            finally:
                close_old_connections()
