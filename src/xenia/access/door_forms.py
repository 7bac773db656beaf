"""What people type at the door: unlocking, leaving a note, binding a device. The actions check it all again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xenia.access import standing
from xenia.journal.node import is_unit


class Unlock(forms.Form):
    """The password of the officer who locked."""

    password = forms.CharField(
        label=_("Password"),
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_unit():
            self.fields["password"].label = _("PIN")
            self.fields["password"].widget.attrs["inputmode"] = "numeric"


class LeaveNote(forms.Form):
    """A few words for the next officer at the lane."""

    note = forms.CharField(
        label=_("Note for the next officer at this lane"),
        help_text=_(
            "Kept sealed, shown at this lane only, gone when it was read or after three days. Name no traveller."
        ),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NewDevice(forms.Form):
    """A device of a post or a lane."""

    name = forms.CharField(label=_("Name of the device"), max_length=64, help_text=_("Such as Booth 3, left"))
    place = forms.ChoiceField(label=_("Post and lane"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, str]] = []
        for code, place in standing.places().items():
            if place.closed:
                continue
            choices.append((code, str(_("%(post)s, any lane")) % {"post": f"{place.name} ({code})"}))
            choices += [(f"{code}/{lane}", f"{place.name} ({code}), {lane}") for lane in place.lanes]
        self.fields["place"].choices = choices  # type: ignore[attr-defined]


class BindDevice(forms.Form):
    """The one-time code, as the administrator's page shows it."""

    code = forms.CharField(
        label=_("One-time code"),
        max_length=32,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
