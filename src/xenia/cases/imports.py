"""Cases that ran elsewhere before: taken over as they stand, with one event that says so. Nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.cases import applying, catalogue, expected, facts, forms, kinds, opening, reach, timing
from xenia.cases.definition import Procedure, calendar_of
from xenia.cases.models import Case, CaseDeadline, CaseEvent
from xenia.errors import BadInput, Conflict
from xenia.journal import clock, data_keys
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.journal.ids import uuid7

ACTION = "import"


def import_running(
    standing: Standing,
    procedure: str,
    *,
    side: str = "",
    profile: str = "",
    counterpart: str = "",
    form: Mapping[str, Mapping[str, Any]],
    state: str,
    opened_at: datetime,
    their_reference: str = "",
    deadlines: Mapping[str, date] | None = None,
    urgent: bool = False,
) -> Case:
    """A case in `state` with the answers of each form and its running time limits, by their last days.

    Raises `NotAllowed`, `NotFound` (`no-procedure`), `forms.BadForm`, `BadInput` (`case-import`), `Conflict`
    (`case-imported`) where the other side's reference is known already.
    """
    policy.require(standing, reach.IMPORT)
    known = catalogue.latest(procedure)
    reach.require_start(standing, known)
    _fits(known, side, profile, state, opened_at, deadlines or {})
    data = {name: dict(answers) for name, answers in form.items()}
    for name, answers in data.items():
        found = forms.faults(known, name, answers) if name in known.forms else ()
        if found:
            raise forms.BadForm(found)
    case = opening.blank(known, standing.authority, opened_at)
    case.side, case.profile, case.counterpart, case.urgent = side, profile, counterpart, urgent
    case.their_reference, case.post = their_reference[:64], standing.post or ""
    with writing(), data_keys.held():
        _not_twice(case)
        act = reach.act_of(standing, case, known)
        opening.save(case, known, data, act)
        event = _event(case, known, state, data, act)
        _limits(case, known, event, deadlines or {}, act)
    return case


def _fits(
    procedure: Procedure, side: str, profile: str, state: str, opened_at: datetime, deadlines: Mapping[str, date]
) -> None:
    wrong = (
        state not in procedure.states
        or procedure.states[state].final
        or (bool(procedure.sides) and side not in procedure.sides)
        or (bool(procedure.profiles) and profile not in procedure.profiles)
        or not set(deadlines) <= set(procedure.deadlines)
        or opened_at.tzinfo is None
        or opened_at > clock.now()
    )
    if wrong:
        raise BadInput(
            _("Side, agreement, state, time or time limit is not one of the procedure."),
            _("Correct the line and import it again."),
            code="case-import",
        )


def _not_twice(case: Case) -> None:
    if not case.their_reference:
        return
    same = Case.objects.filter(
        procedure=case.procedure,
        owner=case.owner,
        counterpart=case.counterpart,
        side=case.side,
        their_reference=case.their_reference,
    )
    if same.exists():
        raise Conflict(_("This case is here already."), _("Leave the line out."), code="case-imported")


def _event(case: Case, procedure: Procedure, state: str, data: Mapping[str, Any], act: Act) -> CaseEvent:
    now = clock.now()
    event = CaseEvent(
        id=uuid7(),
        case=case,
        number=1,
        action=ACTION,
        actor=act.actor,
        by="person",
        after=state,
        at=case.opened_at,
        recorded_at=now,
        sealed=facts.seal(case, dict(data)),
    )
    case.state, case.moves, case.changed_at = state, 1, now
    case.sealed = facts.seal(case, dict(data))
    case.save()
    event.entry = applying.entered(case, procedure, event, dict(data), act)
    event.save(force_insert=True)
    applying.keep_keys(case, procedure, data)
    expected.note(procedure, case.side, event.before, event.after)
    return event


def _limits(case: Case, procedure: Procedure, event: CaseEvent, deadlines: Mapping[str, date], act: Act) -> None:
    rows = []
    profile = procedure.profiles.get(case.profile)
    for name, day in deadlines.items():
        rule = procedure.deadlines[name]
        state = timing.state_of(case, rule.acts)
        length = procedure.length(rule.length, profile)
        rows.append(
            CaseDeadline(
                case=case,
                rule=name,
                starts_at=case.opened_at,
                due_on=day,
                due_at=calendar_of(state).end_of(day),
                acts=rule.acts,
                calendar=state,
                length=str(length or "0 calendar days"),
                basis=procedure.source(rule, profile)[:300],
                computed_from=event,
            )
        )
    if rows:
        CaseDeadline.objects.bulk_create(rows)
        timing.settle(case)
        body = {"case": str(case.pk), "event": str(event.pk), "limits": [timing.limit(row) for row in rows]}
        append(kinds.LIMITED, body, act, subjects=[case.identity] if case.identity else [])
