"""What the registers find, export and erase for one person: live records here, listed ones through `lists`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from xenia import matching
from xenia.identity import keys
from xenia.identity.claim import Claimed
from xenia.identity.forgetting import wanted_claim
from xenia.journal.act import Act
from xenia.journal.forgetting import Due, Found, Wanted
from xenia.registers import bodies
from xenia.registers.live import actions as live
from xenia.registers.live.actions import Live
from xenia.registers.live.models import LiveKey, LiveRecord

MOST = 2000


class RegistersPart:
    """Records entered here or laid over a list."""

    room = "registers"

    def find(self, wanted: Wanted) -> Iterable[Found]:
        """Live records of that subject, document or name."""
        if wanted.subject is not None:
            return [_found(one) for one in live.load([wanted.subject])]
        claim = wanted_claim(wanted)
        ids = _ids(wanted, claim)
        return [_found(one) for one in live.load(ids) if _meant(one, wanted, claim)]

    def export(self, subject: UUID) -> dict[str, Any]:
        """The record whole."""
        found = live.load([subject])
        if not found:
            return {}
        row = found[0].row
        return {
            "register": row.register,
            "record": row.record_id,
            "owner": row.owner,
            "handling": row.handling,
            "recorded_at": row.recorded_at.isoformat(),
            "delete_on": row.delete_on.isoformat() if row.delete_on else None,
            "body": dict(found[0].body),
        }

    def erase(self, subjects: Sequence[UUID], act: Act) -> dict[str, int]:
        """Delete live records, their keys and data keys."""
        if not LiveRecord.objects.filter(id__in=subjects).exists():
            return {"live_record": 0}
        return {"live_record": live.remove(subjects)}

    def due(self, on: date) -> Iterable[Due]:
        """Records that have reached their deletion day."""
        rows = (
            LiveRecord.objects.filter(delete_on__lte=on).order_by("delete_on").values_list("id", "delete_on")[:10_000]
        )
        return [Due(row, self.room, "alert", day) for row, day in rows if day is not None]

    def kept(self, subjects: Sequence[UUID], on: date) -> set[UUID]:
        """Records whose deletion day is still to come, or that have none."""
        rows = LiveRecord.objects.filter(id__in=subjects)
        return set(rows.exclude(delete_on__lte=on).values_list("id", flat=True))


def _ids(wanted: Wanted, claim: Claimed) -> set[UUID]:
    every: set[int] = set(keys.query_keys(claim)) if claim.whole_names() else set()
    if wanted.document_number:
        for kind in ("P", "I", "V", ""):
            every.add(keys.document_keys(wanted.issuing_state, kind, wanted.document_number).exact)
    return set(LiveKey.objects.filter(key__in=every).values_list("record_id", flat=True)[:MOST]) if every else set()


def _meant(one: Live, wanted: Wanted, claim: Claimed) -> bool:
    number = matching.normalised_number(wanted.document_number)
    if number and any(matching.normalised_number(d.number) == number for d in bodies.documents(one.body)):
        return True
    return bool(claim.whole_names()) and matching.compare(claim.for_matching(), bodies.claim(one.body)).band is not None


def _found(one: Live) -> Found:
    label = ", ".join(part for part in (bodies.main_name(one.body), *one.body.get("birth_dates", ())) if part)
    return Found(
        one.row.id, "registers", label, f"{one.row.register}: {one.row.category or one.row.kind}", one.row.recorded_at
    )
