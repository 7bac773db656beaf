"""The one page of a locked unit: it asks to be opened. It works without script, without sessions and without the database."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from xenia.errors import XeniaError
from xenia.units import card, pins
from xenia.units.store import keyring, opening

NAME: Final = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
WORDS: Final = {
    "store-pin": _("Name and PIN do not belong together, or no PIN opens this unit for you any more."),
    "store-pins-off": _("This unit is opened through its centre only."),
    "store-code": _("That code does not open this unit, or not any more."),
    "bad-unit-code": _("A code has 25 letters and digits. Type it again."),
    "unit-revoked": _("The centre has put this unit out. What is on it stays closed. Call the centre."),
    "lease-over": _(
        "The time that this unit may work without its centre is over. Open it through the centre, with a line."
    ),
    "clock-behind": _(
        "The clock of this machine is behind what the centre last said. Set it, or open the unit through the centre."
    ),
    "no-line": _("The centre cannot be reached. Without a line only a PIN opens this unit."),
    "turned-away": _("The centre does not let this unit in. Call the centre."),
    "strange-door": _(
        "Who answers shows a certificate that the centre never named here. Call the centre: it writes a letter to this unit."
    ),
    "old-generation": _("The centre's server was changed, and this one does not serve any more. Try again."),
    "store-share": _("What the centre keeps does not open this unit. It has to be enrolled again."),
}
REFUSED: Final = {
    "refused": _("Name, password and code do not belong together, or you have no role at this post."),
    "locked-out": _("There were too many wrong tries. Wait a quarter of an hour, or have it lifted at the centre."),
    "no-factor": _("You have no second factor whose code can be typed. Enrol one at the centre."),
    "waiting": _("The centre has not admitted this unit yet. A colleague has to compare the fingerprint there."),
    "quarantined": _("The centre has put this unit in quarantine and opens it for nobody. Call the centre."),
    "not-deposited": _("The centre does not hold its share of this unit's key yet. Use a PIN or the enrolment code."),
}
OTHER: Final = _("The unit could not be opened. Try again, or call the centre.")


class WithPin(forms.Form):
    """An officer's PIN."""

    login = forms.CharField(label=_("Officer name"), max_length=64, widget=forms.TextInput(attrs=NAME))
    pin = forms.CharField(
        label=_("PIN"), max_length=pins.LONGEST,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "current-password"}),
    )  # fmt: skip


class ThroughCentre(forms.Form):
    """An officer's sign-in at the centre."""

    login = forms.CharField(label=_("Officer name"), max_length=64, widget=forms.TextInput(attrs=NAME))
    password = forms.CharField(
        label=_("Password at the centre"), max_length=200, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip
    factor = forms.CharField(
        label=_("Code of your second factor"), max_length=40, required=False,
        help_text=_("Of your authenticator app, or a recovery code."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
    )  # fmt: skip


class WithCode(forms.Form):
    """The enrolment code, until somebody opened the unit in another way."""

    code = forms.CharField(
        label=_("Enrolment code"), max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip


FORMS: Final = {opening.PIN: WithPin, opening.CENTRE: ThroughCentre, opening.CODE: WithCode}


@csrf_protect
@sensitive_post_parameters("pin", "password", "factor", "code")
def locked(request: HttpRequest) -> HttpResponse:
    """The page, and what was typed into one of its forms."""
    way = request.POST.get("way", "") if request.method == "POST" else ""
    shown: dict[str, Any] = {
        name: form(request.POST if name == way else None, auto_id=f"{name}-%s") for name, form in FORMS.items()
    }
    form = shown.get(way)
    if form is not None and form.is_valid():
        try:
            opening.unlock(form.cleaned_data)
        except XeniaError as error:
            form.add_error(None, _said(error))
        else:
            return redirect("/")
    held = {"unit": card.needed(), "has_code": keyring.has_code(), "pins": keyring.may_pins(), "failed": form}
    response = render(request, "units/locked.html", {**shown, **held}, status=422 if form is not None else 503)
    response["Cache-Control"] = "no-store"
    return response


def _said(error: XeniaError) -> Any:
    if isinstance(error, keyring.Waits):
        return ngettext(
            "There were too many wrong PINs for this name. Wait %(n)d minute. A colleague, or the centre, can open the unit meanwhile.",
            "There were too many wrong PINs for this name. Wait %(n)d minutes. A colleague, or the centre, can open the unit meanwhile.",
            error.minutes,
        ) % {"n": error.minutes}
    if error.code == "unit-opening":
        return REFUSED.get(getattr(error, "why", ""), OTHER)
    return WORDS.get(error.code, OTHER)
