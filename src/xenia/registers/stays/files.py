"""Files of stays: finding the one of a document, opening one, what it keeps sealed. Written inside `journal.writing()`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from xenia import matching
from xenia.identity import keys
from xenia.identity.claim import Claimed, Document
from xenia.journal import actions as journal
from xenia.journal import data_keys
from xenia.journal.act import Act
from xenia.journal.ids import uuid7
from xenia.registers.stays import kinds
from xenia.registers.stays.models import PURPOSE, StayFile, StayKey

ALIKE = (matching.Band.EXACT, matching.Band.LIKELY)
NO_TRAVEL_DOCUMENTS = frozenset({"PLATE", "VIN", "V"})


@dataclass(frozen=True)
class Kept:
    """What a file keeps sealed: who its person is said to be, and the visa stickers by their keyed hash."""

    claim: Claimed
    stickers: dict[str, str]

    def seal_text(self) -> bytes:
        """As it is sealed."""
        data = {"claim": self.claim.to_json(), "stickers": self.stickers}
        return json.dumps(data, ensure_ascii=False).encode()

    @classmethod
    def read(cls, text: bytes) -> Kept:
        """What `seal_text` wrote."""
        data = json.loads(text)
        return cls(Claimed.from_json(data["claim"]), dict(data["stickers"]))


@dataclass(frozen=True)
class Known:
    """A file with what it keeps. `fresh`: not yet in the table."""

    row: StayFile
    kept: Kept
    fresh: bool = False


def travel_documents(claimed: Claimed) -> tuple[Document, ...]:
    """The documents that a file is found by: not visas, not vehicles."""
    return tuple(d for d in claimed.documents if d.number and d.type not in NO_TRAVEL_DOCUMENTS)


def document_keys(claimed: Claimed) -> tuple[int, ...]:
    """Their keys."""
    found = [keys.document_keys(d.issuing_state, d.type, d.number).exact for d in travel_documents(claimed)]
    return tuple(dict.fromkeys(found))


def sticker_key(number: str) -> int:
    """The keyed hash of a visa sticker's number, whichever state issued it."""
    return keys.document_keys("", "V", number).exact


def opened(rows: Sequence[StayFile]) -> list[Known]:
    """Files with what they keep; a forgotten one is left out. One query. The caller journals the read."""
    plain = data_keys.unseal_many([(row.id, PURPOSE, bytes(row.sealed)) for row in rows])
    return [Known(row, Kept.read(text)) for row, text in zip(rows, plain, strict=True) if text is not None]


def find(claimed: Claimed) -> Known | None:
    """The file of this document and person, or None. Two queries at most.

    Several persons may travel on one document (children), so name and birth date must be alike too.
    """
    wanted = document_keys(claimed)
    if not wanted:
        return None
    rows = list(StayFile.objects.filter(keys__kind="d", keys__key__in=wanted).distinct())
    return best(claimed, opened(rows))


def best(claimed: Claimed, known: Iterable[Known]) -> Known | None:
    """The file whose person is most like the claimed one; None where none is alike enough."""
    asked = matching.prepare(claimed.for_matching())
    scored = [(matching.compare(asked, one.kept.claim.for_matching()), one) for one in known]
    alike = [(match.score, str(one.row.id), one) for match, one in scored if match.band in ALIKE]
    return max(alike, key=lambda one: one[:2])[2] if alike else None


def begin(claimed: Claimed, act: Act, now: datetime) -> Known:
    """A new file, not yet written: `write` does so."""
    row = StayFile(
        id=uuid7(),
        owner=act.owner,
        origin=act.origin,
        nationality=claimed.nationality.replace("<", "")[:3],
        rules_version=matching.RULES_VERSION,
        recorded_at=now,
        delete_on=now.date(),
    )
    row.person_id = row.id
    return Known(row, Kept(claimed, {}), fresh=True)


def with_sticker(known: Known, number: str) -> Known:
    """The same, knowing this sticker."""
    key = str(sticker_key(number))
    if not number or key in known.kept.stickers:
        return known
    return replace(known, kept=replace(known.kept, stickers={**known.kept.stickers, key: number}))


def write(before: Known, after: Known, act: Act, now: datetime) -> list[journal.Prepared]:
    """Write the file where it is new or keeps more than before; the entry that says so, for the caller to append."""
    if not after.fresh and after.kept == before.kept:
        return []
    row = after.row
    row.sealed = data_keys.seal(row.id, PURPOSE, after.kept.seal_text(), fresh=after.fresh)
    if after.fresh:
        row.save(force_insert=True)
        StayKey.objects.bulk_create(key_rows(row.id, after.kept.claim))
    else:
        StayFile.objects.filter(id=row.id).update(sealed=row.sealed)
    body = {"file": str(row.id), "claim": after.kept.claim.to_json(), "stickers": after.kept.stickers}
    return [
        journal.prepare(kinds.FILE_NOTED, body, act, subjects=[row.id], occurred_at=now, sealed_for=(row.id, PURPOSE))
    ]


def key_rows(file: UUID, claimed: Claimed) -> list[StayKey]:
    """The keys of a claim, by document and by name."""
    rows = [StayKey(file_id=file, kind="d", key=key) for key in document_keys(claimed)]
    return rows + [StayKey(file_id=file, kind="n", key=key) for key in sorted(set(keys.name_keys(claimed)))]
