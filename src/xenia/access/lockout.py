"""Lock-out after repeated failures, by account and address: django-axes counts, this says when it ends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from xenia.access.models import Account
from xenia.journal.data_keys import blind

LOOPBACK = ("127.0.0.1", "::1", "")


def address(request: HttpRequest) -> str:
    """The address that a request came from: the one the proxy in front names where one ends TLS on this machine."""
    direct = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
    if forwarded and direct in LOOPBACK and getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        return forwarded.rsplit(",", 1)[-1].strip()[:45]
    return direct or "127.0.0.1"


def username(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """What failures are counted under: the account's name, or for an unknown name its keyed hash.

    People type passwords into the field of the name: what is no account's name is never kept as typed.
    """
    typed = (
        str((credentials or {}).get("username") or request.POST.get("login", ""))
        .replace("\0", "")
        .strip()
        .lower()[:500]
    )
    if Account.objects.filter(username=typed).exists():
        return typed
    return f"?{blind('sign-in-name', typed):x}"


def is_locked(request: HttpRequest, name: str) -> bool:
    """Whether this account is locked out from this address now."""
    return not AxesProxyHandler.is_allowed(request, {"username": name})


def ends_at(request: HttpRequest, name: str) -> datetime | None:
    """When the lock-out of this account from this address ends, or None where there is none."""
    last = AccessAttempt.objects.filter(username=name, ip_address=address(request)).aggregate(last=Max("attempt_time"))[
        "last"
    ]
    return last + settings.AXES_COOLOFF_TIME if last else None


def response(
    request: HttpRequest, original: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """The page of somebody who is locked out: until when, and who can lift it. Same words whether the account exists."""
    ends = ends_at(request, username(request, credentials))
    minutes = (
        max(1, round((ends - timezone.now()).total_seconds() / 60))
        if ends
        else settings.AXES_COOLOFF_TIME.seconds // 60
    )
    return render(request, "account/locked.html", {"ends_at": ends, "minutes": minutes}, status=429)


def locked_accounts() -> dict[str, datetime]:
    """Names of accounts that are locked out from some address now, with the latest end."""
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    rows = (
        AccessAttempt.objects.filter(attempt_time__gte=since, username__isnull=False)
        .values("username", "ip_address")
        .annotate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
        .filter(failures__gte=settings.AXES_FAILURE_LIMIT)
    )
    found: dict[str, datetime] = {}
    for row in rows:
        ends = row["last"] + settings.AXES_COOLOFF_TIME
        found[row["username"]] = max(ends, found.get(row["username"], ends))
    known = set(Account.objects.filter(username__in=found).values_list("username", flat=True))
    return {name: ends for name, ends in found.items() if name in known}


def lift(name: str) -> int:
    """Forget the failures of this account from every address. Gives back how many rows that were."""
    removed: int = AccessAttempt.objects.filter(username=name).delete()[0]
    return removed
