"""Records entered by hand: entered, corrected and deleted by proposal, with a second person; the history stays.

One set of actions for every register that says how its records are checked (`registers/<name>/rules.py`). Alerts keep
their own entry and deletion and share the correction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.journal import actions as journal
from xenia.journal.act import Act
from xenia.journal.ids import uuid7
from xenia.registers import bodies, kinds, words
from xenia.registers.live import actions as live
from xenia.registers.live.models import PURPOSE as LIVE_PURPOSE
from xenia.registers.live.models import LiveRecord
from xenia.registers.meanings import Meaning
from xenia.work import proposals
from xenia.work.models import Proposal
from xenia.work.proposals import Line

PURPOSE: Final = "alert-management"
ENTER, CORRECT, DELETE = "registers.enter", "registers.correct", "registers.delete"


@dataclass(frozen=True)
class Entering:
    """How a register takes records by hand. `check` gives the body with everything it needs, or raises `BadInput`.

    `code_of`: the category of a body; `meaning`: what that category means; `own_entry`: another room's action enters
    and deletes them, only corrections are made here.
    """

    register: str
    check: Callable[[Mapping[str, Any]], dict[str, Any]]
    code_of: Callable[[Mapping[str, Any]], str]
    meaning: Callable[[str], Meaning | None]
    own_entry: bool = False


_known: dict[str, Entering] = {}


def register(entering: Entering) -> None:
    """Make known how a register takes records by hand; called when Django starts."""
    _known[entering.register] = entering


def entering(name: str) -> Entering:
    """How this register takes records by hand. Raises `NotFound` (`no-entering`) where it takes none."""
    if name not in _known:
        raise NotFound(f"Nobody enters records of {name!r} by hand.", "Load them as a list.", code="no-entering")
    return _known[name]


def takes(name: str) -> bool:
    """Whether records of this register may be entered by hand."""
    return name in _known


def register_actions() -> None:
    """Make the three proposals known; called when Django starts."""
    for name, execute, label, lines in (
        (ENTER, _enter, _("Enter a record"), _show_entry),
        (CORRECT, _correct, _("Correct a record"), _show_correction),
        (DELETE, _delete, _("Delete a record"), _show_deletion),
    ):
        proposals.register_action(
            proposals.ProposalAction(name, "registers.propose", "registers.approve", execute, label, PURPOSE, lines)
        )


def propose_entry(standing: Standing, name: str, body: Mapping[str, Any], *, reason: str, reference: str) -> Proposal:
    """Propose a new record. Raises `BadInput` naming what is missing, `NotAllowed` where policy does not open the register."""
    one = entering(name)
    if one.own_entry:
        raise NotAllowed("These records are entered on their own pages.", "Go to the alerts.", code="own-entry")
    _may(standing, name, reference)
    subject = uuid7()
    arguments = {"register": name, "record": str(subject), "body": one.check(body), "proposer": standing.actor}
    return proposals.propose(standing, ENTER, arguments, reason=reason, reference=reference, subject=subject)


def propose_correction(
    standing: Standing, record: UUID, body: Mapping[str, Any], *, reason: str, reference: str
) -> Proposal:
    """Propose to put another body in the place of a record's. What was there stays in the history."""
    row = _present(record)
    _may(standing, row.register, reference, row)
    if not opens_all(standing, row):
        raise NotAllowed(
            "The policy opens only part of this record to you.",
            "Ask somebody who sees all of it.",
            code="register-closed",
        )
    checked = entering(row.register).check(body)
    before = _body(row)
    if checked == before:
        raise BadInput("Nothing has been changed.", "Change a field, or go back.", code="nothing-changed")
    arguments = {
        "register": row.register,
        "record": str(row.id),
        "body": checked,
        "before": before,
        "recorded_at": row.recorded_at.isoformat(),
        "proposer": standing.actor,
    }
    return proposals.propose(standing, CORRECT, arguments, reason=reason, reference=reference, subject=row.id)


def propose_deletion(standing: Standing, record: UUID, *, reason: str, reference: str) -> Proposal:
    """Propose to delete a record that was entered here; once approved it is gone from the next question on."""
    row = _present(record)
    if entering(row.register).own_entry:
        raise NotAllowed("These records are deleted on their own pages.", "Go to the alerts.", code="own-entry")
    _may(standing, row.register, reference, row)
    arguments = {"register": row.register, "record": str(row.id), "proposer": standing.actor}
    return proposals.propose(standing, DELETE, arguments, reason=reason, reference=reference, subject=row.id)


def _may(standing: Standing, name: str, reference: str, row: LiveRecord | None = None) -> None:
    """Whoever proposes must be able to see what is proposed, for the purpose that it is proposed for."""
    policy.require(standing, "registers.propose")
    policy.require_purpose(standing, PURPOSE, reference)
    decision = policy.decide(standing, PURPOSE, name, row.owner if row else standing.authority)
    if not decision.allowed or (row is not None and not decision.sees(row.handling)):
        raise NotAllowed(
            "The policy does not open this register to you.", "Ask somebody whose task it is.", code="register-closed"
        )


def opens_all(standing: Standing, row: LiveRecord) -> bool:
    """Whether policy opens every field of a record to this officer: what one does not see, one does not correct."""
    from xenia.registers import catalogue

    decision = policy.decide(standing, PURPOSE, row.register, row.owner)
    return decision.outcome == "fields" and catalogue.register(row.register).groups <= decision.groups


def _present(record: UUID) -> LiveRecord:
    row = LiveRecord.objects.filter(id=record, source="", state="present").first()
    if row is None:
        raise NotFound(
            "There is no such record entered here.", "Records of a list change with its next version.", code="no-record"
        )
    return row


def _body(row: LiveRecord) -> dict[str, Any]:
    opened = live.opened([row])
    if not opened:
        raise NotFound("This record was erased.", "Nobody can bring it back.", code="no-record")
    return dict(opened[0].body)


def _day(body: Mapping[str, Any], field: str) -> date | None:
    return date.fromisoformat(str(body[field])) if body.get(field) else None


def delete_on(meaning: Meaning | None, body: Mapping[str, Any], entered: date) -> date | None:
    """The day on which a record is deleted: years after entry, or after its expiry; never later than its own end."""
    until = _day(body, "valid_until")
    if meaning is None:
        return until
    if meaning.kept_from == "expiry":
        return _years_later(until or entered, meaning.kept_years)
    latest = _years_later(entered, meaning.kept_years)
    return min(until, latest) if until else latest


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def _write(arguments: Mapping[str, Any], act: Act, kind: str, more: Mapping[str, Any]) -> UUID:
    """Put the record in its place and note it, inside the transaction of the approval."""
    name, record, now = str(arguments["register"]), UUID(str(arguments["record"])), datetime.now(UTC)
    one, body = entering(name), dict(arguments["body"])
    code = one.code_of(body)
    live.put(
        name,
        str(record),
        body,
        act,
        now=now,
        kind=bodies.kind(body),
        category=code,
        delete_on=delete_on(one.meaning(code), body, now.date()),
        record=record,
    )
    entry = {
        "register": name,
        "record": str(record),
        "category": code,
        "handling": str(body.get("handling") or "open"),
        "proposer": str(arguments["proposer"]),
        **more,
        "body": body,
    }
    journal.append(kind, entry, act, subjects=[record], occurred_at=now, sealed_for=(record, LIVE_PURPOSE))
    return record


def _enter(arguments: Mapping[str, Any], standing: Standing, act: Act) -> str:
    return str(_write(arguments, act, kinds.RECORD_ENTERED, {}))


def _correct(arguments: Mapping[str, Any], standing: Standing, act: Act) -> str:
    row = _present(UUID(str(arguments["record"])))
    if row.recorded_at.isoformat() != arguments["recorded_at"]:
        raise Conflict(
            "This record was changed since the correction was proposed.", "Propose it again.", code="record-changed"
        )
    changed = changed_fields(arguments["before"], arguments["body"])
    return str(_write(arguments, act, kinds.RECORD_CORRECTED, {"fields": changed}))


def _delete(arguments: Mapping[str, Any], standing: Standing, act: Act) -> None:
    row = _present(UUID(str(arguments["record"])))
    live.remove([row.id], keep_keys=True)
    body = {
        "register": row.register,
        "record": str(row.id),
        "category": row.category,
        "handling": row.handling,
        "proposer": str(arguments["proposer"]),
    }
    journal.append(kinds.RECORD_DELETED, body, act, subjects=[row.id], occurred_at=datetime.now(UTC))


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The fields that differ between two bodies, in the order of the later one."""
    names = dict.fromkeys([*after, *before])
    return [name for name in names if (before.get(name) or None) != (after.get(name) or None)]


def _title(name: str) -> str:
    from xenia.registers import catalogue

    return catalogue.register(name).label


def _show_entry(arguments: Mapping[str, Any]) -> Sequence[Line]:
    body = arguments["body"]
    head = [Line(str(_("Register")), _title(str(arguments["register"])))]
    return head + [Line(label, text) for label, text in words.lines(body)]


def _show_correction(arguments: Mapping[str, Any]) -> Sequence[Line]:
    before, after = arguments["before"], arguments["body"]
    head = [
        Line(str(_("Register")), _title(str(arguments["register"]))),
        Line(str(_("Record")), words.title(before)),
    ]
    return head + [
        Line(words.label(name), words.text(name, after.get(name)) or "–", words.text(name, before.get(name)) or "–")
        for name in changed_fields(before, after)
    ]


def _show_deletion(arguments: Mapping[str, Any]) -> Sequence[Line]:
    row = LiveRecord.objects.filter(id=UUID(str(arguments["record"]))).first()
    opened = live.opened([row]) if row else []
    head = [Line(str(_("Register")), _title(str(arguments["register"])))]
    return head + [Line(label, text) for one in opened for label, text in words.lines(one.body)]
