"""Work items: opened by other rooms, taken and answered by people. The only writer of `WorkItem`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise

from xenia.access import epochs, policy
from xenia.access.rules import ANY
from xenia.access.standing import Standing, ancestors
from xenia.errors import BadInput, Conflict, NotFound
from xenia.journal import clock, data_keys
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.work import rules
from xenia.work.models import WorkItem

NOTE_LIMIT: Final = 4000
KEY: Final = "work"


@dataclass(frozen=True)
class ItemKind:
    """A kind of item, registered by the room that opens it.

    `url`: where it is worked on. `outcomes`: words that may answer it; empty: any word. `on_answer` runs in the
    transaction of the answer, before it is committed: `(item, outcome, note, standing, act)`; what it raises undoes the answer.
    """

    name: str
    label: str | Promise
    url: Callable[[WorkItem], str]
    role: str
    purpose: str
    outcomes: tuple[str, ...] = ()
    on_answer: Callable[[WorkItem, str, str, Standing, Act], None] | None = None


_kinds: dict[str, ItemKind] = {}


def register_kind(kind: ItemKind) -> None:
    """Make a kind known; a room registers its kinds when its app is ready."""
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"The kind of work item {kind.name} is registered twice with different meanings.")


def kind_named(name: str) -> ItemKind:
    """The kind of that name. Raises `NotFound` (code `unknown-item-kind`)."""
    if name not in _kinds:
        raise NotFound(f"No kind of work item is called {name}.", "Register it in its room.", code="unknown-item-kind")
    return _kinds[name]


def open_item(
    kind: str,
    subject: UUID | str,
    *,
    owner: str,
    act: Act,
    role: str = "",
    post: str | None = None,
    due_at: datetime | None = None,
    urgency: int = 1,
    about: UUID | None = None,
    body: Mapping[str, Any] | None = None,
) -> WorkItem:
    """Something now waits for `role` (the kind's own, if empty). Call inside `writing()`.

    `body`: codes and references only, no person's data. `about`: the identity whose erasure removes the item and
    whose data key seals its note. `urgency`: 0 now, 1 today, 2 later.
    """
    known = kind_named(kind)
    item = WorkItem.objects.create(
        kind=kind,
        subject=str(subject),
        owner=owner,
        role=role or known.role,
        post=post or "",
        urgency=urgency,
        about=about,
        body=dict(body or {}),
        opened_by=act.actor,
        opened_at=clock.now(),
        due_at=due_at,
        sequence=epochs.bump("work"),
    )
    entry = {
        "item": str(item.pk),
        "kind": kind,
        "subject": item.subject,
        "role": item.role,
        "post": item.post,
        "about": str(about) if about else None,
    }
    append("work.opened", entry, act, subjects=[about] if about else [])
    return item


def _everywhere(standing: Standing) -> bool:
    return any(ANY in role.permissions for word in standing.roles if (role := policy.current().roles.get(word)))


def _seen(standing: Standing, item: WorkItem) -> bool:
    everywhere = _everywhere(standing)
    return (item.role in standing.roles or everywhere) and rules.sees(
        item.owner,
        item.post,
        above_owner=ancestors(item.owner),
        authority=standing.authority,
        here=standing.post,
        everywhere=everywhere,
    )


def get(standing: Standing, item_id: UUID) -> WorkItem:
    """The item, answered or not. Raises `NotFound` (code `no-item`) also for what this standing may not see."""
    item = WorkItem.objects.filter(pk=item_id).first()
    if item is None or not _seen(standing, item):
        raise NotFound("There is no such work item.", "Load the list again.", code="no-item")
    return item


def waiting(standing: Standing, *, kind: str = "", limit: int = 500) -> list[WorkItem]:
    """Unanswered items that this standing sees, the most urgent first, then the one that waits longest."""
    policy.require(standing, "work.read")
    asked = Q(answered_at__isnull=True)
    if not _everywhere(standing):
        asked &= Q(role__in=standing.roles)
        if standing.post:
            asked &= Q(post__in=("", standing.post))
    if kind:
        asked &= Q(kind=kind)
    found = WorkItem.objects.filter(asked).order_by("urgency", "opened_at")[:limit]
    return [item for item in found if _seen(standing, item)]


def _act(standing: Standing, item: WorkItem) -> Act:
    return standing.act(kind_named(item.kind).purpose, f"work:{item.pk}", owner=item.owner)


def claim(standing: Standing, item_id: UUID) -> WorkItem:
    """The item is this officer's to answer. Raises `Conflict` (`claimed-by-another`, `already-answered`)."""
    policy.require(standing, "work.claim")
    with writing():
        item = get(standing, item_id)
        if item.claimed_by == standing.account and item.answered_at is None:
            return item
        free = WorkItem.objects.filter(pk=item_id, claimed_by__isnull=True, answered_at__isnull=True)
        if not free.update(claimed_by=standing.account, claimed_at=clock.now(), sequence=epochs.bump("work")):
            item.refresh_from_db()
            rules.may_answer(item.claimed_by, item.answered_at, standing.account)
        append("work.claimed", {"item": str(item_id), "kind": item.kind}, _act(standing, item))
        item.refresh_from_db()
    return item


def release(standing: Standing, item_id: UUID) -> WorkItem:
    """The item waits for anybody again. Raises `Conflict` where another holds it or it is answered."""
    policy.require(standing, "work.claim")
    with writing():
        item = get(standing, item_id)
        rules.may_answer(item.claimed_by, item.answered_at, standing.account)
        mine = WorkItem.objects.filter(pk=item_id, claimed_by=standing.account, answered_at__isnull=True)
        if not mine.update(claimed_by=None, claimed_at=None, sequence=epochs.bump("work")):
            raise Conflict("Somebody was quicker.", "Load the list again.", code="claimed-by-another")
        append("work.released", {"item": str(item_id), "kind": item.kind}, _act(standing, item))
        item.refresh_from_db()
    return item


def answer(standing: Standing, item_id: UUID, outcome: str, note: str = "") -> WorkItem:
    """The item is done, with an outcome and a note. The kind's handler runs in the same transaction.

    `note`: free text up to 4,000 characters, sealed for whom the item is about. Raises `BadInput` (`bad-outcome`,
    `note-too-long`), `Conflict` (`not-claimed`, `claimed-by-another`, `already-answered`), and what the handler raises.
    """
    policy.require(standing, "work.claim")
    if len(note) > NOTE_LIMIT:
        raise BadInput("The note is too long.", f"Use at most {NOTE_LIMIT} characters.", code="note-too-long")
    with writing():
        item = get(standing, item_id)
        rules.may_answer(item.claimed_by, item.answered_at, standing.account)
        kind = kind_named(item.kind)
        if not outcome or (kind.outcomes and outcome not in kind.outcomes):
            raise BadInput(
                "This is no outcome of such an item.", f"Use one of: {', '.join(kind.outcomes)}.", code="bad-outcome"
            )
        sealed = data_keys.seal(item.about or item.pk, KEY, note.encode()) if note else None
        mine = WorkItem.objects.filter(pk=item_id, claimed_by=standing.account, answered_at__isnull=True)
        changed = mine.update(
            answered_by=standing.account,
            answered_at=clock.now(),
            outcome=outcome,
            note=sealed,
            sequence=epochs.bump("work"),
        )
        if not changed:
            raise Conflict("Somebody has already answered this.", "Look at the answer.", code="already-answered")
        item.refresh_from_db()
        act = _act(standing, item)
        about = [item.about] if item.about else []
        append("work.answered", {"item": str(item_id), "kind": item.kind, "outcome": outcome}, act, subjects=about)
        if note:
            append(
                "work.noted",
                {"item": str(item_id), "note": note},
                act,
                subjects=about,
                sealed_for=(item.about or item.pk, KEY),
            )
        if kind.on_answer is not None:
            kind.on_answer(item, outcome, note, standing, act)
    return item


def settle(kind: str, subject: UUID | str, outcome: str, act: Act, note: str = "") -> int:
    """What waited has been done in the room that opened it: its items of that kind are answered; how many.

    Call inside `writing()`. An item that somebody holds is answered as well; the kind's handler is not called.
    `note`: what is told of it, never of a person.
    """
    done = 0
    for item in WorkItem.objects.filter(kind=kind, subject=str(subject), answered_at__isnull=True):
        account = act.actor.removeprefix("account:")
        fields = {"answered_at": clock.now(), "outcome": outcome, "sequence": epochs.bump("work")}
        who: dict[str, object] = {"answered_by": UUID(account)} if account != act.actor else {}
        if note:
            who["note"] = data_keys.seal(item.about or item.pk, KEY, note.encode())
        if WorkItem.objects.filter(pk=item.pk, answered_at__isnull=True).update(**fields, **who):
            body = {"item": str(item.pk), "kind": kind, "outcome": outcome}
            about = [item.about] if item.about else []
            append("work.answered", body, act, subjects=about)
            if note:
                said = {"item": str(item.pk), "note": note}
                append("work.noted", said, act, subjects=about, sealed_for=(item.about or item.pk, KEY))
            done += 1
    return done


def note_of(item: WorkItem) -> str:
    """The note of the answer, "" if there is none. Raises `Erased` (code `erased`)."""
    return data_keys.unseal(item.about or item.pk, KEY, bytes(item.note)).decode() if item.note else ""
