"""What checks and crossings of a unit do here: the same rows, and the stays that follow, by the act of the unit.

A unit may speak of its own checks only, made at the post that its entries come from; whatever else it says raises, and is
put aside for a person. What the registers here have to say is asked afterwards (`later.py`), never in the transaction.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from xenia.errors import BadInput, Conflict, NotFound
from xenia.frontier import crossings, expecting, kinds, record, staying
from xenia.frontier.models import Check, Crossing
from xenia.frontier.second import receipts
from xenia.frontier.shift.models import DayCount
from xenia.frontier.telling import CODES
from xenia.frontier.terms import term
from xenia.identity.models import PURPOSE, Identity
from xenia.journal import arriving, data_keys, desk
from xenia.journal.arriving import Came

DIRECTIONS = ("entry", "exit")
OUTCOMES = {kinds.ADMITTED: "admitted", kinds.REFUSED: "refused"}
AS_THEY_ARE = (
    "direction", "border", "nationality", "document_type", "category", "purpose_of_travel", "carrier", "flight", "basis",
    "exception", "seconds", "referral_seconds", "zone", "reasons",
)  # fmt: skip


@dataclass(frozen=True)
class _Sealed:
    """What a crossing's entry keeps sealed of it."""

    details: Mapping[str, Any] = field(default_factory=dict)
    trip: Mapping[str, Any] = field(default_factory=dict)
    entitled: Mapping[str, Any] | None = None


def kept(came: Came) -> None:
    """A check that was made, or what it keeps now."""
    body, check_id = came.body, UUID(came.body["check"])
    check = desk.get(Check, check_id)
    if check is None:
        _begun(came, check_id)
    elif (check.node, check.identity) != (came.entry.node, UUID(body["identity"])):
        raise _foreign()
    else:
        fresh = _as_kept_here(check, record.from_json(body["kept"]))
        changed = {name: body[name] for name in CODES}
        desk.change(check, sealed=record.seal(check.identity, fresh), asking=check.asking or "check", **changed)


def _begun(came: Came, check_id: UUID) -> None:
    entry, body, who = came.entry, came.body, UUID(came.body["identity"])
    _, post, lane = _place(came)
    if body["direction"] not in DIRECTIONS:
        raise BadInput("The direction is neither entry nor exit.", code="direction")
    day, group = _day(came), _uuid(body["group"])
    until = day + timedelta(days=term("check-kept-days", day))
    mine = desk.get(Identity, who)
    if mine is None or not mine.origin.startswith(f"{entry.node}/"):
        raise _foreign()
    desk.change(mine, delete_on=until)
    row = Check(
        id=check_id,
        identity=who,
        owner=entry.owner,
        post=post,
        lane=lane,
        officer=_author(came),
        purpose=entry.purpose,
        read_at=entry.occurred_at,
        local_date=day,
        sealed=record.seal(who, record.from_json(body["kept"])),
        group=group,
        node=entry.node,
        asking="check",
        delete_on=until,
        **{name: body[name] for name in CODES},
    )
    desk.add(row)
    first = desk.get(Check, group) if group is not None else None
    if first is not None and first.node == entry.node and first.group is None:  # it was read before there was a group
        desk.change(first, group=group)


def _as_kept_here(check: Check, fresh: record.Kept) -> record.Kept:
    """What the unit keeps now, with the hits that only the registers here knew of."""
    before = record.unseal(check.identity, bytes(check.sealed))
    there = {hit.subject for hit in (*fresh.hits, *fresh.silent)}
    return replace(
        fresh,
        hits=(*fresh.hits, *(hit for hit in before.hits if hit.late and hit.subject not in there)),
        silent=(*fresh.silent, *(hit for hit in before.silent if hit.late and hit.subject not in there)),
    )


def dismissed(came: Came) -> None:
    """A POSSIBLE hit that the booth settled."""
    check = _check(came)
    what = record.unseal(check.identity, bytes(check.sealed))
    settled = what.with_dismissed(UUID(came.body["subject"]), came.body["reason"])
    desk.change(check, sealed=record.seal(check.identity, settled))


def put_aside(came: Came) -> None:
    """A check without a decision."""
    _move(_check(came), "put-aside", came)


def referred(came: Came) -> None:
    """Handed to the second line, which is at the unit: here it is a state only."""
    _move(_check(came), "referred", came, referral=UUID(came.body["item"]))


def answered(came: Came) -> None:
    """What the second line decided. An admission or refusal is a crossing of its own, which came before."""
    if came.body["outcome"] == "hand-over":
        _move(_check(came), "handed-over", came)


def crossed(came: Came) -> None:
    """An admission or a refusal: the crossing, its stay, the state of its check, and a day to be counted anew."""
    entry, body, check = came.entry, came.body, _check(came)
    outcome = OUTCOMES[entry.kind]
    day, who = _day(came), check.identity
    if (body["post"], body["lane"], body["direction"]) != (check.post, check.lane, check.direction):
        raise _foreign()
    known, said = crossings.opened(check), _unsealed(who, body["sealed"])
    until = day + timedelta(days=term("crossing-kept-days", day))
    _move(check, outcome, came, delete_on=until, asking="crossing")
    mine = desk.get(Identity, who)
    if mine is not None:
        desk.change(mine, delete_on=until)
    row = Crossing(
        id=UUID(body["crossing"]),
        check_made=check,
        identity=who,
        owner=check.owner,
        post=check.post,
        lane=check.lane,
        outcome=outcome,
        sealed_details=_resealed(who, said.details),
        sealed_trip=_resealed(who, said.trip),
        group=_uuid(body["group"]),
        may_stay_until=date.fromisoformat(body["may_stay_until"]) if body["may_stay_until"] else None,
        officer=_author(came),
        decided_at=entry.occurred_at,
        local_date=day,
        entry=entry.id,
        delete_on=until,
        **{name: body[name] for name in AS_THEY_ARE},
    )
    desk.add(row)
    desk.once(("day", row.post, day), lambda: DayCount.objects.filter(post=row.post, on=day).update(again=True))
    if row.basis:
        if said.entitled is not None:
            known = replace(known, kept=replace(known.kept, entitled=dict(said.entitled)))
        with desk.put_down():
            staying.write(row, known, came.act())


def taken_back(came: Came) -> None:
    """A decision that was reversed within its minute: its stay goes, the check is open again, at the unit."""
    node, _, _ = _place(came)
    row = Crossing.objects.filter(id=UUID(came.body["crossing"]), check_made__node=node).first()
    if row is None:
        raise NotFound("There is no such decision of this unit.", "Look at what came before it.", code="no-crossing")
    if not Crossing.objects.filter(id=row.id, taken_back_at__isnull=True).update(taken_back_at=came.entry.occurred_at):
        raise Conflict("This decision has been taken back already.", code="already-taken-back")
    check = Check.objects.get(id=row.check_made_id)
    told_at = None if check.asking == "crossing" else check.asked_at
    asking = "check" if check.asking else ""
    Check.objects.filter(id=check.id).update(state="open", decided_at=None, seconds=None, asking=asking)
    DayCount.objects.filter(post=row.post, on=row.local_date).update(again=True)
    if row.basis:
        staying.take_back(row.id, came.act())
    receipts.undone(check.id)
    if told_at is not None:
        expecting.taken_back(row, came.act(), told_at)


def _move(check: Check, state: str, came: Came, **more: Any) -> None:
    """As `crossings.move`, at the moment it was done there."""
    if check.state not in ("open", "referred"):
        raise Conflict("This check has been decided already.", code="already-decided")
    if check.state == "open":
        at = came.entry.occurred_at
        more |= {"decided_at": at, "seconds": max(0, int((at - check.read_at).total_seconds()))}
    desk.change(check, state=state, **more)


def _check(came: Came) -> Check:
    """The check that an entry speaks of: of the same unit, at the same post. Raises `NotFound`."""
    node, post, _ = _place(came)
    found = desk.get(Check, UUID(came.body["check"]))
    if found is None or (found.node, found.post) != (node, post):
        raise NotFound("There is no such check of this unit.", "Look at what came before it.", code="no-check")
    return found


def _place(came: Came) -> tuple[str, str, str]:
    """Node, post and lane. Raises `BadInput` where the entry names none, or another node than its own."""
    node, _, rest = came.entry.origin.partition("/")
    post, _, lane = rest.partition("/")
    if node != came.entry.node or not post:
        raise BadInput("This was not written at a lane of its own node.", code="direction")
    return node, post, lane.partition("/")[0]


def _day(came: Came) -> date:
    """The local day, which is one of those that it is somewhere on earth at that moment. Raises `BadInput` (code `odd-day`)."""
    day = date.fromisoformat(came.body["local_date"])
    if abs((day - came.entry.occurred_at.date()).days) > 1:
        raise BadInput("The local day is not that of the entry.", "Look at the unit.", code="odd-day")
    return day


def _author(came: Came) -> UUID:
    return UUID(came.entry.actor.removeprefix("account:"))


def _uuid(text: str) -> UUID | None:
    return UUID(text) if text else None


def _unsealed(identity: UUID, text: str) -> _Sealed:
    if not text:
        return _Sealed()
    plain = json.loads(data_keys.unseal(identity, PURPOSE, b64decode(text)))
    return _Sealed(plain.get("details", {}), plain.get("trip", {}), plain.get("entitled", {}))


def _resealed(identity: UUID, part: Mapping[str, Any]) -> bytes | None:
    return data_keys.seal(identity, PURPOSE, json.dumps(part, ensure_ascii=False).encode()) if part else None


def _foreign() -> Conflict:
    return Conflict("The entry speaks of a record that is not its unit's.", "Look at the unit.", code="not-its-own")


def ahead(many: Sequence[Came]) -> None:
    """The checks that these entries speak of, and whom they are about, so that nobody looks them up one by one."""
    named: dict[str, list[UUID]] = {"check": [], "identity": []}
    for came in many:
        for name, ids in named.items():
            with suppress(KeyError, ValueError, TypeError, AttributeError):
                ids.append(UUID(came.body[name]))
    desk.look_up(Check, named["check"])
    desk.look_up(Identity, named["identity"])


def register() -> None:
    """Make it known; called when Django starts."""
    for kind, effect in (
        (kinds.KEPT, kept), (kinds.DISMISSED, dismissed), (kinds.PUT_ASIDE, put_aside), (kinds.REFERRED, referred),
        (kinds.ANSWERED, answered), (kinds.ADMITTED, crossed), (kinds.REFUSED, crossed),
    ):  # fmt: skip
        arriving.register(kind, effect, at_desk=True, ahead=ahead)
    arriving.register(kinds.TAKEN_BACK, taken_back)
