"""How a case begins: by a person's form, or by the first message of another authority."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from xenia.access.models import Authority
from xenia.access.standing import Standing
from xenia.cases import applying, catalogue, facts, families, forms, reach
from xenia.cases.applying import Deed
from xenia.cases.definition import Action, Procedure
from xenia.cases.models import Case
from xenia.errors import BadInput, NotFound
from xenia.identity import actions as identity
from xenia.journal import clock, data_keys
from xenia.journal.act import Act
from xenia.journal.actions import append_many, writing
from xenia.journal.ids import uuid7

LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that can be taken for another
LENGTH: Final = 7


def new_reference(now: datetime) -> str:
    """A number that tells nothing: state, year, seven letters. 27 thousand million a year."""
    text = "".join(secrets.choice(LETTERS) for _number in range(LENGTH))
    return f"{settings.XENIA_STATE}-{now.year}-{text}"


def start(
    standing: Standing,
    procedure: str,
    *,
    side: str = "",
    profile: str = "",
    counterpart: str = "",
    form: Mapping[str, Any] | None = None,
    urgent: bool = False,
    previous: UUID | None = None,
    parent: UUID | None = None,
    action: str = "",
    at: datetime | None = None,
) -> Case:
    """A new case of the newest version of the procedure, by the action that opens one at this side.

    `counterpart`: address of the other authority, where the procedure has two sides. `parent`: the main case of a family,
    with the same agreement and authority. Raises `NotFound` (`no-procedure`, `no-case-action`), `BadInput` (`case-start`,
    `case-form`), `Conflict` (`case-parent`), `NotAllowed` (`case-role`, `case-authority`, ...).
    """
    known = catalogue.latest(procedure)
    reach.require_start(standing, known)
    opener = _opener(known, side, action)
    reach.require_role(standing, known, opener)
    side = side or opener.side
    _consistent(known, side, profile, counterpart)
    for linked in (previous, parent):
        if linked is not None:
            reach.find(standing, linked)
    answers = forms.check(known, opener, form)
    case = blank(known, standing.authority, clock.now() if at is None else at)
    case.side, case.profile, case.counterpart, case.urgent = side, profile, counterpart, urgent
    case.previous, case.parent, case.post, case.assigned_to = previous, parent, standing.post or "", standing.account
    with writing(), data_keys.held():
        if parent is not None:
            families.require(known, opener, reach.locked(parent), profile, counterpart)
        act = reach.act_of(standing, case, known)
        save(case, known, {opener.form: answers} if opener.form else {}, act)
        applying.apply(case, known, Deed(opener, "person", act, case.opened_at, form))
    return case


def _opener(procedure: Procedure, side: str, action: str) -> Action:
    found = [one for one in procedure.opening(side) if one.by == "person" and action in ("", one.name)]
    if not found:
        raise NotFound(_("This side does not open such cases."), _("Choose another side."), code="no-case-action")
    return found[0]


def _consistent(procedure: Procedure, side: str, profile: str, counterpart: str) -> None:
    wrong = (
        (bool(procedure.sides) and side not in procedure.sides)
        or (bool(procedure.profiles) and profile not in procedure.profiles)
        or (bool(procedure.sides) and not counterpart)
    )
    if wrong:
        raise BadInput(
            _("Side, agreement or other authority is missing."), _("Choose all that the procedure asks for."),
            code="case-start",
        )  # fmt: skip
    if procedure.sides and not reach.are_parties(procedure, profile, counterpart):
        raise BadInput(
            _("The agreement does not bind both authorities."), _("Choose an agreement to which both states are parties."),
            code="case-parties",
        )  # fmt: skip


def blank(procedure: Procedure, owner: str, at: datetime) -> Case:
    """A case that has had no event, not saved."""
    case = Case(
        id=uuid7(),
        reference=new_reference(at),
        procedure=procedure.id,
        version=procedure.version,
        hash=procedure.hash,
        state="",
        owner=owner,
        opened_at=at,
        changed_at=at,
        thread=uuid7(),
    )
    while Case.objects.filter(reference=case.reference).exists():
        case.reference = new_reference(at)
    return case


def save(case: Case, procedure: Procedure, data: Mapping[str, Any], act: Act) -> None:
    """The row before its first event, with the claim of its main person. Inside `writing()` and `data_keys.held()`."""
    claim = facts.claimed(procedure, data)
    if claim is not None:
        # The claim lives as long as its case: `forgetting.CasesPart.kept` says so, whatever its own day.
        day = case.opened_at.date()
        case.identity, entry = identity.note(claim, act, source="case", now=case.opened_at, delete_on=day)
        append_many([entry])
    case.save(force_insert=True)


def owner_here(procedure: Procedure, fallback: str) -> str:
    """Whose a case is that came from outside: ours where its kind works such cases, else the first authority that does."""
    kinds = dict(Authority.objects.order_by("code").values_list("code", "kind"))
    if kinds.get(fallback) in procedure.owner_kinds:
        return fallback
    for kind in procedure.owner_kinds:
        found = next((code for code, one in kinds.items() if one == kind), None)
        if found:
            return found
    return fallback
