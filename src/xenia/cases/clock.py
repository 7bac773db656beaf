"""What happens to cases by time alone: deemed answers, time limits that pass, warnings. Swept by a worker, idempotent.

What the law says happens at a moment happens at that moment: an event's `at` is when the limit was over, however long the
worker was down; `recorded_at` says when it was written down. Several that were missed happen in the order of their times.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final
from uuid import UUID

from xenia.cases import applying, catalogue, facts, reach, tasks, timing
from xenia.cases.applying import Deed
from xenia.cases.definition import Procedure, holds
from xenia.cases.models import Case, CaseDeadline
from xenia.journal import clock as moment
from xenia.journal import data_keys
from xenia.journal.act import Act
from xenia.journal.actions import writing
from xenia.journal.node import node

log = logging.getLogger("xenia.cases")
AT_ONCE: Final = 500
ACTOR: Final = "system:clock"


def act_of(case: Case, procedure: Procedure) -> Act:
    """The act of the clock on a case."""
    law = reach.basis(procedure, case.profile)[:500]
    return Act(ACTOR, case.owner, procedure.purpose, law, reach.reference(case), node())


def sweep(now: datetime | None = None, limit: int = AT_ONCE) -> int:
    """Everything that is due until `now`, the earliest first; how many limits passed and warnings were given.

    A case that fails is logged and passed over, so that it holds up no other.
    """
    until, done = now or moment.now(), 0
    failed: set[UUID] = set()
    while done < limit:
        due = CaseDeadline.objects.filter(state="running", due_at__lte=until).exclude(case_id__in=failed)
        row = due.order_by("due_at", "id").values_list("id", "case_id").first()
        if row is None:
            break
        try:
            with writing(), data_keys.held():
                done += _pass(row[0], until)
        except Exception:  # a fault in one case holds up no other
            log.exception("the clock failed for a case", extra={"case": str(row[1])})
            failed.add(row[1])
    return done + _warn(until, limit)


def catch_up(case: Case, until: datetime) -> None:
    """What was due for this case before somebody acts at `until` happens first, and the case is brought up to date."""
    due = CaseDeadline.objects.filter(case=case, state="running", due_at__lte=until)
    changed = False
    while (row := due.order_by("due_at", "id").values_list("id", flat=True).first()) is not None:
        with writing(), data_keys.held():
            _pass(row, until)
        changed = True
    if changed:
        case.refresh_from_db()


def _pass(deadline: UUID, until: datetime) -> int:
    """One limit passes; 0 where somebody was quicker."""
    row = CaseDeadline.objects.select_for_update().filter(pk=deadline, state="running", due_at__lte=until).first()
    if row is None:
        return 0
    case = Case.objects.select_for_update().get(pk=row.case_id)
    row.case = case
    procedure = catalogue.of(case)
    act = act_of(case, procedure)
    timing.expire(row, act, row.due_at)
    if case.closed_at is not None:
        return 1
    rule = procedure.deadlines.get(row.rule)
    wanted = procedure.actions.get(rule.on_expiry.action) if rule and rule.on_expiry else None
    if rule and rule.on_expiry and wanted and case.state in wanted.from_:
        profile = procedure.profiles.get(case.profile)
        known = facts.facts(case, facts.opened(case), profile, row.due_at)
        if holds(rule.on_expiry.if_, known) and holds(wanted.when, known):
            applying.apply(case, procedure, Deed(wanted, "clock", act, row.due_at))
            return 1
    tasks.open_for(tasks.DEADLINE, case, procedure, act, body={"rule": row.rule, "passed": True}, due_at=row.due_at)
    return 1


def make_up(case: Case, procedure: Procedure, before: str, at: datetime) -> None:
    """What the clock could not do when a limit passed, and can do in the state that the case has come to. In `writing()`."""
    rules = [
        (rule, procedure.actions[rule.on_expiry.action])
        for rule in procedure.deadlines.values()
        if rule.on_expiry and rule.on_expiry.action and rule.on_expiry.later is not None
    ]
    wanted = [(rule, act) for rule, act in rules if case.state in act.from_ and before not in act.from_]
    if not wanted or case.closed_at is not None:
        return
    profile = procedure.profiles.get(case.profile)
    known = facts.facts(case, facts.opened(case), profile, at)
    for rule, action in wanted:
        expiry = rule.on_expiry
        if expiry is None or rule.name not in facts.Passed(case) or _was_done(case, rule.name, action.name):
            continue
        if holds(expiry.if_, known) and holds(expiry.later, known) and holds(action.when, known):
            applying.apply(case, procedure, Deed(action, "clock", act_of(case, procedure), at))
            return


def _was_done(case: Case, rule: str, action: str) -> bool:
    """Whether the clock did it when the limit passed."""
    last = CaseDeadline.objects.filter(case=case, rule=rule, state="expired").order_by("-ended_at").first()
    return last is None or case.events.filter(action=action, at__gte=last.ended_at).exists()


def _warn(until: datetime, limit: int) -> int:
    """Work items for limits that are near; one for each."""
    near = CaseDeadline.objects.filter(state="running", warn_at__lte=until, warned_at=None, due_at__gt=until)
    done = 0
    for row in near.select_related("case").order_by("warn_at")[:limit]:
        try:
            procedure = catalogue.of(row.case)
            with writing():
                if not CaseDeadline.objects.filter(pk=row.pk, warned_at=None).update(warned_at=until):
                    continue
                if row.acts in ("", row.case.side):
                    act = act_of(row.case, procedure)
                    body = {"rule": row.rule, "passed": False}
                    tasks.open_for(tasks.DEADLINE, row.case, procedure, act, body=body, due_at=row.due_at)
                done += 1
        except Exception:
            log.exception("a warning failed for a case", extra={"case": str(row.case_id)})
    return done
