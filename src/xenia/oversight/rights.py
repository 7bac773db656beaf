"""Rights of the person: what is held is found, exported and erased over all rooms. Each act is journalled."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from xenia.access import policy
from xenia.access.actions import OPERATOR_ROLE
from xenia.access.standing import Standing
from xenia.errors import BadInput, NotAllowed, NotFound
from xenia.journal import actions as journal
from xenia.journal import forgetting, kinds
from xenia.journal.act import EXTERNAL, Act
from xenia.journal.forgetting import Found, Wanted
from xenia.journal.models import Entry
from xenia.oversight import cleaning
from xenia.oversight import kinds as own
from xenia.registers.lists import forgetting as lists

PURPOSE = "data-subject-request"
MOST_FOUND = 2000
AT_ONCE = 100  # subjects of one transaction: about 0.1 s of the write queue
REASONS = {
    "request": _("The person asked for it"),
    "citizenship": _("The person acquired citizenship"),
    "court": _("A court or supervisory authority ordered it"),
    "unlawful": _("The data should not have been recorded"),
    "purpose-ended": _("The purpose is fulfilled"),
    "invented": _("Invented data of a test"),
}
REGISTER_OF_ROOM = {"identity": "identity", "frontier": "crossings"}
ROOMS_OF_REGISTERS = ("registers", "lists")
"""Rooms of several registers: what they find has the register's name before the colon of its kind, what they export a field."""
_WORD = re.compile(r"\w{3,}")


@dataclass(frozen=True)
class Erased:
    """What an erasure did: rows by table, and how far the files are clean."""

    subjects: int
    counts: dict[str, int]
    cleaned: cleaning.Cleaned


def find(standing: Standing, wanted: Wanted, reference: str) -> list[Found]:
    """Subjects that may be the person, over all rooms, as far as the policy shows the room's register for this purpose.

    Raises `BadInput`: `nothing-asked`, `name-alone` (one word and no birth date finds nobody reliably), `too-many-found`. The read is journalled before it is given back.
    """
    act = _act(standing, "subject.find", reference)
    _described(wanted)
    found = [
        one
        for part in forgetting.parts()
        for one in part.find(wanted)
        if _may_see(standing, one.room, one.kind.partition(":")[0])
    ]
    if len(found) > MOST_FOUND:
        raise BadInput(
            f"More than {MOST_FOUND} records fit.", "Add the birth date or a document number.", code="too-many-found"
        )
    found.sort(key=lambda one: (one.recorded_at, str(one.subject)), reverse=True)
    subjects = sorted({one.subject for one in found})
    asked = sorted(name for name, value in vars(wanted).items() if value)
    journal.record_read(
        own.FOUND, {"asked_by": asked, "subjects": [str(one) for one in subjects]}, act, subjects=subjects
    )
    return found


def _described(wanted: Wanted) -> None:
    if wanted.document_number or wanted.subject:
        return
    words = f"{wanted.name} {wanted.surname} {wanted.given_names}".split()
    if not words:
        raise BadInput("Nobody is described.", "Give a name, a document number or a subject.", code="nothing-asked")
    if len(words) == 1 and not wanted.birth_date:
        raise BadInput(
            "One word of a name is not enough.",
            "Add the other names, the birth date or a document number.",
            code="name-alone",
        )


def export(standing: Standing, subject: UUID, reference: str) -> dict[str, Any]:
    """Everything each room holds about the subject, and when which authority read it for what. Raises `NotFound`."""
    act = _act(standing, "subject.export", reference)
    rooms = {part.room: held for part in forgetting.parts() if (held := part.export(subject))}
    rooms = {room: held for room, held in rooms.items() if _may_export(standing, room, held)}
    reads = reads_about(subject)
    if not rooms and not reads:
        raise NotFound("Nothing is held about this subject.", "Look for it with xenia subject find.", code="no-subject")
    body = {"subject": str(subject), "rooms": sorted(rooms), "reads": len(reads)}
    journal.record_read(own.EXPORTED, body, act, subjects=[subject])
    return {"subject": str(subject), "made_at": datetime.now(UTC).isoformat(), "rooms": rooms, "reads": reads}


def reads_about(subject: UUID) -> list[dict[str, Any]]:
    """Who read about the subject: authority, purpose, legal basis, time. Officers are named to the supervisor, not here."""
    shown = {kind.name: kind.label or kind.name for kind in kinds.all_kinds() if kind.is_read}
    rows = Entry.objects.filter(about__subject=subject, kind__in=shown).order_by("recorded_at")
    return [
        {
            "at": row.recorded_at.isoformat(), "what": shown[row.kind], "authority": row.owner,
            "purpose": row.purpose, "legal_basis": row.legal_basis, "entry": str(row.id),
        }
        for row in rows.only("id", "recorded_at", "kind", "owner", "purpose", "legal_basis")
    ]  # fmt: skip


def erase(
    standing: Standing, subjects: Iterable[UUID], *, reason: str, reference: str,
    rewrite: bool = False, say: Callable[[str], None] = lambda text: None,
) -> Erased:  # fmt: skip
    """Erase all that any room holds about the subjects, then clean the database's files.

    A hundred subjects are one short transaction with its own proof, so that checks at the booth go on meanwhile; after an
    interruption the same call finishes the rest. Only the operator does so alone; others propose it (`proposals`).
    Raises `NotAllowed` (`second-person`), `BadInput` for an unknown `reason` or a reference with a name in it.
    """
    act = _act(standing, "subject.erase", reference)
    if OPERATOR_ROLE not in standing.roles:
        raise NotAllowed(
            "Nothing is erased before a second person approves. Then nobody can bring it back.",
            "A second person must approve this: propose it.",
            code="second-person",
        )
    if reason not in REASONS:
        raise BadInput(
            f"{reason!r} is no reason for erasing.", f"Use one of: {', '.join(REASONS)}.", code="erase-reason"
        )
    wanted = list(dict.fromkeys(subjects))
    reference_names_nobody(wanted, reference)
    counts: dict[str, int] = {}
    for start in range(0, len(wanted), AT_ONCE):
        with journal.writing():
            erase_now(wanted[start : start + AT_ONCE], act, reason, counts)
        if start and start % 1000 == 0:
            say(f"{start:,} of {len(wanted):,} subjects erased ...")
    lists.settle()
    lists.rebuild_due()
    return Erased(len(wanted), counts, cleaning.clean(rewrite=rewrite))


def erase_now(subjects: Sequence[UUID], act: Act, reason: str, counts: dict[str, int]) -> None:
    """One transaction's worth, inside `writing()`: every room's part, and the proof with counts. Adds to `counts`."""
    here: dict[str, int] = {}
    for part in forgetting.parts():
        for table, count in part.erase(subjects, act).items():
            here[table] = here.get(table, 0) + count
    journal.append(own.ERASURE, {"reason": reason, "subjects": len(subjects), "counts": here}, act)
    for table, count in here.items():
        counts[table] = counts.get(table, 0) + count


def subject_of(text: str) -> UUID:
    """The id of a subject as it was printed. Raises `BadInput`."""
    try:
        return UUID(text.strip())
    except ValueError as error:
        raise BadInput(
            f"{text.strip()[:60]!r} is no subject.", "Copy the id that xenia subject find printed.", code="bad-subject"
        ) from error


def erase_proposed(arguments: Mapping[str, Any], standing: Standing, act: Act) -> None:
    """The erasure that two persons decided, in the transaction of the approval; the files are cleaned after the commit."""
    erase_now([UUID(one) for one in arguments["subjects"]], act, arguments["reason"], {})
    transaction.on_commit(cleaning.clean)


def _act(standing: Standing, permission: str, reference: str) -> Act:
    policy.require(standing, permission)
    policy.require_purpose(standing, PURPOSE, reference)
    return standing.act(PURPOSE, reference)


def external(text: str) -> str:
    """The reference of somebody outside, such as the number of the request, as acts write it."""
    return f"{EXTERNAL}{text.strip()}"


def _may_see(standing: Standing, room: str, register: str) -> bool:
    """Whether the policy shows what this room holds; rooms that keep no register (journal, work) follow the permission alone."""
    named = REGISTER_OF_ROOM.get(room) or (register if room in ROOMS_OF_REGISTERS else "")
    return not named or policy.decide(standing, PURPOSE, named).allowed


def _may_export(standing: Standing, room: str, held: dict[str, Any]) -> bool:
    """Whether the policy shows these very records: by their owner and handling code, where they carry them."""
    register = str(held.get("register", ""))
    named = REGISTER_OF_ROOM.get(room) or (register if room in ROOMS_OF_REGISTERS else "")
    if not named:
        return True
    decision = policy.decide(standing, PURPOSE, named, str(held.get("owner") or "") or None)
    return decision.allowed and decision.sees(str(held.get("handling") or "open"))


def reference_names_nobody(subjects: Sequence[UUID], reference: str) -> None:
    """The reference stays in the journal for good; it must not repeat the name that is to be forgotten."""
    if len(subjects) > 20:
        return
    words = {word.casefold() for word in _WORD.findall(reference)}
    for subject in subjects:
        for part in forgetting.parts():
            for found in part.find(Wanted(subject=subject)) if part.room != "journal" else ():
                if words & {word.casefold() for word in _WORD.findall(found.label.split(",")[0])}:
                    raise BadInput(
                        "The reference holds a name of the person.", "Use a file number.", code="reference-names-person"
                    )
