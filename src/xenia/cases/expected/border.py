"""What the border tells a case: its person was let in, or was not. Called inside `journal.writing()` by the trades beside this one."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from xenia.access.standing import Standing
from xenia.cases import actions, catalogue
from xenia.cases.definition import Action, Procedure
from xenia.cases.expected import at_units
from xenia.cases.expected.watch import is_expected
from xenia.cases.models import Case, CaseEvent
from xenia.errors import XeniaError
from xenia.journal.act import Act
from xenia.work import items

log = logging.getLogger("xenia.cases")
TASK = "cases.task"
SAME = timedelta(seconds=10)
"""Longest between a decision and the event of its case, written in one transaction."""


def arrived(standing: Standing, cases: Iterable[UUID], at: datetime, act: Act, *, planned: bool = False) -> int:
    """Close each of these cases by its border's action, in the transaction of the admission; how many noted it.

    A case that has moved meanwhile is left as it is: it keeps nobody out, and its own people are told by a work item. `planned`: only cases whose plan names this post or none are closed; of others their people are asked. A unit
    was told of no others, and must not learn by trying whether somebody is expected elsewhere.
    """
    noted = 0
    for case in Case.objects.filter(id__in=list(cases)):
        if planned and not at_units.is_planned(case, standing.post or ""):
            _ask_its_people(case, "arrived-but-not-noted", act)
            continue
        try:
            with transaction.atomic():
                actions.arrived(standing, case.id, _form(case, standing, at), act)
            noted += 1
        except XeniaError as error:
            log.error("arrival not noted by its case", extra={"case": case.reference, "code": error.code})
            _ask_its_people(case, "arrived-but-not-noted", act)
    return noted


def not_let_in(cases: Iterable[UUID], act: Act) -> None:
    """Entry was refused to an expected person: whoever works the case must know at once."""
    for case in Case.objects.filter(id__in=list(cases)):
        _ask_its_people(case, "refused-at-the-border", act)


def taken_back(officer: UUID, at: datetime, act: Act) -> None:
    """The admission of this moment by this officer was taken back: a case that it closed is for its people to put right."""
    within = (at, at + SAME)
    done = CaseEvent.objects.filter(at__range=within, actor=f"account:{officer}", by="border").values("case")
    for case in Case.objects.filter(id__in=done):
        _ask_its_people(case, "admission-taken-back", act)


def _ask_its_people(case: Case, why: str, act: Act) -> None:
    items.open_item(TASK, case.id, owner=case.owner, about=case.identity, urgency=0, body={"why": why}, act=act)


def _form(case: Case, standing: Standing, at: datetime) -> dict[str, Any]:
    """What the border knows, as far as the form of the case's procedure asks for it."""
    procedure = catalogue.of(case)
    action = _action(procedure, case)
    schema: Mapping[str, Any] = procedure.forms.get(action.form, {}) if action and action.form else {}
    known = {
        "arrived_on": at.astimezone(ZoneInfo(standing.zone)).date().isoformat(),
        "arrived_at": at.isoformat(),
        "border_point": standing.post or "",
    }
    return {name: value for name, value in known.items() if name in schema.get("properties", {})}


def _action(procedure: Procedure, case: Case) -> Action | None:
    if not is_expected(procedure, case.side, case.state):
        return None
    return next(
        one
        for one in procedure.actions.values()
        if one.by == "border" and case.state in one.from_ and one.side in ("", case.side)
    )
