"""What happens elsewhere and concerns this room: rows saved, people signed in and out, second factors."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from xenia.access import epochs, sign_in
from xenia.access.entries import note
from xenia.access.models import Account, Assignment, Authority, Device, Lane, PolicyVersion, Post
from xenia.journal.actions import writing
from xenia.journal.node import is_unit


@receiver((post_save, post_delete))
def count_up(sender: type[Any], **kwargs: Any) -> None:
    """What processes hold of accounts, posts and policy in memory is no longer true."""
    if sender is PolicyVersion:
        name = "policy"
    elif sender in (Account, Assignment, Authority, Device, Lane, Post):
        if kwargs.get("update_fields") == frozenset({"last_login"}):
            return
        name = "accounts"
    else:
        return
    with writing():
        epochs.bump(name)


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: Account, **kwargs: Any) -> None:
    """Begin the session and write it down."""
    sign_in.begin(request)
    note("access.signed_in", user.pk, user.authority_id, {"second_factor": bool(request.session["second_factor"])})


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: Account | None, **kwargs: Any) -> None:
    """Write down that somebody left, and why."""
    if user is not None:
        note("access.signed_out", user.pk, user.authority_id, {"why": getattr(request, "_signed_out_because", "self")})


def _failed(kind: str, username: str | None, body: dict[str, Any]) -> None:
    """An entry about the account of this name, or about nobody: a typed name is never written down."""
    account = Account.objects.filter(username=(username or "").strip().lower()).first()
    if account is None:
        note(kind, None, None, body, by="system:sign-in")
    else:
        note(kind, account.pk, account.authority_id, body, by="system:sign-in")


def write_failure(username: str | None, body: dict[str, Any]) -> None:
    """An entry about a failed sign-in that counts towards no lock-out."""
    _failed("access.sign_in_failed", username, body)


@receiver(user_login_failed)
def sign_in_failed(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Write down the failure; the typed name only where it is an account's: people type passwords there."""
    usual = "pin" if is_unit() else "password"
    _failed("access.sign_in_failed", credentials.get("username"), {"factor": credentials.get("factor", usual)})


@receiver(user_locked_out)
def locked_out(request: HttpRequest, username: str, **kwargs: Any) -> None:
    """Write down that the account is locked out from one address."""
    _failed("access.locked_out", username, {})


@receiver(authentication_failed)
def code_failed(request: HttpRequest, user: Account, **kwargs: Any) -> None:
    """A wrong code counts as a failed sign-in."""
    user_login_failed.send(__name__, credentials={"username": user.username, "factor": "code"}, request=request)


@receiver(password_changed)
def changed_password(request: HttpRequest, user: Account, **kwargs: Any) -> None:
    """Write down that the password was changed."""
    note("access.password_changed", user.pk, user.authority_id, {})


@receiver(authenticator_added)
def second_factor_added(request: HttpRequest, user: Account, authenticator: Any, **kwargs: Any) -> None:
    """The session now stands on two factors."""
    if authenticator.type in ("totp", "webauthn"):
        request.session["second_factor"] = True
        note("access.second_factor_added", user.pk, user.authority_id, {"type": authenticator.type})


@receiver(authenticator_removed)
def second_factor_removed(request: HttpRequest, user: Account, authenticator: Any, **kwargs: Any) -> None:
    """Write down that a second factor is gone."""
    note("access.second_factor_removed", user.pk, user.authority_id, {"type": authenticator.type})
