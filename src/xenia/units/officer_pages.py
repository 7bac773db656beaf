"""Pages of signing in at units. At the centre: officers of a unit and their codes. At the unit: choosing and changing a PIN."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xenia.access import lockout
from xenia.access.models import Account
from xenia.access.standing import for_request
from xenia.access.views import needs, open_to_all, signed_in
from xenia.journal import clock
from xenia.units import actions, card, pins, sign_in_codes
from xenia.units.down import access
from xenia.units.models import SignInCode

DIGITS: Final = {"inputmode": "numeric", "autocomplete": "new-password", "maxlength": str(pins.LONGEST)}
BAD_PIN: Final = {
    "shape": _("Use 6 to 12 digits."),
    "run": _("Use digits that are not all the same and not in a row."),
}
WRONG_CODE: Final = _("Name and code do not belong together, or the code was used or is too old.")


class NewPin(forms.Form):
    """A PIN, twice."""

    pin = forms.CharField(
        label=_("New PIN"),
        max_length=100,
        help_text=_("6 to 12 digits, not all the same and not in a row. It holds at this unit only."),
        widget=forms.PasswordInput(attrs=DIGITS),
    )
    pin_again = forms.CharField(label=_("New PIN again"), max_length=100, widget=forms.PasswordInput(attrs=DIGITS))

    def clean_pin(self) -> str:
        """The PIN. Says what is wrong with it."""
        pin = str(self.cleaned_data["pin"])
        if why := pins.why_not(pin):
            raise forms.ValidationError(BAD_PIN[why])
        return pin

    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        said = super().clean() or {}
        if said.get("pin") and said.get("pin_again") and said["pin"] != said["pin_again"]:
            self.add_error("pin_again", _now("The two PINs differ."))
        return said


class FirstTime(NewPin):
    """Officer name, code and a PIN."""

    login = forms.CharField(
        label=_("Officer name"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("Sign-in code"),
        max_length=40,
        help_text=_("Ten letters and digits that the centre made for you and this unit."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    field_order = ("login", "code", "pin", "pin_again")


class OtherPin(NewPin):
    """The PIN of now and the new one twice."""

    now = forms.CharField(
        label=_("PIN until now"),
        max_length=100,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "current-password"}),
    )
    field_order = ("now", "pin", "pin_again")


@open_to_all("Choosing a PIN is for those who cannot sign in yet; it takes a code of the centre.")
@sensitive_post_parameters("code", "pin", "pin_again")
@require_http_methods(["GET", "POST"])
def first(request: HttpRequest) -> HttpResponseBase:
    """At a unit: the first time, with the code of the centre. Wrong codes count towards the lock-out like wrong PINs."""
    card.needed()
    form = FirstTime(request.POST if request.method == "POST" else None, auto_id="f-%s")
    if form.is_valid():
        said = form.cleaned_data
        named = {"username": lockout.username(request)}
        if lockout.is_locked(request, named["username"]):
            return lockout.response(request, None, named)
        account = pins.person(said["login"])
        code = pins.offered(account, said["code"])
        if account is not None and code is not None:
            pins.begin(account, code, said["pin"])
            messages.success(request, _now("Your PIN is set. Sign in with it now."))
            return redirect("account_login")
        user_login_failed.send(__name__, credentials={**named, "factor": "sign-in-code"}, request=request)
        form.add_error("code", WRONG_CODE)
    return render(request, "units/first.html", {"form": form}, status=422 if form.errors else 200)


@signed_in("one's own PIN", unsettled=True)
@sensitive_post_parameters("now", "pin", "pin_again")
@require_http_methods(["GET", "POST"])
def pin(request: HttpRequest) -> HttpResponseBase:
    """At a unit: another PIN."""
    card.needed()
    form = OtherPin(request.POST if request.method == "POST" else None, auto_id="f-%s")
    if form.is_valid():
        account = Account.objects.get(pk=for_request(request).account)
        found = authenticate(request, username=account.username, password=form.cleaned_data["now"])
        if found is not None and found.pk == account.pk:
            pins.change(account, form.cleaned_data["pin"])
            messages.success(request, _now("Your PIN is changed."))
            return redirect("mfa_index")
        form.add_error("now", _now("This is not your PIN."))
    return render(request, "units/pin.html", {"form": form}, status=422 if form.errors else 200)


@needs("units.read", "units.manage")
@require_GET
def officers(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """At the centre: who may sign in at a unit, and for whom a code waits there."""
    unit, here, now = actions.get(unit_id), for_request(request), clock.now()
    waiting = dict(
        SignInCode.objects.filter(unit=unit.name, used_at=None, until__gt=now).values_list("account", "until")
    )
    rows = [
        {"account": one, "until": waiting.get(one.pk), "may_give": sign_in_codes.may_give(here, one.pk)}
        for one in access.people(unit, now)
    ]
    return render(request, "units/officers.html", {"unit": unit, "rows": rows})


@signed_in("one's own code for the units where one works")
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """At the centre: the units at which one may sign in."""
    here = for_request(request)
    return render(request, "units/mine.html", {"units": sign_in_codes.own_units(here), "account": here.account})


@signed_in("one's own code, or with permission one for another officer")
@require_POST
def give_code(request: HttpRequest, unit_id: UUID, account_id: UUID) -> HttpResponseBase:
    """At the centre: a new code, shown once, on this page only."""
    given = sign_in_codes.give(for_request(request), unit_id, account_id)
    response = render(request, "units/sign_in_code.html", {"given": given, "days": sign_in_codes.DAYS})
    response["Cache-Control"] = "no-store"
    return response
