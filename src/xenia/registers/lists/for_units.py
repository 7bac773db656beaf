"""Which records may lie at units as keys: those that everybody at the booth may notice and learn of, by the policy in force.

Whoever is answered "possible" learns that a record is there. So what one role of the first line must not notice, and categories of
which one may not learn, are at no unit; the centre finds them when the check arrives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from xenia.access import policy
from xenia.access.policy import Decision
from xenia.access.rules import ANY
from xenia.registers.lists import keyed

NEVER_WARNS: Final = "info"
FIRST_LINE: Final = "border-first-line"


def what(register: str) -> keyed.What:
    """Which records of a register units get as keys, today."""
    noticed, shown = noticed_by_all(register), shown_to_all(register)
    said_as = frozenset[str]() if ANY in shown else _words(register, shown)
    return keyed.What(quiet_words(register, noticed), noticed, date.today().isoformat(), shown, said_as)


def words(of: keyed.What) -> list[str]:
    """What differs when other records are meant; the day is none of it."""
    parts = (("quiet", of.quiet), ("noticed", of.noticed), ("shown", of.shown), ("said", of.said_as))
    return [f"{name}:{word}" for name, some in parts for word in sorted(some)]


def noticed_by_all(register: str) -> frozenset[str]:
    """The handling codes that everybody at the booth may notice; `*` where it hides none."""
    rows, asked = _rows(register)
    limited = [one.handling for one in rows if ANY not in one.handling]
    return frozenset.intersection(*limited) if limited else frozenset({ANY if asked else keyed.OPEN})


def shown_to_all(register: str) -> frozenset[str]:
    """The categories of which everybody at the booth may learn; `*` where nobody's are limited."""
    rows, _asked = _rows(register)
    limited = [one.categories for one in rows if ANY not in one.categories]
    return frozenset.intersection(*limited) if limited else frozenset({ANY})


def _rows(register: str) -> tuple[list[Decision], bool]:
    """What the policy gives the first line of a register, denials apart; whether it speaks of it at all."""
    table = policy.current().table
    cells = [
        by_owner for (_role, purpose, name), by_owner in table.items() if purpose == FIRST_LINE and name == register
    ]
    return [one for by_owner in cells for one in by_owner.values() if one.outcome != "deny"], bool(cells)


def quiet_words(register: str, noticed: frozenset[str]) -> frozenset[str]:
    """Categories, colours and status words of a register whose records the first line must not notice, or that warn of nothing."""
    known = _meanings(register)
    quiet = {
        code
        for code, one in known.items()
        if one.severity == NEVER_WARNS or not noticed & {ANY, getattr(one, "handling", keyed.OPEN)}
    }
    return _words(register, quiet)


def _words(register: str, codes: set[str] | frozenset[str]) -> frozenset[str]:
    """These categories and the other words that records say them by, in small letters."""
    from xenia.registers.notices.register import WORDS
    from xenia.registers.vehicles.register import OF_STATUS

    also = {"notices": WORDS, "vehicles": OF_STATUS}.get(register, {})
    return frozenset(word.lower() for word in (*codes, *(word for word, code in also.items() if code in codes)))


def _meanings(register: str) -> Mapping[str, Any]:
    from xenia.registers.alerts.categories import categories
    from xenia.registers.lost_documents.register import meanings as lost
    from xenia.registers.notices.register import meanings as notices
    from xenia.registers.vehicles.register import meanings as vehicles

    tables: Mapping[str, Callable[[], Mapping[str, Any]]] = {
        "alerts": categories,
        "notices": notices,
        "lost_documents": lost,
        "vehicles": vehicles,
    }
    return tables[register]()
