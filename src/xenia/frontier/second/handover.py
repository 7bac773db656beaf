"""Handing a person to another authority, so that only that authority learns which one it was.

The border's own records say `handed over` and nothing more. The item, the claim and the notes belong to the receiver.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from xenia.access import policy
from xenia.access import standing as access
from xenia.access.models import Authority
from xenia.access.standing import Standing
from xenia.errors import BadInput, NotAllowed, NotFound, Unavailable
from xenia.frontier import reading, record
from xenia.frontier.models import Check
from xenia.frontier.second import interview, kinds, receipts
from xenia.frontier.second.models import HandOver, Photograph
from xenia.identity import actions as identity
from xenia.identity.claim import Claimed
from xenia.identity.models import PURPOSE
from xenia.journal import actions as journal
from xenia.journal import blobs, data_keys
from xenia.journal.act import Act
from xenia.journal.ids import uuid7
from xenia.journal.node import is_unit
from xenia.work import items
from xenia.work.models import WorkItem

KEPT_DAYS: Final = 365
MOST_LISTED: Final = 200
RECEIVED: Final = "received"
OPEN: Final = "handover"


@dataclass(frozen=True)
class Receiver:
    """A kind of authority that takes persons over: its item, role, permission, and the purpose it reads under."""

    kind: str
    item: str
    role: str
    permission: str
    purpose: str
    label: Any


RECEIVERS: Final = {
    one.kind: one
    for one in (
        Receiver(
            "asylum",
            "handover.asylum",
            "asylum-officer",
            "handover.asylum",
            "asylum-examination",
            _("Asylum authority"),
        ),
        Receiver("police", "handover.police", "police-officer", "handover.police", "identity-check", _("Police")),
    )
}


@dataclass(frozen=True)
class HandedView:
    """What the receiving officer sees: the claim, the words, what came with it."""

    row: HandOver
    claimed: Claimed
    note: str
    notes: tuple[dict[str, str], ...]
    photographs: tuple[str, ...]


def register_kinds() -> None:
    """Make the receivers' items and the waiting replies known; called when Django starts."""
    from xenia.frontier.second import cases

    for one in RECEIVERS.values():
        items.register_kind(
            items.ItemKind(one.item, _("Person handed over by the border"), _url, one.role, one.purpose, (RECEIVED,))
        )
    cases.register_kinds()


def _url(item: WorkItem) -> str:
    from django.urls import reverse

    return reverse("frontier:handover", args=[item.subject])


def authorities(kind: str) -> list[tuple[str, str]]:
    """Code and name of the authorities of a kind; none where the installation has none."""
    return list(Authority.objects.filter(kind=kind).order_by("code").values_list("code", "name"))


def make(
    standing: Standing, check: Check, kept: record.Kept, kind: str, authority: str, note: str, *, with_interview: bool
) -> UUID:
    """Hand the person of a check to an authority. Inside `journal.writing()`; the caller moves check and referral.

    Raises `BadInput` (`handover-to`), `Unavailable` (`no-receiver`).
    """
    receiver = RECEIVERS.get(kind)
    known = dict(authorities(kind)) if receiver else {}
    if receiver is None:
        raise BadInput("Choose to whom the person is handed over.", code="handover-to")
    if not known:
        raise Unavailable(
            "No such authority is set up here.",
            "Call it, hand over in person, and tell the administrator.",
            code="no-receiver",
        )
    code = authority if authority in known else next(iter(known)) if len(known) == 1 else ""
    if not code:
        raise BadInput("Choose to whom the person is handed over.", code="handover-to")
    now = datetime.now(UTC)
    handover = uuid7()
    act = standing.act(interview.SECOND_LINE, f"{OPEN}:{handover}", owner=code)
    delete_on = now.date() + timedelta(days=KEPT_DAYS)
    claimed = reading.again(kept.document, check.local_date).claimed
    with data_keys.held():
        who, claim = identity.note(claimed, act, source="handover", now=now, delete_on=delete_on)
        journal.append_many([claim])
    return _write(standing, check, kept, receiver, code, note, with_interview, handover, who, act, now, delete_on)


def _write(
    standing: Standing, check: Check, kept: record.Kept, receiver: Receiver, code: str, note: str,
    with_interview: bool, handover: UUID, who: UUID, act: Act, now: datetime, delete_on: date,
) -> UUID:  # fmt: skip
    notes = [{"at": row.made_at.isoformat(), "text": text} for row, text in interview.notes_of(check.id)]
    pictures = list(Photograph.objects.filter(check_made=check.id).order_by("made_at")) if with_interview else []
    taken = [_copy(one.address, who) for one in pictures]
    data = {
        "document": kept.document,
        "note": note.strip()[: interview.LONGEST],
        "notes": notes if with_interview else [],
        "photographs": [address for address, _size in taken],
    }
    sealed = data_keys.seal(who, PURPOSE, json.dumps(data, ensure_ascii=False).encode())
    item = open_item(receiver, handover, code, who, act)
    HandOver(
        id=handover, check_made=check.id, item=item, identity=who, kind=receiver.kind, owner=code,
        from_post=check.post, officer=standing.account, made_at=now, sealed=sealed, delete_on=delete_on,
    ).save(force_insert=True)  # fmt: skip
    body = {
        "handover": str(handover),
        "identity": str(who),
        "to": receiver.kind,
        "item": str(item or ""),
        "post": check.post,
        "check": str(check.id) if is_unit() else "",
        "sealed": b64encode(sealed).decode() if is_unit() else "",
        "photographs": [[address, size] for address, size in taken] if is_unit() else [],
    }
    journal.append(kinds.HANDED_OVER, body, act, subjects=[who], occurred_at=now)
    return handover


def open_item(receiver: Receiver, handover: UUID, owner: str, who: UUID, act: Act) -> UUID | None:
    """The receiver's item, at the centre: nobody receives at a unit, and none opens there. Inside `journal.writing()`."""
    if is_unit():
        return None
    return items.open_item(receiver.item, handover, owner=owner, about=who, urgency=0, act=act).id


def _copy(address: str, who: UUID) -> tuple[str, int]:
    """A photograph sealed anew for the receiver's own claim, so that the border's deletion does not reach it; and its size."""
    made, size = blobs.write(blobs.get(address), who, PURPOSE)
    blobs.claim(made, size, who, PURPOSE)
    return made, size


def received_at(check_id: UUID) -> datetime | None:
    """When the person of a check was received; all that the border learns. At a unit as the centre said."""
    here = HandOver.objects.filter(check_made=check_id).values_list("received_at", flat=True).first()
    return here or (receipts.received_at(check_id) if is_unit() else None)


def find(standing: Standing, handover_id: UUID) -> HandOver:
    """A hand-over to this standing's authority. Raises `NotFound`, for one to another authority as for none."""
    row = HandOver.objects.filter(id=handover_id).first()
    receiver = RECEIVERS.get(row.kind) if row else None
    if (
        row is None
        or receiver is None
        or standing.authority not in access.ancestors(row.owner)
        or not _serves(standing, receiver)
    ):
        raise NotFound("There is no such hand-over for you.", "Go to your work list.", code="no-handover")
    return row


def _serves(standing: Standing, receiver: Receiver) -> bool:
    """Whether a role names the receiver's permission; a role that may everything does not serve there by that."""
    known = policy.current().roles
    return any(receiver.permission in known[role].permissions for role in standing.roles if role in known)


def show(standing: Standing, handover_id: UUID) -> HandedView:
    """What came with the person; the look is written down first. Raises `NotFound`."""
    row = find(standing, handover_id)
    receiver = RECEIVERS[row.kind]
    policy.require_purpose(standing, receiver.purpose, f"{OPEN}:{row.id}")
    seen = policy.decide(standing, receiver.purpose, "identity", row.owner)
    if "identity" not in seen.groups:
        raise NotAllowed("Policy does not show you this person.", "Ask your supervisor.", code="not-allowed")
    claims = identity.read([row.identity])
    body = {"handover": str(row.id), "identity": str(row.identity)}
    journal.record_read(kinds.HANDOVER_SHOWN, body, _act(standing, row), subjects=[row.identity])
    data = json.loads(data_keys.unseal(row.identity, PURPOSE, bytes(row.sealed)))
    return HandedView(
        row, claims.get(row.identity, Claimed(())), data["note"], tuple(data["notes"]), tuple(data["photographs"])
    )


def picture(standing: Standing, handover_id: UUID, number: int) -> bytes:
    """A photograph that came with the person; the look is written down. Raises `NotFound`."""
    view = show(standing, handover_id)
    if not 0 <= number < len(view.photographs):
        raise NotFound("There is no such photograph.", "Go back to the hand-over.", code="no-photograph")
    return blobs.get(view.photographs[number])


def receive(standing: Standing, handover_id: UUID) -> None:
    """The person has arrived: a receipt that the border sees as `received`. Raises `NotFound`, `Conflict`."""
    row = find(standing, handover_id)
    now = datetime.now(UTC)
    with journal.writing():
        if row.item is not None:
            items.claim(standing, row.item)
            items.answer(standing, row.item, RECEIVED)
        HandOver.objects.filter(id=row.id).update(received_at=now, received_by=standing.account)
        receipts.note(row.check_made, receipts.HANDED, now)
        body = {"handover": str(row.id), "identity": str(row.identity)}
        journal.append(kinds.RECEIVED, body, _act(standing, row), subjects=[row.identity], occurred_at=now)


def waiting(standing: Standing) -> Sequence[HandOver]:
    """Hand-overs to this standing's authority, newest first; codes and times only."""
    kinds_here = [one.kind for one in RECEIVERS.values() if _serves(standing, one)]
    rows = HandOver.objects.filter(kind__in=kinds_here)
    owners = set(rows.values_list("owner", flat=True).distinct())
    mine = [owner for owner in owners if standing.authority in access.ancestors(owner)]
    return list(rows.filter(owner__in=mine).order_by("-made_at")[:MOST_LISTED])


def _act(standing: Standing, row: HandOver) -> Act:
    return standing.act(RECEIVERS[row.kind].purpose, f"{OPEN}:{row.id}", owner=row.owner)
