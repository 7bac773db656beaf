"""The second line: what the booth hands over, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotFound
from xenia.frontier import crossings, expecting, kinds, reading, record, telling
from xenia.frontier.assessing import question
from xenia.frontier.models import Check
from xenia.frontier.second import cases, handover
from xenia.frontier.terms import known_reasons
from xenia.journal import actions as journal
from xenia.journal import clock, data_keys
from xenia.journal.act import Act
from xenia.registers import search
from xenia.registers.search import Answer, Hit
from xenia.work import items, rules
from xenia.work.models import WorkItem

KIND = "frontier.referral"
SILENT_KIND = "frontier.silent-hit"
RETRO_KIND = "alert.retro-hit"
CONFLICT_KIND = "crossing.conflict"
SHOWN = (KIND, SILENT_KIND, RETRO_KIND, CONFLICT_KIND)
ROLE = "second-line-officer"
SECOND_LINE = "border-second-line"
OUTCOMES = {"admit": "admitted", "refuse": "refused", "hand-over": "handed-over"}
NOTED = "noted"
LOUD = ("open", "specific", "")
"""Handling codes that the booth may notice. Source: the default policy, rows P1-02 to P1-06."""
LONGEST_NOTE = 2000


def register_kinds() -> None:
    """Make the work items of this room known; called when Django starts."""
    for kind, label, outcomes in (
        (KIND, _("Traveller referred"), tuple(OUTCOMES)),
        (SILENT_KIND, _("Alert to be handled unseen"), (NOTED,)),
        (RETRO_KIND, _("Alert found after a unit's check"), (NOTED,)),
        (CONFLICT_KIND, _("Two crossings that cannot both be"), (NOTED,)),
    ):
        items.register_kind(items.ItemKind(kind, label, _url, ROLE, SECOND_LINE, outcomes, _answered))


def _answered(item: WorkItem, outcome: str, note: str, standing: Standing, act: Act) -> None:
    """By whatever way an item is answered: never by who checked the traveller."""
    check = Check.objects.filter(id=item.subject).first()
    if check is not None:
        _another(standing, check)


def _url(item: WorkItem) -> str:
    from django.urls import reverse

    return reverse("frontier:referral", args=[item.id])


def send(standing: Standing, check: Check, kept: record.Kept, note: str, now: datetime) -> UUID:
    """Hand an open check to the second line; returns the work item. Inside `journal.writing()`."""
    act = standing.act("border-first-line", f"check:{check.id}")
    crossings.move(check, "referred")
    item = items.open_item(
        KIND,
        check.id,
        owner=check.owner,
        post=check.post,
        about=check.identity,
        urgency=0,
        body={"lane": check.lane, "verdict": check.verdict, "hits": len(kept.hits), "direction": check.direction},
        act=act,
    )
    kept = replace(kept, note=note)
    sealed = record.seal(check.identity, kept)
    Check.objects.filter(id=check.id).update(referral=item.id, sealed=sealed)
    journal.append(
        kinds.REFERRED,
        {"check": str(check.id), "item": str(item.id), "note": note},
        act,
        subjects=[check.identity],
        occurred_at=now,
        sealed_for=(check.identity, "identity"),
    )
    journal.append_many(telling.kept(check, kept, act, now))
    return item.id


def answer_referral(
    standing: Standing,
    item_id: UUID,
    outcome: str,
    note: str,
    reasons: Sequence[str] = (),
    details: Mapping[str, str] | None = None,
) -> None:
    """The second line's answer: admit, refuse (with reasons of the form) or handed over in person to somebody else.

    The item must be claimed by this officer, who is not the one that referred: a hit is never settled by one person.
    What the hits do not leave open is refused (`hit-open`); asked anew, so that an alert entered since still stops.
    An alert handled unseen is only `noted`: the crossing was the booth's to decide, and stays as it is. So is what was
    found here after a unit's check.
    """
    policy.require(standing, "frontier.second_line")
    item, check = find(standing, item_id)
    if outcome not in outcomes_of(item):
        raise BadInput("The answer is none of admit, refuse, hand-over.", code="referral-outcome")
    if not note.strip() and outcome not in ("refuse", "hand-over"):
        raise BadInput("The answer needs a note.", "Write what you found and why you decide so.", code="referral-note")
    codes = known_reasons(list(reasons)) if outcome == "refuse" else []
    if outcome == NOTED:
        items.answer(standing, item.id, NOTED, note.strip()[:LONGEST_NOTE])
        return
    _another(standing, check)
    rules.may_answer(item.claimed_by, item.answered_at, standing.account)
    asked = None if outcome == "hand-over" else _ask(standing, check)
    if asked is not None:
        cases.require_open(check, outcome, codes, _loud(_warning(asked)))
    now, act = clock.now(), standing.act(SECOND_LINE, f"check:{check.id}")
    with journal.writing():
        items.answer(standing, item.id, outcome, note.strip()[:LONGEST_NOTE])
        crossing = None
        if asked is None:
            crossings.move(check, "handed-over")
        else:
            crossing = crossings.record(standing, check, OUTCOMES[outcome], now, SECOND_LINE, codes, details)
            expecting.told(standing, check, asked, OUTCOMES[outcome], now, act)
        body = {
            "check": str(check.id),
            "item": str(item.id),
            "outcome": outcome,
            "crossing": str(crossing) if crossing else "",
            "reasons": codes,
        }
        journal.append(kinds.ANSWERED, body, act, subjects=[check.identity], occurred_at=now)


def hand_over(
    standing: Standing, item_id: UUID, kind: str, authority: str, note: str, *, with_interview: bool = True
) -> None:
    """Hand the person to the asylum authority or the police: the border's own records say no more than `handed over`.

    `note`: for the receiving officer alone. Raises `BadInput` (`handover-to`), `Unavailable` (`no-receiver`), `Conflict`.
    """
    policy.require(standing, "frontier.second_line")
    item, check = find(standing, item_id)
    if "hand-over" not in outcomes_of(item):
        raise BadInput("This is not answered by handing over.", code="referral-outcome")
    _another(standing, check)
    kept = record.unseal(check.identity, bytes(check.sealed))
    now, act = clock.now(), standing.act(SECOND_LINE, f"check:{check.id}")
    with journal.writing():
        items.answer(standing, item.id, "hand-over")
        crossings.move(check, "handed-over")
        handover.make(standing, check, kept, kind, authority, note, with_interview=with_interview)
        body = {"check": str(check.id), "item": str(item.id), "outcome": "hand-over", "crossing": "", "reasons": []}
        journal.append(kinds.ANSWERED, body, act, subjects=[check.identity], occurred_at=now)


def _another(standing: Standing, check: Check) -> None:
    """Who checked the traveller never settles what was found, seen at the booth or not."""
    if check.officer == standing.account:
        raise Conflict("You referred this traveller yourself.", "Another officer must answer.", code="four-eyes")


def _ask(standing: Standing, check: Check) -> Answer:
    """What the registers say now, to the second line. Shown to nobody here; the page that shows it journals its read."""
    kept = record.unseal(check.identity, bytes(check.sealed))
    document = reading.again(kept.document, check.local_date)
    return search.find([question(check, document, kept)], standing, SECOND_LINE, f"check:{check.id}")[0]


def _warning(answer: Answer) -> list[Hit]:
    return [hit for hit in (*answer.hits, *answer.silent) if hit.severity != "info"]


def _loud(hits: Sequence[Hit]) -> list[Hit]:
    return [hit for hit in hits if hit.handling in LOUD]


def outcomes_of(item: WorkItem) -> tuple[str, ...]:
    """What may be answered."""
    return tuple(OUTCOMES) if item.kind == KIND else (NOTED,)


def claim_referral(standing: Standing, item_id: UUID) -> None:
    """Take a referral of this post: nobody else answers it meanwhile. Its hits begin their procedures."""
    policy.require(standing, "frontier.second_line")
    item, check = find(standing, item_id)
    silent = item.kind == SILENT_KIND
    _another(standing, check)
    hits = [hit for hit in _warning(_ask(standing, check)) if (hit.handling not in LOUD) == silent]
    if item.kind in (RETRO_KIND, CONFLICT_KIND):  # what the unit knew is the unit's second line's
        hits = [hit for hit in hits if str(hit.subject) in item.body.get("records", ())]
    now, act = clock.now(), standing.act(SECOND_LINE, f"check:{check.id}")
    with journal.writing():
        items.claim(standing, item_id)
        cases.open_for(check, item_id, hits, act, now, silent=silent)


def release_referral(standing: Standing, item_id: UUID) -> None:
    """Give it back to the queue."""
    policy.require(standing, "frontier.second_line")
    find(standing, item_id)
    items.release(standing, item_id)


def find(standing: Standing, item_id: UUID) -> tuple[WorkItem, Check]:
    """A referral of this standing's post, with its check. Raises `NotFound`."""
    item = WorkItem.objects.filter(id=item_id, kind__in=SHOWN, post=standing.post or "").first()
    check = Check.objects.filter(id=item.subject).first() if item else None
    if item is None or check is None:
        raise NotFound("There is no such referral at your post.", "Go back to the queue.", code="no-referral")
    return item, check


def raise_silent_hits() -> int:
    """Open a work item for each check whose silent hits nobody was told of; how many. A chore of the serving process.

    Done apart from the check, so that the booth's answer takes the same time with and without such a hit.
    """
    waiting = list(Check.objects.filter(silent=True)[:100])
    for check in waiting:
        try:
            silent = record.unseal(check.identity, bytes(check.sealed)).silent
        except data_keys.Erased:
            silent = ()
        if check.node:  # the unit raised its own
            silent = tuple(hit for hit in silent if hit.late)
        _raise(check, silent)
    return len(waiting)


def _raise(check: Check, silent: Sequence[record.KeptHit]) -> None:
    act = Act("system:frontier", check.owner, SECOND_LINE, "", f"check:{check.id}", check.post)
    with journal.writing():
        if not Check.objects.filter(id=check.id, silent=True).update(silent=False) or not silent:
            return
        body = {"lane": check.lane, "verdict": "look", "hits": len(silent), "direction": check.direction}
        item = items.open_item(
            SILENT_KIND,
            check.id,
            owner=check.owner,
            post=check.post,
            about=check.identity,
            urgency=0,
            body=body,
            act=act,
        )
        journal.append(
            kinds.SILENT,
            {"check": str(check.id), "item": str(item.id)},
            act,
            subjects=[check.identity, *(UUID(one.subject) for one in silent)],
            occurred_at=clock.now(),
        )
