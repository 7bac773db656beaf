"""The members of a breakdown that can be chosen from: those that an interactive table by it shows, and no others.

A member of which nothing is shown is not offered: that it stood there would say that there was somebody. They are kept in a file
beside the prepared answers and shown at once; the worker asks for them anew. Only where nothing is kept, or persons were forgotten
since, does a page wait for them.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from datetime import UTC, datetime

from xenia.errors import NotAllowed, XeniaError
from xenia.insight import declarations, prepared, release
from xenia.insight.declarations import Fact
from xenia.insight.question import Question
from xenia.insight.warehouse import Warehouse

WHO = "offered"  # in the log of what was released
KEPT_S = 3600.0  # of choices that are looked at; then they are asked for anew
UNUSED_S = 24 * 3600.0  # of those that are not
AGAIN_S = 600.0  # between two times that the worker asks for what is missing: while many are forgotten, it goes missing all the time
MEASURES = 2  # of a fact, the first that count: such as crossings and refusals
_lock = threading.Lock()
_turns: dict[tuple[str, str], threading.Lock] = {}
_asked: dict[tuple[str, str], float] = {}


def known(warehouse: Warehouse, fact: Fact) -> dict[str, list[str]]:
    """Members by breakdown, times left out, in the order of their codes; asked for only where none are kept.

    Raises `NotFound` (`no-warehouse`) and what `release.release` raises.
    """
    warehouse.files()
    if (kept := _kept(warehouse, fact)) is None:
        with _turn(warehouse, fact):  # who loads the page again because it is slow must not make it slower
            return _kept(warehouse, fact) or renew(warehouse, fact)
    prepared.looked_at(warehouse, fact.name)
    return kept


def renew(warehouse: Warehouse, fact: Fact) -> dict[str, list[str]]:
    """Ask for the members and keep them; where persons are forgotten meanwhile, they are not kept."""
    begun, files = prepared.since(warehouse), prepared.files_of(warehouse, fact)
    found = {name: _shown(warehouse, fact, name) for name in _offered(fact)}
    told = {"about": _about(fact), "files": files, "at": datetime.now(UTC).timestamp(), "members": found}
    prepared.keep_choices(warehouse, fact.name, told, begun)
    return found


def renew_old(warehouse: Warehouse) -> int:
    """Renew what is missing, or old and of other files than those that count now; of how many facts."""
    known_facts = {one.fact for one in warehouse.known()}
    due = [one for name, one in declarations.facts().items() if name in known_facts and _is_due(warehouse, one)]
    for fact in due:
        with _turn(warehouse, fact):
            renew(warehouse, fact)
        _asked[(str(warehouse.folder), fact.name)] = time.monotonic()
    return len(due)


def _is_due(warehouse: Warehouse, fact: Fact) -> bool:
    told = prepared.choices(warehouse, fact.name)
    if told is None or told.get("about") != _about(fact):
        before = _asked.get((str(warehouse.folder), fact.name))
        return before is None or time.monotonic() - before > AGAIN_S
    age = time.time() - told["at"]
    was_looked_at = prepared.last_look(warehouse, fact.name) > told["at"] + 1
    is_old = age > (KEPT_S if was_looked_at else UNUSED_S) or not any(told["members"].values())
    return is_old and told["files"] != prepared.files_of(warehouse, fact)


def _kept(warehouse: Warehouse, fact: Fact) -> dict[str, list[str]] | None:
    told = prepared.choices(warehouse, fact.name)
    if told is None or told.get("about") != _about(fact):
        return None
    members: dict[str, list[str]] = told["members"]
    return members


def _about(fact: Fact) -> str:
    """What was asked for the choices: declared otherwise, they are others."""
    return hashlib.sha256(json.dumps([_offered(fact), _measures(fact)]).encode()).hexdigest()[:16]


def _offered(fact: Fact) -> list[str]:
    return [name for name, one in fact.dimensions.items() if one.offered and not one.grain]


def _measures(fact: Fact) -> list[str]:
    return [measure for measure, one in fact.measures.items() if one.kind == "count"][:MEASURES]


def _turn(warehouse: Warehouse, fact: Fact) -> threading.Lock:
    with _lock:
        return _turns.setdefault((str(warehouse.folder), fact.name), threading.Lock())


def _shown(warehouse: Warehouse, fact: Fact, name: str) -> list[str]:
    """What tables of counts by this breakdown show; nothing where none may leave."""
    members: set[str] = set()
    for measure in _measures(fact):
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
