"""Lists of stays page by page, by keys and never by counting: a register holds millions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from xenia.access.standing import Standing
from xenia.formats.dates import PartialDate
from xenia.formats.states import STATES
from xenia.identity.claim import Claimed, Document, Name
from xenia.registers import exports
from xenia.registers.search.ask import probe
from xenia.registers.search.question import Question
from xenia.registers.stays import lookup, reading
from xenia.registers.stays.files import Known
from xenia.registers.stays.models import StayFile, StayRecord
from xenia.registers.stays.reading import Person, StayRow, Why

PER_PAGE = 25
MOST_FOUND = 50
VIEWS = ("inside", "recent", "missing")
LATE = ("inside", "left", "missing-exit")


@dataclass(frozen=True)
class Page:
    """Rows, and where the next page begins: the id of the last row, "" at the end."""

    rows: tuple[StayRow, ...]
    next: str = ""


@dataclass(frozen=True)
class Late:
    """Filters of the list of overstayers. `state`: one of `LATE` or empty for all; `days`: at least so many days late."""

    state: str = "inside"
    nationality: str = ""
    post: str = ""
    days: int = 1


@dataclass(frozen=True)
class Found:
    """A person that a search found, with how alike."""

    person: Person
    band: str
    inside: bool
    last_on: str


def browse(standing: Standing, purpose: Why, view: str, after: str) -> Page:
    """Stays at the reader's post, newest first: who is inside, all of late, or those with a crossing missing."""
    here = standing.post or ""
    rows = StayRecord.objects.all()
    if here:
        rows = rows.filter(Q(entry_post=here) | Q(entry_post="", exit_post=here))
    if view == "inside":
        rows = rows.filter(state="open")
    elif view == "missing":
        rows = rows.filter(state__in=("missing-exit", "missing-entry"))
    last = StayRecord.objects.filter(id=after).values_list("begins_at", "id").first() if after else None
    if last:
        rows = rows.filter(Q(begins_at__lt=last[0]) | Q(begins_at=last[0], id__lt=last[1]))
    return _page(standing, purpose, rows.order_by("-begins_at", "-id"), view)


def overstayers(standing: Standing, purpose: Why, wanted: Late, after: str = "") -> Page:
    """Stays past their authorised end, the longest first."""
    rows = late(standing, wanted)
    last = StayRecord.objects.filter(id=after).values_list("authorised_until", "id").first() if after else None
    if last and last[0]:
        rows = rows.filter(Q(authorised_until__gt=last[0]) | Q(authorised_until=last[0], id__gt=last[1]))
    return _page(standing, purpose, rows, "overstayers")


def late(standing: Standing, wanted: Late) -> QuerySet[StayRecord]:
    """The stays that the filters mean, the longest overstay first."""
    on = reading.today(standing)
    before = on - timedelta(days=max(wanted.days, 1) - 1)
    inside = Q(state="open", authorised_until__lt=before)
    left = Q(overstay=True, state__in=("closed", "corrected"))
    missing = Q(overstay=True, state="missing-exit")
    which = {"inside": inside, "left": left, "missing-exit": missing}.get(wanted.state, inside | left | missing)
    rows = StayRecord.objects.filter(which)
    if wanted.nationality:
        rows = rows.filter(file__nationality=wanted.nationality)
    if wanted.post:
        rows = rows.filter(entry_post=wanted.post)
    return rows.order_by("authorised_until", "id")


def _page(standing: Standing, purpose: Why, rows: QuerySet[StayRecord], name: str) -> Page:
    some = list(reading.with_files(rows)[: PER_PAGE + 1])
    shown = some[:PER_PAGE]
    return Page(tuple(reading.rows(standing, purpose, shown, name)), str(shown[-1].id) if len(some) > PER_PAGE else "")


def search(standing: Standing, purpose: Why, name: str, birth: str, number: str, state: str) -> tuple[Found, ...]:
    """Persons by name (any spelling or script) or by the number of a document, surest first. Written down, also if empty."""
    on = reading.today(standing)
    states = [state] if state else ["", *STATES]
    documents = tuple(Document(kind, one, number) for kind in ("P", "I") for one in states) if number else ()
    names = (Name(full=name),) if name else ()
    claimed = Claimed(names, PartialDate.parse(birth) if birth else None, documents=documents)
    question = probe(Question("page", claimed, on), purpose.word)
    found = [
        Found(shown, str(one.match.band), bool(told["inside"]), told["stays"][0][0] if told["stays"] else "")
        for one in lookup.find([question])[0][:MOST_FOUND]
        if (groups := reading.opens(standing, purpose, one.file.owner)) and one.file.kept
        for told in (lookup.status(one, on),)
        for shown in (reading.person(Known(StayFile(id=one.file.id), one.file.kept), one.file.id, groups),)
    ]
    reading.note(standing, purpose, "search", [one.person.file for one in found])
    return tuple(found)


def is_id(text: str) -> str:
    """The text where it is an id, "" for anything else."""
    try:
        return str(UUID(text))
    except ValueError:
        return ""


def export_rows(standing: Standing, filters: dict[str, str]) -> list[tuple[UUID, list[str]]]:
    """The rows of an export of overstayers, with the file of each. Journalled by the download."""
    purpose = reading.why(standing)
    wanted = Late(filters.get("state", ""), filters.get("nationality", ""), filters.get("post", ""))
    some = list(reading.with_files(late(standing, wanted))[: exports.MOST_ROWS + 1])
    return [(one.person.file, _cells(one)) for one in reading.cut(standing, purpose, some)]


def _cells(one: StayRow) -> list[str]:
    days: tuple[date | datetime | None, ...] = (one.entry_on, one.authorised_until, one.exit_on)
    numbers = ", ".join(" ".join(part for part in document if part) for document in one.person.documents)
    return [
        one.person.name, one.person.born, one.person.nationality, numbers,
        *(day.isoformat() if day else "" for day in days), str(one.late_days), one.state_words,
    ]  # fmt: skip
