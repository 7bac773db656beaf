"""What this room finds, exports and erases for one person."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from xenia.frontier import record
from xenia.frontier.models import Check, Crossing
from xenia.identity.models import PURPOSE
from xenia.journal import data_keys
from xenia.journal.act import Act
from xenia.journal.forgetting import Due, Found, Wanted

MOST_DUE = 10_000


class FrontierPart:
    """Checks and crossings. They are found through the identity they belong to."""

    room = "frontier"

    def find(self, wanted: Wanted) -> Iterable[Found]:
        """Checks of one identity; names are found by the room `identity`."""
        if wanted.subject is None:
            return []
        return [
            Found(
                row.identity,
                self.room,
                f"{row.post}/{row.lane} {row.local_date.isoformat()}",
                f"check, {row.state}",
                row.read_at,
            )
            for row in Check.objects.filter(identity=wanted.subject)
        ]

    def export(self, subject: UUID) -> dict[str, Any]:
        """Checks with what was read, and crossings."""
        checks = [self._check(row) for row in Check.objects.filter(identity=subject).order_by("read_at")]
        crossings = [self._crossing(row) for row in Crossing.objects.filter(identity=subject).order_by("decided_at")]
        owner = Check.objects.filter(identity=subject).values_list("owner", flat=True).first() or ""
        return {"owner": owner, "checks": checks, "crossings": crossings} if checks or crossings else {}

    def _check(self, row: Check) -> dict[str, Any]:
        try:
            kept = record.unseal(row.identity, bytes(row.sealed))
        except data_keys.Erased:
            kept = None
        return {
            "check": str(row.id),
            "read_at": row.read_at.isoformat(),
            "post": row.post,
            "lane": row.lane,
            "direction": row.direction,
            "state": row.state,
            "verdict": row.verdict,
            "document": kept.document if kept else None,
            "hits": [{"register": hit.register, "band": hit.band} for hit in kept.hits] if kept else [],
            "note": kept.note if kept else "",
            "trip": kept.trip if kept else {},
            "second_document": kept.visa if kept else {},
            "vehicle": kept.vehicle if kept else "",
            "category": row.category,
            "delete_on": row.delete_on.isoformat(),
        }

    def _crossing(self, row: Crossing) -> dict[str, Any]:
        details, trip = {}, {}
        if row.sealed_details:
            details = json.loads(data_keys.unseal(row.identity, PURPOSE, bytes(row.sealed_details)))
        if row.sealed_trip:
            trip = json.loads(data_keys.unseal(row.identity, PURPOSE, bytes(row.sealed_trip)))
        return {
            "crossing": str(row.id),
            "decided_at": row.decided_at.isoformat(),
            "local_date": row.local_date.isoformat(),
            "post": row.post,
            "lane": row.lane,
            "direction": row.direction,
            "outcome": row.outcome,
            "reasons": row.reasons,
            "details": details,
            "trip": trip,
            "category": row.category,
            "purpose_of_travel": row.purpose_of_travel,
            "carrier": row.carrier,
            "flight": row.flight,
            "basis": row.basis,
            "exception": row.exception,
            "may_stay_until": row.may_stay_until.isoformat() if row.may_stay_until else None,
            "taken_back_at": row.taken_back_at.isoformat() if row.taken_back_at else None,
            "delete_on": row.delete_on.isoformat(),
        }

    def erase(self, subjects: Sequence[UUID], act: Act) -> dict[str, int]:
        """Delete checks and crossings of these identities."""
        crossings, _ = Crossing.objects.filter(identity__in=subjects).delete()
        checks, _ = Check.objects.filter(identity__in=subjects).delete()
        return {"crossing": crossings, "check": checks}

    def due(self, on: date) -> Iterable[Due]:
        """Identities all of whose checks have reached their deletion day."""
        rows = (
            Check.objects.filter(delete_on__lte=on)
            .order_by("delete_on")
            .values_list("identity", "delete_on", "state")[:MOST_DUE]
        )
        kept = self.kept([identity for identity, _, _ in rows], on)
        return [
            Due(identity, self.room, "crossing" if state in ("admitted", "refused") else "check", day)
            for identity, day, state in rows
            if identity not in kept
        ]

    def kept(self, subjects: Sequence[UUID], on: date) -> set[UUID]:
        """Identities that a check or crossing keeps longer."""
        checks = Check.objects.filter(identity__in=subjects, delete_on__gt=on).values_list("identity", flat=True)
        crossings = Crossing.objects.filter(identity__in=subjects, delete_on__gt=on).values_list("identity", flat=True)
        return set(checks) | set(crossings)
