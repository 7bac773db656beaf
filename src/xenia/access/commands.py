"""`xenia accounts list|add|give|close|unlock`: what an administrator needs before there is one who signs in."""

from __future__ import annotations

import argparse

from django.utils import timezone

from xenia.access import actions, lockout, two_persons
from xenia.access.models import Account, Assignment
from xenia.access.place_actions import INSTALLATION
from xenia.access.standing import Standing
from xenia.commands import Call, Command
from xenia.errors import NotAllowed, NotFound


def _standing(call: Call) -> Standing:
    if call.standing is None:
        raise NotAllowed("No account was named.", "Use --as.", code="not-signed-in")
    return call.standing


def _named(username: str) -> Account:
    found = Account.objects.filter(username=username.strip().lower()).first()
    if found is None:
        raise NotFound("There is no account of that name.", "See `xenia accounts list`.", code="no-account")
    return found


def accounts_list(call: Call) -> int:
    """One line per account with its roles."""
    now, locked = timezone.now(), lockout.locked_accounts()
    for account in Account.objects.order_by("username").prefetch_related("assignments"):
        held = [one for one in account.assignments.all() if one.valid_to is None or one.valid_to > now]
        call.answer(
            "xenia/account/1",
            {
                "account": str(account.pk),
                "username": account.username,
                "name": account.display_name,
                "authority": account.authority_id,
                "kind": account.kind,
                "open": account.is_active,
                "locked_until": locked[account.username].isoformat() if account.username in locked else None,
                "roles": [{"role": one.role, "post": one.post_id} for one in held],
            },
        )
    return 0


def accounts_add(call: Call) -> int:
    """Make an account with roles; answers with its initial password, which is shown only here."""
    here, options = _standing(call), call.options
    made = actions.make_account(here, options.username, options.name, authority=options.authority)
    for role in options.role:
        _say_proposed(call, two_persons.give_role(here, made.account.pk, role, post=options.post), role)
    call.say(
        "Hand the initial password over in person: it is shown only here and must be changed at the first sign-in."
    )
    call.answer(
        "xenia/account-made/1",
        {"account": str(made.account.pk), "username": made.account.username, "initial_password": made.initial_password},
    )
    return 0


def accounts_give(call: Call) -> int:
    """Give an account a role, or propose it where the role approves."""
    options = call.options
    made = two_persons.give_role(_standing(call), _named(options.username).pk, options.role, post=options.post)
    _say_proposed(call, made, options.role)
    if isinstance(made, Assignment):
        call.answer("xenia/assignment/1", {"assignment": str(made.pk), "role": made.role, "post": made.post_id})
    return 0


def _say_proposed(call: Call, made: Assignment | two_persons.Proposed, role: str) -> None:
    if isinstance(made, two_persons.Proposed):
        call.say(f"Proposed: {role} approves what others propose, so a second person must approve this.")
        call.answer("xenia/proposed/1", {"proposal": made.proposal, "role": role})


def accounts_close(call: Call) -> int:
    """Close an account."""
    account = _named(call.options.username)
    actions.close_account(_standing(call), account.pk, call.options.reason)
    call.answer("xenia/account-closed/1", {"account": str(account.pk)})
    return 0


def accounts_unlock(call: Call) -> int:
    """Lift the lock-out of an account."""
    account = _named(call.options.username)
    actions.unlock(_standing(call), account.pk)
    call.answer("xenia/account-unlocked/1", {"account": str(account.pk)})
    return 0


def _who(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("username", metavar="NAME", help="the account's user name")


def _add(parser: argparse.ArgumentParser) -> None:
    _who(parser)
    parser.add_argument("--name", required=True, help="the name to show")
    parser.add_argument("--authority", default=INSTALLATION, help="code of the authority (default: installation)")
    parser.add_argument("--role", action="append", default=[], help="a role; may be given several times")
    parser.add_argument("--post", help="code of the post where the roles hold (default: every post of the authority)")


def _give(parser: argparse.ArgumentParser) -> None:
    _who(parser)
    parser.add_argument("role", metavar="ROLE", help="the role, such as administrator")
    parser.add_argument("--post", help="code of the post where the role holds (default: every post of the authority)")


def _close(parser: argparse.ArgumentParser) -> None:
    _who(parser)
    parser.add_argument("--reason", required=True, help="why, up to 200 characters")


COMMANDS: tuple[Command, ...] = (
    Command("accounts list", "Accounts and their roles", accounts_list, "accounts.manage", writes=False),
    Command("accounts add", "Make an account; prints its initial password once", accounts_add, "accounts.manage", _add),
    Command("accounts give", "Give an account a role", accounts_give, "accounts.manage", _give),
    Command("accounts close", "Close an account", accounts_close, "accounts.manage", _close),
    Command("accounts unlock", "Lift the lock-out of an account", accounts_unlock, "accounts.manage", _who),
)
