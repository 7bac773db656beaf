"""What a maker is told, and how the rows that it gives are made whole."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any
from uuid import UUID

from xenia.insight import declarations, own_secrets
from xenia.insight.making import persons
from xenia.journal.models import Entry
from xenia.journal.rebuild import Happened

Row = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """An entry with its body in today's schema. `received`: the day (UTC) on which this node knew it.

    `earlier`: what the same node wrote before about the same subjects, of the kinds in `EARLIER`, oldest first; where a body was
    erased it is None.
    """

    entry: Entry
    body: dict[str, Any]
    received: date
    earlier: tuple[Happened, ...] = ()

    def person(self, who: str) -> int | None:
        """The pseudonym of whoever `who` tells apart, in the year of the event (UTC); None where `who` is empty or the secret gone."""
        return persons.key(self.entry.occurred_at.astimezone(UTC).year, who) if who else None


Maker = Callable[[Told], Iterable[tuple[str, Row]]]
Reverser = Callable[[Told], Iterable[UUID]]


def made(told: Told, maker: Maker) -> list[tuple[str, Row]]:
    """The facts of one entry, every column filled. Raises `ValueError` for a column that is not declared."""
    at = told.entry.occurred_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0, tzinfo=None)
    found = []
    for number, (fact, given) in enumerate(maker(told)):
        columns = declarations.facts()[fact].columns
        if unknown := set(given) - set(columns):
            raise ValueError(f"{fact} has no column {', '.join(sorted(unknown))}")
        filled = {
            "hour": at.isoformat(),
            "received": told.received.isoformat(),
            "record": record(told.entry.id, number),
            "n": 1,
        } | given
        empty = {name: "" if kind == "text" else None for name, kind in columns.items()}
        found.append((fact, {name: filled.get(name, empty[name]) for name in columns}))
    return found


def record(entry: UUID, number: int) -> int:
    """The 16 bits that choose the noise of a fact. They come from the secret of the noise, the entry and the fact's number in it."""
    digest = hmac.digest(own_secrets.noise(), b"record" + entry.bytes + number.to_bytes(2), hashlib.sha256)
    return int.from_bytes(digest[:2])
