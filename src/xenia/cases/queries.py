"""What pages read of cases: lists and one case with everything. Reads are journalled before they are shown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from xenia.access import standing as access
from xenia.access.standing import Standing
from xenia.cases import catalogue, duplicates, facts, finding, kinds, reach, tasks
from xenia.cases.actions import Offer, offers
from xenia.cases.definition import Procedure, Profile
from xenia.cases.documents import show as document
from xenia.cases.models import KEY, Case, CaseDeadline, CaseDocument, CaseEvent, CaseNote
from xenia.journal import clock, data_keys
from xenia.journal.actions import record_read
from xenia.work.models import Proposal

__all__ = [
    "DocumentRow", "EventRow", "NoteRow", "Page", "Relative", "Row", "View",
    "answers", "case", "document", "find", "one", "work",
]  # fmt: skip
PER_PAGE: Final = 50
MOST_RELATED: Final = 60
WHICH: Final = ("mine", "unit", "urgent", "overdue", "all")


@dataclass(frozen=True)
class Row:
    """One case on a list. `deadline`: the running limit that comes first."""

    case: Case
    name: str
    deadline: CaseDeadline | None
    assigned: str = ""


@dataclass(frozen=True)
class Page:
    """One page of a list. `total`: as far as counted; `number` begins at 1."""

    rows: tuple[Row, ...]
    number: int
    per_page: int
    total: int

    @property
    def has_next(self) -> bool:
        """Whether there is another page."""
        return self.number * self.per_page < self.total


@dataclass(frozen=True)
class EventRow:
    """One event with what was answered and said. `theirs`: the other side did it.

    `told`, `left_out`: the older version in which its message went, and the paths of answers that it could not carry.
    """

    action: str
    actor: str
    by: str
    by_name: str
    before: str
    after: str
    at: datetime
    recorded_at: datetime
    reason: str
    data: dict[str, Any]
    theirs: bool
    moved: bool
    message: UUID | None
    told: int | None = None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class DocumentRow:
    """One document without its bytes."""

    id: UUID
    kind: str
    name: str
    size_bytes: int
    media_type: str
    at: datetime
    by_name: str


@dataclass(frozen=True)
class NoteRow:
    """One note."""

    id: UUID
    text: str
    at: datetime
    by_name: str


@dataclass(frozen=True)
class Relative:
    """The case of a member of the family. `deadline`: its running limit that comes first."""

    case: Case
    name: str
    deadline: CaseDeadline | None


@dataclass(frozen=True)
class View:
    """Everything about one case."""

    case: Case
    procedure: Procedure
    profile: Profile | None
    data: dict[str, Any]
    name: str
    events: tuple[EventRow, ...]
    deadlines: tuple[CaseDeadline, ...]
    documents: tuple[DocumentRow, ...]
    notes: tuple[NoteRow, ...]
    offers: tuple[Offer, ...]
    messages: tuple[Any, ...]
    duplicates: tuple[duplicates.Duplicate, ...]
    children: tuple[Relative, ...]
    previous: Case | None = None
    parent: Relative | None = None
    proposal: Proposal | None = None
    assigned: str = ""


def one(standing: Standing, case_id: UUID) -> Case:
    """The case's row, nothing opened and nothing journalled. Raises `NotFound` (code `no-case`)."""
    return reach.find(standing, case_id)[0]


def answers(standing: Standing, held: Case) -> dict[str, Any]:
    """The latest answers of each form; the read is journalled first."""
    found, procedure = reach.find(standing, held.pk)
    _shown(standing, found, procedure)
    return facts.opened(found)


def _shown(standing: Standing, held: Case, procedure: Procedure, beside: Sequence[Case] = ()) -> None:
    """The read of a case, with those whose names stand beside it."""
    act, every = reach.act_of(standing, held, procedure), [held, *beside]
    body = {"cases": [str(one.pk) for one in every], "document": None}
    record_read(kinds.SHOWN, body, act, subjects=[one.about for one in every])


def _names(accounts: Sequence[UUID | None]) -> dict[UUID, str]:
    """Names of accounts, held in memory by `access`."""
    found = {one: access.known(one) for one in dict.fromkeys(accounts) if one is not None}
    return {one: known.account().display_name for one, known in found.items() if known is not None}


def _filtered(standing: Standing, which: str, rows: QuerySet[Case]) -> QuerySet[Case]:
    open_ones = rows.filter(closed_at=None)
    match which:
        case "mine":
            return open_ones.filter(assigned_to=standing.account)
        case "unit":
            return open_ones.filter(owner=standing.authority)
        case "urgent":
            return open_ones.filter(urgent=True)
        case "overdue":
            late = CaseDeadline.objects.filter(state="expired").values("case_id")
            return open_ones.filter(Q(next_due_at__lte=clock.now()) | Q(pk__in=late))
    return rows


def work(
    standing: Standing,
    which: str = "all",
    *,
    procedure: str = "",
    state: str = "",
    text: str = "",
    version: int | None = None,
    page: int = 1,
    per_page: int = PER_PAGE,
) -> Page:
    """A list of cases, those whose limit comes first at the top; journalled as one read. `text`: see `find`.

    `version`: open cases only, that follow this version of the procedure.

    Raises `NotAllowed` (`no-permission`).
    """
    rows = Case.objects.filter(reach.visible(standing, procedure))
    if state:
        rows = rows.filter(state=state)
    if version is not None:
        rows = rows.filter(version=version, closed_at=None)
    if text.strip():
        rows = rows.filter(pk__in=finding.ids(text))
    rows = _filtered(standing, which, rows)
    number = max(1, page)
    total = rows.count()
    first = (number - 1) * per_page
    held = list(rows.order_by(*_order(which))[first : first + per_page])
    return Page(_rows(standing, held), number, per_page, total)


def _order(which: str) -> tuple[Any, ...]:
    from django.db.models import F

    return ("-changed_at",) if which == "all" else (F("next_due_at").asc(nulls_last=True), "-changed_at")


def _rows(standing: Standing, held: list[Case]) -> tuple[Row, ...]:
    if not held:
        return ()
    for purpose in sorted({catalogue.of(one).purpose for one in held}):
        some = [one for one in held if catalogue.of(one).purpose == purpose]
        body = {"cases": [str(one.pk) for one in some]}
        record_read(kinds.LISTED, body, standing.act(purpose, "cases"), subjects=[one.about for one in some])
    data = facts.open_many(held)
    first: dict[UUID, CaseDeadline] = {}
    running = CaseDeadline.objects.filter(case__in=held, state="running")
    for row in sorted(
        running, key=lambda one: one.due_at
    ):  # sorted here: no database then walks all limits by their day
        first.setdefault(row.case_id, row)
    names = _names([one.assigned_to for one in held])
    return tuple(
        Row(
            one,
            facts.one_line(facts.claimed(catalogue.of(one), said)),
            first.get(one.pk),
            names.get(one.assigned_to, "") if one.assigned_to else "",
        )
        for one, said in zip(held, data, strict=True)
    )


def find(standing: Standing, text: str) -> Page:
    """Cases by a name in any script, a reference of either side, or a document's number; most alike first."""
    allowed = reach.visible(standing)
    wanted = finding.ids(text)
    known = {one.pk: one for one in Case.objects.filter(allowed, pk__in=wanted)}
    held = [known[pk] for pk in wanted if pk in known][:PER_PAGE]
    rows = finding.ranked(text, _rows(standing, held))
    return Page(rows, 1, PER_PAGE, len(rows))


def case(standing: Standing, case_id: UUID) -> View:
    """One case with everything, at most 15 queries; the read is journalled first. Raises `NotFound` (code `no-case`)."""
    held, procedure = reach.find(standing, case_id)
    events = list(CaseEvent.objects.filter(case=held).order_by("number"))
    documents = list(CaseDocument.objects.filter(case=held).order_by("added_at"))
    notes = list(CaseNote.objects.filter(case=held).order_by("-made_at"))
    related = _related(standing, held, procedure)
    family = [one for one in related if one.parent == held.pk or one.pk == held.parent]
    deadlines = _deadlines(held, family)
    plain = _unsealed(held, events, documents, notes, related)
    data = plain.get("data", {})
    names = _names([held.assigned_to, *(one.account for one in notes), *_accounts(events, documents)])
    proposal = tasks.waiting_proposal(held)
    by_id = {one.pk: one for one in related}
    others = [(one, plain.get(one.pk, {})) for one in related if one not in family]
    alike = duplicates.among(others, held, procedure, data)
    _shown(standing, held, procedure, [*(one.case for one in alike), *family])
    relatives = [_relative(one, plain.get(one.pk, {}), deadlines) for one in family]
    claim = facts.claimed(procedure, data)
    return View(
        case=held,
        procedure=procedure,
        profile=procedure.profiles.get(held.profile),
        data=data,
        name=facts.one_line(claim),
        events=tuple(_event(one, plain, names) for one in events),
        deadlines=tuple(one for one in deadlines if one.case_id == held.pk),
        documents=tuple(_document(one, plain, names) for one in documents),
        notes=tuple(
            NoteRow(one.pk, str(plain.get(one.pk, "")), one.made_at, names.get(one.account, "")) for one in notes
        ),
        offers=offers(standing, held, data, {one.kind for one in documents}, waits=proposal is not None),
        messages=_messages(held),
        duplicates=alike,
        children=tuple(one for one in relatives if one.case.parent == held.pk),
        previous=by_id.get(held.previous) if held.previous else None,
        parent=next((one for one in relatives if one.case.pk == held.parent), None),
        proposal=proposal,
        assigned=names.get(held.assigned_to, "") if held.assigned_to else "",
    )


def _deadlines(held: Case, family: Sequence[Case]) -> list[CaseDeadline]:
    """The case's limits, and those that run in the family's cases, the earliest first. One query."""
    running = Q(case__in=[one.pk for one in family], state="running")
    return list(CaseDeadline.objects.filter(Q(case=held) | running).order_by("due_at", "id"))


def _relative(case: Case, data: Mapping[str, Any], deadlines: Sequence[CaseDeadline]) -> Relative:
    name = facts.one_line(facts.claimed(catalogue.of(case), data))
    return Relative(case, name, next((one for one in deadlines if one.case_id == case.pk), None))


def _related(standing: Standing, held: Case, procedure: Procedure) -> list[Case]:
    """Children, parent, the former case, and what may be about the same person: those this standing may know of. One query."""
    wanted = Q(parent=held.pk) | Q(pk__in=[one for one in (held.previous, held.parent) if one])
    alike = duplicates.candidates(held, procedure)
    rows = Case.objects.filter(wanted if alike is None else wanted | alike).order_by("-opened_at")[:MOST_RELATED]
    return [one for one in rows if reach.exists_for(standing, catalogue.of(one), one.owner)]


def _unsealed(
    held: Case, events: list[CaseEvent], documents: list[CaseDocument], notes: list[CaseNote], related: list[Case]
) -> dict[Any, Any]:
    """Everything sealed of a case by whose it is, opened with one query; what was forgotten is left out."""
    sealed: list[tuple[Any, UUID, bytes]] = [("data", held.about, bytes(held.sealed))] if held.sealed else []
    sealed += [(event.pk, held.about, bytes(event.sealed)) for event in events if event.sealed]
    sealed += [(note.pk, held.about, bytes(note.sealed)) for note in notes if note.sealed]
    sealed += [(other.pk, other.about, bytes(other.sealed)) for other in related if other.sealed]
    named = [(one.pk, held.about, bytes(one.name)) for one in documents if one.name]
    plain = data_keys.unseal_many([(about, KEY, part) for _key, about, part in (*sealed, *named)])
    found: dict[Any, Any] = {}
    for number, ((key, _about, _part), text) in enumerate(zip((*sealed, *named), plain, strict=True)):
        if text is not None:
            found[key] = json.loads(text) if number < len(sealed) else text.decode()
    return found


def _accounts(events: Sequence[CaseEvent], documents: Sequence[CaseDocument]) -> list[UUID]:
    actors = {one.actor for one in events} | {one.by for one in documents}
    return [UUID(one.removeprefix("account:")) for one in actors if one.startswith("account:")]


def _who(actor: str, names: dict[UUID, str]) -> str:
    if actor.startswith("account:"):
        return names.get(UUID(actor.removeprefix("account:")), "")
    return actor.removeprefix("partner:") if actor.startswith("partner:") else ""


def _event(one: CaseEvent, plain: dict[Any, Any], names: dict[UUID, str]) -> EventRow:
    said = dict(plain.get(one.pk, {}))
    reason = str(said.pop("reason", ""))
    return EventRow(
        one.action, one.actor, one.by, _who(one.actor, names), one.before, one.after, one.at, one.recorded_at, reason,
        said, one.actor.startswith("partner:"), one.moved, one.message, one.told, tuple(one.left_out or ()),
    )  # fmt: skip


def _document(one: CaseDocument, plain: dict[Any, Any], names: dict[UUID, str]) -> DocumentRow:
    name = str(plain.get(one.pk, "")) or one.kind
    return DocumentRow(one.pk, one.kind, name, one.size_bytes, one.media_type, one.added_at, _who(one.by, names))


def _messages(held: Case) -> tuple[Any, ...]:
    if not held.counterpart:
        return ()
    from xenia.exchange import queries as exchange

    return tuple(exchange.of_thread(held.thread, held.counterpart))
