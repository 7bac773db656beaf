"""Signing in and out: our side of django-allauth. Passwords with argon2, TOTP where the role asks, no sign-up, no mail."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from django.contrib.auth import logout
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from xenia.access import lock, policy, standing
from xenia.access.models import Account
from xenia.journal.node import is_unit

FRESH_S = 300
QUIET = ("account/messages/logged_in.txt", "account/messages/logged_out.txt")


class Backend(ModelBackend):
    """Accounts by user name and password; the signed-in account comes from memory, not from the database."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Account | None:
        """The account, or None: unknown name, wrong password, closed, or an account of the system. No password opens a unit."""
        if is_unit():
            return None
        found = super().authenticate(request, username=(username or "").strip().lower(), password=password, **kwargs)
        return found if isinstance(found, Account) and found.kind == "person" else None

    def get_user(self, user_id: Any) -> Account | None:
        """The account of a session, or None once it is closed."""
        known = standing.known(user_id if isinstance(user_id, UUID) else UUID(str(user_id)))
        account = known.account() if known else None
        return account if account is not None and account.is_active else None


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """How allauth behaves here."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: an administrator makes accounts."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Only ways back into this very site: a path, or this host."""
        request = self.request
        return bool(url) and url_has_allowed_host_and_scheme(
            url,
            allowed_hosts={request.get_host()} if request else None,
            require_https=bool(request and request.is_secure()),
        )

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not in the first minutes after signing in; later the password or code is asked for again."""
        since = int(time.time()) - context.request.session.get("signed_in_at", 0)
        return since > FRESH_S and bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """On to work, or to the next thing that signing in asks for."""
        return "/"

    def set_password(self, user: Account, password: str) -> None:
        """Keep the password that the officer chose; it is no longer the initial one."""
        user.set_password(password)
        user.password_is_initial = False
        user.save(update_fields=["password", "password_is_initial"])

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Say what allauth says, but not that somebody signed in or out: the page shows it."""
        if message_template not in QUIET:
            super().add_message(request, level, message_template, *args, **kwargs)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: Xenia sends no mail."""


class LoginForm(AllauthLoginForm):  # type: ignore[misc]
    """User name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, password.label = _("Officer name"), _("Password")
        login.max_length = 64
        login.widget.attrs = {
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
            "autofocus": True,
        }
        password.widget.attrs = {"autocomplete": "current-password"}
        if is_unit():
            password.label = _("PIN")
            password.widget.attrs["inputmode"] = "numeric"
        password.help_text = ""

    def clean_login(self) -> str:
        """The name as accounts have it: lower case, no spaces around."""
        return str(super().clean_login()).lower()


class ChangePasswordForm(AllauthChangePasswordForm):  # type: ignore[misc]
    """The old password and the new one twice."""

    def clean_password1(self) -> str:
        """The new password; the old one again is no change."""
        fresh = str(self.cleaned_data["password1"])
        if self.user.check_password(fresh):
            raise ValidationError(_("Choose a password that differs from the old one."))
        return fresh


def begin(request: HttpRequest) -> None:
    """Note in the session when it began and whether a second factor was shown; stand at the lane of device or officer before.

    A passkey with user verification is two factors in one. Called when somebody has signed in.
    """
    now = int(time.time())
    records = get_authentication_records(request, request.user)
    request.session["signed_in_at"] = request.session["seen_at"] = now
    request.session["second_factor"] = any(record.get("method") == "mfa" for record in records)
    request.session.pop("locked", None)
    request._has_signed_in = True  # type: ignore[attr-defined]
    lock.arrive(request)


def end(request: HttpRequest, why: str) -> None:
    """Sign out. `why`: `idle`, `limit` or `self`; it stands in the journal."""
    request._signed_out_because = why  # type: ignore[attr-defined]
    logout(request)


def must_have_second_factor(request: HttpRequest) -> bool:
    """Whether a role of the signed-in account, at any post, asks for a second factor."""
    known = standing.known(request.user.pk)  # type: ignore[arg-type]
    return known is not None and policy.needs_second_factor(frozenset(one.role for one in known.assignments))
