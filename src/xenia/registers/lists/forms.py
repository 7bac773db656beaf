"""Forms of the list pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xenia.registers import catalogue
from xenia.registers.lists import at_units
from xenia.registers.lists.models import ListSource
from xenia.registers.lists.sources import KIND_OF_REGISTER, Source


class SeveralFiles(forms.FileInput):
    """A file field that takes several: the OFAC list is three."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """One of them; the page takes the others from the request."""
        return files.get(name)


class LoadForm(forms.Form):
    """A file to load, or to try."""

    file = forms.FileField(
        label=_("File"),
        error_messages={"required": _("Choose the file")},
        allow_empty_file=True,
        widget=SeveralFiles(attrs={"multiple": True}),
    )
    dry_run = forms.BooleanField(label=_("Only say what would change"), required=False)


UNITS = ("at_units", "at_places")
HELD = (
    ("", _("As is careful: lists of persons as keys, others whole")),
    (at_units.WHOLE, _("Whole; lists of persons only where the unit's disk is encrypted")),
    (at_units.KEYED, _("Keys only: no name, a hit asks the centre")),
    (at_units.NOTHING, _("Not at all")),
)


def written(places: Mapping[str, str]) -> str:
    """What was said of posts and units, as the form takes it."""
    return "\n".join(f"{name} {word}" for name, word in sorted(places.items()))


def _registers() -> list[tuple[str, str]]:
    known = [(one.name, one.label) for one in catalogue.registers() if one.name in KIND_OF_REGISTER]
    return [("", str(_("Choose a register"))), *known]


class SourceForm(forms.Form):
    """A proposed list source."""

    code = forms.SlugField(
        label=_("Code"),
        max_length=48,
        help_text=_("Small letters, digits and hyphens, for example border-police-alerts"),
        error_messages={"required": _("Enter a code"), "invalid": _("Use small letters, digits and hyphens")},
    )
    name = forms.CharField(label=_("Name"), max_length=200, error_messages={"required": _("Enter a name")})
    register = forms.ChoiceField(
        label=_("Register"), choices=_registers, error_messages={"required": _("Choose a register")}
    )
    format = forms.ChoiceField(label=_("Format"), choices=ListSource.FORMATS)
    max_age_hours = forms.IntegerField(
        label=_("Too old after hours"),
        min_value=1,
        max_value=8760,
        initial=24,
        error_messages={"required": _("Enter a number of hours")},
    )
    removal_share = forms.IntegerField(
        label=_("Per cent of removals that needs a second person"),
        min_value=0,
        max_value=100,
        initial=20,
        error_messages={"required": _("Enter a number from 0 to 100")},
    )
    instruction_first = forms.CharField(
        label=_("What the first line does, where the list does not say"), max_length=400, required=False
    )
    instruction_second = forms.CharField(
        label=_("What the second line does, where the list does not say"), max_length=400, required=False
    )
    by_itself = forms.BooleanField(
        label=_("Loads by itself: complete files in its watched folder are loaded without a person"), required=False
    )
    at_units = forms.ChoiceField(label=_("Held at units"), choices=HELD, required=False)
    at_places = forms.CharField(
        label=_("Held otherwise at these posts or units"),
        help_text=_("One a line: its code, then whole, keyed or none. For example: UTO-AP1 keyed"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Enter the reason")},
    )

    def clean_at_places(self) -> dict[str, str]:
        """What was said of posts and units, by their names."""
        lines = [line.split() for line in self.cleaned_data["at_places"].splitlines() if line.strip()]
        if any(len(line) != 2 or line[1] not in at_units.WORDS for line in lines):
            raise forms.ValidationError(_("Write one a line: a code, then whole, keyed or none"))
        return {line[0]: line[1] for line in lines}

    def clean(self) -> dict[str, Any]:
        """What was said fits the register."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        register = said.get("register") or self.initial.get("register", "")
        if at_units.wrong(register, said.get("at_units", ""), said.get("at_places") or {}):
            self.add_error("at_units", _("Units hold visas whole or not at all"))
        return said

    def source(self, owner: str) -> Source:
        """The source that was described."""
        said: dict[str, Any] = self.cleaned_data
        defaults = {name: said[name] for name in ("instruction_first", "instruction_second") if said[name]}
        plain = ("code", "register", "format", "name", "max_age_hours", "removal_share", "by_itself", *UNITS)
        return Source(owner=owner, defaults=defaults, **{name: said[name] for name in plain})


class ChangeForm(SourceForm):
    """Other settings of an approved source; register, format and owner stay."""

    code = None  # type: ignore[assignment]
    register = None  # type: ignore[assignment]
    format = None  # type: ignore[assignment]

    def changed(self, source: Source) -> Source:
        """The source with what was said."""
        said: dict[str, Any] = self.cleaned_data
        told = {name: said[name] for name in ("instruction_first", "instruction_second")}
        defaults = {name: text for name, text in {**source.defaults, **told}.items() if text}
        plain = ("name", "max_age_hours", "removal_share", "by_itself", *UNITS)
        return replace(source, defaults=defaults, **{name: said[name] for name in plain})
