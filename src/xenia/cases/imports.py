"""Cases that ran elsewhere before: taken over as they stand, with one event that says so. Nothing is sent.

A case may come in any state, also in one that takes two people to reach: so one person proposes, another approves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.cases import applying, catalogue, expected, facts, forms, kinds, opening, reach, showing, timing
from xenia.cases.definition import Procedure, calendar_of
from xenia.cases.models import Case, CaseDeadline, CaseEvent
from xenia.errors import BadInput, Conflict, NotFound
from xenia.journal import clock, data_keys
from xenia.journal.act import Act
from xenia.journal.actions import append
from xenia.journal.ids import uuid7
from xenia.work import proposals
from xenia.work.models import Proposal

ACTION: Final = "import"
PROPOSAL: Final = "cases.import"
MOST_SHOWN: Final = 200


@dataclass(frozen=True)
class Running:
    """One case that ran elsewhere. `form`: answers by form; `deadlines`: last day by rule; `opened_at`: aware."""

    form: Mapping[str, Mapping[str, Any]]
    state: str
    opened_at: datetime
    side: str = ""
    profile: str = ""
    counterpart: str = ""
    their_reference: str = ""
    deadlines: Mapping[str, date] = field(default_factory=dict)
    urgent: bool = False

    def to_json(self) -> dict[str, Any]:
        """A plain form that `from_json` reads back."""
        days = {name: day.isoformat() for name, day in self.deadlines.items()}
        return {**asdict(self), "opened_at": self.opened_at.isoformat(), "deadlines": days}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Running:
        """The case that `to_json` wrote."""
        days = {name: date.fromisoformat(day) for name, day in data["deadlines"].items()}
        return cls(**{**data, "opened_at": datetime.fromisoformat(data["opened_at"]), "deadlines": days})


def propose(standing: Standing, procedure: str, cases: Sequence[Running], reason: str) -> Proposal:
    """Propose that these cases are taken over. Raises as the taking does, and `BadInput` (`no-reason`)."""
    policy.require(standing, reach.IMPORT)
    known = catalogue.latest(procedure)
    reach.require_start(standing, known)
    for one in cases:
        _fits(known, one)
        _not_twice(_blank(standing, known, one))
    arguments = {"procedure": known.id, "version": known.version, "cases": [one.to_json() for one in cases]}
    act = standing.act(known.purpose, "cases")
    return proposals.propose(standing, PROPOSAL, arguments, reason=reason, reference="cases", act=act)


def _approved(arguments: Mapping[str, Any], standing: Standing, act: Act) -> list[Case]:
    """The second person's yes: all of them are taken over, or none."""
    known = catalogue.procedures().get((str(arguments["procedure"]), int(arguments["version"])))
    if known is None:
        raise NotFound(_("The procedure has another version now."), _("Propose it again."), code="no-procedure")
    reach.require_start(standing, known)
    return [_taken(standing, known, Running.from_json(one)) for one in arguments["cases"]]


def _blank(standing: Standing, known: Procedure, one: Running) -> Case:
    case = opening.blank(known, standing.authority, one.opened_at)
    case.side, case.profile, case.counterpart, case.urgent = one.side, one.profile, one.counterpart, one.urgent
    case.their_reference, case.post = one.their_reference[:64], standing.post or ""
    return case


def _taken(standing: Standing, known: Procedure, one: Running) -> Case:
    """The case in its state with the answers of each form and its running time limits, by their last days.

    Raises `forms.BadForm`, `BadInput` (`case-import`), `Conflict` (`case-imported`) where the other side's reference is
    known already.
    """
    _fits(known, one)
    data = {name: dict(answers) for name, answers in one.form.items()}
    with data_keys.held():
        case = _blank(standing, known, one)
        _not_twice(case)
        act = reach.act_of(standing, case, known)
        opening.save(case, known, data, act)
        event = _event(case, known, one.state, data, act)
        _limits(case, known, event, one.deadlines, act)
    return case


def _lines(arguments: Mapping[str, Any]) -> Sequence[proposals.Line]:
    """What is proposed: how many, and of each the reference there and the state it comes in."""
    language = get_language() or "en"
    known = catalogue.latest(str(arguments["procedure"]))
    cases = [Running.from_json(one) for one in arguments["cases"]]
    found = [
        proposals.Line(str(_("Procedure")), known.text("procedure", language)),
        proposals.Line(str(_("Cases")), str(len(cases))),
    ]
    for one in cases[:MOST_SHOWN]:
        name = facts.one_line(facts.claimed(known, one.form))
        state = showing.state(known, one.state, language)
        found.append(proposals.Line(one.their_reference or "–", f"{name} · {state} · {one.counterpart}"))
    return found


def register() -> None:
    """Make the proposal known; called when Django starts."""
    proposals.register_action(
        proposals.ProposalAction(
            name=PROPOSAL,
            propose=reach.IMPORT,
            approve=reach.DECIDE,
            execute=_approved,
            label=later("Take over running cases"),
            purpose="operation",
            render=_lines,
        )
    )


def _fits(procedure: Procedure, one: Running) -> None:
    wrong = (
        one.state not in procedure.states
        or procedure.states[one.state].final
        or (bool(procedure.sides) and one.side not in procedure.sides)
        or (bool(procedure.profiles) and one.profile not in procedure.profiles)
        or (bool(procedure.sides) and not reach.are_parties(procedure, one.profile, one.counterpart))
        or not set(one.deadlines) <= set(procedure.deadlines)
        or not set(one.form) <= set(procedure.forms)
        or one.opened_at.tzinfo is None
        or one.opened_at > clock.now()
    )
    if wrong:
        raise BadInput(
            _("Side, agreement, state, time or time limit is not one of the procedure."),
            _("Correct the line and import it again."),
            code="case-import",
        )
    for name, answers in one.form.items():
        if found := forms.faults(procedure, name, answers):
            raise forms.BadForm(found)


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
