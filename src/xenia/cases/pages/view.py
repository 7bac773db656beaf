"""One case as its page shows it: words, lights, addresses. Takes what the engine opened; reads nothing personal itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xenia.access import policy
from xenia.access.models import Account
from xenia.access.standing import Standing
from xenia.cases import catalogue, letters, reach
from xenia.cases.actions import Offer
from xenia.cases.definition import Procedure
from xenia.cases.models import Case, CaseDeadline
from xenia.cases.pages import showing
from xenia.cases.pages.family import Way, ways
from xenia.cases.pages.forms import Form, Section
from xenia.cases.pages.lights import Light
from xenia.cases.pages.listing import due_of, light_of
from xenia.cases.pages.saying import length, titled
from xenia.cases.pages.steps import Next, next_step
from xenia.cases.queries import Relative, View
from xenia.cases.speaking import labels, may_be_said_again
from xenia.cases.versions import newer


@dataclass(frozen=True)
class FormData:
    """What one form of the case says."""

    name: str
    label: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Limit:
    """One deadline. `length` and `source`: the rule as it was computed, and where it is written."""

    label: str
    acts: str
    due: str
    light: Light | None
    state: str
    length: str
    source: str


@dataclass(frozen=True)
class Receipt:
    """One of the three receipts. `at` None: not yet."""

    label: str
    at: datetime | None


@dataclass(frozen=True)
class Message:
    """One message of the thread. `again`: its id where it was refused and may be sent again. `trouble`: what stands in its way."""

    label: str
    sender: str
    at: datetime
    receipts: tuple[Receipt, ...]
    trouble: str
    again: UUID | None = None


@dataclass(frozen=True)
class Happened:
    """One line of the history. `theirs`: done by the other authority. `told`: the older version in which it was sent, else None.

    `left_out`: in words, what that version could not carry.
    """

    label: str
    before: str
    after: str
    at: datetime
    by: str
    reason: str
    theirs: bool
    told: int | None = None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Paper:
    """One document."""

    id: UUID
    name: str
    label: str
    size: str
    at: datetime


@dataclass(frozen=True)
class LetterOffer:
    """A letter of the case that can be made. `languages`: code and the language's own name, the reader's first."""

    name: str
    label: str
    languages: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Beside:
    """A case that belongs to this one, or may be the same. `light`, `due`: of its limit that comes first."""

    id: UUID
    title: str
    reference: str
    state: str
    light: Light | None = None
    due: str = ""


@dataclass(frozen=True)
class CaseView:
    """Everything that the page of a case shows."""

    id: UUID
    reference: str
    title: str
    procedure: str
    procedure_id: str
    version: int
    state: str
    urgent: bool
    result: str
    basis: str
    owner: str
    counterpart: str
    side: str
    opened_at: datetime
    closed_at: datetime | None
    delete_on: date | None
    mine: bool
    assigned: str
    purpose: str
    may_work: bool
    step: Next
    follow: str
    others: tuple[Offer, ...]
    waiting: Any
    forms: tuple[FormData, ...]
    deadlines: tuple[Limit, ...]
    messages: tuple[Message, ...]
    events: tuple[Happened, ...]
    documents: tuple[Paper, ...]
    letters: tuple[LetterOffer, ...]
    notes: tuple[Any, ...]
    duplicates: tuple[Beside, ...]
    children: tuple[Beside, ...]
    parent: Beside | None
    previous: Beside | None
    members: tuple[Way, ...]
    newer: int


def of(standing: Standing, opened: View, now: datetime) -> CaseView:
    """The page of what `queries.case` opened."""
    case, known, offers = opened.case, opened.procedure, opened.offers
    step = next_step(known, case.state, offers)
    profile = opened.profile
    purpose = policy.current().purposes.get(known.purpose)
    return CaseView(
        id=case.pk,
        reference=case.reference,
        title=titled(opened.name) or case.reference,
        procedure=showing.title(known),
        procedure_id=known.id,
        version=case.version,
        state=showing.word(known, "state", case.state),
        urgent=case.urgent,
        result=showing.word(known, "result", case.result),
        basis=", ".join(
            dict.fromkeys(one for one in (profile and profile.title, reach.basis(known, case.profile)) if one)
        ),
        owner=case.owner,
        counterpart=case.counterpart,
        side=showing.word(known, "side", case.side),
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        delete_on=case.delete_on,
        mine=case.assigned_to == standing.account,
        assigned=opened.assigned,
        purpose=str(_(purpose.label)) if purpose else known.purpose,
        may_work=standing.may("cases.work"),
        step=step,
        follow=_follow(standing, known, case, step),
        others=tuple(one for one in offers if one not in step.shown),
        waiting=opened.proposal,
        forms=forms_of(known, opened.data),
        deadlines=tuple(_limit(known, one, now) for one in _in_order(opened.deadlines)),
        messages=_messages(standing, opened),
        events=tuple(_happened(known, one) for one in reversed(list(opened.events))),
        documents=tuple(_paper(known, one) for one in opened.documents),
        letters=_letters(known, opened.events),
        notes=tuple(opened.notes),
        duplicates=tuple(_beside(one.case, one.name) for one in opened.duplicates),
        children=tuple(_relative(one, now) for one in opened.children),
        parent=_relative(opened.parent, now) if opened.parent else None,
        previous=_beside(opened.previous) if opened.previous else None,
        members=ways(standing, case),
        newer=newer(case) if standing.may(reach.DECIDE) else 0,
    )


def _follow(standing: Standing, known: Procedure, case: Case, step: Next) -> str:
    """Where the officer opens a new case that follows this one; "" where that is not for this officer, or not over."""
    opener = next((one for one in known.opening(case.side) if reach.may_start(standing, known, one)), None)
    end = known.actions[step.first.action].to if step.first else ""
    if opener is None or not (case.closed_at or (end and known.states[end].final)):
        return ""
    return reverse("cases:begin", args=[known.id, opener.name]) + f"?previous={case.pk}"


def forms_of(known: Procedure, data: Mapping[str, Any]) -> tuple[FormData, ...]:
    """The case's data, form by form in the order of the procedure, each in its groups."""
    made = []
    for name, schema in known.forms.items():
        if data.get(name):
            form = Form(name, schema, showing.texts(known))
            made.append(FormData(name, showing.word(known, "form", name), form.sections(data[name])))
    return tuple(made)


def _in_order(rows: Iterable[CaseDeadline]) -> list[CaseDeadline]:
    """What still runs first, the nearest before the others; then the past."""
    shown = [one for one in rows if one.state != "replaced"]
    return sorted(shown, key=lambda one: (one.state not in ("running", "suspended"), one.due_at))


def _limit(known: Procedure, one: CaseDeadline, now: datetime) -> Limit:
    states = {"stopped": _("ended in time"), "expired": _("passed")}
    return Limit(
        showing.word(known, "deadline", one.rule),
        showing.word(known, "side", one.acts) or one.calendar,
        due_of(one),
        light_of(one, now),
        states.get(one.state, ""),
        length(one.length),
        one.basis,
    )


def _messages(standing: Standing, opened: View) -> tuple[Message, ...]:
    """The messages of the thread; one that another took the place of is no trouble any more."""
    current = {one.message for one in opened.events}
    found = []
    for one in opened.messages:
        code = next((each.code for each in one.receipts if each.kind == "refused"), "")
        open_still = one.ours and one.id in current and may_be_said_again(opened.case, one.state, code)
        made = _message(opened.procedure, one)
        if open_still:
            trouble = _("The other authority did not read this message. Nothing of it is lost.")
            made = replace(made, trouble=trouble, again=one.id if standing.may(reach.WORK) else None)
        found.append(made)
    return tuple(found)


def _message(known: Procedure, one: Any) -> Message:
    kind = one.type.rpartition("/")[2]
    at = {each.kind: each.at for each in one.receipts}
    at.setdefault("delivered", at.get("accepted") or at.get("refused"))
    second = ("refused", _("refused")) if "refused" in at else ("accepted", _("accepted"))
    words = (("delivered", _("delivered")), second, ("answered", _("answered")))
    return Message(
        showing.word(known, "message", kind),
        _("us") if one.ours else one.partner,
        one.at,
        tuple(Receipt(label, at.get(word)) for word, label in words),
        one.trouble,
    )


def _happened(known: Procedure, one: Any) -> Happened:
    return Happened(
        showing.word(known, "action", one.action),
        showing.word(known, "state", one.before),
        showing.word(known, "state", one.after),
        one.at,
        one.by_name,
        one.reason,
        one.theirs,
        one.told,
        labels(known, one.left_out, get_language() or "en"),
    )


def _paper(known: Procedure, one: Any) -> Paper:
    label = showing.word(known, "document", one.kind)
    return Paper(one.id, one.name or label, label, filesizeformat(one.size_bytes), one.at)


def _letters(known: Procedure, events: Iterable[Any]) -> tuple[LetterOffer, ...]:
    """The letters of what was done in the case, in the procedure's order."""
    here, names = get_language() or "en", dict(settings.LANGUAGES)
    return tuple(
        LetterOffer(
            one.name,
            showing.word(known, "letter", one.name),
            tuple((code, names.get(code, code)) for code in sorted(one.languages, key=lambda code: code != here)),
        )
        for one in letters.after(known, [one.action for one in events])
    )


def _beside(case: Case, name: str = "") -> Beside:
    state = showing.word(catalogue.of(case), "state", case.state)
    return Beside(case.pk, titled(name) or case.reference, case.reference, state)


def _relative(one: Relative, now: datetime) -> Beside:
    made = _beside(one.case, one.name)
    return replace(made, light=light_of(one.deadline, now), due=due_of(one.deadline)) if one.deadline else made


def colleagues(standing: Standing, known: Procedure) -> tuple[tuple[str, str], ...]:
    """Who else of the own authority has a role of the procedure; at most 100, by name."""
    roles = {word for words in known.roles.values() for word in words}
    found = Account.objects.filter(
        authority_id=standing.authority, is_active=True, assignments__role__in=roles
    ).exclude(pk=standing.account)
    rows = found.order_by("display_name").distinct().values_list("pk", "display_name")[:100]
    return tuple((str(pk), name) for pk, name in rows)
