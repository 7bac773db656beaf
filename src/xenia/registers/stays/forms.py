"""Forms of the pages of stays."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xenia.identity.forms import DateField, code_field
from xenia.registers.stays.words import BASES

LONGEST = 1000


class SearchForm(forms.Form):
    """Whom to look for: a name, or a document's number."""

    name = forms.CharField(
        label=_("Name"), max_length=240, required=False, help_text=_("Surname first, in any script or spelling")
    )
    birth_date = DateField(label=_("Birth date"), required=False)
    document_number = forms.CharField(
        label=_("Document number"),
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs={"class": "code upper", "autocomplete": "off", "spellcheck": "false"}),
    )
    document_state = code_field(_("Document issued by"), required=False)

    def clean(self) -> dict[str, Any]:
        """Something to look for. Raises where nothing was given."""
        data = super().clean() or self.cleaned_data
        if not self.errors and not data.get("name") and not data.get("document_number"):
            self.add_error("name", _("Enter a name or a document number"))
        return data


def _reason(label: Any, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why, and name the evidence")},
    )


class CorrectForm(forms.Form):
    """What a stay really was."""

    void = forms.BooleanField(label=_("There was no such stay"), required=False)
    entry_on = DateField(label=_("Day of entry"), whole=True, error_messages={"required": _("Enter the day of entry")})
    exit_on = DateField(
        label=_("Day of exit"), whole=True, required=False, help_text=_("Leave empty while the person is still inside")
    )
    authorised_until = DateField(label=_("Authorised until"), whole=True, required=False)
    basis = forms.ChoiceField(label=_("Basis"), choices=lambda: list(BASES.items()))
    reason = _reason(
        _("Why, and by which evidence"), _("For example a stamp, a ticket, a decision: with number, page and date")
    )
    reference = forms.CharField(
        label=_("Reference"), max_length=120, error_messages={"required": _("Enter the number of the event or case")}
    )

    def day(self, name: str) -> date | None:
        """A cleaned day."""
        text = self.cleaned_data[name]
        return date.fromisoformat(text) if text else None


class LinkForm(forms.Form):
    """The other document of the same person."""

    document_state = code_field(_("Other document issued by"), error=_("Enter the state that issued it"))
    document_number = forms.CharField(
        label=_("Number of the other document"),
        max_length=32,
        widget=forms.TextInput(attrs={"class": "code upper", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter its number")},
    )
    reason = _reason(_("Why it is the same person"), _("For example: the old passport was shown with the new one"))
    reference = CorrectForm.base_fields["reference"]


class PartForm(forms.Form):
    """Why linked stays are to be parted."""

    reason = _reason(_("Why it is another person"))
    reference = CorrectForm.base_fields["reference"]
