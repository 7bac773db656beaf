"""Pages of a locked workplace, of leaving it, and of the note between two officers. Nothing personal stands on the locked one."""

from __future__ import annotations

from datetime import UTC, datetime

from allauth.account import views as allauth_account
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xenia.access import lock as locking
from xenia.access import lockout, passkeys, ports, sign_in, standing
from xenia.access.door_forms import LeaveNote, Unlock
from xenia.access.views import signed_in
from xenia.journal.node import is_unit

_OWN = "one's own workplace"


@signed_in(_OWN, unsettled=True, locked=True)
@require_POST
def lock(request: HttpRequest) -> HttpResponseBase:
    """F10, or the page itself after idle minutes. Without a lane an idle officer is signed out instead."""
    idle = request.POST.get("why") == "idle"
    if idle and not locking.is_locked(request) and not standing.for_request(request).lane:
        sign_in.end(request, "idle")
        return HttpResponseRedirect(f"{reverse('account_login')}?ended=idle")
    locking.lock(request, "idle" if idle else "self", locking.where_from(request))
    return redirect("locked")


@signed_in(_OWN, unsettled=True, locked=True)
@never_cache
@require_http_methods(["GET", "POST"])
def locked(request: HttpRequest) -> HttpResponseBase:
    """The locked workplace; the password of the officer who locked opens it."""
    if not locking.is_locked(request):
        return redirect("home")
    form = Unlock(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if locking.opens(request, form.cleaned_data["password"]):
            return HttpResponseRedirect(locking.unlock(request, "password"))
        if getattr(request, "axes_locked_out", False):
            return lockout.response(request, None, {"username": request.user.get_username()})
        form.add_error("password", _wrong())
    return render(request, "account/lock.html", _context(request, form), status=422 if form.errors else 200)


def _wrong() -> str:
    at_unit = _("This is not the PIN of the officer who locked.")
    return at_unit if is_unit() else _("This is not the password of the officer who locked.")


def _context(request: HttpRequest, form: Unlock) -> dict[str, object]:
    here, held = standing.for_request(request), request.session["locked"]
    place = standing.places().get(here.post or "")
    return {
        "form": form,
        "place": place.name if place else "",
        "lane": here.lane or "",
        "since": datetime.fromtimestamp(held["at"], UTC),
        "idle": held["why"] == "idle",
        "offers_passkeys": passkeys.offered(request),
    }


@signed_in(_OWN, unsettled=True, locked=True)
@require_POST
def switch(request: HttpRequest) -> HttpResponseBase:
    """Another officer takes over at this lane: the one before is signed out, and the sign-in page keeps the place."""
    locking.hand_over(request)
    return redirect("account_login")


@signed_in(_OWN, unsettled=True)
@require_POST
def here(request: HttpRequest) -> HttpResponse:
    """Somebody is here though the page had nothing to ask: the door has noted it."""
    return HttpResponse(status=204)


@signed_in(_OWN, unsettled=True, locked=True)
@require_http_methods(["GET", "POST"])
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Leave; before it, what is still open is said and a note can be left for the next officer."""
    at_work = standing.for_request(request)
    may_note = bool(at_work.lane) and not locking.is_locked(request)
    form = LeaveNote(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not form.is_valid():
        return _leaving(request, form, may_note)
    if request.method == "POST":
        if may_note and form.cleaned_data["note"].strip():
            locking.leave_note(at_work, form.cleaned_data["note"])
        answer: HttpResponseBase = allauth_account.logout(request)
        return answer
    return _leaving(request, form, may_note)


def _leaving(request: HttpRequest, form: LeaveNote, may_note: bool) -> HttpResponse:
    here = standing.for_request(request)
    unfinished = [] if locking.is_locked(request) else [line for find in ports.unfinished for line in find(here)]
    context = {"form": form, "may_note": may_note, "unfinished": unfinished}
    return render(request, "account/logout.html", context, status=422 if form.errors else 200)


@signed_in("a note is for whoever stands at the lane", unsettled=False)
@require_GET
@never_cache
def lane_note(request: HttpRequest) -> HttpResponse:
    """What officers before left at this lane."""
    return render(request, "access/lane_note.html", {"notes": locking.notes_for(standing.for_request(request))})


@signed_in("a note is for whoever stands at the lane", unsettled=False)
@require_POST
def put_note_away(request: HttpRequest) -> HttpResponse:
    """The notes that the page showed were read and go."""
    locking.put_away(standing.for_request(request), request.POST.getlist("note"))
    return redirect("home")
