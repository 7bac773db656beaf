"""Forms of the second line. They read what was typed; whether it may be done is for the actions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xenia import pictures
from xenia.errors import XeniaError
from xenia.frontier.forms import RefuseForm
from xenia.frontier.second import interview
from xenia.frontier.second.interview import LONGEST, PAGES
from xenia.identity.forms import DateField

DAY_HINT = _("Day month year, for example 15 3 2021")
MEANS = (("", _("Not said")), ("phone", _("Telephone")), ("e-mail", _("E-mail")), ("other", _("Otherwise")))


def refused(form: forms.Form, field: str, problem: XeniaError) -> forms.Form:
    """The form with what an action said of it, at the field."""
    form.add_error(field, " ".join(gettext(words) for words in (problem.message, problem.what_to_do) if words))
    return form


class StepForm(forms.Form):
    """One step of a hit."""

    task = forms.CharField(max_length=32, widget=forms.HiddenInput)
    choice = forms.CharField(max_length=24, required=False)
    text = forms.CharField(max_length=LONGEST, required=False)
    to = forms.CharField(max_length=200, required=False)
    by = forms.ChoiceField(choices=MEANS, required=False)

    def __init__(self, *args: Any, hit: UUID, **options: Any) -> None:
        super().__init__(*args, **options)
        self.hit, self.auto_id = hit, f"%s-{hit}"

    def address(self) -> str:
        """To whom and how, in one text."""
        return "; ".join(part for part in (self.cleaned_data["to"].strip(), self.cleaned_data["by"]) if part)


class InterviewForm(forms.Form):
    """A note of the interview, with the question it answers if it answers one."""

    question = forms.ChoiceField(label=_("Question"), required=False)
    text = forms.CharField(
        label=_("What was said or seen"),
        max_length=LONGEST,
        help_text=_("Facts only. The person may ask to read it."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        error_messages={"required": _("Write what was said or seen")},
    )

    def __init__(self, *args: Any, questions: tuple[interview.Question, ...] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.auto_id = "interview_%s"
        self.asked(questions)

    def asked(self, questions: tuple[interview.Question, ...]) -> InterviewForm:
        """This form with these questions to choose from."""
        choices = [("", _("No question, an observation")), *((one.code, one.label_here()) for one in questions)]
        self.fields["question"].choices = choices  # type: ignore[attr-defined]
        return self


class PhotographForm(forms.Form):
    """A photograph from a camera or a file."""

    page = forms.ChoiceField(label=_("Page"), choices=list(PAGES.items()))
    file = forms.FileField(
        label=_("Photograph"),
        help_text=_("JPEG, PNG or WebP, at most 20 MB. What the camera adds about place and device is taken out."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}),
        error_messages={"required": _("Choose a photograph")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.auto_id = "photograph_%s"

    def clean_file(self) -> bytes:
        """Its bytes; larger ones than may be kept are not read."""
        file = self.cleaned_data["file"]
        if file.size > pictures.MOST_BYTES:
            raise forms.ValidationError(_("The photograph is larger than 20 MB"))
        data: bytes = file.read()
        return data


class HandOverForm(forms.Form):
    """To whom, and what the receiving officer should know."""

    to = forms.ChoiceField(
        label=_("To whom"), widget=forms.RadioSelect, error_messages={"required": _("Choose to whom")}
    )
    note = forms.CharField(
        label=_("For the receiving officer"),
        required=False,
        max_length=LONGEST,
        help_text=_("Only the receiving authority reads it. The border's records do not say which one it was."),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    interview = forms.BooleanField(label=_("Send interview notes and photographs along"), required=False, initial=True)

    def __init__(self, *args: Any, receivers: list[tuple[str, Any]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to"].choices = receivers  # type: ignore[attr-defined]


class LongRefuseForm(RefuseForm):
    """The standard form with the fields that only second line fills. Source: Regulation (EU) 2016/399 Annex V part B."""

    birth_place = forms.CharField(label=_("Birth place"), max_length=120, required=False)
    resident_in = forms.CharField(label=_("Resident in"), max_length=120, required=False)
    document_issued_in = forms.CharField(label=_("Document issued in"), max_length=120, required=False)
    document_issued_on = DateField(label=_("Document issued on"), whole=True, required=False, help_text=DAY_HINT)
    visa_number = forms.CharField(label=_("Visa number"), max_length=32, required=False)
    visa_type = forms.CharField(label=_("Visa type"), max_length=16, required=False)
    visa_issued_by = forms.CharField(label=_("Visa issued by"), max_length=120, required=False)
    visa_valid_from = DateField(label=_("Valid from"), whole=True, required=False, help_text=DAY_HINT)
    visa_valid_until = DateField(label=_("Valid until"), whole=True, required=False, help_text=DAY_HINT)
    visa_days = forms.CharField(label=_("Period of days"), max_length=8, required=False)
    visa_grounds = forms.CharField(label=_("Granted on the following grounds"), max_length=200, required=False)
    national_law = forms.CharField(label=_("Reference of national law"), max_length=200, required=False)
    carrier = forms.CharField(
        label=_("Carrier"), max_length=120, required=False, help_text=_("It must take the person back.")
    )

    MORE = (
        "birth_place", "resident_in", "document_issued_in", "document_issued_on", "visa_number", "visa_type",
        "visa_issued_by", "visa_valid_from", "visa_valid_until", "visa_days", "visa_grounds", "national_law", "carrier",
    )  # fmt: skip

    def details(self) -> dict[str, str]:
        """As the short form, with the further fields by name."""
        more = {name: str(self.cleaned_data.get(name, "")).strip() for name in self.MORE}
        return {**super().details(), **{name: value for name, value in more.items() if value}}

    def more(self) -> list[Any]:
        """The further fields, bound, for the page."""
        return [self[name] for name in self.MORE]
