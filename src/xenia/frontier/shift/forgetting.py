"""What the shift finds, exports and erases: incidents about a traveller, and its own records when their day has come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from xenia.frontier.shift import incidents
from xenia.frontier.shift.models import DayCount, Incident, Shift
from xenia.journal.act import Act
from xenia.journal.forgetting import Due, Found, Wanted

MOST_DUE = 10_000
AT_ONCE = 400


class ShiftPart:
    """Incidents are found through the traveller of the check they link to. Shifts, days and incidents are subjects themselves.

    Forgetting a traveller takes the text and the link out of an incident; that something happened, when, and of which
    kind stays until the incident's own day.
    """

    room = "shift"

    def find(self, wanted: Wanted) -> Iterable[Found]:
        """Incidents about one identity; names are found by the room `identity`."""
        if wanted.subject is None:
            return []
        rows = Incident.objects.filter(about=wanted.subject).order_by("written_at")
        return [Found(wanted.subject, self.room, f"{row.post} {row.kind}", "incident", row.written_at) for row in rows]

    def export(self, subject: UUID) -> dict[str, Any]:
        """What was written about the traveller."""
        rows = list(Incident.objects.filter(about=subject).order_by("written_at"))
        if not rows:
            return {}
        texts = incidents.texts_of(rows)
        return {
            "owner": rows[0].owner,
            "incidents": [
                {
                    "incident": str(row.incident),
                    "post": row.post,
                    "kind": row.kind,
                    "happened_at": row.happened_at.isoformat(),
                    "written_at": row.written_at.isoformat(),
                    "text": texts[row.id],
                    "delete_on": row.delete_on.isoformat(),
                }
                for row in rows
            ],
        }

    def erase(self, subjects: Sequence[UUID], act: Act) -> dict[str, int]:
        """Take travellers out of incidents; remove shifts, incidents and days that are subjects themselves."""
        counts = {"incident_text": 0, "incident": 0, "shift": 0, "day_count": 0}
        wanted = list(subjects)
        for start in range(0, len(wanted), AT_ONCE):
            part = wanted[start : start + AT_ONCE]
            gone = Incident.objects.filter(about__in=part)
            counts["incident_text"] += gone.update(sealed=None, about=None, check_made=None)
            counts["incident"] += Incident.objects.filter(incident__in=part).delete()[0]
            counts["shift"] += Shift.objects.filter(id__in=part).delete()[0]
            counts["day_count"] += DayCount.objects.filter(id__in=part).delete()[0]
        return counts

    def due(self, on: date) -> Iterable[Due]:
        """Records of the shift past their day; an incident when its latest entry is."""
        found = [Due(pk, self.room, "shift", day) for pk, day in _over(Shift, on)]
        found += [Due(pk, self.room, "day-count", day) for pk, day in _over(DayCount, on)]
        entries = Incident.objects.filter(delete_on__lte=on).order_by("delete_on").values_list("incident", "delete_on")
        latest: dict[UUID, date] = {}
        for incident, day in entries[:MOST_DUE]:
            latest[incident] = day
        kept = self.kept(list(latest), on)
        found += [Due(pk, self.room, "incident", day) for pk, day in latest.items() if pk not in kept]
        return sorted(found, key=lambda one: one.delete_on)

    def kept(self, subjects: Sequence[UUID], on: date) -> set[UUID]:
        """Of these, what has a later day here."""
        wanted, found = list(subjects), set()
        for start in range(0, len(wanted), AT_ONCE):
            part = wanted[start : start + AT_ONCE]
            found |= set(
                Incident.objects.filter(incident__in=part, delete_on__gt=on).values_list("incident", flat=True)
            )
            for model in (Shift, DayCount):
                rows: Any = model.objects.filter(id__in=part, delete_on__gt=on)
                found |= set(rows.values_list("id", flat=True))
        return found


def _over(model: type[Shift] | type[DayCount], on: date) -> Iterable[tuple[UUID, date]]:
    rows: Any = model.objects.filter(delete_on__lte=on).order_by("delete_on")
    found: Iterable[tuple[UUID, date]] = rows.values_list("id", "delete_on")[:MOST_DUE]
    return found
