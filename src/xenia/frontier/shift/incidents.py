"""The incident log of a post: written once, never edited, only followed up. Texts are sealed; every reading is an entry.

A text is sealed for the traveller of the linked check, so that it goes when the traveller is forgotten, else for the
incident itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from xenia.access import policy
from xenia.access.standing import Place, Standing
from xenia.errors import BadInput, NotFound
from xenia.frontier.models import Check
from xenia.frontier.shift import board, kinds, periods, presence
from xenia.frontier.shift.models import Incident
from xenia.frontier.shift.terms import term
from xenia.journal import actions as journal
from xenia.journal import data_keys
from xenia.journal.ids import uuid7
from xenia.registers.reference import read as reference

PURPOSE = "supervision"
KEY = "incident"
LIST = "incident-kind"
PERMISSION = "frontier.incidents"
LONGEST_TEXT = 4000
PAGE = 25
MOST_SEARCHED = 5000
AHEAD = timedelta(minutes=5)


@dataclass(frozen=True)
class EntryView:
    """One entry of an incident. `text` None: erased. `check`: id of the linked check, "" if none."""

    id: UUID
    happened_at: datetime
    written_at: datetime
    by: str
    text: str | None
    check: str


@dataclass(frozen=True)
class IncidentView:
    """One incident: its first entry and what followed, in the order of writing."""

    id: UUID
    kind: str
    label: str
    first: EntryView
    followed: tuple[EntryView, ...]


@dataclass(frozen=True)
class Wanted:
    """What the log is asked for; empty fields ask for all. Days are local days of the post, both counted."""

    kind: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""


@dataclass(frozen=True)
class LogPage:
    """One page of the log, newest first. `found`: of how many. `capped`: more entries than were looked through."""

    rows: tuple[IncidentView, ...]
    page: int
    pages: int
    found: int
    capped: bool = False


def kind_choices() -> list[tuple[str, str]]:
    """Kinds of incident in use today, from reference data."""
    return reference.choices(LIST)


def label_of(kind: str) -> str:
    """A kind in the reader's language; the code itself where it is no longer known."""
    known = reference.term(LIST, kind)
    return known.label() if known else kind


def log(standing_: Standing, kind: str, happened_at: datetime, text: str, check: str = "") -> UUID:
    """Write an incident down; gives back its id. `check`: id of a check of this post that it is about, or "".

    Raises `BadInput` (`incident-kind`, `incident-text`, `incident-time`, `incident-check`).
    """
    policy.require(standing_, PERMISSION)
    place = board.here(standing_)
    if kind not in dict(kind_choices()):
        raise BadInput(_("Choose what kind of incident it was."), code="incident-kind")
    linked = _linked(place, check)
    made = uuid7()
    _write(standing_, place, made, made, kind, happened_at, text, linked)
    return made


def follow_up(standing_: Standing, incident: UUID, happened_at: datetime, text: str) -> UUID:
    """Write what followed; gives back the id of the new entry. Raises `NotFound` (`no-incident`), `BadInput` as `log`."""
    policy.require(standing_, PERMISSION)
    place = board.here(standing_)
    first = _first(place, incident)
    linked = Check.objects.filter(id=first.check_made).first() if first.check_made else None
    made = uuid7()
    _write(standing_, place, made, first.id, first.kind, happened_at, text, linked)
    return made


def _first(place: Place, incident: UUID) -> Incident:
    found = Incident.objects.filter(id=incident, incident=incident, post=place.code).first()
    if found is None:
        raise NotFound(_("There is no such incident at your post."), _("Go back to the log."), code="no-incident")
    return found


def _linked(place: Place, check: str) -> Check | None:
    text = check.strip().removeprefix("check:")
    if not text:
        return None
    try:
        found = Check.objects.filter(id=UUID(text), post=place.code).first()
    except ValueError:
        found = None
    if found is None:
        raise BadInput(_("There is no such check at your post."), code="incident-check")
    return found


def _write(
    standing_: Standing,
    place: Place,
    made: UUID,
    incident: UUID,
    kind: str,
    happened_at: datetime,
    text: str,
    check: Check | None,
) -> None:
    now, plain = datetime.now(UTC), text.strip()
    if not plain or len(plain) > LONGEST_TEXT:
        words = _("Say what happened, in at most %(most)d characters.") % {"most": LONGEST_TEXT}
        raise BadInput(words, code="incident-text")
    if happened_at > now + AHEAD:
        raise BadInput(_("The time lies ahead. Write down what has happened."), code="incident-time")
    about = check.identity if check else None
    key, entry = about or incident, uuid7()
    delete_on = periods.local(now, place.zone).date() + timedelta(days=term("incident-kept-days"))
    body = {
        "incident": str(incident),
        "entry": str(made),
        "post": place.code,
        "kind": kind,
        "happened_at": happened_at.astimezone(UTC).isoformat(),
        "check": str(check.id) if check else "",
        "text": plain,
    }
    with journal.writing():
        Incident(
            id=made,
            incident=incident,
            owner=place.authority,
            post=place.code,
            kind=kind,
            happened_at=happened_at,
            written_at=now,
            written_by=standing_.account,
            sealed=data_keys.seal(key, KEY, plain.encode()),
            check_made=check.id if check else None,
            about=about,
            entry=entry,
            delete_on=delete_on,
        ).save(force_insert=True)
        Incident.objects.filter(incident=incident).update(delete_on=delete_on)
        journal.append(
            kinds.LOGGED if made == incident else kinds.FOLLOWED_UP,
            body,
            standing_.act(PURPOSE, f"incident:{incident}", owner=place.authority),
            subjects=[incident, *([about] if about else [])],
            occurred_at=now,
            sealed_for=(key, KEY),
            entry_id=entry,
        )


def texts_of(rows: Sequence[Incident]) -> dict[UUID, str | None]:
    """The text of each entry; None where it was erased. Not journalled: for those who write the read down themselves."""
    held = [row for row in rows if row.sealed]
    plain = data_keys.unseal_many([(row.about or row.incident, KEY, bytes(row.sealed or b"")) for row in held])
    found: dict[UUID, str | None] = {row.id: None for row in rows}
    return found | {row.id: text.decode() if text is not None else None for row, text in zip(held, plain, strict=True)}


def search(standing_: Standing, wanted: Wanted, page: int = 1, size: int = PAGE) -> LogPage:
    """Incidents of this post, newest first, a page at a time; one read entry names those shown.

    `wanted.text` is looked for in every entry, whatever the case of its letters: texts are opened for that, the newest
    5,000 incidents at most.
    """
    policy.require(standing_, PERMISSION)
    place = board.here(standing_)
    rows: QuerySet[Incident] | list[Incident] = _wanted(place, wanted)
    capped, text = False, wanted.text.strip().casefold()
    if text:
        newest = list(rows[: MOST_SEARCHED + 1])
        capped = len(newest) > MOST_SEARCHED
        rows = _with_text(newest[:MOST_SEARCHED], text)
    found = len(rows) if isinstance(rows, list) else rows.count()
    pages = max(1, -(-found // size))
    page = min(max(page, 1), pages)
    firsts = list(rows[(page - 1) * size : page * size])
    return LogPage(_views(standing_, place, firsts), page, pages, found, capped)


def _wanted(place: Place, wanted: Wanted) -> QuerySet[Incident]:
    rows = Incident.objects.filter(post=place.code, id=F("incident")).order_by("-happened_at", "-id")
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.since:
        rows = rows.filter(happened_at__gte=periods.bounds(wanted.since, place.zone)[0])
    if wanted.until:
        rows = rows.filter(happened_at__lt=periods.bounds(wanted.until, place.zone)[1])
    return rows


def _with_text(firsts: Sequence[Incident], text: str) -> list[Incident]:
    entries = list(_entries(firsts))
    texts = texts_of(entries)
    holding = {row.incident for row in entries if text in (texts[row.id] or "").casefold()}
    return [first for first in firsts if first.id in holding]


def _entries(firsts: Sequence[Incident]) -> Iterable[Incident]:
    ids = [first.id for first in firsts]
    for start in range(0, len(ids), 400):
        yield from Incident.objects.filter(incident__in=ids[start : start + 400]).order_by("written_at", "id")


def show(standing_: Standing, incident: UUID) -> IncidentView:
    """One incident with all that followed; a read entry. Raises `NotFound` (`no-incident`)."""
    policy.require(standing_, PERMISSION)
    place = board.here(standing_)
    return _views(standing_, place, [_first(place, incident)])[0]


def _views(standing_: Standing, place: Place, firsts: Sequence[Incident]) -> tuple[IncidentView, ...]:
    if not firsts:
        return ()
    policy.require_purpose(standing_, PURPOSE, f"post:{place.code}")
    entries = list(_entries(firsts))
    texts = texts_of(entries)
    about = sorted({row.about for row in entries if row.about}, key=str)
    body = {"post": place.code, "incidents": [str(first.id) for first in firsts]}
    act = standing_.act(PURPOSE, f"post:{place.code}", owner=place.authority)
    journal.record_read(kinds.INCIDENTS_SHOWN, body, act, subjects=[*(first.id for first in firsts), *about])
    views = []
    for first in firsts:
        shown = [_entry(row, texts[row.id]) for row in entries if row.incident == first.id]
        views.append(IncidentView(first.id, first.kind, label_of(first.kind), shown[0], tuple(shown[1:])))
    return tuple(views)


def _entry(row: Incident, text: str | None) -> EntryView:
    name = presence.name_of(row.written_by)
    return EntryView(row.id, row.happened_at, row.written_at, name, text, str(row.check_made or ""))
