"""Reading checks, lanes and referrals. Every read of personal data is written down before it is returned."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2s
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from xenia.access import policy
from xenia.access import standing as access
from xenia.access.standing import Standing
from xenia.errors import NotAllowed, NotFound
from xenia.frontier import crossings, groups, kinds, reasons, record, referrals
from xenia.frontier.assessing import question, weigh
from xenia.frontier.check import CheckView, CrossingRow, DecisionView, OtherCrossing, ReferralRow, ReferralView, Today
from xenia.frontier.models import Check, Crossing
from xenia.frontier.terms import refusal_reasons
from xenia.frontier.views import check_view, decision_view, take_back_until
from xenia.identity import actions as identity
from xenia.identity.models import PURPOSE
from xenia.journal import actions as journal
from xenia.journal import data_keys
from xenia.registers import search
from xenia.registers.search.ask import read_body, subjects_of
from xenia.work import items
from xenia.work.models import WorkItem

FIRST_LINE, SECOND_LINE = "border-first-line", "border-second-line"
RECENT = 8
MOST_WAITING = 100


@dataclass(frozen=True)
class RefusalView:
    """A refusal as it is printed. `reasons`: code, words and detail of each letter."""

    check: CheckView
    reasons: tuple[tuple[str, str, str], ...]
    details: dict[str, str]
    decided_at: datetime
    post: str


def check(standing: Standing, check_id: UUID) -> CheckView:
    """One check of this lane, asked again today and written down as a read."""
    policy.require(standing, "frontier.check")
    row = Check.objects.filter(id=check_id, post=standing.post, lane=standing.lane).first()
    if row is None:
        raise _unknown()
    return _view(standing, row, FIRST_LINE)


def _unknown() -> NotFound:
    return NotFound("There is no such check, or it has been erased.", "Read the document again.", code="no-check")


def _view(standing: Standing, row: Check, purpose: str) -> CheckView:
    """The check as it stands now, with those who travel together; one read entry names them all."""
    rows = [row, *groups.of(row)]
    found = [(one, _opened(one)) for one in rows]
    if found[0][1] is None:
        raise _unknown()
    rows, known = [one for one, it in found if it], [it for _, it in found if it]
    reference = f"check:{row.id}"
    asked = [question(one, it.document, it.kept) for one, it in zip(rows, known, strict=True)]
    answers = search.find(asked, standing, purpose, reference)
    crossing = Crossing.objects.filter(check_made=row).order_by("-decided_at").first()
    if crossing is not None and crossing.taken_back_at is not None and row.state == "open":
        crossing = None
    body = {"check": str(row.id), "identity": str(row.identity), **read_body(answers)}
    subjects = [*(one.identity for one in rows), *subjects_of(answers)]
    journal.record_read(kinds.SHOWN, body, standing.act(purpose, reference), subjects=subjects)
    decided = decision_view(row, crossing, _name_of(crossing.officer if crossing else row.officer), datetime.now(UTC))
    with_adult = groups.accompanied([it.document for it in known], row.local_date)
    views = [
        check_view(one, weigh(one, it.document, answer, it.kept, accompanied=beside), standing)
        for one, it, answer, beside in zip(rows, known, answers, with_adult, strict=True)
    ]
    view = replace(views[0], decision=decided)
    others = [(one, seen, _whole_name(seen)) for one, seen in zip(rows[1:], views[1:], strict=True)]
    return replace(view, members=groups.members(view, _whole_name(view), others) if row.group else ())


def _opened(row: Check) -> crossings.Known | None:
    try:
        return crossings.opened(row)
    except NotFound:
        return None


def _whole_name(view: CheckView) -> str:
    return f"{view.document.surname} {view.document.given_names}".strip()


def today(standing: Standing, lane: str) -> Today:
    """Counts of this lane on its local day and the officer's latest decisions, whose names are a read of their own."""
    policy.require(standing, "frontier.today")
    if not standing.post or not lane:
        raise NotAllowed("You do not stand at a lane.", "Choose your lane first.", code="no-lane")
    now = datetime.now(UTC)
    day = now.astimezone(ZoneInfo(standing.zone)).date()
    mine = Crossing.objects.filter(post=standing.post, lane=lane, local_date=day)
    kept = Q(taken_back_at__isnull=True)
    counts = mine.aggregate(
        admitted=Count("id", filter=kept & Q(outcome="admitted")),
        refused=Count("id", filter=kept & Q(outcome="refused")),
        taken_back=Count("id", filter=~kept),
    )
    checks = Check.objects.filter(post=standing.post, lane=lane, local_date=day)
    referred = checks.filter(referral__isnull=False).count()
    rows = list(mine.filter(officer=standing.account).order_by("-decided_at")[:RECENT])
    return Today(
        on=day,
        admitted=counts["admitted"],
        referred=referred,
        refused=counts["refused"],
        taken_back=counts["taken_back"],
        recent=_recent(standing, rows),
    )


def _recent(standing: Standing, rows: list[Crossing]) -> tuple[CrossingRow, ...]:
    if not rows:
        return ()
    claims = identity.read([row.identity for row in rows])
    body = {"identities": [str(row.identity) for row in rows], "crossings": [str(row.id) for row in rows]}
    act = standing.act(FIRST_LINE, f"lane:{standing.post}/{standing.lane}")
    journal.record_read(kinds.LANE_SHOWN, body, act, subjects=list(claims))
    return tuple(
        CrossingRow(
            check=row.check_made_id,
            crossing=row.id,
            at=row.decided_at,
            name=claims[row.identity].main_name().whole if row.identity in claims else _("erased"),
            outcome="taken-back" if row.taken_back_at else row.outcome,
            take_back_until=take_back_until(row),
            others=sum(
                row.group is not None and (one.group, one.decided_at) == (row.group, row.decided_at)
                for one in rows
                if one is not row
            ),
        )
        for row in rows
    )


def queue_mark(standing: Standing) -> str:
    """A short word that changes whenever the queue does. Holds nothing about anybody; reading it is no read of data."""
    policy.require(standing, "frontier.second_line")
    rows = _waiting(standing).values_list("id", "claimed_by")
    return blake2s("|".join(f"{item}:{claimed}" for item, claimed in rows).encode(), digest_size=8).hexdigest()


def _waiting(standing: Standing) -> QuerySet[WorkItem]:
    return WorkItem.objects.filter(
        kind__in=referrals.SHOWN, post=standing.post or "", answered_at__isnull=True
    ).order_by("opened_at")


def waiting(standing: Standing) -> tuple[ReferralRow, ...]:
    """Travellers waiting at this post's second line, longest wait first. One read entry names them all."""
    policy.require(standing, "frontier.second_line")
    items = list(_waiting(standing)[:MOST_WAITING])
    checks = {str(row.id): row for row in Check.objects.filter(id__in=[item.subject for item in items])}
    claims = identity.read([row.identity for row in checks.values()])
    kept = dict(zip(checks, record.unseal_many([(c.identity, bytes(c.sealed)) for c in checks.values()]), strict=True))
    if checks:
        body = {"items": [str(item.id) for item in items], "identities": [str(row.identity) for row in checks.values()]}
        act = standing.act(SECOND_LINE, f"queue:{standing.post}")
        journal.record_read(kinds.LANE_SHOWN, body, act, subjects=list(claims))
    return tuple(_row(standing, item, checks.get(item.subject), claims, kept.get(item.subject)) for item in items)


def _row(standing: Standing, item: WorkItem, row: Check | None, claims: dict, kept: record.Kept | None) -> ReferralRow:  # type: ignore[type-arg]
    claim = claims.get(row.identity) if row else None
    silent = item.kind == referrals.SILENT_KIND
    verdict = item.body.get("verdict", "look")
    return ReferralRow(
        item=item.id,
        check=row.id if row else item.id,
        name=claim.main_name().whole if claim else _("erased"),
        lane=str(item.body.get("lane", "")),
        since=item.opened_at,
        severity=verdict,
        gravity=reasons.gravity(kept, verdict, silent=silent),
        reasons=_reasons(item, kept, silent=silent),
        claimed_by=_name_of(item.claimed_by),
        mine=item.claimed_by == standing.account,
    )


def _reasons(item: WorkItem, kept: record.Kept | None, *, silent: bool) -> tuple[str, ...]:
    if item.kind == referrals.CONFLICT_KIND:
        return (str(items.kind_named(item.kind).label),)
    if item.kind == referrals.RETRO_KIND and kept is not None:
        kept = replace(kept, hits=tuple(hit for hit in kept.hits if hit.late), findings=(), trip={})
    return reasons.words(kept, silent=silent)


def _name_of(account: UUID | None) -> str:
    found = access.known(account) if account else None
    return found.account().display_name if found else ""


def referral(standing: Standing, item_id: UUID) -> ReferralView:
    """One referral with everything the second line may see, asked under its own purpose and written down."""
    policy.require(standing, "frontier.second_line")
    item, row = referrals.find(standing, item_id)
    view = _view(standing, row, SECOND_LINE)
    kept = record.unseal(row.identity, bytes(row.sealed))
    answered = None
    if item.answered_at is not None:
        outcome = referrals.OUTCOMES.get(item.outcome, item.outcome)
        answered = DecisionView(outcome, item.answered_at, _name_of(item.answered_by))  # type: ignore[arg-type]
    return ReferralView(
        item=item.id,
        since=item.opened_at,
        note=kept.note,
        referred_by=_name_of(row.officer),
        claimed_by=_name_of(item.claimed_by),
        mine=item.claimed_by == standing.account,
        check=replace(view, purpose=SECOND_LINE),
        own=row.officer == standing.account,
        outcomes=referrals.outcomes_of(item),
        answer=answered,
        kind=item.kind,
        other=_other(item),
    )


def _other(item: WorkItem) -> OtherCrossing | None:
    """The crossing that contradicts this one: where and when."""
    if item.kind != referrals.CONFLICT_KIND:
        return None
    code = str(item.body.get("post", ""))
    place = access.places().get(code)
    return OtherCrossing(place.name if place else code, datetime.fromisoformat(str(item.body["at"])))


def refusal(standing: Standing, check_id: UUID) -> RefusalView:
    """The refusal of this check for printing. Raises `NotFound` where there is none in force."""
    policy.require(standing, "frontier.refuse")
    row = Check.objects.filter(id=check_id, post=standing.post).first()
    crossing = Crossing.objects.filter(check_made_id=check_id, outcome="refused", taken_back_at__isnull=True).first()
    if row is None or crossing is None:
        raise NotFound("There is no refusal of that check.", "Go back to the lane.", code="no-refusal")
    details: dict[str, str] = {}
    if crossing.sealed_details:
        details = json.loads(data_keys.unseal(row.identity, PURPOSE, bytes(crossing.sealed_details)))
    view = _view(standing, row, FIRST_LINE if row.officer == standing.account else SECOND_LINE)
    known = refusal_reasons()
    reasons = tuple((code, known[code].label_here(), details.get(code, "")) for code in crossing.reasons)
    return RefusalView(view, reasons, details, crossing.decided_at, crossing.post)
