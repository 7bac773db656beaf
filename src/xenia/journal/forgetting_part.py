"""The journal's own part in forgetting: bodies, index rows, outbox rows, blobs, data keys."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from xenia.journal import awaited, blobs, canonical, data_keys, entries, erasing
from xenia.journal.act import Act
from xenia.journal.forgetting import Found, Wanted
from xenia.journal.models import AwaitedBlob, BlobReference, DataKey, Entry


class _Part:
    room = "journal"

    def find(self, wanted: Wanted) -> Iterable[Found]:
        """Entries about a subject whose id is known; the journal knows no names."""
        if wanted.subject is None:
            return
        for entry in Entry.objects.filter(about__subject=wanted.subject).order_by("position", "id"):
            yield Found(wanted.subject, self.room, entry.kind, entry.kind, entry.recorded_at)

    def export(self, subject: UUID) -> dict[str, Any]:
        """Every entry about the subject with its body, and the blobs kept about it."""
        rows = list(Entry.objects.filter(about__subject=subject).order_by("position", "id"))
        bodies = entries.bodies(rows)
        kept = BlobReference.objects.filter(subject=subject).order_by("id")
        exported: dict[str, Any] = {}
        if rows:
            exported["entries"] = [_exported(row, bodies.get(row.id)) for row in rows]
        if kept:
            exported["blobs"] = [{"address": b.address, "purpose": b.purpose, "content": _content(b)} for b in kept]
        coming = AwaitedBlob.objects.filter(subject=subject, state=awaited.AWAITED).order_by("id")
        if coming:
            exported["blobs_awaited"] = [{"address": b.address, "purpose": b.purpose, "of": b.node} for b in coming]
        return exported

    def erase(self, subjects: Sequence[UUID], act: Act) -> dict[str, int]:
        """Bodies, index rows, outbox rows, blobs, data keys, with the entry that says so."""
        wanted = list(dict.fromkeys(subjects))
        counts = erasing.erase_bodies(act, subjects=wanted)
        counts["blob_reference"] = blobs.forget_subjects(wanted)
        counts["data_key"] = data_keys.destroy(wanted)
        return counts


def _exported(entry: Entry, body: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "id": str(entry.id),
        "position": entry.position,
        "kind": entry.kind,
        "owner": entry.owner,
        "purpose": entry.purpose,
        "legal_basis": entry.legal_basis,
        "occurred_at": canonical.moment(entry.occurred_at),
        "recorded_at": canonical.moment(entry.recorded_at),
        "body": body,
    }


def _content(reference: BlobReference) -> str | None:
    if not DataKey.objects.filter(subject=reference.subject, purpose=reference.sealed_for).exists():
        return None
    return base64.b64encode(blobs.get(reference.address)).decode()


PART = _Part()
