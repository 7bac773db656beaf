"""The members of a breakdown that can be chosen from: those that an interactive table by it shows, and no others.

A member of which nothing is shown is not offered: that it stood there would say that there was somebody.
"""

from __future__ import annotations

import threading
import time

from xenia.errors import NotAllowed, XeniaError
from xenia.insight import release
from xenia.insight.declarations import Fact
from xenia.insight.question import Question
from xenia.insight.warehouse import Warehouse

WHO = "offered"  # in the log of what was released
KEPT_S = 3600.0
MEASURES = 2  # of a fact, the first that count: such as crossings and refusals
_lock = threading.Lock()
_held: dict[tuple[str, str], tuple[float, dict[str, list[str]]]] = {}
_turns: dict[tuple[str, str], threading.Lock] = {}


def known(warehouse: Warehouse, fact: Fact) -> dict[str, list[str]]:
    """Members by breakdown, times left out, in the order of their codes; an hour old, and older while one reader renews them.

    Raises `NotFound` (`no-warehouse`).
    """
    warehouse.files()
    key = (str(warehouse.folder), fact.name)
    with _lock:
        held, turn = _held.get(key), _turns.setdefault(key, threading.Lock())
    if _is_new(held) or not turn.acquire(blocking=held is None):
        assert held is not None
        return held[1]
    try:  # one at a time: who loads the page again because it is slow must not make it slower
        held = _held.get(key)
        if held is None or not _is_new(held):
            found = {
                name: _shown(warehouse, fact, name)
                for name, one in fact.dimensions.items()
                if one.offered and not one.grain
            }
            held = _held[key] = (time.monotonic(), found)
        return held[1]
    finally:
        turn.release()


def _is_new(held: tuple[float, dict[str, list[str]]] | None) -> bool:
    return held is not None and time.monotonic() - held[0] < KEPT_S


def _shown(warehouse: Warehouse, fact: Fact, name: str) -> list[str]:
    """What tables of counts by this breakdown show; nothing where none may leave."""
    members: set[str] = set()
    counts = [measure for measure, one in fact.measures.items() if one.kind == "count"]
    for measure in counts[:MEASURES]:
        try:
            made = release.release(warehouse, Question(measure, (name,)), "interactive", WHO)
        except NotAllowed:
            continue
        except XeniaError as problem:
            if problem.code in ("table-too-big", "too-many-breakdowns"):
                continue
            raise
        members |= {cell.members[0] for cell in made.cells if cell.members[0] is not None}
    return sorted(members)
