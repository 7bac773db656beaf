"""What this room finds, exports and erases for one person; closed cases go when their result's retention is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from xenia.cases import catalogue, facts, kinds
from xenia.cases.models import Case, CaseDocument, CaseDraft, CaseEvent, CaseKey, CaseNote
from xenia.errors import NotFound
from xenia.journal import clock, data_keys
from xenia.journal.act import Act
from xenia.journal.actions import append
from xenia.journal.forgetting import Due, Found, Wanted


def _about(subjects: Sequence[UUID]) -> Q:
    return Q(identity__in=subjects) | Q(identity=None, pk__in=subjects)


class CasesPart:
    """Cases of a person: names are found by the room `identity`, whose claims they hold."""

    room = "cases"

    def find(self, wanted: Wanted) -> Iterable[Found]:
        """Cases of one identity."""
        if wanted.subject is None:
            return []
        return [
            Found(wanted.subject, self.room, one.reference, f"case: {one.procedure}", one.opened_at)
            for one in Case.objects.filter(_about([wanted.subject]))
        ]

    def export(self, subject: UUID) -> dict[str, Any]:
        """Every case of the person with its answers, events, limits and the names of its documents; no colleagues' notes."""
        found = [self._case(one) for one in Case.objects.filter(_about([subject])).order_by("opened_at")]
        return {"cases": found} if found else {}

    def _case(self, case: Case) -> dict[str, Any]:
        events = list(CaseEvent.objects.filter(case=case).order_by("number"))
        return {
            "reference": case.reference,
            "procedure": case.procedure,
            "version": case.version,
            "agreement": case.profile,
            "state": case.state,
            "result": case.result,
            "other_authority": case.counterpart,
            "opened_at": case.opened_at.isoformat(),
            "closed_at": case.closed_at.isoformat() if case.closed_at else None,
            "delete_on": case.delete_on.isoformat() if case.delete_on else None,
            "answers": facts.opened(case),
            "events": [
                {"action": one.action, "at": one.at.isoformat(), "from": one.before, "to": one.after, "said": said}
                for one, said in zip(events, facts.told(case, events), strict=True)
            ],
            "limits": [
                {"rule": row.rule, "due_on": row.due_on.isoformat(), "state": row.state, "basis": row.basis}
                for row in case.deadlines.order_by("due_at")
            ],
            "documents": [
                {"kind": row.kind, "sha256": row.sha256, "size_bytes": row.size_bytes, "media_type": row.media_type}
                for row in case.documents.order_by("added_at")
            ],
        }

    def erase(self, subjects: Sequence[UUID], act: Act) -> dict[str, int]:
        """Everything personal goes; where the result says `anonymise`, the row with states and times stays without a person."""
        counts = {"case": 0, "case_document": 0, "case_note": 0, "case_key": 0, "case_draft": 0}
        wanted = list(subjects)
        for start in range(0, len(wanted), 400):
            for case in Case.objects.filter(_about(wanted[start : start + 400])):
                self._erase(case, counts, act)
        return counts

    def _erase(self, case: Case, counts: dict[str, int], act: Act) -> None:
        from xenia.journal import blobs

        for row in CaseDocument.objects.filter(case=case):
            blobs.forget(row.address, "case")
        drafts = list(CaseDraft.objects.filter(case=case).values_list("id", flat=True))
        data_keys.destroy([*drafts, case.about])
        counts["case_draft"] += len(drafts)
        counts["case_document"] += CaseDocument.objects.filter(case=case).delete()[0]
        counts["case_note"] += CaseNote.objects.filter(case=case).delete()[0]
        counts["case_key"] += CaseKey.objects.filter(case=case).delete()[0]
        CaseDraft.objects.filter(case=case).delete()
        if _then(case) == "delete":
            Case.objects.filter(Q(previous=case.pk)).update(previous=None)
            Case.objects.filter(Q(parent=case.pk)).update(parent=None)
            append(kinds.REMOVED, {"case": str(case.pk)}, act)
            case.delete()
        else:
            CaseEvent.objects.filter(case=case).update(sealed=None)
            Case.objects.filter(pk=case.pk).update(
                sealed=None, identity=None, their_reference="", assigned_to=None, erased_at=clock.now()
            )
        counts["case"] += 1

    def due(self, on: date) -> Iterator[Due]:
        """Persons whose closed cases have reached their day, the earliest first."""
        rows = Case.objects.filter(delete_on__lte=on, erased_at=None).order_by("delete_on")
        return (Due(one.about, self.room, "case", one.delete_on) for one in rows.iterator() if one.delete_on)

    def kept(self, subjects: Sequence[UUID], on: date) -> set[UUID]:
        """Those with a case that is open, or kept beyond that day."""
        rows = Case.objects.filter(_about(list(subjects)), Q(delete_on=None) | Q(delete_on__gt=on), erased_at=None)
        return {one.about for one in rows}


def _then(case: Case) -> str:
    try:
        found = catalogue.of(case).results.get(case.result)
    except NotFound:
        return "delete"
    return found.then if found and case.closed_at else "delete"
