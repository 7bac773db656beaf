"""The question of the queue page: travellers by hour, lanes by type, officers, a target. Read from an address, all of it optional."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xenia.insight.watching.capacity import HOURS, MOST_LANES, Lanes
from xenia.insight.watching.terms import term

TYPES = 3
MOST_A_DAY = 200_000
PROFILES = {
    "even": (_("Even all day"), [1] * HOURS),
    "day": (_("By day, little at night"), [1, 1, 1, 1, 2, 4, 7, 9, 9, 8, 7, 7, 7, 7, 7, 8, 9, 9, 8, 6, 4, 3, 2, 1]),
    "rushes": (_("Rush in the morning and evening"), [0, 0, 0, 1, 3, 8, 14, 15, 10, 6, 4, 4, 4, 4, 6, 10, 15, 14, 9, 5, 3, 2, 1, 0]),
    "waves": (_("Waves every four hours"), [0, 0, 0, 0, 2, 10, 2, 0, 2, 10, 2, 0, 2, 10, 2, 0, 2, 10, 2, 0, 2, 10, 2, 0]),
}  # fmt: skip


@dataclass(frozen=True)
class LaneType:
    """Lanes of one type. `share`: of the travellers, in per cent."""

    name: str
    share: float
    count: int
    lanes: Lanes


class QueueForm(forms.Form):
    """What is asked. `arrivals`: 24 numbers, from midnight on, instead of a day's number and a profile."""

    total = forms.IntegerField(
        label=_("Travellers a day"), min_value=1, max_value=MOST_A_DAY, required=False, initial=2400
    )
    profile = forms.ChoiceField(
        label=_("When they come"),
        choices=[(name, label) for name, (label, _n) in PROFILES.items()],
        required=False,
        initial="rushes",
    )
    arrivals = forms.CharField(
        label=_("Or travellers by hour"),
        required=False,
        max_length=400,
        help_text=_("24 numbers from midnight on, with spaces between them."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    group = forms.FloatField(
        label=_("Come in groups of (1: one by one)"),
        min_value=1,
        max_value=500,
        required=False,
        initial=1,
    )
    target = forms.FloatField(
        label=_("Nine of ten wait at most (minutes)"), min_value=0.5, max_value=600, required=False, initial=15
    )
    staff = forms.IntegerField(label=_("Officers for lanes"), min_value=0, max_value=500, required=False)

    def __init__(self, data: Any, *, minutes: float) -> None:
        self.given_minutes = minutes
        super().__init__(data)
        for number in range(1, TYPES + 1):
            first = number == 1
            self.fields[f"name{number}"] = forms.CharField(
                label=_("Type of lane"), required=False, max_length=40, initial=_("All travellers") if first else ""
            )
            self.fields[f"share{number}"] = forms.FloatField(
                label=_("Share of travellers (%)"),
                required=False,
                min_value=0,
                max_value=100,
                initial=100 if first else None,
            )
            self.fields[f"lanes{number}"] = forms.IntegerField(
                label=_("Open lanes"), required=False, min_value=0, max_value=MOST_LANES, initial=4 if first else None
            )
            self.fields[f"minutes{number}"] = forms.FloatField(
                label=_("Minutes per traveller"),
                required=False,
                min_value=0.05,
                max_value=120,
                initial=round(minutes, 2) if first else None,
            )

    def rows(self) -> list[list[forms.BoundField]]:
        """The fields of each type of lane."""
        return [
            [self[f"{name}{number}"] for name in ("name", "share", "lanes", "minutes")]
            for number in range(1, TYPES + 1)
        ]

    def clean_arrivals(self) -> list[float]:
        """24 numbers, or none."""
        text = self.cleaned_data["arrivals"].strip()
        if not text:
            return []
        words = re.split(r"[\s,;]+", text.strip(" ,;"))
        if len(words) != HOURS or not all(re.fullmatch(r"\d{1,5}", one, re.ASCII) for one in words):
            raise forms.ValidationError(_("Write 24 whole numbers, one for each hour."))
        return [float(one) for one in words]

    def clean(self) -> dict[str, Any]:
        """Every type of lane that is used is whole, and all travellers go somewhere."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        shares = [data.get(f"share{number}") or 0 for number in range(1, TYPES + 1)]
        if not self.errors and abs(sum(shares) - 100) > 0.5:
            self.add_error("share1", _("The shares must be 100 % together."))
        for number, share in enumerate(shares, 1):
            if share and data.get(f"minutes{number}") is None:
                data[f"minutes{number}"] = self.given_minutes
            if share and data.get(f"lanes{number}") is None and not self.errors:
                self.add_error(f"lanes{number}", _("Say how many lanes are open."))
        return data

    def by_hour(self) -> list[float]:
        """Travellers of each hour."""
        if self.cleaned_data.get("arrivals"):
            return list(self.cleaned_data["arrivals"])
        weights = PROFILES[self.cleaned_data.get("profile") or "rushes"][1]
        total = self.cleaned_data.get("total") or 0
        return [total * one / sum(weights) for one in weights]

    def types(self) -> list[LaneType]:
        """The types of lanes that travellers go to."""
        data, found = self.cleaned_data, []
        for number in range(1, TYPES + 1):
            if data.get(f"share{number}"):
                lanes = Lanes(data[f"minutes{number}"], term("handling-spread"), data.get("group") or 1.0)
                name = data.get(f"name{number}") or str(number)
                found.append(LaneType(name, data[f"share{number}"], data[f"lanes{number}"], lanes))
        return found
