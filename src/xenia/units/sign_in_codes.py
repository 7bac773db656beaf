"""At the centre: codes with which officers choose their PINs at a unit. One unit, one officer, one use, some days.

Whoever has a code signs in at the unit as that officer. So everybody makes the own code, signed in at the centre with all factors;
an administrator makes one only for an officer who is nobody's second person.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from xenia.access import approving, epochs, policy
from xenia.access.actions import OPERATOR_ROLE
from xenia.access.models import Account
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotAllowed
from xenia.journal import arriving, clock
from xenia.journal.actions import append, writing
from xenia.journal.arriving import Came
from xenia.units import actions, codes, kinds
from xenia.units.down import access
from xenia.units.models import SignInCode, Unit
from xenia.units.pins import CODE_LETTERS, plain_code

DAYS: Final = 7


@dataclass(frozen=True)
class Given:
    """A code, shown once. `text`: as it is read out and typed."""

    unit: Unit
    account: Account
    text: str


def give(standing: Standing, unit_id: UUID, account_id: UUID) -> Given:
    """A new code for this officer at this unit; an older one is worth nothing any more.

    Raises `NotFound` (`no-such-unit`), `NotAllowed` (`no-permission`, `second-person`), `BadInput` (`unit-officer`),
    `Conflict` (`unit-state`).
    """
    unit = actions.get(unit_id)
    if account_id != standing.account:
        policy.require(standing, actions.MANAGE)
        _not_a_second_person(standing, account_id)
    if unit.state == "revoked":
        raise Conflict(_("The unit is in another state by now."), _("Load the page again."), code="unit-state")
    account = next((one for one in access.people(unit, clock.now()) if one.pk == account_id), None)
    if account is None:
        raise BadInput(
            _("This officer has no role at the unit's post."), _("Give a role at the post first."), code="unit-officer"
        )
    plain = "".join(secrets.choice(codes.LETTERS) for _letter in range(CODE_LETTERS))
    hashed = make_password(plain_code(plain))
    with writing():
        SignInCode.objects.filter(unit=unit.name, account=account_id, used_at=None).delete()
        made = SignInCode.objects.create(
            unit=unit.name, account=account_id, hash=hashed, until=clock.now() + timedelta(days=DAYS)
        )
        epochs.bump("accounts")
        body = {"unit": str(unit.pk), "account": str(account_id), "code": str(made.pk)}
        append(kinds.CODE_GIVEN, body, standing.act("operation", f"unit:{unit.name}"))
    return Given(unit, account, f"{plain[: CODE_LETTERS // 2]}-{plain[CODE_LETTERS // 2 :]}")


def _not_a_second_person(standing: Standing, account_id: UUID) -> None:
    roles = approving.roles_of(account_id)
    two = approving.is_approving(roles) or approving.would_ask_itself(standing.account, roles)
    if two and OPERATOR_ROLE not in standing.roles:
        raise NotAllowed(
            _("This officer approves what others propose."),
            _("The officer makes the own code, signed in at the centre."),
            code="second-person",
        )


def may_give(standing: Standing, account_id: UUID) -> bool:
    """Whether this standing may make a code for that officer."""
    try:
        if account_id != standing.account:
            policy.require(standing, actions.MANAGE)
            _not_a_second_person(standing, account_id)
    except NotAllowed:
        return False
    return True


def own_units(standing: Standing) -> list[Unit]:
    """The units at which this officer may sign in."""
    now = clock.now()
    units = Unit.objects.filter(state__in=("invited", "waiting", "active", "quarantined")).order_by("label")
    return [one for one in units if standing.account in {each.pk for each in access.people(one, now)}]


def used(came: Came) -> None:
    """A PIN was chosen at a unit with a code: nobody chooses another one with it, also not after a restore. Inside `writing()`."""
    code, author = came.body.get("code"), came.entry.actor.removeprefix("account:")
    if code is not None:
        rows = SignInCode.objects.filter(pk=UUID(str(code)), unit=came.entry.node, account=UUID(author), used_at=None)
        if rows.update(used_at=came.entry.occurred_at):
            epochs.bump("accounts")


def register() -> None:
    """What a PIN that was chosen at a unit does here; called when Django starts."""
    arriving.register(kinds.PIN_SET, used)
