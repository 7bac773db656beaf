"""Reading entries: their hashes, and their bodies in today's schema."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from xenia.journal import canonical, data_keys, kinds
from xenia.journal.act import split_reference
from xenia.journal.models import Entry


def header(entry: Entry) -> bytes:
    """The header's bytes as they are sealed."""
    return canonical.header_bytes(
        actor=entry.actor,
        id=str(entry.id),
        kind=entry.kind,
        legal_basis=entry.legal_basis,
        node=entry.node,
        occurred_at=canonical.moment(entry.occurred_at),
        origin=entry.origin,
        owner=entry.owner,
        purpose=entry.purpose,
        recorded_at=canonical.moment(entry.recorded_at),
        reference=split_reference(entry.reference)[0],
        retention_class=entry.retention_class,
        schema=entry.schema,
    )


def leaf(entry: Entry) -> bytes:
    """The leaf hash of an entry, from its header and stored body hash."""
    return canonical.leaf_hash(header(entry), bytes(entry.body_hash))


def subjects(entry: Entry) -> list[UUID]:
    """Whom the entry is about, as sealed; none once erased."""
    packed = bytes(entry.subjects or b"")
    return [UUID(bytes=packed[at : at + 16]) for at in range(0, len(packed), 16)]


def bodies(entries: Iterable[Entry]) -> dict[UUID, dict[str, Any]]:
    """The bodies by entry id, in today's schema of their kinds; those that were erased are missing. One statement for keys.

    The caller journals the read. Raises `NotFound` (`unknown-kind`, `unknown-schema`).
    """
    present = [entry for entry in entries if entry.body is not None]
    sealed = [entry for entry in present if entry.key is not None]
    owners = data_keys.pairs(e.key for e in sealed if e.key)
    open_ones = [entry for entry in sealed if entry.key in owners]
    plain = data_keys.unseal_many([(*owners[e.key], bytes(e.body or b"")) for e in open_ones if e.key])
    texts = {e.id: text for e, text in zip(open_ones, plain, strict=True) if text is not None}
    texts |= {e.id: bytes(e.body) for e in present if e.key is None and e.body is not None}
    return {e.id: kinds.upcast(e.kind, e.schema, json.loads(texts[e.id])) for e in present if e.id in texts}


def body(entry: Entry) -> dict[str, Any]:
    """The body in today's schema of its kind. Raises `data_keys.Erased` (code `erased`) if it was erased."""
    found = bodies([entry])
    if entry.id not in found:
        raise data_keys.Erased("The body of this entry was erased.", "Nobody can bring it back.")
    return found[entry.id]
