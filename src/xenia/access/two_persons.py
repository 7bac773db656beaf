"""Acts on accounts that approve: done at once where one person may, else proposed to a second one.

`work` puts the way to propose into `ports`, and calls `done` when the second person has approved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xenia.access import actions, policy, ports
from xenia.access.actions import Made
from xenia.access.models import Account, Assignment
from xenia.access.standing import Standing
from xenia.errors import Conflict, NotAllowed
from xenia.journal.act import Act

GIVE_ROLE: Final = "accounts.give-role"
GIVE_PASSWORD: Final = "accounts.give-password"  # noqa: S105 - the name of an act
REMOVE_SECOND_FACTOR: Final = "accounts.remove-second-factor"
OPEN: Final = "accounts.open"
LABELS: Final = {
    GIVE_ROLE: _("Give a role that approves"),
    GIVE_PASSWORD: _("New password for an account that approves"),
    REMOVE_SECOND_FACTOR: _("Remove the second factor of an account that approves"),
    OPEN: _("Open an account that approves"),
}

Result = TypeVar("Result")


@dataclass(frozen=True)
class Proposed:
    """It waits for a second person. `initial_password`: shown once; worth nothing until the second person has approved."""

    proposal: str
    initial_password: str = ""


def give_role(
    standing: Standing,
    account_id: UUID,
    role: str,
    *,
    post: str | None = None,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    reason: str = "",
) -> Assignment | Proposed:
    """The role given, or proposed where it approves. Raises as `actions.give_role`."""
    period = {"valid_from": valid_from, "valid_to": valid_to}

    def propose() -> Proposed:
        days = {name: at.isoformat() for name, at in period.items() if at}
        return _proposed(standing, GIVE_ROLE, account_id, reason, role=role, post=post, **days)

    return _or(lambda: actions.give_role(standing, account_id, role, post=post, **period), propose)


def give_password(standing: Standing, account_id: UUID, reason: str = "") -> Made | Proposed:
    """A new initial password, or a proposal of one. Only the hash is in the proposal. Raises as `actions.give_password`."""

    def propose() -> Proposed:
        initial = actions.fresh_password()
        made = _proposed(standing, GIVE_PASSWORD, account_id, reason, hashed=make_password(initial))
        return Proposed(made.proposal, initial)

    return _or(lambda: actions.give_password(standing, account_id), propose)


def remove_second_factor(standing: Standing, account_id: UUID, reason: str = "") -> Proposed | None:
    """None where it was done, else the proposal. Raises as `actions.remove_second_factor`."""
    return _or(
        lambda: actions.remove_second_factor(standing, account_id),
        lambda: _proposed(standing, REMOVE_SECOND_FACTOR, account_id, reason),
    )


def open_account(standing: Standing, account_id: UUID, reason: str) -> Proposed | None:
    """None where it was done, else the proposal. Raises as `actions.open_account`."""
    return _or(
        lambda: actions.open_account(standing, account_id, reason),
        lambda: _proposed(standing, OPEN, account_id, reason),
    )


def _or(do: Callable[[], Result], propose: Callable[[], Proposed]) -> Result | Proposed:
    try:
        return do()
    except NotAllowed as refused:
        if refused.code != "second-person":
            raise
    return propose()


def _proposed(standing: Standing, action: str, account_id: UUID, reason: str, **more: Any) -> Proposed:
    account = actions.account_of(standing, account_id)
    reason = reason.strip()[:200] or "Asked for on the page of the account."
    arguments = {"account": str(account.pk), "reason": reason, **more}
    return Proposed(ports.propose_account_change(standing, action, arguments, reason))


def done(action: str, arguments: Mapping[str, Any], standing: Standing, act: Act) -> None:
    """What was proposed, done in the transaction of the approval. Nobody approves it for the own account."""
    policy.require_own(standing, "accounts.approve")
    account = actions.account_of(standing, UUID(arguments["account"]))
    if action == GIVE_ROLE:
        actions.known_role(arguments["role"])
        begin = max(_moment(arguments, "valid_from") or timezone.now(), timezone.now())
        end = _moment(arguments, "valid_to")
        if end is not None and end <= begin:
            raise Conflict("The time for which the role was asked is over.", "Reject it.", code="bad-period")
        actions.assign(account, arguments["role"], arguments["post"], begin, end, act)
    elif action == GIVE_PASSWORD:
        actions.put_password(account, arguments["hashed"], act)
    elif action == REMOVE_SECOND_FACTOR:
        actions.take_off_second_factor(account, act)
    elif action == OPEN:
        actions.switch(account, True, arguments["reason"], act)
    else:
        raise ValueError(f"{action} is no act on an account.")


def _moment(arguments: Mapping[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(arguments[name]) if arguments.get(name) else None


def told(arguments: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is proposed, in labels and values; never the hash of a password."""
    account = Account.objects.filter(pk=arguments["account"]).first()
    lines = [(str(_("Account")), f"{account.display_name} ({account.username})" if account else arguments["account"])]
    if "role" in arguments:
        lines.append((str(_("Role")), arguments["role"]))
        lines.append((str(_("Post")), arguments["post"] or str(_("every post of the authority"))))
        for name, label in (("valid_from", _("From")), ("valid_to", _("Until, and not on"))):
            if arguments.get(name):
                lines.append((str(label), arguments[name][:10]))
    return lines
