"""Pages of accounts: one's own place and second factor; and for administrators one account and what is done with it."""

from __future__ import annotations

from uuid import UUID

from allauth.account import views as allauth_account
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from xenia.access import actions, lockout, passkeys, second_factor, sign_in, standing, two_persons
from xenia.access.forms import GiveRole, NewAccount
from xenia.access.models import Account, Assignment
from xenia.access.two_persons import Proposed
from xenia.access.views import needs, signed_in
from xenia.errors import BadInput, Conflict, NotFound
from xenia.journal.node import is_unit


def second_factor_page(request: HttpRequest) -> HttpResponse:
    """How the officer signs in: password, second factor, recovery codes. Marked in `urls.py`."""
    account = Account.objects.get(pk=standing.for_request(request).account)
    context = {
        "has_one": second_factor.has_one(account),
        "has_app": second_factor.has_app(account),
        "passkeys": passkeys.of_account(account),
        "trouble": passkeys.why_not(request),
        "required": sign_in.must_have_second_factor(request),
        "at_unit": is_unit(),
    }
    return render(request, "access/second_factor.html", context)


@signed_in("one's own password", unsettled=True)
def own_password(request: HttpRequest) -> HttpResponseBase:
    """Another password; at a unit another PIN, for there are no passwords."""
    if is_unit():
        return redirect("at-unit:pin")
    answer: HttpResponseBase = allauth_account.password_change(request)
    return answer


@signed_in("an officer chooses among the own posts only")
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest) -> HttpResponse:
    """Where the officer works now: post and lane, kept in the session."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    to = wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()) else "/"
    if request.method == "POST":
        standing.choose_place(request, request.POST.get("post", ""), request.POST.get("lane") or None)
        return HttpResponseRedirect(to)
    here = standing.for_request(request)
    return render(request, "access/place.html", {"places": standing.posts_of(here.account), "here": here, "next": to})


@needs("accounts.manage")
@require_http_methods(["GET", "POST"])
@never_cache
def new_account(request: HttpRequest) -> HttpResponse:
    """Make an account; shows its initial password once."""
    form = NewAccount(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = actions.make_account(
                standing.for_request(request), said["username"], said["display_name"], authority=said["authority"]
            )
        except (BadInput, Conflict) as problem:
            form.add_error("display_name" if problem.code == "bad-name" else "username", str(problem))
        else:
            return _account_page(request, made.account, GiveRole(), made.initial_password)
    return render(request, "access/account_new.html", {"form": form}, status=422 if form.errors else 200)


def _account_page(
    request: HttpRequest, account: Account, form: GiveRole, initial_password: str = "", proposal: str = ""
) -> HttpResponse:
    here = standing.for_request(request)
    context = {
        "account": account,
        "assignments": Assignment.objects.filter(account=account).order_by("valid_to", "role"),
        "locked_until": lockout.locked_accounts().get(account.username),
        "has_second_factor": second_factor.has_one(account),
        "may_change": account.pk != here.account and account.kind == "person",
        "form": form,
        "initial_password": initial_password,
        "proposal": proposal,
    }
    return render(request, "access/account.html", context, status=422 if form.errors else 200)


def _found(account_id: UUID) -> Account:
    found = Account.objects.select_related("authority").filter(pk=account_id).first()
    if found is None:
        raise NotFound(_("There is no such account."), _("Look in the list of accounts."), code="no-account")
    return found


@needs("accounts.manage")
def account(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """One account: its roles, its state, what can be done."""
    return _account_page(request, _found(account_id), GiveRole())


def _give_role(request: HttpRequest, account_id: UUID) -> HttpResponse | None:
    form = GiveRole(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = two_persons.give_role(
                standing.for_request(request),
                account_id,
                said["role"],
                post=said["post"] or None,
                valid_from=said["valid_from"],
                valid_to=said["valid_to"],
                reason=said["reason"],
            )
        except (BadInput, Conflict) as problem:
            form.add_error("valid_to" if problem.code == "bad-period" else "role", str(problem))
        else:
            return _waiting(request, account_id, made) if isinstance(made, Proposed) else None
    return _account_page(request, _found(account_id), form)


def _waiting(request: HttpRequest, account_id: UUID, made: Proposed) -> HttpResponse:
    """The account's page, saying that a second person must approve."""
    return _account_page(request, _found(account_id), GiveRole(), made.initial_password, made.proposal)


@needs("accounts.manage")
@require_POST
@never_cache
def change_account(request: HttpRequest, account_id: UUID, act: str) -> HttpResponseBase:
    """Give or end a role, close, open, unlock, give a new initial password, take off the second factor."""
    here, reason = standing.for_request(request), request.POST.get("reason", "").strip()
    if act == "give-role":
        shown = _give_role(request, account_id)
        return shown or redirect("account", account_id)
    if act == "password":
        given = two_persons.give_password(here, account_id, reason)
        proposal = given.proposal if isinstance(given, Proposed) else ""
        return _account_page(request, _found(account_id), GiveRole(), given.initial_password, proposal)
    waits: Proposed | None = None
    if act == "end-role":
        actions.end_role(here, _uuid(request.POST.get("assignment", "")))
    elif act == "unlock":
        actions.unlock(here, account_id)
    elif act == "second-factor":
        waits = two_persons.remove_second_factor(here, account_id, reason)
    elif act == "close":
        actions.close_account(here, account_id, reason)
    elif act == "open":
        waits = two_persons.open_account(here, account_id, reason)
    else:
        raise NotFound(_("Nothing of that name can be done."), _("Load the page again."), code="no-act")
    return _waiting(request, account_id, waits) if waits else redirect("account", account_id)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise BadInput(_("This is no id."), _("Load the page again."), code="bad-id") from error
