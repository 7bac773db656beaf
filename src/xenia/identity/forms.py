"""Form fields for dates and codes as people write them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xenia.errors import BadInput
from xenia.formats.dates import PartialDate


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
    year, month, day = [*numbers, None, None][:3]
    try:
        return PartialDate(year, month, day).iso()
    except BadInput as problem:
        raise ValueError(text) from problem


class DateField(forms.CharField):
    """Day, month, year in one field; leading parts may be left out unless `whole`. Cleans to ISO text."""

    def __init__(self, *, whole: bool = False, **options: Any) -> None:
        super().__init__(max_length=32, **options)
        self.whole = whole
        self.widget.attrs.update({"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"})

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
            raise forms.ValidationError(
                _("Write %(what)s as day month year, for example 8 6 1991"), params={"what": self.label}
            )
        return iso


def code_field(label: Any, help_text: Any = "", *, required: bool = True, error: Any = "") -> forms.RegexField:
    """A state code of one to three letters."""
    return forms.RegexField(
        r"^[A-Za-z]{1,3}$",
        label=label,
        help_text=help_text,
        required=required,
        max_length=3,
        error_messages={"required": error, "invalid": _("Use the letters of the code as printed, for example UTO")},
        widget=forms.TextInput(attrs={"class": "code upper", "autocomplete": "off", "spellcheck": "false", "size": 4}),
    )
