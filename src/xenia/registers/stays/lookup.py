"""What a question finds among the stays: two queries by document, whether anything is found or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from xenia.journal import data_keys
from xenia.matching import Match
from xenia.registers.agreeing import agree
from xenia.registers.port import Probe
from xenia.registers.stays.files import NO_TRAVEL_DOCUMENTS, Kept
from xenia.registers.stays.models import PURPOSE, StayKey
from xenia.registers.stays.pairing import is_counted

MOST_FILES = 300
NOBODY = UUID(int=0)
MOST_ROWS = 20_000
MOST_STAYS = 60
SQL = """SELECT k.key, f.id, f.person_id, f.owner, f.handling, f.sealed, f.refusals, f.last_refusal_on,
 s.id, s.entry_on, s.exit_on, s.state, s.basis, s.visa_key, s.authorised_until
 FROM stays_staykey k JOIN stays_stayfile o ON o.id = k.file_id JOIN stays_stayfile f ON f.person_id = o.person_id
 LEFT JOIN stays_stayrecord s ON s.file_id = f.id"""


@dataclass(frozen=True)
class FoundStay:
    """One stay as a hit shows it."""

    entry_on: date
    exit_on: date | None
    state: str
    basis: str
    visa_key: int | None
    authorised_until: date | None


@dataclass
class FoundFile:
    """One file with its stays, newest first. `keys`: those of the question that led to it or to a file linked with it."""

    id: UUID
    person: UUID
    owner: str
    handling: str
    sealed: bytes
    refusals: int
    last_refusal_on: date | None
    keys: set[int] = field(default_factory=set)
    stays: dict[UUID, FoundStay] = field(default_factory=dict)
    kept: Kept | None = None


@dataclass(frozen=True)
class Person:
    """All files of one human with how alike the question is to the one that is most alike."""

    file: FoundFile
    files: tuple[FoundFile, ...]
    match: Match


def find(probes: Sequence[Probe]) -> list[list[Person]]:
    """Persons for each probe, best first: by exact document, by name where the question is asked by name or for more than the first line."""
    by_document = [_document_keys(probe) for probe in probes]
    by_name = [set(probe.name_keys) if _by_name(probe) else set() for probe in probes]
    files = _load("d", set().union(*by_document))
    names = set().union(*by_name)
    if names:
        ids = _sharing(names)
        for id, one in _load("n", names, ids).items():
            if id in files:
                files[id].keys |= one.keys
            else:
                files[id] = one
    _open(files.values())
    return [
        _persons(probe, documents | shared, files.values())
        for probe, documents, shared in zip(probes, by_document, by_name, strict=True)
    ]


def _document_keys(probe: Probe) -> set[int]:
    return {keys.exact for document, keys in probe.documents if document.type not in NO_TRAVEL_DOCUMENTS}


def _by_name(probe: Probe) -> bool:
    asked_by_name = not any(document.type not in NO_TRAVEL_DOCUMENTS for document, _ in probe.documents)
    return asked_by_name or probe.purpose not in ("", "border-first-line")


def _sharing(names: Collection[int]) -> list[UUID]:
    """The files that share most of these name keys; never none, so that the next query is asked in any case."""
    rows = StayKey.objects.filter(kind="n", key__in=names).values_list("file_id", flat=True)[:MOST_ROWS]
    return [NOBODY, *(file for file, _ in Counter(rows).most_common(MOST_FILES))]


def _load(kind: str, wanted: Collection[int], files: Collection[UUID] = ()) -> dict[UUID, FoundFile]:
    """Files behind these keys, with the files linked to them and all stays: one query, also where there is nothing.

    Written as SQL: a lane asks it for every traveller, and building it from models costs more than running it.
    """
    only = f" AND k.file_id IN ({_marks(files)})" if files else ""
    text = f"{SQL} WHERE k.kind = %s AND k.key IN ({_marks(wanted or (0,))}){only} ORDER BY s.begins_at DESC LIMIT {MOST_ROWS}"
    found: dict[UUID, FoundFile] = {}
    with connection.cursor() as cursor:
        cursor.execute(text, [kind, *(wanted or (0,)), *(_adapted(one) for one in files)])
        for key, id, person, owner, handling, sealed, refusals, refused_on, stay, *told in cursor.fetchall():
            file = _uuid(id)
            if file not in found:
                seen = FoundFile(file, _uuid(person), owner, handling, bytes(sealed), refusals, _day(refused_on))
                found[file] = seen
            found[file].keys.add(key)
            if stay is not None:
                entry_on, exit_on, state, basis, visa_key, until = told
                one = FoundStay(_day(entry_on) or date.min, _day(exit_on), state, basis, visa_key, _day(until))
                found[file].stays.setdefault(_uuid(stay), one)
    return found


def _marks(values: Collection[object]) -> str:
    return ",".join(["%s"] * len(values))


def _adapted(id: UUID) -> UUID | str:
    return id.hex if connection.vendor == "sqlite" else id


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _open(files: Iterable[FoundFile]) -> None:
    """Unseal what the files keep: one query, also where there are none."""
    rows = list(files)
    plain = data_keys.unseal_many([(row.id, PURPOSE, bytes(row.sealed)) for row in rows], even_for_none=True)
    for row, text in zip(rows, plain, strict=True):
        row.kept = Kept.read(text) if text is not None else None


def _persons(probe: Probe, wanted: set[int], files: Iterable[FoundFile]) -> list[Person]:
    mine: dict[UUID, list[FoundFile]] = {}
    for file in files:
        if file.keys & wanted and file.kept is not None:
            mine.setdefault(file.person, []).append(file)
    found = []
    for members in mine.values():
        scored = [(match, file) for file in members if (match := _match(probe, file)) is not None]
        if scored:
            match, file = max(scored, key=lambda pair: pair[0].score)
            found.append(Person(file, tuple(members), match))
    return sorted(found, key=lambda one: -one.match.score)


def _match(probe: Probe, file: FoundFile) -> Match | None:
    return agree(probe, file.kept.claim, lambda _: _by_name(probe)) if file.kept is not None else None


def status(person: Person, on: date) -> Mapping[str, Any]:
    """The group `status` of a hit; see docs/reference/stays.md."""
    stickers = {key: number for file in person.files if file.kept for key, number in file.kept.stickers.items()}
    stays = [stay for file in person.files for stay in file.stays.values() if stay.entry_on <= on]
    stays.sort(key=lambda stay: stay.entry_on, reverse=True)
    inside = next((stay for stay in stays if stay.exit_on is None), None)
    until = inside.authorised_until if inside else None
    refused = [file.last_refusal_on for file in person.files if file.last_refusal_on]
    used = Counter(stickers.get(str(stay.visa_key), "") for stay in stays if stay.visa_key is not None)
    return {
        "file": str(person.file.id),
        "stays": [
            [
                stay.entry_on.isoformat(),
                stay.exit_on.isoformat() if stay.exit_on else None,
                is_counted(stay.basis),
                stickers.get(str(stay.visa_key), "") if stay.visa_key is not None else "",
            ]
            for stay in stays[:MOST_STAYS]
        ],
        "inside": inside is not None,
        "open_since": inside.entry_on.isoformat() if inside else "",
        "authorised_until": until.isoformat() if until else "",
        "overstay": until is not None and until < on,
        "refusals": sum(file.refusals for file in person.files),
        "last_refusal": max(refused).isoformat() if refused else "",
        "visa_entries": {number: count for number, count in sorted(used.items()) if number},
    }
