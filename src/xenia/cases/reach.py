"""Who reaches a case: permission, purpose, authority, role of the procedure. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from xenia.access import policy
from xenia.access import standing as access
from xenia.access.models import Authority
from xenia.access.standing import Standing
from xenia.cases import catalogue
from xenia.cases.definition import Action, Procedure
from xenia.cases.models import Case
from xenia.errors import NotAllowed, NotFound
from xenia.journal.act import Act

READ, WORK, DECIDE, IMPORT = "cases.read", "cases.work", "cases.decide", "cases.import"


def reference(case: Case) -> str:
    """As acts name it."""
    return f"case:{case.reference}"


def basis(procedure: Procedure, profile: str) -> str:
    """The law a case stands on: the procedure's, or the agreement's where the procedure says `profile`."""
    if procedure.legal_basis != "profile":
        return procedure.legal_basis
    found = procedure.profiles.get(profile)
    return found.legal_basis if found else ""


def are_parties(procedure: Procedure, profile: str, counterpart: str) -> bool:
    """Whether our state and that of the other authority are parties to the agreement; an agreement without states is for all."""
    found = procedure.profiles.get(profile)
    states = set(found.states) if found else set()
    return not states or {str(settings.XENIA_STATE), counterpart.split("/")[0]} <= states


def act_of(standing: Standing, case: Case, procedure: Procedure) -> Act:
    """The act of this standing on this case."""
    law = basis(procedure, case.profile)[:500]
    return standing.act(procedure.purpose, reference(case), legal_basis=law, owner=case.owner)


def sees_owner(standing: Standing, procedure: Procedure, owner: str) -> bool:
    """Whether cases of that owner exist for this standing: its own authority's and those below; and, between kinds of
    authority that work the procedure together, those of the other kind and of the authority above."""
    if standing.authority in access.ancestors(owner):
        return True
    kind = access.kind_of(standing.authority)
    if kind not in procedure.owner_kinds:
        return False
    return owner in access.ancestors(standing.authority) or (
        kind != access.kind_of(owner) and access.kind_of(owner) in procedure.owner_kinds
    )


def _may_use(standing: Standing, procedure: Procedure) -> bool:
    return procedure.purpose in policy.purposes(standing)


def exists_for(standing: Standing, procedure: Procedure, owner: str) -> bool:
    """Whether cases of that procedure and owner exist for this standing: by its authority and by its purposes."""
    return sees_owner(standing, procedure, owner) and _may_use(standing, procedure)


def visible(standing: Standing, procedure: str = "") -> Q:
    """The condition under which rows are cases that exist for this standing. One query. Raises `NotAllowed`."""
    policy.require(standing, READ)
    owners = list(Authority.objects.values_list("code", flat=True))
    parts = []
    for one in catalogue.newest():
        if procedure in ("", one.id) and _may_use(standing, one):
            mine = [code for code in owners if sees_owner(standing, one, code)]
            parts.append(Q(procedure=one.id, owner__in=mine))
    return reduce(or_, parts, Q(pk__in=[]))


def find(standing: Standing, case_id: UUID) -> tuple[Case, Procedure]:
    """The case with the version it follows. Raises `NotAllowed`, `NotFound` (code `no-case`) also where it is not for this standing."""
    policy.require(standing, READ)
    case = Case.objects.filter(pk=case_id).first()
    procedure = catalogue.of(case) if case else None
    if (
        case is None
        or procedure is None
        or not sees_owner(standing, procedure, case.owner)
        or not _may_use(standing, procedure)
    ):
        raise NotFound(_("There is no such case."), _("Go back to the list."), code="no-case")
    policy.require_purpose(standing, procedure.purpose, reference(case))
    return case, procedure


def locked(case_id: UUID) -> Case:
    """The case's row, locked where rows can be. Inside `writing()`. Raises `NotFound` (code `no-case`)."""
    case = Case.objects.select_for_update().filter(pk=case_id).first()
    if case is None:
        raise NotFound(_("There is no such case."), _("Go back to the list."), code="no-case")
    return case


def require_kept(case: Case) -> None:
    """Raises `NotFound` (code `no-case`) for a case whose person was erased: nothing would erase what is added now."""
    if case.erased_at is not None:
        raise NotFound(_("There is no such case."), _("Go back to the list."), code="no-case")


def roles_for(procedure: Procedure, role: str) -> frozenset[str]:
    """The role words of the policy that a role of the procedure means."""
    return frozenset(procedure.roles.get(role, ()))


def holds_role(standing: Standing, procedure: Procedure, action: Action) -> bool:
    """Whether the standing may do the action itself, or be the second person to it."""
    return bool(standing.roles & roles_for(procedure, action.role))


def may_propose(standing: Standing, procedure: Procedure, action: Action) -> bool:
    """Whether the standing may prepare the action: any role of the procedure where a second person decides."""
    every: Iterable[str] = [word for words in procedure.roles.values() for word in words]
    return holds_role(standing, procedure, action) or (action.four_eyes and bool(standing.roles & set(every)))


def require_role(standing: Standing, procedure: Procedure, action: Action) -> None:
    """Raises `NotAllowed` (code `case-role`) where the procedure does not give this action to the standing's roles."""
    if not holds_role(standing, procedure, action):
        raise NotAllowed(
            _("Your roles do not do this in this procedure."),
            _("Ask somebody who has the role: %(roles)s.")
            % {"roles": ", ".join(sorted(roles_for(procedure, action.role)))},
            code="case-role",
        )


def works(standing: Standing, procedure: Procedure) -> bool:
    """Whether the standing's authority is of a kind that works such cases."""
    return not procedure.owner_kinds or access.kind_of(standing.authority) in procedure.owner_kinds


def may_start(standing: Standing, procedure: Procedure, action: Action) -> bool:
    """Whether this officer, here, may open a case by this action."""
    fits = action.by == "person" and holds_role(standing, procedure, action)
    return fits and works(standing, procedure) and _may_use(standing, procedure)


def require_start(standing: Standing, procedure: Procedure) -> None:
    """Raises `NotAllowed` where this standing's authority or purposes do not open such cases."""
    policy.require(standing, WORK)
    policy.require_purpose(standing, procedure.purpose, f"procedure:{procedure.id}")
    if not works(standing, procedure):
        raise NotAllowed(
            _("Your authority does not work such cases."), _("Ask the authority that does."), code="case-authority"
        )
