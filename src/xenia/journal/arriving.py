"""What entries of another node do when they arrive here: rooms register it by kind, `units` stores the entries and asks."""

from __future__ import annotations

from collections.abc import Callable
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
"""Writes the rows that follow from an entry. Called once for each, in the order of its node, inside `writing()` and
`data_keys.held()`; whatever it raises takes back its own rows only: the entry is kept, put aside and shown to a person."""

_effects: dict[str, Effect] = {}


def register(kind: str, effect: Effect) -> None:
    """Say what entries of a kind do; a later registration takes the place of an earlier one."""
    _effects[kind] = effect


def effect_of(kind: str) -> Effect | None:
    """What entries of that kind do, None where they are only kept."""
    return _effects.get(kind)
