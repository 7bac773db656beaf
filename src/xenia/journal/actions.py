"""The only way into the journal: `append` inside `writing()`, `record_read` for reads."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from xenia.errors import BadInput
from xenia.journal import canonical, data_keys, insert, kinds, reads, sealer
from xenia.journal.act import Act, split_reference
from xenia.journal.ids import uuid7
from xenia.journal.insert import Value
from xenia.journal.node import node
from xenia.journal.writing import is_writing, writing

__all__ = ["Prepared", "append", "append_many", "prepare", "record_read", "writing"]


COLUMNS = (
    "id", "node", "kind", "schema", "owner", "origin", "actor", "purpose", "legal_basis", "reference", "occurred_at",
    "recorded_at", "retention_class", "salt", "key", "subjects", "body", "body_hash",
)  # fmt: skip


@dataclass(frozen=True)
class Prepared:
    """An entry ready to be written, with its subjects and the topics it goes out under. `values` follow `COLUMNS`."""

    id: UUID
    recorded_at: datetime
    values: tuple[Value, ...]
    subjects: tuple[UUID, ...]
    outbox: tuple[str, ...]


def _content(body: Mapping[str, Any], sealed_for: tuple[UUID, str] | None) -> tuple[bytes, UUID | None]:
    plain = canonical.json_bytes(body)
    if len(plain) > canonical.BODY_LIMIT:
        raise BadInput(
            "The body of an entry is larger than 1 MiB.", "Keep large content as a blob.", code="body-too-large"
        )
    if sealed_for is None:
        return plain, None
    sealed = data_keys.seal(*sealed_for, plain)
    return sealed, data_keys.key_id(sealed)


def prepare(
    kind: str,
    body: Mapping[str, Any],
    act: Act,
    *,
    subjects: Sequence[UUID] = (),
    occurred_at: datetime | None = None,
    sealed_for: tuple[UUID, str] | None = None,
    outbox: Sequence[str] = (),
    entry_id: UUID | None = None,
) -> Prepared:
    """An entry that can be written. Raises `NotFound` (`unknown-kind`) or `BadInput` (`bad-body`, `body-too-large`)."""
    known = kinds.named(kind)
    if occurred_at is not None and occurred_at.tzinfo is None:
        raise BadInput("occurred_at has no time zone.", "Give an aware time.", code="bad-time")
    content, key = _content(body, sealed_for)
    about = tuple(sorted(set(subjects), key=lambda subject: subject.bytes))
    packed = b"".join(subject.bytes for subject in about)
    salt, now = os.urandom(canonical.SALT_BYTES), datetime.now(UTC)
    note = split_reference(act.reference)[1].encode()
    id, content_hash = (
        entry_id or uuid7(),
        canonical.content_hash(salt, note, key.bytes if key else b"", packed, content),
    )
    values = (
        id, node(), known.name, known.schema, act.owner, act.origin, act.actor, act.purpose, act.legal_basis, act.reference,
        occurred_at or now, now, known.retention_class, salt, key, packed, content, content_hash,
    )  # fmt: skip
    return Prepared(id, now, values, about, tuple(outbox))


def append_many(prepared: Sequence[Prepared]) -> None:
    """Writes prepared entries: one statement, one more for their subjects and one for what goes out. Inside `writing()`."""
    if not is_writing():
        raise RuntimeError("Entries are appended inside journal.actions.writing() only.")
    insert.rows("journal_entry", COLUMNS, [one.values for one in prepared])
    about = [(subject, one.id) for one in prepared for subject in one.subjects]
    insert.rows("journal_entrysubject", ("subject", "entry_id"), about)
    going = [(topic, one.id, one.recorded_at, 0, one.recorded_at, "") for one in prepared for topic in one.outbox]
    insert.rows("journal_outbox", ("topic", "entry_id", "made_at", "attempts", "next_at", "trouble"), going)
    transaction.on_commit(sealer.wake)


def append(
    kind: str,
    body: Mapping[str, Any],
    act: Act,
    *,
    subjects: Sequence[UUID] = (),
    occurred_at: datetime | None = None,
    sealed_for: tuple[UUID, str] | None = None,
    outbox: Sequence[str] = (),
    entry_id: UUID | None = None,
) -> UUID:
    """Writes one entry inside `writing()` and gives back its id. One statement, two with subjects, three with an outbox.

    `body`: text, whole numbers up to 53 bits, booleans, None, lists and objects. `sealed_for`: (subject, purpose) whose
    data key seals the body. `subjects`: whom it is about; forgetting one of them erases the body of a personal kind.
    Raises what `prepare` raises.
    """
    one = prepare(
        kind,
        body,
        act,
        subjects=subjects,
        occurred_at=occurred_at,
        sealed_for=sealed_for,
        outbox=outbox,
        entry_id=entry_id,
    )
    append_many([one])
    return one.id


_reads: reads.Group[Prepared] = reads.Group(append_many)


def record_read(kind: str, body: Mapping[str, Any], act: Act, *, subjects: Sequence[UUID] = ()) -> UUID:
    """Writes the entry of a read and waits until it is committed; reads that wait together share one commit.

    Inside a transaction it is appended to that transaction. Call it after the search and before the answer is shown.
    """
    one = prepare(kind, body, act, subjects=subjects)
    if connection.in_atomic_block:
        with writing():
            append_many([one])
    else:
        _reads.commit(one)
    return one.id
