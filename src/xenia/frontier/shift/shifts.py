"""The shift of a post: opened, handed over, taken over, closed with a report that never changes again.

One shift runs at a post at a time; the database says so too. Figures are counted before the short transaction that
keeps them, and their hash stands in the closing entry.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _

from xenia.access import policy, standing
from xenia.access.standing import Place, Standing
from xenia.errors import BadInput, Conflict, NotFound
from xenia.frontier.shift import board, figures, kinds, lanes, periods, presence
from xenia.frontier.shift.models import HandOver, Shift
from xenia.frontier.shift.terms import term
from xenia.journal import actions as journal
from xenia.journal import canonical, data_keys
from xenia.journal.ids import uuid7

PERMISSION: Final = "frontier.close_shift"
PURPOSE: Final = "supervision"
KEY: Final = "shift"
LONGEST: Final = timedelta(hours=24)
LONGEST_NOTE: Final = 2000
COUNTS_AT_MOST: Final = 5


def open_shift(standing_: Standing, began_at: datetime, planned_to: datetime) -> UUID:
    """Begin a shift of this post under this supervisor; gives back its id.

    `began_at`: now or up to a day ago, not before the shift before it ended. Raises `BadInput` (`shift-hours`),
    `Conflict` (`shift-running`).
    """
    policy.require(standing_, PERMISSION)
    place, now = board.here(standing_), datetime.now(UTC)
    before = latest(place)
    if before is not None and before.state == "running":
        raise _running()
    if not began_at < planned_to <= began_at + LONGEST:
        raise BadInput(_("A shift ends after it begins, within 24 hours."), code="shift-hours")
    if not now - LONGEST <= began_at <= now + timedelta(minutes=1):
        raise BadInput(_("A shift begins now, or began within the last 24 hours."), code="shift-hours")
    if before is not None and before.ended_at is not None and began_at < before.ended_at:
        raise BadInput(_("The shift before it ended later than that."), code="shift-hours")
    with journal.writing():
        return _begin(standing_, place, began_at, planned_to, before)


def _begin(standing_: Standing, place: Place, began_at: datetime, planned_to: datetime, before: Shift | None) -> UUID:
    made = uuid7()
    delete_on = periods.local(began_at, place.zone).date() + timedelta(days=term("shift-kept-days"))
    shift = Shift(
        id=made,
        owner=place.authority,
        post=place.code,
        zone=place.zone,
        supervisor=standing_.account,
        began_at=began_at,
        planned_to=planned_to,
        previous=before.id if before else None,
        delete_on=delete_on,
    )
    if Shift.objects.filter(post=place.code, ended_at__isnull=True).exists():
        raise _running()
    try:
        shift.save(force_insert=True)
    except IntegrityError:
        raise _running() from None
    body = {
        "shift": str(made),
        "post": place.code,
        "zone": place.zone,
        "supervisor": str(standing_.account),
        "began_at": began_at.astimezone(UTC).isoformat(),
        "planned_to": planned_to.astimezone(UTC).isoformat(),
        "previous": str(before.id) if before else "",
    }
    journal.append(kinds.OPENED, body, _act(standing_, shift), subjects=[made])
    return made


def _running() -> Conflict:
    return Conflict(
        _("A shift is running at this post already."), _("Hand it over, or close it first."), code="shift-running"
    )


def _act(standing_: Standing, shift: Shift) -> Any:
    return standing_.act(PURPOSE, f"shift:{shift.id}", owner=shift.owner)


def latest(place: Place) -> Shift | None:
    """The shift of the post that began last, running or not."""
    return Shift.objects.filter(post=place.code).order_by("-began_at", "-id").first()


def running(place: Place) -> Shift | None:
    """The shift that runs at the post."""
    return Shift.objects.filter(post=place.code, ended_at__isnull=True).first()


def find(standing_: Standing, shift_id: UUID) -> Shift:
    """A shift of this standing's post. Raises `NotFound` (`no-shift`)."""
    place = board.here(standing_)
    found = Shift.objects.filter(id=shift_id, post=place.code).first()
    if found is None:
        raise NotFound(_("There is no such shift at your post."), _("Go back to the shifts."), code="no-shift")
    return found


def successors(standing_: Standing) -> list[tuple[UUID, str]]:
    """Officers of this post who may close shifts, but for oneself: to whom a shift can be handed over."""
    found, place = [], board.here(standing_)
    for account, name in lanes.officers_of(place.code):
        known = standing.known(account)
        roles = standing.roles_at(known, place.code, datetime.now(UTC)) if known else frozenset()
        if account != standing_.account and policy.permits(roles, PERMISSION):
            found.append((account, name))
    return found


def open_items(place: Place, since: datetime, now: datetime) -> dict[str, Any]:
    """What the next supervisor takes over: counts, waits and codes, no names."""
    seen = figures.waiting(place, now)
    return {
        **seen,
        "open_hits": board.open_hits(place, periods.local(now, place.zone).date()),
        "incidents": len(figures.incidents(place, since, now)),
        "lists": [{"register": row.register, "age_s": row.age_s, "state": row.state} for row in board.list_rows(now)],
    }


def hand_over(standing_: Standing, shift_id: UUID, to: UUID, note: str) -> UUID:
    """Offer a running shift to the next supervisor with what is open; it goes on until that one takes it over.

    Raises `Conflict` (`shift-not-running`, `handed-over-already`), `BadInput` (`hand-over-to`, `too-long`).
    """
    policy.require(standing_, PERMISSION)
    shift, place, now = find(standing_, shift_id), board.here(standing_), datetime.now(UTC)
    if shift.state != "running":
        raise _not_running()
    if to not in dict(successors(standing_)):
        raise BadInput(_("Choose who takes the shift over."), code="hand-over-to")
    text = note.strip()
    if len(text) > LONGEST_NOTE:
        raise BadInput(_("The note is too long."), code="too-long")
    items, made = open_items(place, shift.began_at, now), uuid7()
    with journal.writing():
        if Shift.objects.select_for_update().filter(id=shift.id, state="running").first() is None:
            raise _not_running()  # somebody closed it meanwhile
        waiting = HandOver.objects.filter(shift=shift, taken_at__isnull=True)
        if waiting.exists():
            raise _handed_over()
        sealed = data_keys.seal(shift.id, KEY, text.encode()) if text else None
        HandOver(
            id=made, shift=shift, by=standing_.account, to=to, offered_at=now, items=items, sealed_note=sealed
        ).save(force_insert=True)
        body = {"shift": str(shift.id), "hand_over": str(made), "to": str(to), "items": items, "note": text}
        journal.append(
            kinds.HANDED_OVER,
            body,
            _act(standing_, shift),
            subjects=[shift.id],
            occurred_at=now,
            sealed_for=(shift.id, KEY),
        )
    return made


def _handed_over() -> Conflict:
    return Conflict(
        _("This shift has been handed over already."),
        _("The next supervisor takes it over on the same page."),
        code="handed-over-already",
    )


def _not_given_away(standing_: Standing, shift: Shift) -> None:
    """Nothing, unless this supervisor has handed the shift to another who has not taken it over yet."""
    if HandOver.objects.filter(shift=shift, by=standing_.account, taken_at__isnull=True).exists():
        raise _handed_over()


def _not_running() -> Conflict:
    return Conflict(_("This shift has ended."), _("Look at its page."), code="shift-not-running")


def take_over(standing_: Standing, shift_id: UUID, planned_to: datetime) -> UUID:
    """End the shift that was handed over to this supervisor and begin the next one; gives back the next one's id.

    Raises `NotFound` (`no-hand-over`), `Conflict` (`shift-not-running`), `BadInput` (`shift-hours`).
    """
    policy.require(standing_, PERMISSION)
    shift, place, now = find(standing_, shift_id), board.here(standing_), datetime.now(UTC)
    if not now < planned_to <= now + LONGEST:
        raise BadInput(_("A shift ends after it begins, within 24 hours."), code="shift-hours")
    offer = HandOver.objects.filter(shift=shift, taken_at__isnull=True, to=standing_.account).first()
    if offer is None:
        raise NotFound(_("This shift was not handed over to you."), _("Ask its supervisor."), code="no-hand-over")
    with journal.writing():
        if not Shift.objects.filter(id=shift.id, state="running").update(state="ended", ended_at=now):
            raise _not_running()
        made = _begin(standing_, place, now, planned_to, shift)
        HandOver.objects.filter(id=offer.id).update(taken_at=now, next_shift=made)
        body = {"shift": str(shift.id), "hand_over": str(offer.id), "next": str(made), "at": now.isoformat()}
        journal.append(kinds.TAKEN_OVER, body, _act(standing_, shift), subjects=[shift.id], occurred_at=now)
    return made


def close(standing_: Standing, shift_id: UUID) -> Shift:
    """Close a shift with its report. A running one ends now. Of two who close at once, one gets `Conflict`.

    Who has handed it over does not close it any more. Raises `Conflict` (`shift-closed`, `handed-over-already`).
    """
    policy.require(standing_, PERMISSION)
    shift, place = find(standing_, shift_id), board.here(standing_)
    if shift.state == "closed":
        raise _closed(shift)
    _not_given_away(standing_, shift)
    ended = shift.ended_at or datetime.now(UTC)
    report = figures.of_shift(shift, place, ended)
    for _again in range(COUNTS_AT_MOST):
        with journal.writing():
            _not_given_away(standing_, shift)
            if figures.is_current(report, place, shift.began_at, ended):
                return _freeze(standing_, shift, ended, report)
        report = figures.of_shift(shift, place, ended)  # a decision was written meanwhile that belongs to this shift
    raise Conflict(
        _("Decisions of this shift are still being written."), _("Close it again in a moment."), code="shift-busy"
    )


def _freeze(standing_: Standing, shift: Shift, ended: datetime, report: dict[str, Any]) -> Shift:
    now = datetime.now(UTC)
    digest = hash_of(report)
    values = {
        "state": "closed",
        "ended_at": ended,
        "report": report,
        "report_hash": digest,
        "closed_by": standing_.account,
        "closed_at": now,
    }
    if not Shift.objects.filter(id=shift.id, state=shift.state).update(**values):
        shift.refresh_from_db()
        raise _closed(shift) if shift.state == "closed" else _not_running()
    HandOver.objects.filter(shift=shift, taken_at__isnull=True).delete()
    body = {"shift": str(shift.id), "ended_at": ended.isoformat(), "report_hash": digest, "report": report}
    journal.append(kinds.CLOSED, body, _act(standing_, shift), subjects=[shift.id], occurred_at=now)
    shift.refresh_from_db()
    return shift


def _closed(shift: Shift) -> Conflict:
    return Conflict(
        _("This shift has been closed already, by %(who)s.") % {"who": presence.name_of(shift.closed_by)},
        _("Its report is on its page."),
        code="shift-closed",
    )


def hash_of(report: dict[str, Any]) -> str:
    """SHA-256 of the report's canonical JSON, hexadecimal."""
    return hashlib.sha256(canonical.json_bytes(report)).hexdigest()


def note_of(offer: HandOver) -> str:
    """What the one supervisor wrote to the next; "" if nothing, or erased."""
    if not offer.sealed_note:
        return ""
    plain = data_keys.unseal_many([(offer.shift_id, KEY, bytes(offer.sealed_note))])[0]
    return plain.decode() if plain is not None else ""
