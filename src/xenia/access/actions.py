"""The only writer of accounts and roles. Each act is one short transaction with its entry.

Posts are made in `place_actions.py`, policy versions in `policy_actions.py`.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from xenia.access import approving, lockout, policy, second_factor
from xenia.access import standing as standings
from xenia.access.models import Account, Assignment, Authority, Post
from xenia.access.place_actions import INSTALLATION, known_authority
from xenia.access.policy_actions import install_first_policy, set_up_act
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.journal.act import Act
from xenia.journal.actions import append, writing

OPERATOR_ROLE: Final = "operator"
USERNAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
PURPOSE: Final = "operation"


def _act(standing: Standing, reference: str, owner: str | None = None) -> Act:
    return standing.act(PURPOSE, reference, owner=owner)


# Set-up


def install(operator: str = "operator") -> bool:
    """The first policy, the installation's authority and the operator account are there. Gives back whether any was made."""
    made = install_first_policy()
    with writing():
        if Account.objects.filter(username=operator).exists():
            return made
        authority, _ = Authority.objects.get_or_create(
            code=INSTALLATION, defaults={"name": "This installation", "kind": "state"}
        )
        account = Account(
            username=operator, display_name="Operator", authority=authority, kind="system", created_at=timezone.now()
        )
        account.set_unusable_password()
        account.save(force_insert=True)
        held = Assignment.objects.create(account=account, role=OPERATOR_ROLE, valid_from=timezone.now())
        roles = [{"assignment": str(held.pk), "role": OPERATOR_ROLE, "post": None}]
        body = {"account": str(account.pk), "kind": "system", "authority": INSTALLATION, "assignments": roles}
        append("account.made", body, set_up_act())
    return True


def operator_standing(username: str) -> Standing:
    """The standing of the account that a command acts as. Raises `NotFound` (code `no-account`)."""
    return standings.by_name(username)


# Accounts


@dataclass(frozen=True)
class Made:
    """A new account, or one with a new password. `initial_password` is shown once and kept nowhere; "" where one was given."""

    account: Account
    initial_password: str


def fresh_password() -> str:
    """Twenty letters and digits that are not mistaken for each other: about 100 bits."""
    letters = "abcdefghijkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


def make_account(standing: Standing, username: str, display_name: str, *, authority: str, password: str = "") -> Made:
    """A new account without roles. Without `password` one is made, shown once, to be changed at the first sign-in.

    A given password stands as it is; only the demo and tests give one. Raises `BadInput` (`bad-username`,
    `bad-password`, `bad-name`), `NotFound` (`no-authority`), `Conflict` (`already-there`).
    """
    policy.require_own(standing, "accounts.manage")
    username, display_name = username.strip().lower(), display_name.strip()
    if not USERNAME.fullmatch(username):
        raise BadInput(
            "This is no user name.", "Use 2 to 64 small letters, digits, dots, hyphens.", code="bad-username"
        )
    if not 1 <= len(display_name) <= 120:
        raise BadInput("The name to show is missing or too long.", "Use 1 to 120 letters.", code="bad-name")
    if password and not settings.XENIA_DEMO:
        _check_password(password)
    account = Account(username=username, display_name=display_name, authority_id=authority, created_at=timezone.now())
    initial = "" if password else fresh_password()
    account.set_password(password or initial)
    account.password_is_initial = not password
    with writing():
        known_authority(authority)
        if Account.objects.filter(username=username).exists():
            raise Conflict(f"There is already an account {username}.", "Choose another name.", code="already-there")
        account.save(force_insert=True)
        body = {"account": str(account.pk), "kind": "person", "authority": authority, "assignments": []}
        append("account.made", body, _act(standing, f"account:{account.pk}", authority))
    return Made(account, initial)


def _check_password(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as error:
        raise BadInput(" ".join(error.messages), "Choose another password.", code="bad-password") from error


def account_of(standing: Standing, account_id: UUID, *, not_oneself: bool = True) -> Account:
    """A person's account that this standing may change. Raises `NotFound`, `NotAllowed` (`own-account`, `system-account`)."""
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        raise NotFound("There is no such account.", "Look in the list of accounts.", code="no-account")
    if not_oneself and account.pk == standing.account:
        raise NotAllowed("Nobody changes the own account here.", "Ask another administrator.", code="own-account")
    if account.kind == "system":
        raise NotAllowed(
            "Accounts of the system are not changed by hand.", "Choose a person's account.", code="system-account"
        )
    return account


def give_password(standing: Standing, account_id: UUID) -> Made:
    """A new initial password, shown once; every session of the account ends.

    Raises `NotAllowed` (`second-person`) for an account that may approve: `two_persons` proposes it.
    """
    policy.require_own(standing, "accounts.manage")
    initial = fresh_password()
    with writing():
        account = account_of(standing, account_id)
        _one_person_may(standing, approving.roles_of(account_id))
        put_password(account, make_password(initial), _about(standing, account))
    return Made(account, initial)


def put_password(account: Account, hashed: str, act: Act) -> None:
    """The account's password has this hash and must be changed at the next sign-in. Inside `writing()`."""
    account.password, account.password_is_initial = hashed, True
    account.save(update_fields=["password", "password_is_initial"])
    append("access.password_given", {"account": str(account.pk)}, act)


def _about(standing: Standing, account: Account) -> Act:
    return _act(standing, f"account:{account.pk}", account.authority_id)


def _one_person_may(standing: Standing, roles: Sequence[str]) -> None:
    """Nothing, unless one person could become two by an account with these roles. The operator is told apart by its entries."""
    two = approving.is_approving(roles) or approving.would_ask_itself(standing.account, roles)
    if two and OPERATOR_ROLE not in standing.roles:
        raise NotAllowed(
            "This account approves what others propose, or would.",
            "A second person must approve this: propose it.",
            code="second-person",
        )


def close_account(standing: Standing, account_id: UUID, reason: str) -> None:
    """The account can no longer sign in; its sessions end at their next request. Raises `Conflict` if it is closed."""
    _switch(standing, account_id, False, reason)


def open_account(standing: Standing, account_id: UUID, reason: str) -> None:
    """A closed account may sign in again. Raises `Conflict` if it is open."""
    _switch(standing, account_id, True, reason)


def _switch(standing: Standing, account_id: UUID, active: bool, reason: str) -> None:
    policy.require_own(standing, "accounts.manage")
    with writing():
        account = account_of(standing, account_id)
        _one_person_may(standing, approving.roles_of(account_id) if active else [])
        switch(account, active, reason, _about(standing, account))


def switch(account: Account, active: bool, reason: str, act: Act) -> None:
    """The account is open or closed. Inside `writing()`. Raises `Conflict` where it is so already."""
    if account.is_active == active:
        raise Conflict("The account is already so.", "Load the page again.", code="already-there")
    account.is_active, account.closed_at = active, None if active else timezone.now()
    account.save(update_fields=["is_active", "closed_at"])
    kind = "account.opened" if active else "account.closed"
    append(kind, {"account": str(account.pk), "reason": reason[:200]}, act)


def unlock(standing: Standing, account_id: UUID) -> None:
    """The failures that locked the account out are forgotten, from every address."""
    policy.require(standing, "accounts.manage")
    with writing():
        account = account_of(standing, account_id, not_oneself=False)
        lockout.lift(account.username)
        append(
            "access.unlocked",
            {"account": str(account.pk)},
            _act(standing, f"account:{account.pk}", account.authority_id),
        )


def remove_second_factor(standing: Standing, account_id: UUID) -> None:
    """The account enrols a second factor anew at its next sign-in.

    Raises `Conflict` where it has none, `NotAllowed` (`second-person`) as `give_password` does.
    """
    policy.require(standing, "accounts.manage")
    with writing():
        account = account_of(standing, account_id)
        _one_person_may(standing, approving.roles_of(account_id))
        take_off_second_factor(account, _about(standing, account))


def take_off_second_factor(account: Account, act: Act) -> None:
    """The account has no second factor. Inside `writing()`. Raises `Conflict` where it had none."""
    if not second_factor.remove_all(account):
        raise Conflict("The account has no second factor.", "Load the page again.", code="already-there")
    append("access.second_factor_removed", {"account": str(account.pk), "type": "all"}, act)


# Roles


def give_role(
    standing: Standing,
    account_id: UUID,
    role: str,
    *,
    post: str | None = None,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
) -> Assignment:
    """The account holds the role, at one post or (None) at every post of its authority.

    Nobody gives a role to the own account, and the operator's role is not given. Raises `NotAllowed` (`own-account`,
    `operator-role`, `second-person` for a role that approves), `NotFound` (`no-role`, `no-post`), `Conflict` (`already-there`).
    """
    policy.require_own(standing, "accounts.manage")
    known_role(role)
    begin = valid_from or timezone.now()
    if valid_to is not None and valid_to <= begin:
        raise BadInput("The role would end before it begins.", "Give a later end.", code="bad-period")
    with writing():
        account = account_of(standing, account_id)
        _one_person_may(standing, [role, *approving.roles_of(account_id)])
        return assign(account, role, post, begin, valid_to, _about(standing, account))


def known_role(role: str) -> None:
    """Nothing, for a role that can be given. Raises `NotAllowed` (`operator-role`), `NotFound` (`no-role`)."""
    if role == OPERATOR_ROLE:
        raise NotAllowed(
            "The operator's role belongs to the command line.", "Give the roles that are needed.", code="operator-role"
        )
    if role not in policy.current().roles:
        raise NotFound(f"There is no role {role[:48]}.", "See docs/reference/policy.md.", code="no-role")


def assign(
    account: Account, role: str, post: str | None, begin: datetime, valid_to: datetime | None, act: Act
) -> Assignment:
    """The assignment, made. Inside `writing()`. Raises `NotFound` (`no-post`), `Conflict` (`already-there`)."""
    if post is not None and not Post.objects.filter(pk=post).exists():
        raise NotFound(f"There is no post {post}.", "Make it first.", code="no-post")
    if Assignment.objects.filter(account=account, role=role, post_id=post, valid_to__isnull=True).exists():
        raise Conflict("The account already holds this role there.", "Load the page again.", code="already-there")
    made = Assignment.objects.create(account=account, role=role, post_id=post, valid_from=begin, valid_to=valid_to)
    body = {
        "account": str(account.pk),
        "assignment": str(made.pk),
        "role": role,
        "post": post,
        "valid_to": valid_to and valid_to.isoformat(),
    }
    append("assignment.given", body, act)
    return made


def end_role(standing: Standing, assignment_id: UUID) -> None:
    """The role ends now. Raises `NotFound` or `Conflict` (it has ended)."""
    policy.require_own(standing, "accounts.manage")
    with writing():
        held = Assignment.objects.filter(pk=assignment_id).first()
        if held is None:
            raise NotFound("There is no such role to end.", "Load the page again.", code="no-role")
        account, now = account_of(standing, held.account_id), timezone.now()
        if held.valid_to is not None and held.valid_to <= now:
            raise Conflict("The role has already ended.", "Load the page again.", code="already-there")
        held.valid_to = max(now, held.valid_from)
        held.save(update_fields=["valid_to"])
        body = {"account": str(account.pk), "assignment": str(held.pk), "role": held.role, "post": held.post_id}
        append("assignment.ended", body, _act(standing, f"account:{account.pk}", account.authority_id))
