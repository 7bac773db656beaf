"""Pages of passkeys: enrol, name, remove, sign in, open a locked workplace. Made from allauth's views with our own rules."""

from __future__ import annotations

import json
from typing import Any

from allauth.account.models import Login
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import views as base
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views
from allauth.mfa.webauthn.internal import flows
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xenia.access import lock, passkeys, second_factor
from xenia.access.told_passkeys import Told
from xenia.access.views import signed_in
from xenia.journal.actions import writing


class Add(views.AddWebAuthnView):  # type: ignore[misc]
    """Enrol a passkey."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and what the browser is asked to make."""
        context: dict[str, Any] = super(views.AddWebAuthnView, self).get_context_data(**kwargs)
        context["trouble"] = passkeys.why_not(self.request)
        if not context["trouble"]:
            context["options"] = json.dumps(passkeys.creation_options(self.request.user))
        return context

    def form_valid(self, form: Any) -> HttpResponse:
        """Kept, with its entry."""
        with writing():
            answer: HttpResponse = super().form_valid(form)
        return answer


class Edit(views.EditWebAuthnView):  # type: ignore[misc]
    """Another name."""

    def get_success_url(self) -> str:
        """Back to how one signs in."""
        return reverse("mfa_index")


class Remove(views.RemoveWebAuthnView):  # type: ignore[misc]
    """Take a passkey off; not the last second factor where a role asks for one."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Removed with its entry, or refused in words."""
        if not get_adapter().can_delete_authenticator(self.get_object()):
            messages.error(self.request, _("Your role asks for a second factor: enrol another one first."))
        else:
            with writing():
                super().form_valid(form)
        return HttpResponseRedirect(reverse("mfa_index"))


class SignIn(views.LoginWebAuthnView):  # type: ignore[misc]
    """Sign in with a passkey alone."""

    def form_valid(self, form: Any) -> HttpResponse:
        """In, and on to the page that was asked for."""
        found: Authenticator | Told = form.cleaned_data["credential"]
        return _enter(self.request, found)


def _enter(request: HttpRequest, found: Authenticator | Told) -> HttpResponse:
    login = Login(user=found.user, redirect_url=request.POST.get("next") or None)
    answer: HttpResponse = flows.perform_passwordless_login(request, found, login)
    return answer


class Code(base.AuthenticateView):  # type: ignore[misc]
    """The second factor after the password: a code or a passkey."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and what the browser is asked to show where the account has a passkey."""
        return _with_options(super().get_context_data(**kwargs), self.request, self.stage.login.user)


class Again(views.ReauthenticateWebAuthnView):  # type: ignore[misc]
    """A passkey again, before something about signing in is changed."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and what the browser is asked to show."""
        return _with_options(super().get_context_data(**kwargs), self.request, self.request.user)


def _with_options(context: dict[str, Any], request: HttpRequest, account: Any) -> dict[str, Any]:
    if passkeys.of_account(account) and not passkeys.why_not(request):
        context["options"] = json.dumps(context["js_data"]["request_options"])
    context["has_app"] = second_factor.has_app(account)
    return context


code, again = Code.as_view(), Again.as_view()
add, edit, remove, sign_in = Add.as_view(), Edit.as_view(), Remove.as_view(), SignIn.as_view()


@signed_in("one's own workplace", unsettled=True, locked=True)
@require_http_methods(["GET", "POST"])
def unlock(request: HttpRequest) -> HttpResponseBase:
    """Open the locked workplace with a passkey. Another officer's passkey hands the lane over to that officer."""
    if not lock.is_locked(request):
        return redirect("home")
    if request.method == "GET":
        return JsonResponse({"request_options": passkeys.request_options()})
    form = passkeys.LoginForm(request.POST)
    if not form.is_valid():
        for message in form.errors.get("credential", []):
            messages.error(request, message)
        return redirect("locked")
    found: Authenticator | Told = form.cleaned_data["credential"]
    if found.user_id == request.user.pk:
        with writing():
            found.record_usage()
        return HttpResponseRedirect(lock.unlock(request, "passkey"))
    lock.hand_over(request)
    return _enter(request, found)
