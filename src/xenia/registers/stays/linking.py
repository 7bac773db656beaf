"""Files of one human under several documents: linked and parted, their stays paired across them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

from xenia.errors import NotFound
from xenia.identity import keys
from xenia.journal import actions as journal
from xenia.journal.act import Act
from xenia.registers.stays import files, kinds, records, retention
from xenia.registers.stays.models import RefusalRecord, StayFile, StayKey


def file(id: UUID) -> StayFile:
    """The file of this id. Raises `NotFound` (`no-stays`)."""
    found = StayFile.objects.filter(id=id).first()
    if found is None:
        raise NotFound("There is no such file of stays.", "Search for it again.", code="no-stays")
    return found


def others(one: StayFile) -> list[StayFile]:
    """The files linked to this one."""
    return list(StayFile.objects.filter(person_id=one.person_id).exclude(id=one.id).order_by("recorded_at"))


def link(one: StayFile, other: StayFile, act: Act) -> None:
    """From now on both, and what was linked to either, are one person. Inside `journal.writing()`."""
    moved = list(StayFile.objects.filter(person_id=other.person_id).values_list("id", flat=True))
    _move(moved, one.person_id, act, [one.id, *moved])
    _pair_anew(one)


def part(one: StayFile, act: Act) -> None:
    """From now on the file stands for itself, with the crossings of its own document. Inside `journal.writing()`."""
    left = others(one)
    change = records.paired(records.load(one.person_id), one, apart={one.id})
    about = [one.id, *(each.id for each in left)]
    if one.person_id == one.id and left:
        _move([each.id for each in left], left[0].id, act, about)
    else:
        _move([one.id], one.id, act, about)
    change.write()
    for person in {one.id, *(each.id for each in left[:1])}:
        keep(StayFile.objects.values_list("person_id", flat=True).get(id=person))


def _move(moved: list[UUID], person: UUID, act: Act, about: list[UUID]) -> None:
    StayFile.objects.filter(id__in=moved).update(person_id=person)
    body = {"files": [str(one) for one in moved], "person": str(person)}
    journal.append(kinds.LINKED, body, act, subjects=about)


def _pair_anew(one: StayFile) -> None:
    records.paired(records.load(one.person_id), one).write()
    keep(one.person_id)


def keep(person: UUID) -> None:
    """Bring the deletion day of a person's files to their last record. Inside `journal.writing()`."""
    days = [row.delete_on for row in records.load(person)]
    days += RefusalRecord.objects.filter(file__person_id=person).values_list("delete_on", flat=True)
    until = retention.file_until(days, datetime.now(UTC).date())
    StayFile.objects.filter(person_id=person).update(delete_on=until)


def leave(gone: Collection[UUID]) -> None:
    """Before files are deleted: those that stay and were led by one of them get another to lead."""
    left = StayFile.objects.filter(person_id__in=gone).exclude(id__in=gone).order_by("recorded_at")
    leads: dict[UUID, UUID] = {}
    for one in left:
        lead = leads.setdefault(one.person_id, one.id)
        StayFile.objects.filter(id=one.id).update(person_id=lead)


def described(ids: Collection[UUID]) -> dict[UUID, str]:
    """Name, birth date and documents of these files in a line each. The caller journals the read."""
    found = {}
    for known in files.opened(list(StayFile.objects.filter(id__in=ids))):
        claim = known.kept.claim
        born = claim.birth_date.iso() if claim.birth_date else ""
        numbers = ", ".join(f"{d.issuing_state} {d.number}" for d in claim.documents)
        found[known.row.id] = "; ".join(part for part in (claim.main_name().whole, born, numbers) if part)
    return found


def by_document(issuing_state: str, number: str) -> UUID:
    """The file of this document. Raises `NotFound` (`no-stays`)."""
    wanted = [keys.document_keys(issuing_state, kind, number).exact for kind in ("P", "I")]
    found = StayKey.objects.filter(kind="d", key__in=wanted).order_by("file__recorded_at").first()
    if found is None:
        raise NotFound("No stays are known under this document.", "Check state and number.", code="no-stays")
    return found.file_id
