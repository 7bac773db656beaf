"""Forms of the alerts register."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xenia.identity.forms import DateField, code_field
from xenia.registers.alerts.categories import categories


def _choices() -> list[tuple[str, str]]:
    return [("", str(_("Choose a category")))] + [(one.code, one.label_here()) for one in categories().values()]


class AlertForm(forms.Form):
    """A proposed alert: the minimum set and what identifies the person better."""

    category = forms.ChoiceField(
        label=_("Category"), choices=_choices, error_messages={"required": _("Choose a category")}
    )
    surname = forms.CharField(label=_("Surname"), max_length=120, error_messages={"required": _("Enter the surname")})
    given_names = forms.CharField(label=_("Given names"), max_length=120, required=False)
    other_name = forms.CharField(
        label=_("Other name or spelling"), max_length=240, required=False, help_text=_("In any script, surname first")
    )
    birth_date = DateField(
        label=_("Birth date"),
        help_text=_("Day month year, for example 8 6 1991. Leave out what is not known: 6 1991, or 1991"),
        error_messages={"required": _("Enter the birth date; a year is enough")},
    )
    sex = forms.ChoiceField(
        label=_("Sex"), required=False, choices=(("", _("Not known")), ("F", _("F")), ("M", _("M")), ("X", _("X")))
    )
    nationality = code_field(_("Nationality"), _("Code as printed, for example UTO"), required=False)
    document_state = code_field(_("Document issued by"), required=False)
    document_number = forms.CharField(
        label=_("Document number"),
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Enter the reason")},
    )
    legal_basis = forms.CharField(
        label=_("Legal basis"), max_length=200, error_messages={"required": _("Enter the legal basis")}
    )
    decision = forms.CharField(
        label=_("Decision"),
        max_length=200,
        help_text=_("Number and date of the decision"),
        error_messages={"required": _("Enter the decision")},
    )
    valid_until = DateField(label=_("Valid until"), required=False, whole=True)
    proportionality = forms.CharField(
        label=_("Why it is adequate, relevant and important enough"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why the case is important enough for an alert")},
    )

    def body(self) -> dict[str, Any]:
        """The record's body."""
        data = self.cleaned_data
        names: list[dict[str, str]] = [{"surname": data["surname"], "given_names": data["given_names"], "kind": "main"}]
        if data["other_name"]:
            names.append({"full": data["other_name"], "kind": "alias"})
        documents = [{"type": "P", "issuing_state": data["document_state"].upper(), "number": data["document_number"]}]
        return {
            "category": data["category"],
            "names": names,
            "birth_dates": [data["birth_date"]],
            "sex": data["sex"],
            "nationalities": [data["nationality"].upper()] if data["nationality"] else [],
            "documents": documents if data["document_number"] else [],
            "reason": data["reason"],
            "legal_basis": data["legal_basis"],
            "decision": data["decision"],
            "valid_until": data["valid_until"],
            "proportionality": data["proportionality"],
        }


class ReasonForm(forms.Form):
    """Why an alert is to be deleted."""

    reason = forms.CharField(
        label=_("Why it is to be deleted"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why the alert is to be deleted")},
    )
