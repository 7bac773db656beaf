"""Forms of the lane and the second line. They read what was typed; whether it may be done is for the actions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xenia.frontier.check import Typed
from xenia.frontier.terms import RefusalReason, refusal_reasons
from xenia.identity.forms import DateField, code_field

SEXES = (("", _("Not known")), ("F", _("F")), ("M", _("M")), ("X", _("X")))
DOCUMENTS = (
    ("P", _("Passport")),
    ("I", _("Identity card")),
    ("V", _("Visa")),
    ("A", _("Residence card or other card")),
)
LONGEST_NOTE = 2000
# Sub-fields that are boxes to tick; the others are free text. Source: Regulation (EU) 2016/399 Annex V part B.
DETAIL_CHOICES: dict[str, tuple[tuple[str, Any], ...]] = {
    "H": (("sis", _("In the SIS")), ("national", _("In the national register"))),
    "J": (("file", _("For the file in the Entry/Exit System")), ("checks", _("For border checks"))),
}
# What an officer may say when a possible hit is somebody else. Own wording; no standard names these.
DISMISSALS: tuple[tuple[str, Any], ...] = (
    ("birth-date", _("Birth date differs")),
    ("sex", _("Sex differs")),
    ("nationality", _("Nationality differs")),
    ("document", _("Another document, checked")),
    ("appearance", _("Appearance differs")),
)


class TypedForm(forms.Form):
    """A document typed by hand, in the order of the page of a passport."""

    document_code = forms.ChoiceField(label=_("Document"), choices=DOCUMENTS, initial="P")
    issuing_state = code_field(_("Issued by"), _("Code as printed, for example UTO"), required=False)
    document_number = forms.CharField(
        label=_("Number"),
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off"}),
    )
    surname = forms.CharField(
        label=_("Surname"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    given_names = forms.CharField(
        label=_("Given names"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    nationality = code_field(_("Nationality"), _("Code as printed, for example UTO"), error=_("Enter the nationality"))
    birth_date = DateField(
        label=_("Birth date"),
        required=False,
        help_text=_("Day month year, for example 8 6 1991. Leave out what is not known: 6 1991, or 1991"),
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=SEXES, required=False)
    expiry_date = DateField(
        label=_("Valid to"), required=False, whole=True, help_text=_("Day month year, for example 14 3 2031")
    )
    issued_on = DateField(
        label=_("Issued on"), required=False, whole=True, help_text=_("Day month year, for example 15 3 2021")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.is_bound:
            self.fields["issuing_state"].widget.attrs["autofocus"] = True
        for name in ("birth_date", "expiry_date", "issued_on"):
            self.fields[name].widget.attrs.update({"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"})

    def clean(self) -> dict[str, Any]:
        """One of the two name fields is needed."""
        cleaned = super().clean() or {}
        if not cleaned.get("surname") and not cleaned.get("given_names"):
            self.add_error("surname", _("Enter the surname, or the given names if there is no surname"))
        return cleaned

    def typed(self) -> Typed:
        """What was typed, for `check_typed`."""
        data = {name: self.cleaned_data[name] for name in self.fields}
        for name in ("nationality", "issuing_state"):
            data[name] = data[name].upper()
        data["document_number"] = "".join(data["document_number"].upper().split())
        return Typed(**data)


class RefuseForm(forms.Form):
    """The standard form of a refusal: reasons with their sub-fields, and what only the officer knows.

    The sub-field of reason E is the field `detail_E`.
    """

    reasons = forms.MultipleChoiceField(
        label=_("Reasons"), error_messages={"required": _("Choose at least one reason")}
    )
    travelling_from = forms.CharField(label=_("Coming from"), max_length=120, required=False)
    means_of_transport = forms.CharField(
        label=_("Means of transport"), max_length=120, required=False, help_text=_("For example the flight number")
    )
    comments = forms.CharField(
        label=_("Comments"),
        max_length=500,
        required=False,
        help_text=_("Facts only. The traveller gets a copy."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        reasons = refusal_reasons().values()
        self.fields["reasons"].choices = [(reason.code, reason.label_here()) for reason in reasons]  # type: ignore[attr-defined]
        for reason in reasons:
            field = _detail_field(reason)
            if field:
                self.fields[f"detail_{reason.code}"] = field

    def clean(self) -> dict[str, Any]:
        """A chosen reason needs its sub-field."""
        cleaned = super().clean() or {}
        for code in cleaned.get("reasons", ()):
            name = f"detail_{code}"
            if name in self.fields and not cleaned.get(name):
                words = _("Reason %(code)s needs: %(label)s")
                self.add_error(
                    name, forms.ValidationError(words, params={"code": code, "label": self.fields[name].label})
                )
        return cleaned

    def details(self) -> dict[str, str]:
        """Sub-fields of the chosen reasons by their letter, and the rest of the form by name; empty ones left out.

        Ticked boxes become their codes with a comma between.
        """
        cleaned = self.cleaned_data
        found = {code: cleaned.get(f"detail_{code}") for code in cleaned["reasons"]}
        found |= {name: cleaned[name] for name in ("travelling_from", "means_of_transport", "comments")}
        return {
            name: ",".join(value) if isinstance(value, list) else str(value) for name, value in found.items() if value
        }

    def rows(self) -> list[dict[str, Any]]:
        """Each reason with its bound sub-field, for the page."""
        chosen = set(self["reasons"].value() or ())
        return [
            {
                "code": code,
                "label": reason.label_here(),
                "on": code in chosen,
                "detail": self[f"detail_{code}"] if f"detail_{code}" in self.fields else None,
            }
            for code, reason in refusal_reasons().items()
        ]


def _detail_field(reason: RefusalReason) -> forms.Field | None:
    choices = DETAIL_CHOICES.get(reason.code)
    label = gettext(reason.detail) if reason.detail else _("Required for")
    if choices:
        return forms.MultipleChoiceField(
            label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
        )
    return forms.CharField(label=label, max_length=300, required=False) if reason.detail else None


def detail_words(code: str, detail: str) -> str:
    """A kept sub-field as the form printed it: words for ticked boxes, free text as it is."""
    words = {value: str(label) for value, label in DETAIL_CHOICES.get(code, ())}
    return ", ".join(words.get(part, part) for part in detail.split(",")) if words else detail


class DismissForm(forms.Form):
    """Why a possible hit is somebody else."""

    reason = forms.ChoiceField(choices=DISMISSALS, error_messages={"required": _("Choose what speaks against it")})
    more = forms.CharField(max_length=300, required=False)

    def words(self) -> str:
        """The reason as it is kept: its code, and the officer's own words after it."""
        more = " ".join(self.cleaned_data["more"].split())
        return f"{self.cleaned_data['reason']}: {more}" if more else str(self.cleaned_data["reason"])


class NoteForm(forms.Form):
    """What only the officer saw."""

    note = forms.CharField(
        label=_("Note"), max_length=LONGEST_NOTE, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class AnswerForm(forms.Form):
    """The outcome of a referral with its note, which every answer needs."""

    outcome = forms.ChoiceField(choices=[("admit", _("Admit")), ("hand-over", _("Hand over")), ("noted", _("Noted"))])
    note = forms.CharField(
        label=_("Note to the lane"),
        help_text=_("What you found and why you decide so."),
        max_length=LONGEST_NOTE,
        error_messages={"required": _("Write what you found and why you decide so")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )
