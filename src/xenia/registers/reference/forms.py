"""What people type about a term, a file of terms, a printer. The actions check it all again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from xenia.access import standing
from xenia.registers.reference import read
from xenia.registers.reference.printing import PAPERS
from xenia.registers.reference.terms import CONFIDENCES, LANGUAGES, Listing, words

HOW_SURE = {
    "read": _("read in the source"), "2nd": _("second hand"), "memory": _("from memory, to be verified"),
    "design": _("our own design"), "decided": _("decided here"),
}  # fmt: skip
DAY = {"type": "date"}


class TermForm(forms.Form):
    """Everything that a term says. The code is asked for a new term only."""

    code = forms.CharField(
        label=_("Code"), max_length=48, help_text=_("Letters, digits, dots, hyphens. It can't be changed later.")
    )
    order = forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=999999, initial=0)
    valid_from = forms.DateField(
        label=_("First day"), required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d")
    )
    valid_to = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        help_text=_("From the day after it is no longer offered; what was recorded with it keeps its words."),
    )  # fmt: skip
    source = forms.CharField(
        label=_("Source"), max_length=300, help_text=_("Law, standard or decision that it comes from")
    )
    confidence = forms.ChoiceField(
        label=_("How sure"), choices=[(one, HOW_SURE[one]) for one in CONFIDENCES], initial="decided"
    )
    reason = forms.CharField(
        label=_("Reason for the change"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, known: Listing, *args: Any, new: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._list = known.name
        labels, attributes = [], []
        for language in LANGUAGES:
            info = get_language_info(language)
            labels.append(name := f"label_{language}")
            attrs = {"lang": language, "dir": "rtl" if info["bidi"] else "ltr"}
            self.fields[name] = forms.CharField(
                label=_("Words in %(language)s") % {"language": info["name_translated"]}, max_length=500,
                required=language == "en", widget=forms.TextInput(attrs=attrs),
            )  # fmt: skip
        for one in known.attributes:
            attributes.append(name := f"attribute_{one.name}")
            self.fields[name] = forms.CharField(label=words(one.labels), max_length=500, required=False)
        if not new:
            del self.fields["code"]
        self.order_fields(["code", *labels, *attributes, *(name for name in self.fields if name != "reason"), "reason"])

    def content(self, code: str = "") -> dict[str, Any]:
        """What the term would say."""
        said = self.cleaned_data
        return {
            "list": self._list,
            "code": code or said["code"].strip(),
            "labels": {name.removeprefix("label_"): said[name] for name in said if name.startswith("label_")},
            "attributes": {
                name.removeprefix("attribute_"): said[name] for name in said if name.startswith("attribute_")
            },
            "order": said["order"],
            "valid_from": said["valid_from"],
            "valid_to": said["valid_to"],
            "source": said["source"],
            "confidence": said["confidence"],
        }


class FileForm(forms.Form):
    """A file of terms; `text` carries it from the preview to the proposal."""

    file = forms.FileField(
        label=_("CSV file"),
        required=False,
        help_text=_("UTF-8, with the columns of the file that this page gives. 300 kB at most."),
    )
    text = forms.CharField(widget=forms.HiddenInput, required=False, max_length=400_000, strip=False)
    reason = forms.CharField(
        label=_("Reason for the change"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        """Either a file or the text of one."""
        said = super().clean() or {}
        if not said.get("file") and not said.get("text"):
            self.add_error("file", _("Choose a file."))
        return said


class PrinterForm(forms.Form):
    """A printer of a post."""

    post = forms.ChoiceField(label=_("Post"))
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("As it stands on the device, for example Booth 3")
    )
    paper = forms.ChoiceField(label=_("Paper"), widget=forms.RadioSelect)
    letters = forms.MultipleChoiceField(
        label=_("Letters that go to it"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("A letter goes to one printer of a post; what is named nowhere goes to A4."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posts = [(code, f"{place.name} ({code})") for code, place in standing.places().items() if not place.closed]
        self.fields["post"].choices = posts  # type: ignore[attr-defined]
        self.fields["paper"].choices = [(one, read.label("paper-kind", one)) for one in PAPERS]  # type: ignore[attr-defined]
        self.fields["letters"].choices = read.choices("letter-kind")  # type: ignore[attr-defined]


assert set(LANGUAGES) == {code for code, _name in settings.LANGUAGES}, "terms.LANGUAGES and settings.LANGUAGES differ"
