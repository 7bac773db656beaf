"""Which roles and accounts are somebody's second person. One who can make or take over such an account alone is both."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from xenia.access import policy
from xenia.access.models import Assignment
from xenia.access.permissions import ANSWERED_BY, APPROVING
from xenia.access.rules import ANY


def is_approving(roles: Iterable[str]) -> bool:
    """Whether one of these roles approves what others propose, under the policy in force."""
    known = policy.current().roles
    return any(APPROVING & known[role].permissions or ANY in known[role].permissions for role in roles if role in known)


def of_account(account: UUID) -> bool:
    """Whether the account holds such a role at any post, now or later."""
    return is_approving(roles_of(account))


def roles_of(account: UUID) -> list[str]:
    """The roles that the account holds at any post, now or later."""
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=timezone.now())
    return list(Assignment.objects.filter(lasting, account_id=account).values_list("role", flat=True))


def would_ask_itself(account: UUID, roles: Iterable[str]) -> bool:
    """Whether the account decides what somebody with these roles asks: with such a second account it would ask itself."""
    mine, theirs = _permissions(roles_of(account)), _permissions(roles)
    return any(asked in theirs and decided in mine for asked, decided in ANSWERED_BY.items())


def another_may(permission: str, account: UUID) -> bool:
    """Whether an open account other than this one holds that permission now, at any post."""
    held = Assignment.held_now().filter(account__is_active=True).exclude(account_id=account)
    return any(policy.permits(frozenset({role}), permission) for role in held.values_list("role", flat=True).distinct())


def _permissions(roles: Iterable[str]) -> set[str]:
    known = policy.current().roles
    return {word for role in roles if role in known for word in known[role].permissions}
