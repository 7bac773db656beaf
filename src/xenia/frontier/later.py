"""What the registers here say of travellers whom a unit checked: asked once the entries are in, outside their transaction.

A unit asks its own copies of the lists, which may be hours old. So each check that came is asked about again, for the same
purpose, as the lane would have been answered; a warning that the unit did not have becomes work of the second line. A crossing
that came also tells the case that expected its traveller, and is held against other crossings of its document.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from uuid import UUID

from xenia.access.standing import Standing
from xenia.errors import XeniaError
from xenia.frontier import conflicts, expecting, kinds, reading, record
from xenia.frontier.assessing import question
from xenia.frontier.models import Check, Crossing
from xenia.frontier.referrals import CONFLICT_KIND, RETRO_KIND
from xenia.frontier.second import receipts
from xenia.journal import actions as journal
from xenia.journal import clock
from xenia.journal.act import Act
from xenia.journal.node import node
from xenia.registers import search
from xenia.registers.search import Answer
from xenia.registers.search.ask import read_body, subjects_of
from xenia.registers.search.kinds import ASKED
from xenia.work import items
from xenia.work.models import WorkItem

log = logging.getLogger("xenia.frontier")
AT_ONCE = 50
FIRST_LINE, ROLE = "border-first-line", "first-line-officer"


@dataclass(frozen=True)
class _Waiting:
    """A check that waits to be asked about. `known`: what it keeps, None where it was erased or cannot be read."""

    check: Check
    question: search.Question | None


def ask_later() -> int:
    """Ask about checks that came from units, up to fifty at a time; how many were asked about. A chore."""
    rows = list(Check.objects.exclude(asking="").order_by("owner", "read_at")[:AT_ONCE])
    done = 0
    for _, some in groupby(_waiting(rows), key=lambda one: one.check.owner):
        done += _asked(list(some))
    return done


def _waiting(rows: Sequence[Check]) -> list[_Waiting]:
    opened = record.unseal_many([(row.identity, bytes(row.sealed)) for row in rows])
    return [_Waiting(row, _question(row, kept)) for row, kept in zip(rows, opened, strict=True)]


def _question(row: Check, kept: record.Kept | None) -> search.Question | None:
    if kept is None:
        return None
    try:
        return question(row, reading.again(kept.document, row.local_date), kept)
    except (XeniaError, KeyError, TypeError):
        log.exception("a unit's check cannot be asked about", extra={"check": str(row.id)})
        return None


def _asked(some: Sequence[_Waiting]) -> int:
    """Those of one owner: one question to all registers, then a short transaction for each."""
    asked = [one.question for one in some if one.question]
    first = some[0].check
    answers = search.find(asked, _standing(first), FIRST_LINE, f"check:{first.id}") if asked else []
    if any(one.state == "broken" for answer in answers for one in answer.asked):
        return 0  # asked again when the register answers
    found = {answer.id: answer for answer in answers}
    crossed = [one.check.id for one in some if one.check.asking == "crossing"]
    rows = list(Crossing.objects.filter(check_made__in=crossed, taken_back_at__isnull=True))
    against = conflicts.find(rows, first.local_date)
    for one in some:
        _settle(one.check, found.get(str(one.check.id)), against)
    return len(asked)


def _standing(check: Check) -> Standing:
    """Who asked at the unit, as the lane asks."""
    roles = frozenset({ROLE})
    return Standing(check.officer, "", "", check.owner, roles, check.post, check.lane, check.node)


def _settle(check: Check, answer: Answer | None, against: Mapping[UUID, conflicts.Seen]) -> None:
    """Write down what was asked, and what follows. Nothing where something new came of the check meanwhile."""
    now = clock.now()
    with journal.writing():
        row = Check.objects.select_for_update().filter(id=check.id, asking=check.asking).first()
        if row is None or bytes(row.sealed) != bytes(check.sealed):
            return
        Check.objects.filter(id=row.id).update(asking="", asked_at=now)
        if answer is None:
            return
        standing = _standing(row)
        act = replace(standing.act(FIRST_LINE, f"check:{row.id}"), actor="system:frontier", origin=node())
        read = journal.prepare(ASKED, read_body([answer]), act, subjects=subjects_of([answer]), occurred_at=now)
        journal.append_many([read])
        _warned(row, answer, act, now)
        if check.asking == "crossing":
            _crossed(row, standing, answer, act, now, against.get(row.id))


def _warned(row: Check, answer: Answer, act: Act, now: datetime) -> None:
    """Warnings that the unit did not have. A discreet one takes the way of all discreet ones, unseen."""
    kept = record.unseal(row.identity, bytes(row.sealed))
    more = record.with_late(kept, answer)
    late, silent = more.hits[len(kept.hits) :], more.silent[len(kept.silent) :]
    if not late and not silent:
        return
    sealed = record.seal(row.identity, more)
    Check.objects.filter(id=row.id).update(sealed=sealed, silent=row.silent or bool(silent))
    if late:
        records = [hit.subject for hit in late]
        _open(RETRO_KIND, kinds.RETRO, row, {"records": records}, act, now, [UUID(one) for one in records])


def _crossed(
    row: Check, standing: Standing, answer: Answer, act: Act, now: datetime, other: conflicts.Seen | None
) -> None:
    crossing = Crossing.objects.filter(check_made=row, taken_back_at__isnull=True).first()
    if crossing is None:
        return
    by = standing.act(FIRST_LINE, f"check:{row.id}")
    if expecting.told(standing, row, answer, crossing.outcome, crossing.decided_at, by, by_unit=True):
        receipts.note(row.id, receipts.ARRIVED, now)
    if other is None or _is_known(crossing, other):
        return
    body = {"crossing": str(crossing.id), "other": str(other.crossing), "post": other.post, "at": other.at.isoformat()}
    _open(CONFLICT_KIND, kinds.CONFLICT, row, body, act, now, [other.identity])


def _is_known(crossing: Crossing, other: conflicts.Seen) -> bool:
    """Whether the other one of the two was found to contradict this one before."""
    there = WorkItem.objects.filter(kind=CONFLICT_KIND, subject=str(other.check))
    return any(item.body.get("other") == str(crossing.id) for item in there)


def _open(
    item_kind: str, kind: str, row: Check, body: Mapping[str, object], act: Act, now: datetime, beside: Sequence[UUID]
) -> None:
    """A work item of the second line of that post, and the entry that says why."""
    shown = {"lane": row.lane, "verdict": "look", "hits": len(beside), "direction": row.direction, **body}
    item = items.open_item(
        item_kind, row.id, owner=row.owner, post=row.post, about=row.identity, urgency=0, body=shown, act=act
    )
    told = {"check": str(row.id), "item": str(item.id), **{name: body[name] for name in body if name != "records"}}
    journal.append(kind, told, act, subjects=[row.identity, *beside], occurred_at=now)
