"""What entries of another node do when they arrive here: rooms register it by kind, `units` stores the entries and asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from xenia.journal.act import Act
from xenia.journal.models import Entry


@dataclass(frozen=True)
class Came:
    """An entry of another node, stored here unchanged, and its body in today's schema."""

    entry: Entry
    body: dict[str, Any]

    def act(self) -> Act:
        """The act as it was done there: who, for what, by what right, where. For entries that follow from it here."""
        one = self.entry
        return Act(one.actor, one.owner, one.purpose, one.legal_basis, one.reference, one.origin)


Effect = Callable[[Came], None]
"""Writes the rows that follow from an entry. Called in the order of its node, inside `writing()` and `data_keys.held()`;
whatever it raises takes back its own rows only: the entry is kept, put aside and shown to a person. It may be called a second
time after everything that it wrote was taken back, so it does nothing beside the database."""

Ahead = Callable[[Sequence[Came]], None]
"""Brings to the desk what the effects of many entries will look up one by one (`desk.look_up`), and does nothing else."""


@dataclass(frozen=True)
class Doing:
    """What entries of a kind do. `at_desk`: the effect reads and writes its tables through `desk` alone."""

    effect: Effect
    at_desk: bool
    ahead: Ahead | None


_doings: dict[str, Doing] = {}
_for_others: dict[str, Callable[[Entry], bool]] = {}


def register(kind: str, effect: Effect, *, at_desk: bool = False, ahead: Ahead | None = None) -> None:
    """Say what entries of a kind do; a later registration takes the place of an earlier one."""
    _doings[kind] = Doing(effect, at_desk, ahead)


def register_owner(kind: str, may: Callable[[Entry], bool]) -> None:
    """Say which entries of a kind may be owned by another authority than that of the node that wrote them, for which they are."""
    _for_others[kind] = may


def may_own(entry: Entry) -> bool:
    """Whether a room says that the authority which an entry names may own it, wherever it was written."""
    return entry.kind in _for_others and _for_others[entry.kind](entry)


def doing(kind: str) -> Doing | None:
    """What entries of that kind do, None where they are only kept."""
    return _doings.get(kind)


def effect_of(kind: str) -> Effect | None:
    """The effect alone: it does its work at once where there is no desk."""
    found = _doings.get(kind)
    return found.effect if found else None
