"""Pages of administrators: the list of accounts, and what one account may do and see, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xenia.access import lockout, policy, rules, standing
from xenia.access.models import Account, Assignment
from xenia.access.permissions import PERMISSIONS
from xenia.access.standing import Standing
from xenia.access.views import needs
from xenia.errors import NotAllowed, NotFound

PER_PAGE = 50
SORTS = {"name": "display_name", "user": "username", "new": "-created_at", "seen": "-last_login"}


@dataclass(frozen=True)
class Row:
    """One account in the list. `held`: roles with their posts."""

    account: Account
    held: tuple[str, ...]
    locked: datetime | None

    @property
    def state(self) -> str:
        """In a word."""
        if not self.account.is_active:
            return _("closed")
        if self.locked:
            return _("locked out")
        return _("initial password") if self.account.password_is_initial else _("open")


@dataclass(frozen=True)
class Asked:
    """What the list was asked for."""

    q: str
    role: str
    post: str
    state: str
    sort: str

    @classmethod
    def of(cls, request: HttpRequest) -> Asked:
        """As the address says."""
        said = [
            request.GET.get(name, "").replace("\0", "").strip()[:64] for name in ("q", "role", "post", "state", "sort")
        ]
        return cls(said[0], said[1], said[2], said[3], said[4] if said[4] in SORTS else "name")

    @property
    def query(self) -> str:
        """The same as an address, without the page."""
        return urlencode({name: value for name, value in vars(self).items() if value})


def _found(asked: Asked) -> QuerySet[Account]:
    found = Account.objects.order_by(SORTS[asked.sort], "username")
    if asked.q:
        found = found.filter(Q(username__icontains=asked.q) | Q(display_name__icontains=asked.q))
    if asked.role or asked.post:
        held = Assignment.held_now()
        held = held.filter(role=asked.role) if asked.role else held
        held = held.filter(Q(post=asked.post) | Q(post=None)) if asked.post else held
        found = found.filter(pk__in=held.values("account_id"))
    if asked.state == "open":
        return found.filter(is_active=True)
    if asked.state == "closed":
        return found.filter(is_active=False)
    if asked.state == "locked":
        return found.filter(username__in=list(lockout.locked_accounts()))
    return found.filter(password_is_initial=True, is_active=True) if asked.state == "initial" else found


def _rows(page: Page[Account]) -> list[Row]:
    shown, locked = list(page.object_list), lockout.locked_accounts()
    labels = {word: _(role.label) for word, role in policy.current().roles.items()}
    held: dict[UUID, list[str]] = {}
    for one in Assignment.held_now().filter(account__in=shown).order_by("role"):
        label = labels.get(one.role, one.role)
        held.setdefault(one.account_id, []).append(f"{label} ({one.post_id})" if one.post_id else label)
    return [Row(one, tuple(held.get(one.pk, ())), locked.get(one.username)) for one in shown]


@needs("accounts.manage")
@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """Accounts by name, role, post and state; a page at a time."""
    asked = Asked.of(request)
    page = Paginator(_found(asked), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": _rows(page), "page": page, "asked": asked, "query": asked.query,
        "roles": [(word, _(role.label)) for word, role in policy.current().roles.items()],
        "posts": [(code, place.name) for code, place in standing.places().items()],
    }  # fmt: skip
    return render(request, "access/accounts.html", context)


@needs("accounts.manage")
@require_GET
def rights(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """What the account may do and see at a post, and which role and row of the policy says so."""
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        raise NotFound(_("There is no such account."), _("Look in the list of accounts."), code="no-account")
    asked, problem = request.GET.get("post", "").strip()[:32], ""
    at: Standing | None = None
    try:
        at = standing.of(account.pk, asked or None)
    except (NotFound, NotAllowed) as refused:
        problem = _(refused.message)
    context: dict[str, Any] = {
        "account": account, "at": at, "problem": problem, "posts": standing.posts_of(account.pk), "post": asked,
    }  # fmt: skip
    if at is not None:
        context |= {"permissions": _permissions(at), "decisions": _decisions(at), "roles": _labels(at.roles)}
    return render(request, "access/account_rights.html", context)


def _labels(words: frozenset[str]) -> list[str]:
    known = policy.current().roles
    return [_(known[word].label) if word in known else word for word in sorted(words)]


def _permissions(at: Standing) -> list[tuple[str, str, str]]:
    """Permission, its sentence, and the roles that give it."""
    known = policy.current().roles
    found = []
    for word, sentence in PERMISSIONS.items():
        by = [
            _(known[role].label)
            for role in sorted(at.roles)
            if role in known and {word, rules.ANY} & known[role].permissions
        ]
        if by:
            found.append((word, _(sentence), ", ".join(by)))
    return found


def _decisions(at: Standing) -> list[tuple[str, list[tuple[str, policy.Decision]]]]:
    """For each purpose, the registers that it opens, with the decision and the rows that made it."""
    found = []
    for purpose in policy.purposes(at):
        opened = [(register, policy.decide(at, purpose, register)) for register in rules.REGISTERS]
        label = _(policy.current().purposes[purpose].label)
        found.append((label, [one for one in opened if one[1].allowed]))
    return found
