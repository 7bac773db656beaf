"""Forms of the lane and the second line. They read what was typed; whether it may be done is for the actions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xenia.errors import BadInput
from xenia.formats.dates import PartialDate
from xenia.frontier.check import Typed
from xenia.frontier.reasons import CODES, DISMISSALS, REASONS

SEXES = (("", _("Not known")), ("F", _("F")), ("M", _("M")), ("X", _("X")))
DOCUMENTS = (("P", _("Passport")), ("I", _("Identity card")), ("V", _("Visa")), ("A", _("Residence card or other card")))
LONGEST_NOTE = 2000


def partial_date(text: str) -> str:
    """ISO date, unknown parts left out, from `8 6 1991`, `6 1991`, `1991` or ISO itself. Raises `ValueError`.

    The order day, month, year is the one the page asks for. Any sign between the numbers will do.
    """
    parts = "".join(letter if letter.isdigit() else " " for letter in text).split()
    if not parts or len(parts) > 3 or any(letter.isalpha() for letter in text):
        raise ValueError(text)
    if len(parts[0]) == 4:
        parts.reverse()
    if len(parts[-1]) != 4:
        raise ValueError(text)
    numbers = [int(part) for part in reversed(parts)]
    known = dict(zip(("year", "month", "day"), numbers, strict=False))
    try:
        return PartialDate(**known).iso()
    except BadInput as problem:
        raise ValueError(text) from problem


class DateField(forms.CharField):
    """Day, month, year in one field; leading parts may be left out. Cleans to ISO text."""

    def __init__(self, *, whole: bool = False, **options: Any) -> None:
        super().__init__(max_length=32, **options)
        self.whole = whole

    def clean(self, value: Any) -> str:
        """ISO date, or "" where nothing was typed."""
        text = str(super().clean(value)).strip()
        if not text:
            return ""
        try:
            iso = partial_date(text)
        except ValueError:
            iso = ""
        if not iso or (self.whole and len(iso) != 10):
            raise forms.ValidationError(_("Write %(what)s as day month year, for example 8 6 1991"), params={"what": self.label})
        return iso


def _code_field(label: Any, help_text: Any = "", *, required: bool = True, error: Any = "") -> forms.RegexField:
    return forms.RegexField(
        r"^[A-Za-z]{1,3}$",
        label=label,
        help_text=help_text,
        required=required,
        max_length=3,
        error_messages={"required": error, "invalid": _("Use the letters of the code as printed, for example UTO")},
        widget=forms.TextInput(attrs={"class": "code upper", "autocomplete": "off", "spellcheck": "false", "size": 4}),
    )


class TypedForm(forms.Form):
    """A document typed by hand, in the order of the page of a passport."""

    document_code = forms.ChoiceField(label=_("Document"), choices=DOCUMENTS, initial="P")
    issuing_state = _code_field(_("Issued by"), _("Code as printed, for example UTO"), required=False)
    document_number = forms.CharField(
        label=_("Number"), max_length=32, required=False, widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off"})
    )
    surname = forms.CharField(
        label=_("Surname"), max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"})
    )
    given_names = forms.CharField(
        label=_("Given names"), max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"})
    )
    nationality = _code_field(_("Nationality"), _("Code as printed, for example UTO"), error=_("Enter the nationality"))
    birth_date = DateField(
        label=_("Birth date"),
        required=False,
        help_text=_("Day month year, for example 8 6 1991. Leave out what is not known: 6 1991, or 1991"),
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=SEXES, required=False)
    expiry_date = DateField(label=_("Valid to"), required=False, whole=True, help_text=_("Day month year, for example 14 3 2031"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("birth_date", "expiry_date"):
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
    """The standard form of a refusal: reasons with their sub-fields, and what only the officer knows."""

    reasons = forms.MultipleChoiceField(
        label=_("Reasons"),
        choices=[(reason.code, reason.text) for reason in REASONS],
        error_messages={"required": _("Choose at least one reason")},
    )
    travelling_from = forms.CharField(label=_("Coming from"), max_length=120, required=False)
    means_of_transport = forms.CharField(
        label=_("Means of transport"), max_length=120, required=False, help_text=_("For example the flight number")
    )
    comments = forms.CharField(
        label=_("Comments"),
        max_length=LONGEST_NOTE,
        required=False,
        help_text=_("Facts only. The traveller gets a copy."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for reason in REASONS:
            for detail in reason.details:
                self.fields[detail.name] = (
                    forms.MultipleChoiceField(label=detail.label, choices=list(detail.choices), required=False)
                    if detail.choices
                    else forms.CharField(label=detail.label, max_length=300, required=False)
                )

    def clean(self) -> dict[str, Any]:
        """A chosen reason needs its sub-fields."""
        cleaned = super().clean() or {}
        for code in cleaned.get("reasons", ()):
            for detail in CODES[code].details:
                if detail.required and not cleaned.get(detail.name):
                    self.add_error(detail.name, _("Reason %(code)s needs: %(label)s") % {"code": code, "label": detail.label})
        return cleaned

    def details(self) -> dict[str, Any]:
        """Sub-fields of the chosen reasons, and the rest of the form, without what was left empty."""
        wanted = {detail.name for code in self.cleaned_data["reasons"] for detail in CODES[code].details}
        wanted |= {"travelling_from", "means_of_transport", "comments"}
        return {name: self.cleaned_data[name] for name in self.fields if name in wanted and self.cleaned_data[name]}

    def rows(self) -> list[dict[str, Any]]:
        """Each reason with its bound sub-fields, for the page."""
        chosen = set(self["reasons"].value() or ())
        return [
            {"reason": reason, "on": reason.code in chosen, "details": [self[detail.name] for detail in reason.details]}
            for reason in REASONS
        ]


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

    note = forms.CharField(label=_("Note"), max_length=LONGEST_NOTE, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class AnswerForm(forms.Form):
    """The outcome of a referral with its note."""

    outcome = forms.ChoiceField(choices=[("admit", _("Admit")), ("hand-over", _("Hand over"))])
    note = forms.CharField(
        label=_("Note to the lane"), max_length=LONGEST_NOTE, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        """Handing over needs to say to whom."""
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == "hand-over" and not cleaned.get("note"):
            self.add_error("note", _("Write to whom you hand over, and why"))
        return cleaned

