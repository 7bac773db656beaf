"""Forms of this room's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xenia.errors import BadInput
from xenia.formats.dates import PartialDate
from xenia.journal import kinds
from xenia.journal.forgetting import Wanted
from xenia.oversight.rights import REASONS
from xenia.oversight.viewing import Asked


class JournalForm(forms.Form):
    """Which entries to show."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)
    account = forms.CharField(label=_("Account"), required=False, max_length=64)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    before = forms.IntegerField(required=False, min_value=1, max_value=2**53, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(kind.name, kind.label or kind.name) for kind in kinds.all_kinds()]
        self.fields["kind"].choices = [("", _("All")), *sorted(known, key=lambda one: one[1])]  # type: ignore[attr-defined]

    def asked(self) -> Asked:
        """What the reader chose."""
        data = self.cleaned_data
        return Asked(data["kind"], data["account"], data["since"], data["until"], data["before"])


class FindForm(forms.Form):
    """Whom to look for."""

    surname = forms.CharField(label=_("Surname"), required=False, max_length=100)
    given_names = forms.CharField(label=_("Given names"), required=False, max_length=100)
    birth_date = forms.CharField(
        label=_("Birth date"), required=False, max_length=10, help_text=_("1974-08-12, or 1974-08, or 1974")
    )
    document_number = forms.CharField(label=_("Document number"), required=False, max_length=40)
    issuing_state = forms.CharField(
        label=_("Issuing state"), required=False, max_length=3, help_text=_("Three letters, as in the document")
    )
    reference = forms.CharField(
        label=_("Number of the request"), max_length=120, help_text=_("It stays in the journal: no name here.")
    )

    def clean(self) -> dict[str, Any]:
        """At least a name or a document number, and a date that can be read."""
        data = super().clean() or {}
        if not any(data.get(name) for name in ("surname", "given_names", "document_number")):
            self.add_error("surname", _("Give a name or a document number."))
        if data.get("birth_date"):
            try:
                PartialDate.parse(data["birth_date"].strip())
            except (BadInput, ValueError):
                self.add_error("birth_date", _("Write the date as 1974-08-12, 1974-08 or 1974."))
        return data

    def wanted(self) -> Wanted:
        """The search."""
        data = {name: value.strip() for name, value in self.cleaned_data.items() if name != "reference"}
        return Wanted(**{**data, "issuing_state": data["issuing_state"].upper()})


class EraseForm(forms.Form):
    """Why to erase the chosen subjects."""

    reason = forms.ChoiceField(
        label=_("Legal reason"), choices=[(code, text) for code, text in REASONS.items() if code != "invented"]
    )
    why = forms.CharField(
        label=_("Explain it to the second person"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    reference = forms.CharField(widget=forms.HiddenInput, max_length=120)
