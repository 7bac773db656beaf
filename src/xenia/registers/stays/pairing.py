"""Entries and exits into stays. Pure.

Two crossings of the same kind in a row are an incident of data quality (Regulation (EU) 2017/2226 Art. 20): an entry
without an earlier exit leaves the earlier stay without one, presumed to have lasted until that entry; an exit without
an entry makes a stay of which only the end is known. Both are presumptions that evidence rebuts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

UNCOUNTED = frozenset({"permit", "long-stay-visa", "limited-territory", "exempt"})


@dataclass(frozen=True)
class Event:
    """One crossing of a person. `stay`: the record it belonged to until now, None for a new one;
    `file`: the file of its document."""

    kind: Literal["entry", "exit"]
    crossing: UUID
    at: datetime
    on: date
    zone: str
    post: str
    basis: str
    stay: UUID | None = None
    file: UUID | None = None
    visa_key: int | None = None
    visa_until: date | None = None
    visa_days: int | None = None
    authorised_until: date | None = None


@dataclass(frozen=True)
class Pair:
    """A stay as its crossings tell. Of `entry` and `exit` at least one is there."""

    state: str
    entry: Event | None
    exit: Event | None
    entry_on: date
    exit_on: date | None

    @property
    def begins(self) -> Event:
        """The crossing by which the stay is known."""
        return self.entry or self.exit  # type: ignore[return-value]

    @property
    def overstay(self) -> bool:
        """Whether its end, known or presumed, is after the authorised stay."""
        until = self.entry.authorised_until if self.entry else None
        return until is not None and self.exit_on is not None and self.exit_on > until


def pairs(events: Iterable[Event]) -> list[Pair]:
    """The stays in order of time. Crossings of one moment stand in the order in which they were recorded."""
    found: list[Pair] = []
    inside: Event | None = None
    for event in sorted(events, key=lambda one: (one.at, one.crossing.bytes)):
        if event.kind == "entry":
            if inside is not None:
                found.append(Pair("missing-exit", inside, None, inside.on, max(inside.on, event.on)))
            inside = event
        elif inside is None:
            found.append(Pair("missing-entry", None, event, event.on, event.on))
        else:
            found.append(Pair("closed", inside, event, inside.on, max(inside.on, event.on)))
            inside = None
    if inside is not None:
        found.append(Pair("open", inside, None, inside.on, None))
    return found


def is_counted(basis: str) -> bool:
    """Whether days under this basis are days of short stay."""
    return basis not in UNCOUNTED
