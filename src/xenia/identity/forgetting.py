"""What this room finds, exports and erases for one person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from xenia import matching
from xenia.identity import keys
from xenia.identity.actions import opened
from xenia.identity.claim import Claimed, Name
from xenia.identity.models import Identity, IdentityKey
from xenia.journal.act import Act
from xenia.journal.forgetting import Due, Found, Wanted

MOST = 2000


def wanted_claim(wanted: Wanted) -> Claimed:
    """The search of a data-subject request as a claim."""
    from xenia.formats.dates import PartialDate

    return Claimed(
        names=(Name(wanted.surname or "", wanted.given_names or "", wanted.name or ""),),
        birth_date=PartialDate.parse(wanted.birth_date) if wanted.birth_date else None,
    )


class IdentityPart:
    """Identities as claimed."""

    room = "identity"

    def find(self, wanted: Wanted) -> Iterable[Found]:
        """Identities whose document is the one wanted, or whose names are alike enough to be looked at."""
        if wanted.subject is not None:
            rows = list(Identity.objects.filter(id=wanted.subject))
            return [self._found(row, claim) for row, claim in self._claims(rows)]
        return [*self._by_document(wanted), *self._by_name(wanted)]

    def _by_document(self, wanted: Wanted) -> list[Found]:
        if not wanted.document_number:
            return []
        key = keys.document_keys(wanted.issuing_state or "", "P", wanted.document_number).exact
        rows = Identity.objects.filter(keys__kind="d", keys__key=key).distinct()[:MOST]
        return [self._found(row, claim) for row, claim in self._claims(list(rows))]

    def _by_name(self, wanted: Wanted) -> list[Found]:
        claim = wanted_claim(wanted)
        if not claim.whole_names():
            return []
        ids = (
            IdentityKey.objects.filter(kind="n", key__in=keys.query_keys(claim))
            .values_list("identity_id", flat=True)
            .distinct()
        )
        rows = list(Identity.objects.filter(id__in=list(ids[:MOST])))
        asked = claim.for_matching()
        return [
            self._found(row, known)
            for row, known in self._claims(rows)
            if matching.compare(asked, known.for_matching()).band is not None
        ]

    def _claims(self, rows: list[Identity]) -> list[tuple[Identity, Claimed]]:
        claims = opened(rows)
        return [(row, claims[row.id]) for row in rows if row.id in claims]

    def _found(self, row: Identity, claim: Claimed) -> Found:
        born = claim.birth_date.iso() if claim.birth_date else ""
        label = ", ".join(part for part in (claim.main_name().whole, born, claim.nationality) if part)
        return Found(
            subject=row.id, room=self.room, label=label, kind=f"identity from {row.source}", recorded_at=row.recorded_at
        )

    def export(self, subject: UUID) -> dict[str, Any]:
        """The claim and where it came from."""
        row = Identity.objects.filter(id=subject).first()
        if row is None:
            return {}
        claim = opened([row]).get(row.id)
        return {
            "identity": str(row.id),
            "source": row.source,
            "recorded_at": row.recorded_at.isoformat(),
            "owner": row.owner,
            "delete_on": row.delete_on.isoformat(),
            "claim": claim.to_json() if claim else None,
        }

    def erase(self, subjects: Sequence[UUID], act: Act) -> dict[str, int]:
        """Delete identities and their keys."""
        index, _ = IdentityKey.objects.filter(identity_id__in=subjects).delete()
        rows, _ = Identity.objects.filter(id__in=subjects).delete()
        return {"identity": rows, "identity_key": index}

    def due(self, on: date) -> Iterator[Due]:
        """Identities whose deletion day has come, the earliest first."""
        rows = Identity.objects.filter(delete_on__lte=on).order_by("delete_on").values_list("id", "delete_on")
        return (Due(pk, self.room, "identity", day) for pk, day in rows.iterator())

    def kept(self, subjects: Sequence[UUID], on: date) -> set[UUID]:
        """Those that are kept beyond that day."""
        return set(Identity.objects.filter(id__in=subjects, delete_on__gt=on).values_list("id", flat=True))
