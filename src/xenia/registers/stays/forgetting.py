"""What the register of stays finds, exports and erases for one person. Subjects are files, single stays and refusals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain
from typing import Any
from uuid import UUID

from xenia import matching
from xenia.identity import keys
from xenia.identity.claim import Claimed
from xenia.identity.forgetting import wanted_claim
from xenia.journal import data_keys
from xenia.journal.act import Act
from xenia.journal.forgetting import Due, Found, Wanted
from xenia.registers.stays import files, linking
from xenia.registers.stays.files import Known
from xenia.registers.stays.models import PURPOSE, RefusalRecord, StayFile, StayKey, StayRecord

MOST = 2000
MOST_DUE = 10_000
TYPES = ("P", "I", "")


class StaysPart:
    """Files of stays."""

    room = "stays"

    def find(self, wanted: Wanted) -> Iterable[Found]:
        """Files of that subject, document or name, with those that were linked to them."""
        if wanted.subject is not None:
            return [_found(one) for one in files.opened(list(StayFile.objects.filter(id=_file_of(wanted.subject))))]
        claim = wanted_claim(wanted)
        ids = _ids(wanted, claim)
        persons = StayFile.objects.filter(id__in=ids).values_list("person_id", flat=True)
        known = files.opened(list(StayFile.objects.filter(person_id__in=list(persons))))
        meant = {one.row.person_id for one in known if _meant(one, wanted, claim)}
        return [_found(one) for one in known if one.row.person_id in meant]

    def export(self, subject: UUID) -> dict[str, Any]:
        """The file with its stays and refusals."""
        row = StayFile.objects.filter(id=subject).first()
        if row is None:
            return {}
        known = files.opened([row])
        return {
            "file": str(row.id),
            "owner": row.owner,
            "linked_to": [str(one.id) for one in linking.others(row)],
            "recorded_at": row.recorded_at.isoformat(),
            "delete_on": row.delete_on.isoformat(),
            "claim": known[0].kept.claim.to_json() if known else None,
            "visa_stickers": sorted(known[0].kept.stickers.values()) if known else [],
            "stays": [_stay(one) for one in row.stays.order_by("begins_at")],
            "refusals": [
                {"on": one.on.isoformat(), "post": one.post, "codes": one.codes} for one in row.refused.order_by("at")
            ],
        }

    def erase(self, subjects: Sequence[UUID], act: Act) -> dict[str, int]:
        """Delete files whole, or single stays and refusals, with data keys and what finds them."""
        linking.leave(subjects)
        data_keys.destroy(subjects, PURPOSE)
        index, _ = StayKey.objects.filter(file_id__in=subjects).delete()
        stays = RefusalRecord.objects.filter(file_id__in=subjects).delete()[0]
        stays += RefusalRecord.objects.filter(id__in=subjects).delete()[0]
        stays += StayRecord.objects.filter(file_id__in=subjects).delete()[0]
        stays += StayRecord.objects.filter(id__in=subjects).delete()[0]
        rows, _ = StayFile.objects.filter(id__in=subjects).delete()
        return {"stay_file": rows, "stay_record": stays, "stay_key": index}

    def due(self, on: date) -> Iterable[Due]:
        """Single stays and refusals, then files, whose deletion day has come."""
        stays = StayRecord.objects.filter(delete_on__lte=on).order_by("delete_on")
        refusals = RefusalRecord.objects.filter(delete_on__lte=on).order_by("delete_on")
        whole = StayFile.objects.filter(delete_on__lte=on).order_by("delete_on")
        return chain(
            (
                Due(id, self.room, _class_of(state), day)
                for id, state, day in stays.values_list("id", "state", "delete_on")[:MOST_DUE]
            ),
            (Due(id, self.room, "crossing", day) for id, day in refusals.values_list("id", "delete_on")[:MOST_DUE]),
            (Due(id, self.room, "crossing", day) for id, day in whole.values_list("id", "delete_on")[:MOST_DUE]),
        )

    def kept(self, subjects: Sequence[UUID], on: date) -> set[UUID]:
        """Those whose deletion day is still to come."""
        tables = (StayFile.objects, StayRecord.objects, RefusalRecord.objects)
        return {
            id for one in tables for id in one.filter(id__in=subjects, delete_on__gt=on).values_list("id", flat=True)
        }


def _class_of(state: str) -> str:
    return "crossing-without-exit" if state in ("open", "missing-exit") else "crossing"


def _file_of(subject: UUID) -> UUID:
    stay = StayRecord.objects.filter(id=subject).values_list("file_id", flat=True).first()
    return stay or RefusalRecord.objects.filter(id=subject).values_list("file_id", flat=True).first() or subject


def _ids(wanted: Wanted, claim: Claimed) -> set[UUID]:
    names = set(keys.query_keys(claim)) if claim.whole_names() else set()
    numbers = {
        keys.document_keys(wanted.issuing_state, kind, wanted.document_number).exact
        for kind in TYPES
        if wanted.document_number
    }
    found = StayKey.objects.filter(kind="n", key__in=names) | StayKey.objects.filter(kind="d", key__in=numbers)
    return set(found.values_list("file_id", flat=True)[:MOST]) if names or numbers else set()


def _meant(one: Known, wanted: Wanted, claim: Claimed) -> bool:
    known = one.kept.claim
    number = matching.normalised_number(wanted.document_number)
    if number and any(matching.normalised_number(d.number) == number for d in known.documents):
        return True
    return bool(claim.whole_names()) and matching.compare(claim.for_matching(), known.for_matching()).band is not None


def _found(one: Known) -> Found:
    claim = one.kept.claim
    born = claim.birth_date.iso() if claim.birth_date else ""
    label = ", ".join(part for part in (claim.main_name().whole, born, claim.nationality) if part)
    return Found(one.row.id, "stays", label, "entries and exits", one.row.recorded_at)


def _stay(row: StayRecord) -> dict[str, Any]:
    return {
        "state": row.state,
        "basis": row.basis,
        "entry_on": row.entry_on.isoformat(),
        "entry_post": row.entry_post,
        "exit_on": row.exit_on.isoformat() if row.exit_on else None,
        "exit_post": row.exit_post,
        "authorised_until": row.authorised_until.isoformat() if row.authorised_until else None,
        "overstay": row.overstay,
        "delete_on": row.delete_on.isoformat(),
    }
