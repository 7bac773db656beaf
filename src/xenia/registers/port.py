"""The port that every register stands behind: what is asked, and what may come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from xenia.identity.claim import Claimed, Document
from xenia.matching import DocumentKeys, Match, Prepared

if TYPE_CHECKING:
    from xenia.registers.live.lookup import LiveFound

AGEING = 0.8
"""From this share of the age that is allowed, an age is a warning. Own choice."""
ListState = str  # fresh, ageing, old, never, broken


@dataclass(frozen=True)
class Probe:
    """One question, worked out once for all registers: prepared names, keys, document keys, the day it is asked for.

    `purpose`: what it is asked for; a register may look further for some purposes, never show more.
    """

    claimed: Claimed
    prepared: Prepared | None
    name_keys: tuple[int, ...]
    documents: tuple[tuple[Document, DocumentKeys], ...]
    on: date
    purpose: str = ""


@dataclass(frozen=True)
class Candidate:
    """A record that may be meant, with its reasons; `fields` by field group, before policy has cut them.

    `subject` names the record in the journal's subject table; `owner`: authority code. `severity`: stop, look, or info: the register knows
    the traveller (a visa, a stay) and warns of nothing. `second_line`: by its category
    only a second person may dismiss it. `withheld`: found by keys alone; whom it is about only the centre knows.
    `may_be`: then, the categories of which it may be, `*` for all.
    """

    register: str
    source: str
    record_id: str
    subject: UUID
    owner: str
    match: Match
    category: str
    handling: str
    severity: str
    second_line: bool
    fields: Mapping[str, Mapping[str, Any]]
    withheld: bool = False
    may_be: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Age:
    """How old what a register knows is. `as_of` None: entered live, always of this moment, or never loaded (`state` never).

    `broken`: the list is there but cannot be trusted; the register did not answer.
    """

    source: str
    as_of: datetime | None
    age_s: int
    limit_s: int
    state: ListState


class Register(Protocol):
    """One register. `groups`: the field groups that a policy may open."""

    @property
    def name(self) -> str:
        """The word by which policy and the command line know it."""

    @property
    def groups(self) -> frozenset[str]:
        """The field groups that a policy may open."""

    @property
    def label(self) -> str:
        """Name for people, in the reader's language."""

    def look_up(self, probes: Sequence[Probe], live: LiveFound) -> list[list[Candidate]]:
        """Candidates for each probe, best first. Reads only; writes nothing, journals nothing."""

    def ages(self, now: datetime) -> tuple[Age, ...]:
        """Age of each list that the register is made of; empty for a register that is entered live."""
