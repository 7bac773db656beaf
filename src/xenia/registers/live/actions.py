"""The only writers and readers of live records."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from xenia import matching
from xenia.access import epochs
from xenia.formats.lists.records import PERSON
from xenia.identity import keys
from xenia.journal import data_keys
from xenia.journal.act import Act
from xenia.journal.ids import uuid7
from xenia.registers import bodies
from xenia.registers.live.models import PURPOSE, LiveKey, LiveRecord

NOBODY = UUID(int=0)
MOST_ROWS = 100_000


@dataclass(frozen=True)
class Live:
    """A live record, opened."""

    row: LiveRecord
    body: Mapping[str, Any]


def put(
    register: str,
    record_id: str,
    body: Mapping[str, Any],
    act: Act,
    *,
    now: datetime,
    source: str = "",
    kind: str = "person",
    category: str = "",
    delete_on: date | None = None,
    record: UUID | None = None,
) -> UUID:
    """Write one record, replacing the one of the same register, source and record id. Inside `journal.writing()`.

    The caller appends the journal entry. `body`: see `registers.bodies`. Bumps the epoch `live`.
    """
    LiveRecord.objects.filter(register=register, source=source, record_id=record_id).delete()
    row = LiveRecord(
        id=record or uuid7(),
        register=register,
        source=source,
        record_id=record_id,
        kind=kind,
        category=category,
        handling=str(body.get("handling") or "open"),
        owner=act.owner,
        origin=act.origin,
        recorded_at=now,
        delete_on=delete_on,
        valid_from=_day(body.get("valid_from")),
        valid_until=_day(body.get("valid_until")),
        review_on=_day(body.get("review_on")),
    )
    write(row, body)
    return row.id


def write(row: LiveRecord, body: Mapping[str, Any]) -> None:
    """Seal the body into the row and save it, with its keys; a removed one holds nothing, a withheld one its keys, and what it
    `says` without naming anybody.

    Inside `journal.writing()`.
    """
    row.rules_version, row.sealed = matching.RULES_VERSION, b""
    if says := body if row.state == "present" else body.get("says"):
        row.sealed = data_keys.seal(row.id, PURPOSE, json.dumps(says, ensure_ascii=False, sort_keys=True).encode())
    row.save(force_insert=True)
    if row.state == "present":
        LiveKey.objects.bulk_create(LiveKey(record=row, kind=kind, key=key) for kind, key in _keys(body))
    elif row.state == LiveRecord.WITHHELD:
        LiveKey.objects.bulk_create(LiveKey(record=row, kind=kind, key=key) for kind, key in body["keys"])
    epochs.bump("live")


def hide(register: str, source: str, record_id: str, act: Act, *, now: datetime) -> UUID:
    """Hide one record of a list at once, until its next version. Inside `journal.writing()`; holds no personal data."""
    LiveRecord.objects.filter(register=register, source=source, record_id=record_id).delete()
    record = LiveRecord(
        id=uuid7(),
        register=register,
        source=source,
        record_id=record_id,
        state="removed",
        owner=act.owner,
        origin=act.origin,
        recorded_at=now,
        sealed=b"",
    )
    record.save(force_insert=True)
    epochs.bump("live")
    return record.id


def remove(record_ids: Sequence[UUID], *, keep_keys: bool = False) -> int:
    """Delete records and what finds them. Inside `journal.writing()`.

    `keep_keys`: the data keys stay, so that the history of a deleted alert can be read until its retention ends.
    """
    if not keep_keys:
        data_keys.destroy(record_ids)
    LiveKey.objects.filter(record_id__in=record_ids).delete()
    count, _ = LiveRecord.objects.filter(id__in=record_ids).delete()
    epochs.bump("live")
    return count


def _day(text: Any) -> date | None:
    return date.fromisoformat(str(text)) if text else None


def _keys(body: Mapping[str, Any]) -> set[tuple[str, int]]:
    found = set()
    if bodies.kind(body) == PERSON:
        for birth in bodies.births(body) or (None,):
            found |= {("n", key) for key in matching.name_keys(bodies.whole_names(body), birth)}
    for document in bodies.documents(body):
        made = keys.document_keys(document.issuing_state, document.type, document.number)
        found |= {("d", made.exact), ("f", made.folded)}
    return found


def opened(rows: Sequence[LiveRecord]) -> list[Live]:
    """Records with their bodies; a forgotten one is left out. One query for all keys, also where there are no records."""
    plain = data_keys.unseal_many([(row.id, PURPOSE, bytes(row.sealed)) for row in rows], even_for_none=True)
    return [Live(row, json.loads(text)) for row, text in zip(rows, plain, strict=True) if text is not None]


Shared = dict[UUID, set[tuple[str, int]]]


def _matching(registers: Collection[str], wanted: Collection[int]) -> QuerySet[LiveKey]:
    return LiveKey.objects.filter(key__in=wanted, record__register__in=registers, record__state="present")


def matching_keys(registers: Collection[str], wanted: Collection[int]) -> Shared:
    """Which of the wanted keys each present record of these registers shares, with their kinds. One query, or none."""
    shared: Shared = defaultdict(set)
    if wanted and registers:
        for record_id, kind, key in _matching(registers, wanted).values_list("record_id", "kind", "key")[:MOST_ROWS]:
            shared[record_id].add((kind, key))
    return dict(shared)


def matching_records(registers: Collection[str], wanted: Collection[int]) -> tuple[Shared, list[Live]]:
    """As `matching_keys`, with the records, opened: two queries. For one question; a batch loads each record once."""
    shared: Shared = defaultdict(set)
    rows: dict[UUID, LiveRecord] = {}
    if wanted and registers:
        for one in _matching(registers, wanted).select_related("record")[:MOST_ROWS]:
            shared[one.record.id].add((one.kind, one.key))
            rows[one.record.id] = one.record
    return dict(shared), opened(list(rows.values()))


def load(record_ids: Collection[UUID]) -> list[Live]:
    """These records, opened. Two queries, also where there are none: a discreet hit must not show in the time taken."""
    return opened(list(LiveRecord.objects.filter(id__in=[*record_ids, NOBODY])))
