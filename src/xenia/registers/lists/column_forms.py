"""The form that says which of a source's columns are which of our fields, and how it writes them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xenia.formats.lists.csv import KINDS
from xenia.formats.lists.days import ORDERS
from xenia.formats.lists.mapping import ENCODINGS
from xenia.registers.lists.drafts import Draft, guessed
from xenia.registers.words import LABELS

_NAMES = {
    "record_id": _("Number of the record at its source"),
    "surname": _("Surname"),
    "given_names": _("Given names"),
    "birth_date": _("Born"),
    "aliases": _("Other names"),
    "weak_aliases": _("Other names, uncertain"),
    "birth_names": _("Names at birth"),
    "native_names": _("Names in the script of the language"),
}
_SEPARATORS = ((",", _("comma")), (";", _("semicolon")), ("\t", _("tabulator")), ("|", _("vertical bar")))
_ORDERS = {
    "iso": _("1974-08-12"),
    "dmy": _("12.08.1974 or 12/08/1974: day first"),
    "mdy": _("08/12/1974: month first"),
    "ymd": _("1974/08/12: year first"),
}
_ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": _("Windows-1252 (western)"),
    "latin-1": _("Latin-1 (western)"),
    "cp1251": _("Windows-1251 (Cyrillic)"),
}


def label_of(name: str) -> str:
    """What one of our fields is called."""
    return str(_NAMES.get(name) or LABELS.get(name) or name)


class ColumnsForm(forms.Form):
    """How a file is written, and a choice of our field for each of its headings."""

    file = forms.FileField(label=_("Example file"), required=False, allow_empty_file=True)
    encoding = forms.ChoiceField(label=_("Encoding"), choices=[(word, _ENCODINGS[word]) for word in ENCODINGS])
    separator = forms.ChoiceField(label=_("Separator"), choices=_SEPARATORS)
    sheet = forms.CharField(label=_("Sheet; empty is the first"), max_length=64, required=False)
    heading_line = forms.IntegerField(label=_("Line of the headings"), min_value=1, max_value=100)
    dates = forms.ChoiceField(label=_("Dates are written"), choices=[(word, _ORDERS[word]) for word in ORDERS])
    between = forms.CharField(label=_("Several values in one cell are parted by"), max_length=1)
    minimum_rows = forms.IntegerField(
        label=_("Fewest rows of a whole file"),
        help_text=_("A file with fewer is refused: it may have been cut, and would take people off the list."),
        min_value=1,
        max_value=30_000_000,
    )
    always = forms.CharField(
        label=_("Fields without a column that always hold the same"),
        help_text=_("One a line: status = stolen"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    words = forms.CharField(
        label=_("Words of the source for ours"),
        help_text=_("One a line: status: gestohlen = stolen"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, draft: Draft, data: Any = None, files: Any = None) -> None:
        self.draft = draft
        known = draft.mapping
        super().__init__(
            data, files, initial={**known, "always": _pairs(known["always"]), "words": _words(known["words"])}
        )
        spreadsheet = draft.source["format"] == "xlsx"
        for name in ("encoding", "separator") if spreadsheet else ("sheet",):
            del self.fields[name]
        columns, _make = KINDS[draft.kind]
        self.ours = (*columns.required, *columns.optional)
        choices = [("", _("not taken")), *((name, label_of(name)) for name in self.ours)]
        self.headings = draft.heading()
        for place, heading in enumerate(self.headings):
            told = known["columns"].get(heading)
            first = told if told is not None else "" if known["columns"] else guessed(heading, draft.kind, self.ours)
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=heading or "–", choices=choices, required=False, initial=first
            )

    def settings(self) -> list[forms.BoundField]:
        """The fields that are no columns."""
        return [field for field in self if not field.name.startswith("column-")]

    def mapping(self) -> dict[str, Any]:
        """What was said, as a mapping keeps it."""
        said = self.cleaned_data
        plain = ("encoding", "separator", "sheet", "heading_line", "dates", "between", "minimum_rows")
        found = {name: said[name] for name in plain if name in said}
        chosen = {heading: said.get(f"column-{place}", "") for place, heading in enumerate(self.headings)}
        found["columns"] = {heading: name for heading, name in chosen.items() if name}
        return {**self.draft.mapping, **found, "always": said["always"], "words": said["words"]}

    def clean_always(self) -> dict[str, str]:
        """`field = text` on each line."""
        return dict(_parted(line, "=") for line in self.cleaned_data["always"].splitlines() if line.strip())

    def clean_words(self) -> dict[str, dict[str, str]]:
        """`field: theirs = ours` on each line."""
        found: dict[str, dict[str, str]] = {}
        for line in self.cleaned_data["words"].splitlines():
            if line.strip():
                name, rest = _parted(line, ":")
                theirs, ours = _parted(rest, "=")
                found.setdefault(name, {})[theirs] = ours
        return found


def _parted(line: str, sign: str) -> tuple[str, str]:
    before, found, after = line.partition(sign)
    if not found or not before.strip():
        raise forms.ValidationError(_("Write each line as the example shows"))
    return before.strip(), after.strip()


def _pairs(always: dict[str, str]) -> str:
    return "\n".join(f"{name} = {text}" for name, text in always.items())


def _words(words: dict[str, dict[str, str]]) -> str:
    return "\n".join(f"{name}: {theirs} = {ours}" for name, said in words.items() for theirs, ours in said.items())
