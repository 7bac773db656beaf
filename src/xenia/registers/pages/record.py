"""One record: what policy opens of it, group by group, and what has happened to it since it was entered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from xenia.access import policy
from xenia.access.models import Account
from xenia.access.standing import Standing
from xenia.errors import NotAllowed, NotFound
from xenia.journal import entries
from xenia.journal.models import Entry
from xenia.registers import entered, kinds, words
from xenia.registers.lists import current
from xenia.registers.live import actions as live
from xenia.registers.live.lookup import laid_over
from xenia.registers.live.models import LiveRecord
from xenia.registers.pages import reading
from xenia.registers.pages.faces import Face
from xenia.registers.pages.reading import Purposed, Row
from xenia.work.models import Proposal

GROUPS = (
    ("instruction", _("What to do")),
    ("identity", _("Identity")),
    ("document", _("Documents")),
    ("status", _("Validity and conditions")),
    ("reason", _("Reason and origin")),
    ("handling", _("Handling")),
)
NOT_SHOWN = frozenset({"name", "birth_date", "nationality", "category", "register"})
"""Fields that the title says already, or that repeat another one for the booth."""
HAPPENED = {
    kinds.ENTERED: _("Entered"),
    kinds.DELETED: _("Deleted"),
    kinds.RECORD_ENTERED: _("Entered"),
    kinds.RECORD_CORRECTED: _("Corrected"),
    kinds.RECORD_DELETED: _("Deleted"),
}


@dataclass(frozen=True)
class Field:
    """One field: its name for people, its value, and whether it is a code that runs left to right."""

    label: str
    value: str
    code: bool = False


@dataclass(frozen=True)
class Group:
    """Fields that belong together, as the policy groups them."""

    word: str
    label: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Event:
    """What happened to a record: when, who proposed and who approved it, which fields changed."""

    what: str
    at: datetime
    proposed_by: str
    approved_by: str
    fields: tuple[str, ...] = ()
    gone: bool = False


CODES = frozenset({"number", "sticker_number", "passport_number", "plate", "vin", "source_id", "documents"})


def one(standing: Standing, face: Face, why: Purposed, subject: UUID) -> Row:
    """The record of this subject. Raises `NotFound` (`no-record`), also for one that the reader may not know of."""
    row = _entered(standing, face, why, subject) or _listed(standing, face, why, subject)
    if row is None:
        raise NotFound("There is no such record.", "Go back to the register.", code="no-record")
    return row


def _entered(standing: Standing, face: Face, why: Purposed, subject: UUID) -> Row | None:
    rows = list(LiveRecord.objects.filter(id=subject, register=face.name, state="present"))
    return next((reading.of_live(standing, face, why, found) for found in live.opened(rows)), None)


def _listed(standing: Standing, face: Face, why: Purposed, subject: UUID) -> Row | None:
    hidden = laid_over()
    for one in current.readable(face.name):
        found = one.file.find_subject(subject.bytes)
        if found is not None and (face.name, one.source_code, found[0]) not in hidden:
            return reading.of_list(standing, face, why, one, *found)
    return None


def may_correct(standing: Standing, subject: UUID) -> bool:
    """Whether policy opens every field of the record to this officer, who may then propose a correction."""
    row = LiveRecord.objects.filter(id=subject, source="", state="present").first()
    return row is not None and entered.opens_all(standing, row)


def body_of(standing: Standing, subject: UUID) -> dict[str, Any]:
    """The whole body of a record entered here, for the form that corrects it.

    Raises `NotFound` (`no-record`), `NotAllowed` (`register-closed`) where policy opens only a part of it.
    """
    rows = list(LiveRecord.objects.filter(id=subject, source="", state="present"))
    if rows and not entered.opens_all(standing, rows[0]):
        raise NotAllowed(
            "The policy opens only part of this record to you.",
            "Ask somebody who sees all of it.",
            code="register-closed",
        )
    opened = live.opened(rows)
    if not opened:
        raise NotFound("There is no such record entered here.", "Go back to the register.", code="no-record")
    return dict(opened[0].body)


def groups(face: Face, row: Row) -> tuple[Group, ...]:
    """The open fields of a record that hold something, group by group; a field that stands twice is shown once."""
    seen: set[str] = set(NOT_SHOWN)
    if "documents" in row.fields.get("document", {}):
        seen |= {"passport_number", "passport_state"}
    if row.handling == "open":
        seen.add("handling")
    if len(row.fields.get("identity", {}).get("names", ())) < 2:
        seen.add("names")
    made = (Group(word, str(label), tuple(_fields(face, row.fields.get(word, {}), seen))) for word, label in GROUPS)
    return tuple(one for one in made if one.fields)


def _fields(face: Face, values: Any, seen: set[str]) -> Iterator[Field]:
    for name in sorted(values, key=_order):
        value = words.text(name, values[name], face.kind)
        if name not in seen and value:
            seen.add(name)
            yield Field(words.label(name, face.kind), value, name in CODES)


def _order(name: str) -> int:
    known = list(words.LABELS)
    return known.index(name) if name in known else len(known)


def history(standing: Standing, face: Face, why: Purposed, subject: UUID) -> tuple[Event, ...]:
    """What happened to a record entered here, newest first; empty for a record of a list."""
    found = Entry.objects.filter(about__subject=subject, kind__in=list(HAPPENED)).order_by("-id")[:50]
    rows = list(found)
    bodies = entries.bodies(rows)
    proposers = _proposers(subject) if rows else {}
    names = _names([row.actor for row in rows] + [str(bodies.get(row.id, {}).get("proposer", "")) for row in rows])
    if not all(_may_know(standing, face, why, row.owner, bodies.get(row.id, {})) for row in rows):
        return ()
    return tuple(_event(face, row, bodies.get(row.id, {}), proposers, names) for row in rows)


def _may_know(standing: Standing, face: Face, why: Purposed, owner: str, body: Mapping[str, Any]) -> bool:
    """Whether the reader may know of a record that an entry tells of; an entry that says no handling has its category's."""
    decision = policy.decide(standing, why.word, face.name, owner)
    handling = str(body.get("handling") or face.register.present({"category": body.get("category", "")}).handling)
    return decision.outcome == "fields" and decision.sees(handling) and decision.shows(str(body.get("category", "")))


def _event(
    face: Face, row: Entry, body: Mapping[str, Any], proposers: Mapping[str, str], names: Mapping[str, str]
) -> Event:
    proposer = str(body.get("proposer") or proposers.get(row.reference, ""))
    return Event(
        str(HAPPENED[row.kind]),
        row.occurred_at,
        names.get(proposer, ""),
        names.get(row.actor, ""),
        tuple(words.label(name, face.kind) for name in body.get("fields", ())),
        row.kind in (kinds.DELETED, kinds.RECORD_DELETED),
    )


def _proposers(subject: UUID) -> dict[str, str]:
    rows = Proposal.objects.filter(subject=subject, state="approved").values_list("id", "proposer")
    return {f"proposal:{proposal}": f"account:{proposer}" for proposal, proposer in rows}


def _names(actors: list[str]) -> dict[str, str]:
    wanted = {actor.removeprefix("account:") for actor in actors if actor.startswith("account:")}
    rows = Account.objects.filter(pk__in=wanted).values_list("pk", "display_name") if wanted else ()
    return {f"account:{pk}": name for pk, name in rows}


def was_deleted(events: tuple[Event, ...]) -> bool:
    """Whether the last thing that happened to the record was its deletion."""
    return bool(events) and events[0].gone
