"""What a case puts on work lists, and the four eyes: kinds of work items, the proposed action, the day of deletion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from xenia.access.standing import Standing
from xenia.cases import catalogue
from xenia.cases.definition import Calendar as Days
from xenia.cases.definition import Procedure, Result, due
from xenia.cases.models import Case, CaseEvent
from xenia.journal import clock
from xenia.journal.act import Act
from xenia.work import items, proposals
from xenia.work.models import Proposal, WorkItem

TASK, DEADLINE, STRAY = "cases.task", "cases.deadline", "cases.out-of-place"
ACTION: Final = "cases.act"
DONE: Final = "done"
ROLE: Final = "case-officer"
KEPT_WITHOUT_RESULT: Final = timedelta(days=5 * 366)


def register() -> None:
    """Make items and the proposed action known; called when Django starts."""
    labels = {
        TASK: _("Case to work on"),
        DEADLINE: _("Time limit of a case"),
        STRAY: _("Message that does not fit its case"),
    }
    for name, label in labels.items():
        items.register_kind(items.ItemKind(name, label, _url, ROLE, "operation", (DONE,)))
    proposals.register_action(
        proposals.ProposalAction(
            name=ACTION,
            propose="cases.work",
            approve="cases.decide",
            execute=_execute,
            label=_("Action in a case"),
            purpose="operation",
            render=_lines,
        )
    )


def _url(item: WorkItem) -> str:
    from django.urls import NoReverseMatch, reverse

    try:
        return reverse("cases:case", args=[item.subject])
    except NoReverseMatch:
        return "/cases/"


def _execute(arguments: Mapping[str, Any], standing: Standing, act: Act) -> Any:
    from xenia.cases import actions

    return actions.approved(arguments, standing, act)


def _lines(arguments: Mapping[str, Any]) -> Sequence[proposals.Line]:
    """What is proposed, in words of the procedure."""
    from django.utils.translation import get_language

    from xenia.cases import actions, showing

    language = get_language() or "en"
    case = Case.objects.filter(pk=arguments["case"]).first()
    if case is None:
        return [proposals.Line(str(_("Case")), str(arguments["case"]))]
    procedure = catalogue.of(case)
    lines = [
        proposals.Line(str(_("Case")), case.reference),
        proposals.Line(str(_("Action")), procedure.text(f"action.{arguments['action']}", language)),
    ]
    form = procedure.actions[arguments["action"]].form
    answers = arguments.get("answers") or {}
    lines += [proposals.Line(label, value) for label, value in showing.rows(procedure, form, answers, language)]
    # Names of questions only: what they were answered with is not shown here.
    older, left_out = actions.older_version(case, procedure.actions[arguments["action"]], answers)
    if left_out:
        said = _("Version %(number)s of the message is sent. It cannot carry") % {"number": older}
        lines.append(proposals.Line(said, ", ".join(left_out)))
    return lines


def role_of(case: Case, procedure: Procedure) -> str:
    """The role word whose people have something to do in the case's present state; the first that fits."""
    for action in procedure.from_state(case.state):
        if action.by == "person" and action.side in ("", case.side) and procedure.roles.get(action.role):
            return procedure.roles[action.role][0]
    return next((words[0] for words in procedure.roles.values() if words), ROLE)


def after(case: Case, procedure: Procedure, event: CaseEvent, act: Act) -> None:
    """A message or the clock moved the case: somebody must look. A person did: what waited is done. Inside `writing()`."""
    if event.by in ("person", "border") or case.closed_at is not None:
        settle(case, act)
    elif event.by in ("message", "clock") and procedure.from_state(case.state):
        waits = WorkItem.objects.filter(kind=TASK, subject=str(case.pk), answered_at__isnull=True)
        if not waits.exists():
            open_for(TASK, case, procedure, act, body={"action": event.action, "state": case.state})


def open_for(
    kind: str, case: Case, procedure: Procedure, act: Act, *, body: Mapping[str, Any], due_at: datetime | None = None
) -> None:
    """An item about the case for the role that has something to do."""
    items.open_item(
        kind,
        case.pk,
        owner=case.owner,
        role=role_of(case, procedure),
        about=case.identity,
        urgency=0 if case.urgent or kind != TASK else 1,
        due_at=due_at or case.next_due_at,
        body={"reference": case.reference, **body},
        act=act,
    )


def settle(case: Case, act: Act, only: str = "") -> None:
    """Items that waited because of the case's state are done."""
    for kind in (only,) if only else (TASK, DEADLINE):
        items.settle(kind, case.pk, DONE, act)


def waiting_proposal(case: Case) -> Proposal | None:
    """The proposal about the case that waits for a second person; one made before the case last moved waits no more.

    One query, none where the state has no action that takes two people.
    """
    if not any(one.four_eyes for one in catalogue.of(case).from_state(case.state)):
        return None
    rows = Proposal.objects.filter(
        subject=case.about,
        action=ACTION,
        state="waiting",
        reference=f"case:{case.reference}",
        expires_at__gt=clock.now(),
        proposed_at__gte=case.changed_at,
    )
    return rows.first()


def deletion_day(closed_at: datetime, result: Result | None) -> date:
    """When a case that closed then is over: after its result's retention, or after five years where it has none."""
    if result is None:
        return (closed_at + KEPT_WITHOUT_RESULT).date()
    return due(closed_at, result.retain, Days()).on
