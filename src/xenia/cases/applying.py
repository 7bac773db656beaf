"""One action done to one case: the only place where a case changes. Everything in the caller's transaction, or nothing.

It checks state, side, condition, answers and documents; writes event, entry and row; moves time limits; sends the
message; opens and settles work items; tells the border. Who may do it was asked before, by `actions` or `incoming`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xenia.cases import facts, forms, kinds, tasks, telling, timing
from xenia.cases.definition import Action, Procedure, holds
from xenia.cases.models import Case, CaseDocument, CaseEvent, CaseKey
from xenia.errors import Conflict
from xenia.journal import clock
from xenia.journal.act import Act
from xenia.journal.actions import append
from xenia.journal.ids import uuid7
from xenia.journal.writing import is_writing


@dataclass(frozen=True)
class Deed:
    """What somebody does to a case. `by`: person, clock, receipt, message or border; `told`: forms that a message brought.

    `at`: when it happened (aware UTC). `seen`: how many moves the case had had when whoever does it looked.
    """

    action: Action
    by: str
    act: Act
    at: datetime
    answers: Mapping[str, Any] | None = None
    told: Mapping[str, Any] | None = None
    reason: str = ""
    message: UUID | None = None
    proposal: UUID | None = None
    seen: int | None = None
    quiet: bool = False


def moved() -> Conflict:
    """The error of somebody who was slower."""
    return Conflict(_("Somebody else has moved this case."), _("Load the page again."), code="case-moved")


def apply(case: Case, procedure: Procedure, deed: Deed) -> CaseEvent:
    """The case after the deed; its event. Inside `writing()`; `case` is brought up to date.

    Raises `Conflict` (`case-moved`, `case-state`, `case-condition`, `case-document`) and `forms.BadForm`.
    """
    if not is_writing():
        raise RuntimeError("Cases change inside journal.actions.writing() only.")
    if deed.seen is not None and case.moves != deed.seen:
        raise moved()
    profile = procedure.profiles.get(case.profile)
    data = facts.opened(case)
    late = not opens(case, deed.action) and case.state not in deed.action.from_
    answers = _checked(case, procedure, deed, data, late=late)
    data |= answers
    event = _written(case, procedure, deed, data, answers, late=late)
    step = timing.Step(case, procedure, profile, event, facts.facts(case, data, profile, deed.at))
    if not late:
        timing.follow(step, deed.act)
        telling.send(case, procedure, deed.action, event, step.facts, by=deed.by, act=deed.act)
        _tell_border(procedure, case, event)
        tasks.after(case, procedure, event, deed.act)
        _make_up(case, procedure, event)
    return event


def opens(case: Case, action: Action) -> bool:
    """Whether the action is the case's first."""
    return case.moves == 0 and action.opens


def _checked(case: Case, procedure: Procedure, deed: Deed, data: Mapping[str, Any], *, late: bool) -> dict[str, Any]:
    """The answers by form, after every check. What a message brought was checked against its own schema."""
    action = deed.action
    if late and not (deed.by in ("message", "receipt") and case.state in action.late):
        raise wrong_state(procedure, case, action)
    if action.side and case.side and action.side != case.side and deed.by in ("person", "border"):
        raise wrong_state(procedure, case, action)
    if deed.told is not None:
        return dict(deed.told)
    answers = {action.form: forms.check(procedure, action, deed.answers)} if action.form else forms.check(
        procedure, action, deed.answers
    )  # fmt: skip
    require(case, procedure, action, {**data, **answers}, deed.at, by=deed.by)
    return answers


def wrong_state(procedure: Procedure, case: Case, action: Action) -> Conflict:
    """The error of an action that the case's state does not allow."""
    return Conflict(
        _("This is not possible now: the case is “%(state)s”.") % {"state": procedure.text(f"state.{case.state}")},
        _("Load the page again."),
        code="case-state",
    )


def require(
    case: Case,
    procedure: Procedure,
    action: Action,
    data: Mapping[str, Any],
    at: datetime,
    *,
    by: str = "person",
    there: Collection[str] | None = None,
) -> None:
    """That the action's condition holds and the documents its state needs are there. Raises `Conflict`."""
    if by in ("receipt", "message"):
        return
    profile = procedure.profiles.get(case.profile)
    if not holds(action.when, facts.facts(case, data, profile, at)):
        if said := needs(procedure, action):
            raise Conflict(said, _("Go back to the case."), code="case-condition")
        raise Conflict(
            _("The conditions for this are not fulfilled."), _("Look at the procedure's rules."), code="case-condition"
        )
    missing = () if by == "clock" else missing_documents(case, procedure, action, there)
    if missing:
        language = get_language() or "en"
        names = ", ".join(procedure.text(f"document.{one}", language) for one in missing)
        raise Conflict(
            _("A document is missing: %(names)s.") % {"names": names}, _("Attach it first."), code="case-document"
        )


def needs(procedure: Procedure, action: Action) -> str:
    """What the action's condition needs, in the procedure's words; "" where it has none."""
    key = f"hint.action.{action.name}"
    said = procedure.text(key, get_language() or "en")
    return "" if said == key else said


def missing_documents(
    case: Case, procedure: Procedure, action: Action, there: Collection[str] | None = None
) -> tuple[str, ...]:
    """Kinds of documents without which the action's state is not reached and that the case lacks.

    `there`: the kinds that it has, where the caller has read them.
    """
    wanted = [one.name for one in procedure.documents.values() if action.to and action.to in one.required_at]
    if wanted and there is None:
        rows = CaseDocument.objects.filter(case_id=case.pk, kind__in=wanted)
        there = set(rows.values_list("kind", flat=True))
    return tuple(one for one in wanted if one not in (there or ()))


def _written(
    case: Case, procedure: Procedure, deed: Deed, data: dict[str, Any], answers: Mapping[str, Any], *, late: bool
) -> CaseEvent:
    """Event, entries and row. The row changes only if nobody moved it since it was read."""
    now, action, before = clock.now(), deed.action, case.state
    after = before if late or not action.to else action.to
    said = {**answers, **({"reason": deed.reason} if deed.reason else {})}
    event = CaseEvent(
        id=uuid7(),
        case=case,
        number=case.moves + 1,
        action=action.name,
        actor=deed.act.actor,
        by=deed.by,
        before="" if case.moves == 0 else before,
        after=after,
        moved=not late,
        at=deed.at,
        recorded_at=now,
        message=deed.message,
        proposal=deed.proposal,
        sealed=facts.seal(case, said) if said else None,
    )
    changes = _changes(case, procedure, deed, after, data, now, late=late)
    unmoved = Case.objects.filter(pk=case.pk, moves=case.moves, state=before)
    if not unmoved.update(moves=F("moves") + 1, **changes):
        raise moved()
    for name, value in changes.items():
        setattr(case, name, value)
    case.moves += 1
    event.entry = entered(case, procedure, event, said, deed.act)
    event.save(force_insert=True)
    if answers and not late:
        keep_keys(case, procedure, data)
    return event


def _changes(
    case: Case, procedure: Procedure, deed: Deed, after: str, data: dict[str, Any], now: datetime, *, late: bool
) -> dict[str, Any]:
    changes: dict[str, Any] = {"changed_at": now}
    if late:
        return changes
    changes |= {"state": after, "sealed": facts.seal(case, data)}
    result = deed.action.result_in(case.state)
    if result:
        changes["result"] = result
    if procedure.states[after].final and case.closed_at is None:
        kept = procedure.results.get(changes.get("result", case.result))
        # A partner dates its messages itself: such a date never shortens how long the case is kept.
        changes |= {
            "closed_at": deed.at,
            "delete_on": tasks.deletion_day(now if deed.by == "message" else deed.at, kept),
        }
    return changes


def entered(case: Case, procedure: Procedure, event: CaseEvent, said: Mapping[str, Any], act: Act) -> UUID:
    """The entries of an event: sealed what was said, then how the case moved, without the person; the id of the second."""
    about = [case.identity] if case.identity else []
    body = {
        "case": str(case.pk),
        "event": str(event.pk),
        "number": event.number,
        "procedure": procedure.id,
        "version": procedure.version,
        "hash": procedure.hash,
        "side": case.side,
        "profile": case.profile,
        "counterpart": case.counterpart_state,
        "opened_at": case.opened_at.isoformat(),
        "action": event.action,
        "by": event.by,
        "before": event.before,
        "after": event.after,
        "moved": event.moved,
        "result": case.result,
        "message": str(event.message) if event.message else None,
        "proposal": str(event.proposal) if event.proposal else None,
    }
    if said:  # before the move: whoever reads the move knows what it was done with
        told = {"case": str(case.pk), "event": str(event.pk), "said": dict(said)}
        append(kinds.TOLD, told, act, subjects=about, occurred_at=event.at, sealed_for=(case.about, "case"))
    return append(kinds.MOVED, body, act, subjects=about, occurred_at=event.at)


def keep_keys(case: Case, procedure: Procedure, data: Mapping[str, Any]) -> None:
    """What the case is found by follows its answers. Inside `writing()`."""
    wanted = facts.search_keys(facts.claimed(procedure, data))
    there = set(CaseKey.objects.filter(case=case).values_list("kind", "key"))
    CaseKey.objects.bulk_create(CaseKey(case=case, kind=kind, key=key) for kind, key in wanted - there)
    gone = there - wanted
    for kind in {kind for kind, _key in gone}:
        CaseKey.objects.filter(case=case, kind=kind, key__in=[key for k, key in gone if k == kind]).delete()


def _make_up(case: Case, procedure: Procedure, event: CaseEvent) -> None:
    from xenia.cases import clock as by_time

    by_time.make_up(case, procedure, event.before, event.at)


def _tell_border(procedure: Procedure, case: Case, event: CaseEvent) -> None:
    from xenia.cases import expected

    expected.note(procedure, case.side, event.before, event.after)
