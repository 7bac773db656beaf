"""The only writers of this room: checking a document, and deciding.

Each writes its effect and its entry in one short transaction; the search comes before it, never inside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.frontier import crossings, kinds, record, referrals, rules
from xenia.frontier.check import CheckView, Typed
from xenia.frontier.models import Check, Crossing
from xenia.frontier.reading import ReadDocument, from_text, from_typed
from xenia.frontier.referrals import answer_referral, claim_referral, release_referral
from xenia.frontier.terms import known_reasons, term
from xenia.frontier.views import check_view, take_back_until
from xenia.identity import actions as identity
from xenia.journal import actions as journal
from xenia.journal import data_keys
from xenia.journal.ids import uuid7
from xenia.registers import search
from xenia.registers.search import Answer, Question
from xenia.registers.search.ask import read_body, subjects_of

__all__ = [
    "admit", "answer_referral", "check_text", "check_typed", "claim_referral", "dismiss", "put_aside", "refer", "refuse",
    "release_referral", "take_back",
]  # fmt: skip

FIRST_LINE = "border-first-line"
DIRECTIONS = ("entry", "exit")
LONGEST_NOTE = 2000


def check_text(standing: Standing, lane: str, text: str, direction: str) -> CheckView:
    """Read a document from a reader's text and ask every register that the first line may ask.

    Raises `BadInput` (`unreadable-document`) where the text is none; `NotAllowed`. What was asked is on record before
    the answer is returned.
    """
    now = _may(standing, "frontier.check", lane, direction)
    return _check(standing, from_text(text, _local(standing, now)), lane, direction, now)


def check_typed(standing: Standing, lane: str, typed: Typed, direction: str) -> CheckView:
    """As `check_text`, for a document typed by hand. Raises `BadInput` that names the field."""
    now = _may(standing, "frontier.check", lane, direction)
    return _check(standing, from_typed(typed, _local(standing, now)), lane, direction, now)


def _may(standing: Standing, permission: str, lane: str, direction: str) -> datetime:
    policy.require(standing, permission)
    if not standing.post or standing.lane != lane:
        raise NotAllowed("You do not stand at this lane.", "Choose your lane first.", code="no-lane")
    if direction not in DIRECTIONS:
        raise BadInput("The direction is neither entry nor exit.", code="direction")
    return datetime.now(UTC)


def _local(standing: Standing, now: datetime) -> Any:
    return now.astimezone(ZoneInfo(standing.zone)).date()


def _check(standing: Standing, document: ReadDocument, lane: str, direction: str, now: datetime) -> CheckView:
    check_id, today = uuid7(), _local(standing, now)
    question = Question(str(check_id), document.claimed, today)
    answer = search.find([question], standing, FIRST_LINE, f"check:{check_id}")[0]
    act = standing.act(FIRST_LINE, f"check:{check_id}")
    kept = record.kept(document.source, answer)
    with journal.writing(), data_keys.held():
        delete_on = today + timedelta(days=term("check-kept-days", today))
        who, claimed = identity.note(document.claimed, act, source=document.view.layout, now=now, delete_on=delete_on)
        check = Check(
            id=check_id,
            identity=who,
            owner=standing.authority,
            post=standing.post or "",
            lane=lane,
            direction=direction,
            officer=standing.account,
            purpose=FIRST_LINE,
            read_at=now,
            local_date=today,
            sealed=record.seal(who, kept),
            silent=bool(answer.silent),
            delete_on=delete_on,
        )
        view = check_view(check, document, answer, kept, standing)
        check.verdict = view.verdict
        check.save(force_insert=True)
        body = {
            "check": str(check_id),
            "identity": str(who),
            "direction": direction,
            "verdict": view.verdict,
            **read_body([answer]),
        }
        checked = journal.prepare(kinds.CHECKED, body, act, subjects=[who, *subjects_of([answer])], occurred_at=now)
        journal.append_many([claimed, checked])
    return view


def admit(standing: Standing, check_id: UUID) -> UUID:
    """Let the traveller through; returns the crossing. Raises `NotAllowed` where the check's findings forbid it."""
    policy.require(standing, "frontier.admit")
    check, kept, document, now = _open(standing, check_id)
    answer = _asked_again(standing, check, document)
    key = check_view(check, document, answer, kept, standing).keys["admit"]
    if not key.allowed:
        raise NotAllowed(f"You cannot admit here: {key.reason}.", "Refer to second line.", code="decision-not-open")
    with journal.writing():
        _note_silent(check, kept, answer)
        return crossings.record(standing, check, "admitted", now, FIRST_LINE)


def _asked_again(standing: Standing, check: Check, document: ReadDocument) -> Answer:
    """What stands in the registers at the moment of decision: an alert entered since the read still stops.

    Not shown to anybody, so it needs no read entry of its own; the decision's entry follows.
    """
    return search.find(
        [Question(str(check.id), document.claimed, check.local_date)], standing, FIRST_LINE, f"check:{check.id}"
    )[0]


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


def refuse(standing: Standing, check_id: UUID, reasons: Sequence[str], details: Mapping[str, str]) -> UUID:
    """Refuse entry or exit for the reasons of the standard form; returns the crossing.

    `details`: sub-fields of the form by name, free text, sealed. Raises `BadInput`, `NotAllowed`, `Conflict`.
    """
    policy.require(standing, "frontier.refuse")
    codes = known_reasons(list(reasons))
    check, kept, document, now = _open(standing, check_id)
    answer = _asked_again(standing, check, document)
    key = check_view(check, document, answer, kept, standing).keys["refuse"]
    if not key.allowed:
        raise NotAllowed(f"You cannot refuse here: {key.reason}.", "Refer to second line.", code="decision-not-open")
    with journal.writing():
        _note_silent(check, kept, answer)
        return crossings.record(standing, check, "refused", now, FIRST_LINE, codes, details)


def refer(standing: Standing, check_id: UUID, note: str) -> UUID:
    """Hand the traveller to the second line with a note; returns the work item."""
    policy.require(standing, "frontier.refer")
    check, kept, _, now = _open(standing, check_id)
    with journal.writing():
        return referrals.send(standing, check, kept, note.strip()[:LONGEST_NOTE], now)


def dismiss(standing: Standing, check_id: UUID, hit_no: int, reason: str) -> None:
    """Settle a POSSIBLE hit as somebody else. Raises `NotAllowed` for a band or category that needs a second person."""
    policy.require(standing, "frontier.check")
    if not reason.strip():
        raise BadInput("No reason was given.", "Say what speaks against it.", code="dismissal")
    check, kept, document, now = _open(standing, check_id)
    hits = _asked_again(standing, check, document).hits
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
    answer = _asked_again(standing, check, document)
    if any(not rules.may_dismiss(hit) and not kept.dismissal(hit.subject) for hit in answer.hits):
        raise NotAllowed("A hit is open on this check.", "Refer to second line.", code="second-line-only")
    act = standing.act(FIRST_LINE, f"check:{check.id}")
    with journal.writing():
        _note_silent(check, kept, answer)
        crossings.move(check, "put-aside")
        journal.append(kinds.PUT_ASIDE, {"check": str(check.id)}, act, subjects=[check.identity], occurred_at=now)


def take_back(standing: Standing, crossing_id: UUID) -> UUID:
    """Reverse one's own decision within the minute by a new entry; the check is open again. Returns the check.

    Raises `NotFound`, `Conflict` (too late, or already taken back).
    """
    policy.require(standing, "frontier.take_back")
    crossing = Crossing.objects.filter(id=crossing_id, post=standing.post, officer=standing.account).first()
    if crossing is None:
        raise NotFound("There is no such decision of yours.", "Ask the supervisor.", code="no-crossing")
    now, until = datetime.now(UTC), take_back_until(crossing)
    if until is None or now > until:
        raise Conflict(
            "It is too late to take this back.", "Refer the traveller, or ask the supervisor.", code="too-late"
        )
    with journal.writing():
        crossings.reverse(standing, crossing, now, FIRST_LINE)
    return crossing.check_made_id


def _open(standing: Standing, check_id: UUID) -> tuple[Check, record.Kept, ReadDocument, datetime]:
    """The officer's own open check. Raises `NotFound`, `Conflict`."""
    from xenia.frontier import reading

    check = Check.objects.filter(id=check_id, post=standing.post, lane=standing.lane).first()
    if check is None:
        raise NotFound("There is no such check at this lane.", "Read the document again.", code="no-check")
    if check.officer != standing.account:
        raise NotAllowed("Another officer began this check.", "Read the document again.", code="not-your-check")
    if check.state != "open":
        raise _decided()
    try:
        kept = record.unseal(check.identity, bytes(check.sealed))
    except data_keys.Erased:
        raise NotFound("What was read has been erased.", "Read the document again.", code="no-check") from None
    return check, kept, reading.again(kept.document, check.local_date), datetime.now(UTC)


def _decided() -> Conflict:
    return Conflict(
        "This check has been decided already.",
        "Read the document again if it is still with you.",
        code="already-decided",
    )
