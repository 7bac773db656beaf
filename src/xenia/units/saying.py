"""What a unit may say: of its own node and post, for its own authority, by people who may stand there, in its own time.

A unit's key may be in wrong hands. What says more than a unit may is kept as it came, does nothing, and is shown to a person.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from xenia.access import policy, told_passkeys
from xenia.access.models import Account, Assignment
from xenia.access.standing import Standing, ancestors
from xenia.journal import kinds
from xenia.journal.arriving import may_own
from xenia.journal.models import Entry
from xenia.journal.node import node as own_node
from xenia.units import kinds as own_kinds
from xenia.units.models import Unit

AHEAD: Final = timedelta(minutes=10)
"""An entry of a time so far to come tells of a clock that is wrong; it is put aside. Own choice."""
BEFORE: Final = timedelta(days=1)
"""So does one from so long before the unit was invited. Own choice."""
OF_THE_CENTRE: Final = (
    "account.", "alert.deleted", "alert.entered", "assignment.", "authority.", "case.", "exchange.", "list.source-",
    "list.version-", "policy.", "post.", "proposal.", "reference.", "register.corrected", "register.deleted",
    "register.entered", "retention.run", "subject.exported", "subject.found",
)  # fmt: skip
"""What officers do at a centre only. A unit's own set-up writes some of it too, as nobody whom the centre knows."""
ABOUT_UNITS: Final = frozenset(
    {
        own_kinds.INVITED, own_kinds.CAME, own_kinds.CHANGED, own_kinds.RECEIVED, own_kinds.TURNED_AWAY, own_kinds.ASIDE,
        own_kinds.SETTLED, own_kinds.CARRIED_IN, own_kinds.CODE_GIVEN,
        own_kinds.STORE_RELEASED, own_kinds.STORE_SHARED, own_kinds.LETTER,
    }
)  # fmt: skip
"""What a centre alone writes down about its units."""
OF_ONESELF: Final = frozenset({own_kinds.PIN_SET, own_kinds.STORE_OPENED, told_passkeys.USED})
"""What every officer does for the own account, whatever the purposes of the roles."""
PERSON: Final = "account:"
NO_OWNER: Final = ("", "installation")


@dataclass(frozen=True)
class Author:
    """An account of this centre. `roles`: those that it holds or held at the unit's post, or everywhere in its authority.

    `purposes`: those that these roles may act under by the policy in force here.
    """

    authority: str
    roles: frozenset[str]
    closed_at: datetime | None
    purposes: frozenset[str]


@dataclass(frozen=True)
class Known:
    """What rules must know of the others. `line`: the unit's authority and those above it; `nodes`: every other node."""

    authors: Mapping[UUID, Author]
    line: frozenset[str]
    nodes: frozenset[str]


def known(unit: Unit, rows: Sequence[Entry]) -> Known:
    """What these entries are held against. Three statements, and what the policy takes to be asked."""
    line = frozenset(ancestors(unit.owner))
    wanted = {one for row in rows if (one := _account(row.actor)) is not None}
    authors = {
        pk: (authority, closed_at, set[str]())
        for pk, authority, closed_at in Account.objects.filter(pk__in=wanted).values_list(
            "pk", "authority", "closed_at"
        )
    }
    held = Assignment.objects.filter(Q(post=None) | Q(post=unit.post), account__in=wanted)
    for pk, role, post in held.values_list("account", "role", "post"):
        if post == unit.post or authors[pk][0] in line:
            authors[pk][2].add(role)
    others = Unit.objects.exclude(pk=unit.pk).values_list("name", flat=True)
    found = {
        pk: Author(authority, frozenset(roles), closed, _purposes(unit, pk, authority, roles))
        for pk, (authority, closed, roles) in authors.items()
    }
    return Known(found, line, frozenset({own_node(), *others}))


def _account(actor: str) -> UUID | None:
    try:
        return UUID(actor.removeprefix(PERSON)) if actor.startswith(PERSON) else None
    except ValueError:
        return None


def overreach(unit: Unit, row: Entry, held: Known, now: datetime, *, does: bool) -> str:
    """Why a unit may not say this, as a code; "" where it may. `does`: the entry would do something here.

    What does nothing is looked at less closely, since a unit's own set-up is by accounts that only it has.
    """
    author = held.authors.get(_account(row.actor) or UUID(int=0))
    if author is not None and not author.roles:
        return "foreign-author"
    code = _place(unit, row, held, does=does) or _of_the_centre(row, by_a_person=author is not None)
    return code or (_strictly(unit, row, author, now) if does else _loosely(unit, row, held, author))


def _place(unit: Unit, row: Entry, held: Known, *, does: bool) -> str:
    node, _slash, rest = row.origin.partition("/")
    post = rest.partition("/")[0]
    foreign = node != unit.name if does else node in held.nodes
    return "foreign-place" if foreign or post not in ("", unit.post) else ""


def _of_the_centre(row: Entry, *, by_a_person: bool) -> str:
    if row.kind in ABOUT_UNITS or (by_a_person and row.kind.startswith(OF_THE_CENTRE)):
        return "centre-only"
    return ""


def _strictly(unit: Unit, row: Entry, author: Author | None, now: datetime) -> str:
    oneself = row.kind in OF_ONESELF and author is not None and row.owner == author.authority
    if row.owner != unit.owner and not oneself and not may_own(row):
        return "foreign-owner"
    if author is None:
        return "unknown-author"
    if row.kind not in OF_ONESELF and row.purpose not in author.purposes:
        return "foreign-purpose"
    if author.closed_at is not None and row.occurred_at > author.closed_at:
        return "closed-author"
    if max(row.occurred_at, row.recorded_at) > now + AHEAD:
        return "time-to-come"
    return "time-past" if min(row.occurred_at, row.recorded_at) < unit.invited_at - BEFORE else ""


def _purposes(unit: Unit, account: UUID, authority: str, roles: Iterable[str]) -> frozenset[str]:
    """What an author may act under where the unit stands, as the policy says."""
    asking = Standing(account, "", "", authority, frozenset(roles), None, None, unit.name)
    return frozenset(policy.purposes(asking))


def _loosely(unit: Unit, row: Entry, held: Known, author: Author | None) -> str:
    if author is not None and row.owner not in NO_OWNER and row.owner not in held.line:
        return "foreign-owner"
    if row.kind == kinds.KEY_INTRODUCED.name and _said(row).get("key") != unit.key_id:
        return "foreign-key"
    return "foreign-erasure" if row.kind in kinds.ERASURES and not _erases_its_own(unit, row) else ""


def _said(row: Entry) -> Mapping[str, object]:
    """The body of a lasting kind, which nobody seals; empty for anything else."""
    try:
        found = json.loads(bytes(row.body or b""))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _erases_its_own(unit: Unit, row: Entry) -> bool:
    named = _said(row).get("entries")
    if not isinstance(named, list):
        return False
    ids = list(_uuids(named))
    others = (Entry.objects.filter(id__in=ids[at : at + 400]).exclude(node=unit.name) for at in range(0, len(ids), 400))
    return len(ids) == len(named) and not any(some.exists() for some in others)


def _uuids(named: Iterable[object]) -> Iterable[UUID]:
    for one in named:
        try:
            yield UUID(str(one))
        except ValueError:
            continue
