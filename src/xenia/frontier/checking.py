"""Reading a document at a lane: asked, assessed, written down, then shown. The only writers of checks.

The search comes before the transaction, never inside it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from xenia.access import policy
from xenia.access.standing import Standing, places
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.frontier import assessing, crossings, kinds, reading, record, rules, telling
from xenia.frontier import territory as land
from xenia.frontier.check import CheckView, Typed
from xenia.frontier.models import Check
from xenia.frontier.reading import ReadDocument, from_text, from_typed
from xenia.frontier.terms import term
from xenia.frontier.views import check_view
from xenia.identity import actions as identity
from xenia.journal import actions as journal
from xenia.journal import clock, data_keys
from xenia.journal.ids import uuid7
from xenia.registers import search
from xenia.registers.search.ask import read_body, subjects_of

FIRST_LINE = "border-first-line"
DIRECTIONS = ("entry", "exit")


@dataclass(frozen=True)
class With:
    """What a document is read with. `after`: the check on the page, which it may belong to; `group`: travels with these.

    `vehicle`: plate or VIN; `crew`: from a crew list.
    """

    after: UUID | None = None
    group: UUID | None = None
    vehicle: str = ""
    crew: bool = False


def check_text(standing: Standing, lane: str, text: str, direction: str, beside: With | None = None) -> CheckView:
    """Read a document from a reader's text and ask every register that the first line may ask.

    A visa or a residence card joins the open check of its holder, and the other way round. Raises `BadInput`
    (`unreadable-document`) where the text is none; `NotAllowed`. What was asked is on record before the answer is returned.
    """
    now = _may(standing, "frontier.check", lane, direction)
    document = from_text(text, _local(standing, now))
    beside = beside or With()
    if is_half(document):
        whole = _holder(standing, document, now)
        if whole is not None:
            return _join(standing, whole[0], whole[1], document, now)
    half = _half_on_page(standing, beside.after, document) if beside.after else None
    return _check(standing, document, lane, direction, now, beside, half)


def check_typed(standing: Standing, lane: str, typed: Typed, direction: str, beside: With | None = None) -> CheckView:
    """As `check_text`, for a document typed by hand. Raises `BadInput` that names the field."""
    now = _may(standing, "frontier.check", lane, direction)
    return _check(standing, from_typed(typed, _local(standing, now)), lane, direction, now, beside or With())


def add_child(standing: Standing, check_id: UUID, child: Typed) -> CheckView:
    """A child on the document of an open check: asked too, and in one group with the parent. Raises `BadInput`."""
    parent = _own_open(standing, check_id)
    now = _may(standing, "frontier.check", parent.lane, parent.direction)
    known = crossings.opened(parent)
    group = start_group(standing, check_id)
    document = reading.child_on(known.document, str(check_id), child, parent.local_date)
    beside = With(group=group, vehicle=known.kept.vehicle)
    return _check(standing, document, parent.lane, parent.direction, now, beside)


def start_group(standing: Standing, check_id: UUID) -> UUID:
    """The group of an open check, begun where there is none: who is read next travels with it."""
    policy.require(standing, "frontier.check")
    check = _own_open(standing, check_id)
    if check.group is None:
        Check.objects.filter(id=check.id, state="open", group__isnull=True).update(group=check.id)
    return check.group or check.id


def is_half(document: ReadDocument) -> bool:
    """Whether these are the lines of a visa or a residence card, which belong to a passport."""
    from django.conf import settings

    view = document.view
    own = land.territory_of(settings.XENIA_STATE)
    card = land.is_residence_card(own, view.nationality, view.document_code, view.issuing_state)
    return card or land.is_visa(view.document_code)


def _own_open(standing: Standing, check_id: UUID) -> Check:
    check = Check.objects.filter(
        id=check_id, post=standing.post, lane=standing.lane, officer=standing.account, node=""
    ).first()
    if check is None:
        raise NotFound("There is no such check at this lane.", "Read the document again.", code="no-check")
    if check.state != "open":
        raise Conflict("This check has been decided already.", "Read the document again.", code="already-decided")
    return check


def _holder(standing: Standing, half: ReadDocument, now: datetime) -> tuple[Check, crossings.Known] | None:
    """The officer's own open check of the person that a visa or card was issued to, read a short while ago."""
    since = now - timedelta(minutes=term("second-document-minutes", _local(standing, now)))
    rows = Check.objects.filter(
        post=standing.post, lane=standing.lane, officer=standing.account, state="open", node="", read_at__gte=since
    ).order_by("-read_at")[:4]
    for row in rows:
        known = crossings.opened(row)
        if not is_half(known.document) and same_holder(known.document, half):
            return row, known
    return None


def same_holder(whole: ReadDocument, half: ReadDocument) -> bool:
    """Whether a visa or card names the holder of a passport: its number, or birth date and the beginning of the surname."""
    one, other = whole.view, half.view
    if one.document_number and one.document_number == other.document_number:
        return True
    return bool(one.birth_date) and one.birth_date == other.birth_date and one.surname[:3] == other.surname[:3]


def _join(standing: Standing, check: Check, known: crossings.Known, half: ReadDocument, now: datetime) -> CheckView:
    """Ask again with the second document, and keep it with the check. A read of its own on record."""
    kept = replace(known.kept, visa=half.source)
    question = assessing.question(check, known.document, kept)
    answer = search.find([question], standing, FIRST_LINE, f"check:{check.id}")[0]
    again = record.kept(known.kept.document, answer)
    settled = {hit.subject: hit.dismissed for hit in known.kept.hits}
    hits = tuple(replace(hit, dismissed=settled.get(hit.subject, "")) for hit in again.hits)
    kept = replace(kept, hits=hits, silent=tuple(dict.fromkeys((*kept.silent, *again.silent))))
    weighed = assessing.weigh(check, known.document, answer, kept)
    view = check_view(check, weighed, standing)
    kept = replace(kept, entitled=weighed.entitled(), findings=_findings(view))
    act = standing.act(FIRST_LINE, f"check:{check.id}")
    with journal.writing(), data_keys.held():
        fresh = len(kept.silent) > len(known.kept.silent)
        changed = {
            "sealed": record.seal(check.identity, kept),
            "verdict": view.verdict,
            "category": weighed.found.category,
            "hits": len(answer.warnings),
            "silent": fresh or check.silent,
        }
        if not Check.objects.filter(id=check.id, state="open").update(**changed):
            raise Conflict("This check has been decided already.", "Read the document again.", code="already-decided")
        body = _checked_body(check, view, answer)
        subjects = [check.identity, *subjects_of([answer])]
        checked = journal.prepare(kinds.CHECKED, body, act, subjects=subjects, occurred_at=now)
        check.verdict, check.category, check.hits = view.verdict, weighed.found.category, len(answer.warnings)
        journal.append_many([checked, *telling.kept(check, kept, act, now)])
    return view


def _half_on_page(standing: Standing, after: UUID, document: ReadDocument) -> tuple[Check, record.Kept] | None:
    """The check on the page, where it is of a visa or card alone and of the same holder."""
    row = Check.objects.filter(
        id=after, post=standing.post, lane=standing.lane, officer=standing.account, state="open", node=""
    ).first()
    if row is None:
        return None
    known = crossings.opened(row)
    return (row, known.kept) if is_half(known.document) and same_holder(document, known.document) else None


def _may(standing: Standing, permission: str, lane: str, direction: str) -> datetime:
    policy.require(standing, permission)
    if not standing.post or standing.lane != lane:
        raise NotAllowed("You do not stand at this lane.", "Choose your lane first.", code="no-lane")
    if direction not in DIRECTIONS:
        raise BadInput("The direction is neither entry nor exit.", code="direction")
    return clock.now()


def _local(standing: Standing, now: datetime) -> date:
    return now.astimezone(ZoneInfo(standing.zone)).date()


def _check(
    standing: Standing,
    document: ReadDocument,
    lane: str,
    direction: str,
    now: datetime,
    beside: With,
    half: tuple[Check, record.Kept] | None = None,
) -> CheckView:
    check = _new(standing, document, lane, direction, now, beside)
    asked_with = record.Kept(
        document.source,
        (),
        visa=half[1].document if half else {},
        vehicle=beside.vehicle.strip()[:32],
        crew=beside.crew,
    )
    question = assessing.question(check, document, asked_with)
    answer = search.find([question], standing, FIRST_LINE, f"check:{check.id}")[0]
    act = standing.act(FIRST_LINE, f"check:{check.id}")
    found = record.kept(document.source, answer)
    kept = replace(asked_with, hits=found.hits, silent=found.silent)
    weighed = assessing.weigh(check, document, answer, kept)
    view = check_view(check, weighed, standing)
    kept = replace(kept, entitled=weighed.entitled(), findings=_findings(view))
    check.verdict, check.category = view.verdict, weighed.found.category
    check.hits, check.silent = len(answer.warnings), bool(answer.silent)
    with journal.writing(), data_keys.held():
        who, claimed = identity.note(
            document.claimed, act, source=document.view.layout, now=now, delete_on=check.delete_on
        )
        check.identity, check.sealed = who, record.seal(who, kept)
        check.save(force_insert=True)
        body = _checked_body(check, view, answer)
        checked = journal.prepare(kinds.CHECKED, body, act, subjects=[who, *subjects_of([answer])], occurred_at=now)
        journal.append_many([claimed, checked, *telling.kept(check, kept, act, now)])
        if half is not None and _stands_here(half[1], kept):
            _replaced(half[0], act, now)
    return view


def _new(standing: Standing, document: ReadDocument, lane: str, direction: str, now: datetime, beside: With) -> Check:
    """The row of a check, not saved yet."""
    today = _local(standing, now)
    place = places().get(standing.post or "")
    return Check(
        id=uuid7(),
        owner=standing.authority,
        post=standing.post or "",
        lane=lane,
        direction=direction,
        officer=standing.account,
        purpose=FIRST_LINE,
        read_at=now,
        local_date=today,
        group=_group(standing, beside.group),
        border=place.border if place else "",
        nationality=document.view.nationality[:3],
        document_type=document.view.document_code[:2],
        delete_on=today + timedelta(days=term("check-kept-days", today)),
    )


def _group(standing: Standing, group: UUID | None) -> UUID | None:
    """The group, where it is one of this officer at this lane and somebody of it still waits."""
    if group is None:
        return None
    mine = Check.objects.filter(
        group=group, post=standing.post, lane=standing.lane, officer=standing.account, state="open", node=""
    )
    return group if mine.exists() else None


def _findings(view: CheckView) -> tuple[str, ...]:
    """Codes of what was found in the traveller and the document, the gravest first."""
    return tuple(one.code for one in view.findings if one.code not in rules.LISTS)


def _checked_body(check: Check, view: CheckView, answer: search.Answer) -> dict[str, Any]:
    return {
        "check": str(check.id),
        "identity": str(check.identity),
        "direction": check.direction,
        "verdict": view.verdict,
        **read_body([answer]),
    }


def _stands_here(half: record.Kept, kept: record.Kept) -> bool:
    """Whether every hit of the visa's check that only a second person may settle stands on the passport's check too."""
    here = {hit.subject for hit in kept.hits}
    return all(hit.subject in here for hit in half.hits if hit.band != "POSSIBLE" or hit.second_line)


def _replaced(half: Check, act: Any, now: datetime) -> None:
    """The check of a visa alone gives way to the one of the passport that it was read with; its hits stand there too."""
    crossings.move(half, "put-aside")
    journal.append(kinds.PUT_ASIDE, {"check": str(half.id)}, act, subjects=[half.identity], occurred_at=now)
