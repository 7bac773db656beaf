"""The door of every page: unmarked views are denied, officers must be signed in, awake and settled."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from xenia.access import device_cookie, devices, epochs, lock, sign_in, standing
from xenia.access.entries import note
from xenia.access.views import Gate, gate_of
from xenia.errors import NotAllowed, XeniaError
from xenia.journal import disk

log = logging.getLogger("xenia.access")
SEEN_EVERY_S = 60


class Door:
    """Denies what is not marked; ends sessions that are idle or too old; shows Xenia's errors as pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """One request, with the counters of policy, accounts and lists read once. No browser or proxy keeps its answer."""
        with epochs.one_request():
            response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        _keep_device(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """None to let the request pass, or the answer that stops it."""
        gate = gate_of(view)
        if gate is None:
            log.error(
                "A view without a gate was denied",
                extra={"view": f"{view.__module__}.{getattr(view, '__qualname__', view)}"},
            )
            return self.process_exception(
                request, NotAllowed(_("This page is not open to anybody."), "", code="no-gate")
            )
        if gate.open:
            return None
        if not request.user.is_authenticated:
            return _to_sign_in(request, gate)
        ended = _ended(request)
        if ended == "idle" and standing.for_request(request).lane and not gate.machine:
            lock.lock(request, "idle", _here(request))
        elif ended:
            sign_in.end(request, ended)
            return _to_sign_in(request, gate, ended)
        if lock.is_locked(request):
            return None if gate.locked else _to_lock(request, gate)
        return None if gate.unsettled else _unsettled(request, gate) or self._at_a_device(request)

    def _at_a_device(self, request: HttpRequest) -> HttpResponse | None:
        """The answer where this device belongs to a post where the account has no role; notes that the device is here."""
        bound = standing.device_of(request)
        if bound is None:
            return None
        devices.seen(bound)
        trouble = standing.device_trouble(request)
        return self.process_exception(request, trouble) if trouble else None

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """The page, fragment or JSON for one of Xenia's own errors; others are Django's."""
        if not isinstance(problem, XeniaError):
            return None
        if isinstance(problem, NotAllowed) and request.user.is_authenticated:
            _refused(request, problem)
        answer: HttpResponse = import_string(settings.XENIA_ERROR_PAGE)(request, problem)
        return answer


def _refused(request: HttpRequest, problem: NotAllowed) -> None:
    """Write down what a signed-in officer was not allowed to do: the address's pattern, never its values."""
    match, account = request.resolver_match, request.user
    body = {"code": problem.code, "method": request.method or "", "route": match.route if match else ""}
    note("access.refused", account.pk, account.authority_id, body)  # type: ignore[union-attr]


def _ended(request: HttpRequest) -> str:
    """Why this session is over: `idle`, `limit`, or nothing. Notes that the officer is here, at most once a minute.

    What a page asks by itself (`X-Unattended`) does not count as being here. A locked session is not idle.
    While the disk takes nothing it is not noted, so that what can be read is shown; the session ends no later for it.
    """
    now, session = int(time.time()), request.session
    signed_in_at, seen_at = session.get("signed_in_at"), session.get("seen_at", 0)
    if signed_in_at is None or now - signed_in_at > settings.XENIA_SESSION_HOURS * 3600:
        return "limit"
    if lock.is_locked(request):
        return ""
    if now - seen_at > settings.XENIA_IDLE_MINUTES * 60 + SEEN_EVERY_S:
        return "idle"
    if now - seen_at >= SEEN_EVERY_S and "X-Unattended" not in request.headers and not disk.refuses():
        session["seen_at"] = now
    return ""


def _to_sign_in(request: HttpRequest, gate: Gate, ended: str = "") -> HttpResponseBase:
    if gate.machine:
        body = {"code": "not-signed-in", "message": "You are not signed in.", "what_to_do": "Sign in first."}
        return JsonResponse(body, status=401)
    htmx = request.headers.get("HX-Request") == "true"
    query = {"next": _here(request), **({"ended": ended} if ended else {})}
    address = f"{reverse('account_login')}?{urlencode(query)}"
    if htmx:
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _here(request: HttpRequest) -> str:
    """The page asked for, to come back to. What was posted can't be repeated: the way back leads to the first page then."""
    page = request.method == "GET" and request.headers.get("HX-Request") != "true"
    return request.get_full_path() if page else "/"


def _to_lock(request: HttpRequest, gate: Gate) -> HttpResponseBase:
    """To the page of the locked workplace."""
    if gate.machine:
        body = {"code": "locked", "message": "The workplace is locked.", "what_to_do": "Unlock it first."}
        return JsonResponse(body, status=401)
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": reverse("locked")})
    return HttpResponseRedirect(reverse("locked"))


def _keep_device(request: HttpRequest, response: HttpResponseBase) -> None:
    """At sign-in the device's cookie is put anew: browsers keep none for longer than 400 days."""
    shown = device_cookie.read(request) if getattr(request, "_has_signed_in", False) else None
    if shown and device_cookie.name() not in response.cookies:
        device_cookie.put(response, *shown)


def _unsettled(request: HttpRequest, gate: Gate) -> HttpResponseBase | None:
    """To the page that an officer must pass first: a password of one's own, a second factor where the role asks for one."""
    if request.user.password_is_initial:  # type: ignore[union-attr]
        where = "account_change_password"
    elif (
        not settings.XENIA_DEMO
        and not request.session.get("second_factor")
        and sign_in.must_have_second_factor(request)
    ):
        where = "mfa_index"
    else:
        return None
    if gate.machine:
        return JsonResponse(
            {"code": "unsettled", "message": "Finish signing in on a page first.", "what_to_do": ""}, status=403
        )
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": reverse(where)})
    return HttpResponseRedirect(reverse(where))
