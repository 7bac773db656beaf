"""The only writers of this room: deciding. Reading a document is `checking`, the second line `referrals`.

Each writes its effect and its entry in one short transaction; the search comes before it, never inside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.frontier import assessing, crossings, expecting, groups, kinds, record, referrals, rules, telling
from xenia.frontier.check import CheckView
from xenia.frontier.checking import FIRST_LINE, add_child, check_text, check_typed, start_group
from xenia.frontier.models import Check, Crossing
from xenia.frontier.reading import ReadDocument
from xenia.frontier.referrals import answer_referral, claim_referral, release_referral
from xenia.frontier.terms import known_reasons
from xenia.frontier.trip import Trip
from xenia.frontier.views import check_view, take_back_until
from xenia.journal import actions as journal
from xenia.journal import clock, data_keys
from xenia.registers import search
from xenia.registers.search import Answer

__all__ = [
    "add_child", "admit", "admit_group", "answer_referral", "check_text", "check_typed", "claim_referral", "dismiss",
    "put_aside", "refer", "refuse", "release_referral", "say_trip", "start_group", "take_back",
]  # fmt: skip

LONGEST_NOTE = 2000


@dataclass(frozen=True)
class Open:
    """An officer's own open check with what stands in the registers at this moment."""

    check: Check
    weighed: assessing.Weighed
    now: datetime

    def view(self, standing: Standing) -> CheckView:
        """As the page shows it now."""
        return check_view(self.check, self.weighed, standing)

    def record(self, standing: Standing, outcome: str, trip: Trip | None = None, **why: Any) -> UUID:
        """The crossing, by what right the stay is now; inside `journal.writing()`. `why`: reasons and details of a refusal."""
        kept = self.weighed.kept
        _note_silent(self.check, kept, self.weighed.answer)
        known = crossings.Known(replace(kept, entitled=self.weighed.entitled()), self.weighed.document)
        crossing = crossings.record(standing, self.check, outcome, self.now, FIRST_LINE, trip=trip, known=known, **why)
        act = standing.act(FIRST_LINE, f"check:{self.check.id}")
        expecting.told(standing, self.check, self.weighed.answer, outcome, self.now, act)
        return crossing


def admit(standing: Standing, check_id: UUID, trip: Trip | None = None) -> UUID:
    """Let the traveller through; returns the crossing. Raises `NotAllowed` where the check's findings forbid it."""
    policy.require(standing, "frontier.admit")
    one = _ready(standing, check_id, trip)
    key = one.view(standing).keys["admit"]
    if not key.allowed:
        raise NotAllowed(f"You cannot admit here: {key.reason}.", "Refer to second line.", code="decision-not-open")
    with journal.writing():
        return one.record(standing, "admitted", trip)


def admit_group(standing: Standing, check_id: UUID, trip: Trip | None = None) -> list[UUID]:
    """Let all who travel together through, in one transaction; returns the crossings.

    Raises `NotAllowed` where anything speaks against one of them: that one is decided alone, and the others after.
    """
    policy.require(standing, "frontier.admit")
    first = _ready(standing, check_id, trip)
    together = _together(standing, first)
    for one in together:
        if one.check.officer != standing.account:
            raise NotAllowed(
                "Another officer began a check of this group.", "Decide one by one.", code="not-your-check"
            )
        if not groups.is_ready(one.view(standing)):
            raise NotAllowed("Not all of this group are clear.", "Decide one by one.", code="group-not-clear")
    with journal.writing():
        return [one.record(standing, "admitted", trip) for one in together]


def _together(standing: Standing, first: Open) -> list[Open]:
    """All of the group who wait at this lane, the others asked once more. Who was let through still accompanies them."""
    rows = [first.check, *groups.of(first.check)]
    whole = [crossings.Known(first.weighed.kept, first.weighed.document), *map(crossings.opened, rows[1:])]
    adults = groups.accompanied([it.document for it in whole], first.check.local_date)
    waiting = [one for one in zip(rows, whole, adults, strict=True) if groups.waits(one[0], first.check)]
    questions = [assessing.question(row, it.document, it.kept) for row, it, _ in waiting[1:]]
    found = search.find(questions, standing, FIRST_LINE, f"check:{first.check.id}") if questions else []
    return [
        Open(row, assessing.weigh(row, it.document, answer, it.kept, accompanied=adult), first.now)
        for (row, it, adult), answer in zip(waiting, [first.weighed.answer, *found], strict=True)
    ]


def _ready(standing: Standing, check_id: UUID, trip: Trip | None) -> Open:
    """The officer's own open check, asked once more: an alert entered since the read still stops.

    Not shown to anybody, so it needs no read entry of its own; the decision's entry follows.
    """
    check, kept, document, now = _open(standing, check_id)
    if trip:
        kept = replace(kept, trip=trip.over(Trip.from_json(kept.trip)).to_json())
    return Open(check, assessing.weigh(check, document, _asked_again(standing, check, document, kept), kept), now)


def _asked_again(standing: Standing, check: Check, document: ReadDocument, kept: record.Kept) -> Answer:
    question = assessing.question(check, document, kept)
    return search.find([question], standing, FIRST_LINE, f"check:{check.id}")[0]


def _note_silent(check: Check, kept: record.Kept, answer: Answer) -> None:
    """Alerts that the booth must not notice and that came since the read: kept, to become work items.

    Written where there are none too, so that the time of a decision tells nothing.
    """
    known = {one.subject for one in kept.silent}
    fresh = any(str(hit.subject) not in known for hit in answer.silent)
    sealed = record.seal(check.identity, replace(kept, silent=record.kept({}, answer).silent))
    Check.objects.filter(id=check.id).update(
        silent=True if fresh else F("silent"), sealed=sealed if fresh else F("sealed")
    )


def refuse(
    standing: Standing, check_id: UUID, reasons: Sequence[str], details: Mapping[str, str], trip: Trip | None = None
) -> UUID:
    """Refuse entry or exit for the reasons of the standard form; returns the crossing.

    `details`: sub-fields of the form by name, free text, sealed. Raises `BadInput`, `NotAllowed`, `Conflict`.
    """
    policy.require(standing, "frontier.refuse")
    codes = known_reasons(list(reasons))
    one = _ready(standing, check_id, trip)
    key = one.view(standing).keys["refuse"]
    if not key.allowed:
        raise NotAllowed(f"You cannot refuse here: {key.reason}.", "Refer to second line.", code="decision-not-open")
    with journal.writing():
        return one.record(standing, "refused", trip, reasons=codes, details=details)


def refer(standing: Standing, check_id: UUID, note: str, trip: Trip | None = None) -> UUID:
    """Hand the traveller to the second line with a note and what was said of the trip; returns the work item.

    A request (a visa at the border, an exception) goes along with its reason: the second line decides on it.
    """
    policy.require(standing, "frontier.refer")
    check, kept, _, now = _open(standing, check_id)
    said = (trip or Trip()).over(Trip.from_json(kept.trip))
    if said:
        kept = replace(kept, trip=said.to_json())
    with journal.writing():
        return referrals.send(standing, check, kept, note.strip()[:LONGEST_NOTE], now)


def say_trip(standing: Standing, check_id: UUID, trip: Trip) -> None:
    """Keep what the traveller says of the trip, so that the limits are worked out with it."""
    policy.require(standing, "frontier.check")
    check, kept, _, _ = _open(standing, check_id)
    kept = replace(kept, trip=trip.to_json())
    with journal.writing():
        sealed = record.seal(check.identity, kept)
        if not Check.objects.filter(id=check.id, state="open").update(sealed=sealed):
            raise _decided()
        journal.append_many(telling.kept(check, kept, standing.act(FIRST_LINE, f"check:{check.id}"), clock.now()))


def dismiss(standing: Standing, check_id: UUID, hit_no: int, reason: str) -> None:
    """Settle a POSSIBLE hit as somebody else. Raises `NotAllowed` for a band or category that needs a second person."""
    policy.require(standing, "frontier.check")
    if not reason.strip():
        raise BadInput("No reason was given.", "Say what speaks against it.", code="dismissal")
    check, kept, document, now = _open(standing, check_id)
    hits = _asked_again(standing, check, document, kept).warnings
    if not 1 <= hit_no <= len(hits):
        raise NotFound("There is no such hit on this check.", "Read the document again.", code="no-hit")
    hit = hits[hit_no - 1]
    if not rules.may_dismiss(hit):
        raise NotAllowed("Only second line may settle this hit.", "Refer to second line.", code="second-line-only")
    if not any(one.subject == str(hit.subject) for one in kept.hits):
        raise Conflict(
            "The registers changed since this document was read.", "Read it again.", code="registers-changed"
        )
    act = standing.act(FIRST_LINE, f"check:{check.id}")
    with journal.writing():
        sealed = record.seal(check.identity, kept.with_dismissed(hit.subject, reason.strip()[:300]))
        if not Check.objects.filter(id=check.id, state="open").update(sealed=sealed):
            raise _decided()
        body = {
            "check": str(check.id),
            "register": hit.register,
            "subject": str(hit.subject),
            "band": hit.band,
            "reason": reason.strip()[:300],
        }
        journal.append(
            kinds.DISMISSED,
            body,
            act,
            subjects=[check.identity, hit.subject],
            occurred_at=now,
            sealed_for=(check.identity, "identity"),
        )


def put_aside(standing: Standing, check_id: UUID) -> None:
    """Leave a check without a decision. One with a hit that only a second person may settle cannot be put aside."""
    policy.require(standing, "frontier.check")
    check, kept, document, now = _open(standing, check_id)
    answer = _asked_again(standing, check, document, kept)
    if any(not rules.may_dismiss(hit) and not kept.dismissal(hit.subject) for hit in answer.warnings):
        raise NotAllowed("A hit is open on this check.", "Refer to second line.", code="second-line-only")
    act = standing.act(FIRST_LINE, f"check:{check.id}")
    with journal.writing():
        _note_silent(check, kept, answer)
        crossings.move(check, "put-aside")
        journal.append(kinds.PUT_ASIDE, {"check": str(check.id)}, act, subjects=[check.identity], occurred_at=now)


def take_back(standing: Standing, crossing_id: UUID) -> UUID:
    """Reverse one's own decision within the minute by a new entry; the check is open again. Returns the check.

    A group that was admitted with one key is taken back with one.

    Raises `NotFound`, `Conflict` (too late, or already taken back).
    """
    policy.require(standing, "frontier.take_back")
    mine = Crossing.objects.filter(post=standing.post, officer=standing.account, check_made__node="")
    crossing = mine.filter(id=crossing_id).first()
    if crossing is None:
        raise NotFound("There is no such decision of yours.", "Ask the supervisor.", code="no-crossing")
    now, until = clock.now(), take_back_until(crossing)
    if until is None or now > until:
        raise Conflict(
            "It is too late to take this back.", "Refer the traveller, or ask the supervisor.", code="too-late"
        )
    together = [crossing]
    if crossing.group is not None:
        same = Crossing.objects.filter(group=crossing.group, officer=standing.account, decided_at=crossing.decided_at)
        together += same.filter(taken_back_at__isnull=True).exclude(id=crossing.id)
    with journal.writing():
        for one in together:
            crossings.reverse(standing, one, now, FIRST_LINE)
    return crossing.check_made_id


def _open(standing: Standing, check_id: UUID) -> tuple[Check, record.Kept, ReadDocument, datetime]:
    """The officer's own open check. Raises `NotFound`, `Conflict`."""
    from xenia.frontier import reading

    check = Check.objects.filter(id=check_id, post=standing.post, lane=standing.lane).first()
    if check is None:
        raise NotFound("There is no such check at this lane.", "Read the document again.", code="no-check")
    if check.officer != standing.account:
        raise NotAllowed("Another officer began this check.", "Read the document again.", code="not-your-check")
    if check.node:
        raise decided_there()
    if check.state != "open":
        raise _decided()
    try:
        kept = record.unseal(check.identity, bytes(check.sealed))
    except data_keys.Erased:
        raise NotFound("What was read has been erased.", "Read the document again.", code="no-check") from None
    return check, kept, reading.again(kept.document, check.local_date), clock.now()


def decided_there() -> NotAllowed:
    """A unit's check came here to be looked at."""
    return NotAllowed(
        "This traveller was checked at a field unit.",
        "Decide there, or read the document again.",
        code="checked-at-unit",
    )


def _decided() -> Conflict:
    return Conflict(
        "This check has been decided already.",
        "Read the document again if it is still with you.",
        code="already-decided",
    )
