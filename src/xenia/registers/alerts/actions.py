"""Entering and deleting alerts: proposed by one person, approved by another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotFound
from xenia.formats.dates import PartialDate
from xenia.journal import actions as journal
from xenia.journal.act import Act
from xenia.journal.ids import uuid7
from xenia.registers import bodies, kinds
from xenia.registers.alerts.categories import category
from xenia.registers.live import actions as live
from xenia.registers.live.models import PURPOSE as LIVE_PURPOSE
from xenia.registers.live.models import LiveRecord
from xenia.work import proposals
from xenia.work.models import Proposal
from xenia.work.proposals import Line

REGISTER = "alerts"
PURPOSE = "alert-management"
ENTER, DELETE = "alerts.enter", "alerts.delete"
LONGEST = {"reason": 2000, "legal_basis": 200, "decision": 200, "issuing_authority": 120, "proportionality": 2000}


def register_actions() -> None:
    """Make the two proposals known; called when Django starts."""
    proposals.register_action(
        proposals.ProposalAction(
            ENTER, "alerts.propose", "alerts.approve", _enter, _("Enter an alert"), PURPOSE, _show_enter
        )
    )
    proposals.register_action(
        proposals.ProposalAction(
            DELETE, "alerts.propose", "alerts.approve", _delete, _("Delete an alert"), PURPOSE, _show_delete
        )
    )


def propose_entry(standing: Standing, body: Mapping[str, Any], *, reason: str, reference: str) -> Proposal:
    """Propose an alert. `body`: see `registers.bodies`; surname, birth date, category, reason and legal basis are its least.

    Raises `BadInput` that names what is missing: an alert below the minimum set must be rejected
    (Regulation (EU) 2018/1861 Art. 22).
    """
    policy.require(standing, "alerts.propose")
    policy.require_purpose(standing, PURPOSE, reference)
    checked = checked_body(body)
    subject = uuid7()
    return proposals.propose(
        standing,
        ENTER,
        {"record_id": str(subject), "body": checked},
        reason=reason,
        reference=reference,
        subject=subject,
    )


def propose_deletion(standing: Standing, record_id: str, *, reason: str, reference: str) -> Proposal:
    """Propose to delete an alert that was entered here."""
    policy.require(standing, "alerts.propose")
    policy.require_purpose(standing, PURPOSE, reference)
    row = _row(record_id)
    return proposals.propose(
        standing, DELETE, {"record_id": record_id}, reason=reason, reference=reference, subject=row.id
    )


def checked_body(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with everything an alert needs. Raises `BadInput`."""
    kind = category(str(body.get("category") or ""))
    if not bodies.whole_names(body) or not body["names"][0].get("surname"):
        raise BadInput("The surname is missing.", "An alert needs a surname.", code="alert-minimum")
    if not bodies.births(body):
        raise BadInput(
            "The birth date is missing.", "An alert needs a birth date; a year is enough.", code="alert-minimum"
        )
    for field in ("reason", "legal_basis", "decision"):
        if not str(body.get(field) or "").strip():
            raise BadInput(
                f"The field {field} is missing.",
                "Name the reason, the legal basis and the decision.",
                code="alert-minimum",
            )
    for field, most in LONGEST.items():
        if len(str(body.get(field) or "")) > most:
            raise BadInput(f"The field {field} is longer than {most} characters.", "Shorten it.", code="too-long")
    for field in ("valid_from", "valid_until", "review_on"):
        _day(body, field)
    for text in body.get("birth_dates", ()):
        PartialDate.parse(text)
    return {**body, "handling": body.get("handling") or kind.handling}


def _day(body: Mapping[str, Any], field: str) -> date | None:
    try:
        return date.fromisoformat(str(body[field])) if body.get(field) else None
    except ValueError:
        raise BadInput(f"The field {field} is not a day.", "Write it as 2027-03-31.", code="alert-minimum") from None


def _enter(arguments: Mapping[str, Any], standing: Standing, act: Act) -> None:
    """Write the approved alert; runs in the transaction of the approval."""
    record_id, body, now = str(arguments["record_id"]), dict(arguments["body"]), datetime.now(UTC)
    body.setdefault("issuing_authority", act.owner)
    subject = live.put(
        REGISTER,
        record_id,
        body,
        act,
        now=now,
        category=str(body["category"]),
        delete_on=_day(body, "valid_until"),
        record=UUID(record_id),
    )
    entry = {"record": record_id, "category": body["category"], "handling": body["handling"], "body": body}
    journal.append(kinds.ENTERED, entry, act, subjects=[subject], occurred_at=now, sealed_for=(subject, LIVE_PURPOSE))


def _delete(arguments: Mapping[str, Any], standing: Standing, act: Act) -> None:
    """Delete the alert at once; a person removed stops hitting with the next question."""
    row = _row(str(arguments["record_id"]))
    now = datetime.now(UTC)
    live.remove([row.id], keep_keys=True)
    journal.append(
        kinds.DELETED, {"record": row.record_id, "category": row.category}, act, subjects=[row.id], occurred_at=now
    )


def _row(record_id: str) -> LiveRecord:
    row = LiveRecord.objects.filter(register=REGISTER, source="", record_id=record_id).first()
    if row is None:
        raise NotFound(
            "There is no such alert entered here.", "Alerts of a list are removed by its next version.", code="no-alert"
        )
    if row.state != "present":
        raise Conflict("That alert is removed already.", code="no-alert")
    return row


def _show_enter(arguments: Mapping[str, Any]) -> list[Line]:
    """What the approver sees of a proposed alert."""
    body = arguments["body"]
    known = category(str(body["category"]))
    pairs = [
        (_("Category"), known.label_here()),
        (_("Name"), bodies.main_name(body)),
        (_("Born"), ", ".join(body.get("birth_dates") or ())),
        (_("Sex"), body.get("sex") or ""),
        (_("Nationality"), ", ".join(body.get("nationalities") or ())),
        (_("Documents"), ", ".join(f"{d.issuing_state} {d.number}" for d in bodies.documents(body))),
        (_("Reason"), body.get("reason") or ""),
        (_("Legal basis"), body.get("legal_basis") or ""),
        (_("Decision"), body.get("decision") or ""),
        (_("Valid until"), body.get("valid_until") or ""),
        (_("Handling"), body.get("handling") or ""),
    ]
    return [Line(str(label), str(value)) for label, value in pairs if value]


def _show_delete(arguments: Mapping[str, Any]) -> list[Line]:
    """What the approver sees of a proposed deletion."""
    row = LiveRecord.objects.filter(register=REGISTER, record_id=str(arguments["record_id"])).first()
    opened = live.opened([row]) if row else []
    name = bodies.main_name(opened[0].body) if opened else ""
    return [Line(str(_("Alert")), str(arguments["record_id"])), Line(str(_("Name")), name)]
