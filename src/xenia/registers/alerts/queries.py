"""Reading alerts that were entered here. Every read is written down before it is returned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.errors import NotFound
from xenia.journal import actions as journal
from xenia.registers import kinds
from xenia.registers.alerts.categories import categories
from xenia.registers.alerts.register import ALERTS
from xenia.registers.live import actions as live
from xenia.registers.live.actions import Live
from xenia.registers.live.models import LiveRecord

PURPOSE = "alert-management"


@dataclass(frozen=True)
class AlertView:
    """One alert cut to what policy opens. `fields`: label and value."""

    record: UUID
    name: str
    category: str
    entered_at: datetime
    valid_until: str
    review_on: str
    handling: str
    fields: tuple[tuple[str, str], ...] = ()


def rows() -> QuerySet[LiveRecord]:
    """Alerts entered here, newest first; holds no names."""
    return LiveRecord.objects.filter(register="alerts", source="", state="present").order_by("-recorded_at")


def shown(standing: Standing, some: Sequence[LiveRecord]) -> list[AlertView]:
    """These alerts as this standing may see them, with one read entry that names them all."""
    policy.require(standing, "alerts.read")
    policy.require_purpose(standing, PURPOSE, "register:alerts")
    opened = [
        one
        for one in live.opened(list(some))
        if policy.decide(standing, PURPOSE, "alerts", one.row.owner).sees(one.row.handling)
    ]
    if opened:
        act = standing.act(PURPOSE, "register:alerts")
        body = {"register": "alerts", "records": [str(one.row.id) for one in opened]}
        journal.record_read(kinds.LISTED, body, act, subjects=[one.row.id for one in opened])
    return [_view(standing, one) for one in opened]


def one(standing: Standing, record: UUID) -> AlertView:
    """One alert. Raises `NotFound`, also for one that this standing may not know of."""
    row = LiveRecord.objects.filter(id=record, register="alerts", state="present").first()
    found = shown(standing, [row]) if row else []
    if not found:
        raise NotFound("There is no such alert.", "Go back to the list.", code="no-alert")
    return found[0]


def _view(standing: Standing, alert: Live) -> AlertView:
    row, presented = alert.row, ALERTS.present(alert.body)
    decision = policy.decide(standing, PURPOSE, "alerts", row.owner)
    groups: Mapping[str, Mapping[str, Any]] = {g: v for g, v in presented.fields.items() if g in decision.groups}
    known = categories().get(row.category)
    return AlertView(
        record=row.id,
        name=str(groups.get("identity", {}).get("name", "")) or _("not shown to you"),
        category=known.label_here() if known else row.category,
        entered_at=row.recorded_at,
        valid_until=row.valid_until.isoformat() if row.valid_until else "",
        review_on=row.review_on.isoformat() if row.review_on else "",
        handling=row.handling,
        fields=_fields(groups),
    )


def _fields(groups: Mapping[str, Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    identity, reason = groups.get("identity", {}), groups.get("reason", {})
    documents = groups.get("document", {}).get("documents", ())
    pairs = [
        (_("Other names"), "; ".join(identity.get("names", ())[1:])),
        (_("Born"), ", ".join(identity.get("birth_dates", ()))),
        (_("Sex"), identity.get("sex", "")),
        (_("Nationality"), ", ".join(identity.get("nationalities", ()))),
        (_("Documents"), ", ".join(f"{d.get('issuing_state', '')} {d.get('number', '')}".strip() for d in documents)),
        (_("Reason"), reason.get("reason", "")),
        (_("Legal basis"), reason.get("legal_basis", "")),
        (_("Decision"), reason.get("decision", "")),
        (_("Issued by"), reason.get("issuing_authority", "")),
        (_("First line"), groups.get("instruction", {}).get("first", "")),
        (_("Second line"), groups.get("instruction", {}).get("second", "")),
    ]
    return tuple((label, str(value)) for label, value in pairs if value)
