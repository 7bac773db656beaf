"""What the lane types beside the document: the trip, a child on the document."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xenia.errors import BadInput
from xenia.frontier.check import Typed
from xenia.frontier.trip import LONGEST, LONGEST_REASON, REQUESTS, Trip
from xenia.identity.forms import DateField

REQUEST_WORDS = {
    "visa-at-border": gettext_lazy("Visa at the border"),
    "humanitarian": gettext_lazy("Entry on humanitarian grounds"),
    "transit-home": gettext_lazy("Transit to the state that issued a permit"),
}
SEXES = ("F", "M", "X")


class TripForm(forms.Form):
    """The trip; nothing is compulsory. A request for an exception needs its reason."""

    purpose = forms.CharField(max_length=LONGEST["purpose"], required=False)
    days = forms.IntegerField(min_value=1, max_value=3650, required=False, label=gettext_lazy("Days"))
    carrier = forms.CharField(max_length=LONGEST["carrier"], required=False)
    flight = forms.CharField(max_length=LONGEST["flight"], required=False)
    address = forms.CharField(max_length=LONGEST["address"], required=False)
    request = forms.ChoiceField(choices=[(code, code) for code in REQUESTS], required=False)
    reason = forms.CharField(max_length=LONGEST_REASON, required=False)

    def clean(self) -> dict[str, object]:
        """A request without a reason is none."""
        cleaned = super().clean() or {}
        if cleaned.get("request") and not cleaned.get("reason"):
            self.add_error("reason", _("Say why the exception is asked for"))
        return cleaned


def trip_of(request: HttpRequest) -> Trip:
    """What was typed of the trip. Raises `BadInput` that says which field to correct."""
    form = TripForm(request.POST)
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        label = form.fields[field].label or field
        raise BadInput(f"{label}: {errors[0]}", _("Correct it and press the key again."), code="trip")
    said = form.cleaned_data
    return Trip(
        purpose=said["purpose"],
        days=said["days"],
        carrier=" ".join(said["carrier"].split()),
        flight=" ".join(said["flight"].upper().split()),
        address=" ".join(said["address"].split()),
        request=said["request"],
        reason=" ".join(said["reason"].split()) if said["request"] else "",
    )


class ChildForm(forms.Form):
    """A child that stands in the document of another traveller."""

    given_names = forms.CharField(max_length=120, label=gettext_lazy("Given names"))
    surname = forms.CharField(max_length=120, required=False)
    birth_date = DateField(label=gettext_lazy("Birth date"), whole=True)
    sex = forms.ChoiceField(choices=[("", ""), *((sex, sex) for sex in SEXES)], required=False)


def child_of(request: HttpRequest) -> Typed:
    """The child as typed. Raises `BadInput` that says which field to correct."""
    form = ChildForm(request.POST)
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        raise BadInput(f"{form.fields[field].label}: {errors[0]}", _("Correct it and ask again."), code="child")
    said = form.cleaned_data
    return Typed(
        surname=said["surname"], given_names=said["given_names"], birth_date=said["birth_date"], sex=said["sex"]
    )
