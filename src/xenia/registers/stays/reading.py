"""Reading stays for a page: for which purpose, cut to what policy opens, written down before it is returned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from xenia.access import policy
from xenia.access import standing as access
from xenia.access.policy import Decision
from xenia.access.standing import Standing
from xenia.errors import NotAllowed, NotFound
from xenia.journal import actions as journal
from xenia.journal.models import Entry
from xenia.registers.pages.reading import NOT_FOR_PAGES
from xenia.registers.stays import files, kinds, linking, records, words
from xenia.registers.stays.files import Known
from xenia.registers.stays.models import RefusalRecord, StayFile, StayRecord
from xenia.registers.stays.register import identity_fields
from xenia.registers.stays.ruler import Ruler, ruler
from xenia.registers.stays.rules import local_day

FIRST = ("border-second-line", "immigration-control", "supervision")
MOST_HISTORY = 100


@dataclass(frozen=True)
class Why:
    """The purpose that a page reads under, and what it opens of this register's own records."""

    word: str
    label: str
    decision: Decision


@dataclass(frozen=True)
class Person:
    """Who a file is about, as far as this reader may see it."""

    file: UUID
    name: str
    born: str = ""
    sex: str = ""
    nationality: str = ""
    documents: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class StayRow:
    """One stay with its person. `late_days`: past the authorised stay, today or on the day of exit. Posts may be hidden."""

    stay: UUID
    person: Person
    entry_on: date | None
    exit_on: date | None
    entry_post: str
    exit_post: str
    state: str
    state_words: str
    basis_words: str
    authorised_until: date | None
    late_days: int
    sticker: str = ""
    may_correct: bool = False


@dataclass(frozen=True)
class Happening:
    """One line of a file's history."""

    at: datetime
    what: str
    who: str
    where: str


@dataclass(frozen=True)
class FileView:
    """Everything about one person's stays that this reader may see."""

    person: Person
    linked: tuple[Person, ...]
    stays: tuple[StayRow, ...]
    refusals: tuple[tuple[date, str, str], ...]
    history: tuple[Happening, ...]
    ruler: Ruler | None
    delete_on: date
    inside: bool


def why(standing: Standing) -> Why:
    """The purpose of the reader's roles that opens most of this register. Raises `NotAllowed` (`register-closed`)."""
    policy.require(standing, "stays.read")
    known = policy.current().purposes
    open_ones = [
        Why(word, _(known[word].label), decision)
        for word in policy.purposes(standing)
        if word not in NOT_FOR_PAGES and (decision := policy.decide(standing, word, "stays")).outcome == "fields"
    ]
    if not open_ones:
        raise NotAllowed(
            "No purpose of your roles opens the stays.",
            "Ask your administrator what your task is.",
            code="register-closed",
        )
    return max(open_ones, key=lambda one: (len(one.decision.groups), one.word in FIRST))


def today(standing: Standing) -> date:
    """The local day where the reader stands."""
    return local_day(datetime.now(UTC), standing.zone)


def note(standing: Standing, purpose: Why, page: str, about: Iterable[UUID]) -> None:
    """One read entry that names every file on the page; also where a search found nothing."""
    subjects = list(dict.fromkeys(about))
    act = standing.act(purpose.word, "register:stays", legal_basis=purpose.decision.legal_basis)
    body = {"files": [str(one) for one in subjects], "page": page}
    journal.record_read(kinds.SHOWN, body, act, subjects=subjects)


def opens(standing: Standing, purpose: Why, owner: str) -> frozenset[str]:
    """The field groups that are open of records of this owner; none where they may not exist for the reader."""
    decision = policy.decide(standing, purpose.word, "stays", owner)
    return decision.groups if decision.outcome == "fields" else frozenset()


def person(known: Known | None, id: UUID, groups: frozenset[str]) -> Person:
    """The person of a file, cut to the open groups."""
    if known is None:
        return Person(id, _("erased"))
    claim = known.kept.claim
    identity: Mapping[str, Any] = identity_fields(claim) if "identity" in groups else {}
    documents = tuple((d.issuing_state, d.number) for d in claim.documents) if "document" in groups else ()
    return Person(
        id,
        str(identity.get("name") or _("not shown to you")),
        str(identity.get("birth_date", "")),
        str(identity.get("sex", "")),
        str(identity.get("nationality", "")),
        documents,
    )


def rows(standing: Standing, purpose: Why, some: Sequence[StayRecord], page: str) -> list[StayRow]:
    """These stays (with their files) as this reader may see them, written down as one read."""
    seen = cut(standing, purpose, some)
    if seen:
        note(standing, purpose, page, [one.person.file for one in seen])
    return seen


def cut(standing: Standing, purpose: Why, some: Sequence[StayRecord]) -> list[StayRow]:
    """The same, not yet written down: the caller does so before anybody sees them."""
    whole = {row.file_id: row.file for row in some}
    known = {one.row.id: one for one in files.opened(list(whole.values()))}
    on = today(standing)
    return [
        _row(row, known.get(row.file_id), groups, on)
        for row in some
        if (groups := opens(standing, purpose, row.file.owner))
    ]


def _row(row: StayRecord, known: Known | None, groups: frozenset[str], on: date) -> StayRow:
    status, crossing = "status" in groups, "crossing" in groups
    end = row.exit_on or on
    late = (end - row.authorised_until).days if row.authorised_until else 0
    stickers = known.kept.stickers if known else {}
    return StayRow(
        stay=row.id,
        person=person(known, row.file_id, groups),
        entry_on=row.entry_on if status or crossing else None,
        exit_on=row.exit_on if status or crossing else None,
        entry_post=row.entry_post if crossing else "",
        exit_post=row.exit_post if crossing else "",
        state=row.state,
        state_words=words.state(row.state),
        basis_words=words.basis(row.basis) if status else "",
        authorised_until=row.authorised_until if status else None,
        late_days=max(0, late) if status else 0,
        sticker=stickers.get(str(row.visa_key), "") if "document" in groups else "",
    )


def file_view(standing: Standing, id: UUID, page: str = "file") -> FileView:
    """One file with the files linked to it. Raises `NotFound`, also for one that this reader may not know of."""
    purpose = why(standing)
    file = StayFile.objects.filter(id=id).first()
    groups = opens(standing, purpose, file.owner) if file else frozenset()
    if file is None or not groups:
        raise NotFound("There is no such file of stays.", "Search for it again.", code="no-stays")
    members = [file, *linking.others(file)]
    known = {one.row.id: one for one in files.opened(members)}
    note(standing, purpose, page, [one.id for one in members])
    stays = records.load(file.person_id)
    on = today(standing)
    may = standing.may("stays.correct")
    seen = [replace(_row(row, known.get(row.file_id), groups, on), may_correct=may) for row in reversed(stays)]
    refused = RefusalRecord.objects.filter(file__in=members).order_by("-at")
    inside = next((row for row in reversed(stays) if row.state == "open"), None)
    return FileView(
        person=person(known.get(id), id, groups),
        linked=tuple(person(known.get(one.id), one.id, groups) for one in members[1:]),
        stays=tuple(seen) if groups & {"status", "crossing"} else (),
        refusals=tuple((one.on, one.post if "crossing" in groups else "", ", ".join(one.codes)) for one in refused),
        history=tuple(_history([one.id for one in members])),
        ruler=_ruler(stays, inside, on) if "status" in groups else None,
        delete_on=file.delete_on,
        inside=inside is not None,
    )


def _ruler(stays: Sequence[StayRecord], inside: StayRecord | None, on: date) -> Ruler:
    until = inside.authorised_until if inside else None
    return ruler(records.stays(stays), on, authorised_until=until, present=inside is not None)


def _history(about: Sequence[UUID]) -> Iterable[Happening]:
    entries = Entry.objects.filter(about__subject__in=about, kind__startswith="stay.").exclude(kind=kinds.SHOWN)
    for entry in entries.distinct().order_by("-recorded_at")[:MOST_HISTORY]:
        yield Happening(entry.recorded_at, words.happened(entry.kind), _who(entry.actor), entry.origin)


def _who(actor: str) -> str:
    kind, _sep, id = actor.partition(":")
    found = access.known(UUID(id)) if kind == "account" else None
    return found.account().display_name if found else ""


def with_files(which: QuerySet[StayRecord]) -> QuerySet[StayRecord]:
    """The same, with the file of each stay in the one query."""
    return which.select_related("file")
