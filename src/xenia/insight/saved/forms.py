"""The form of a saved question."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from xenia.insight.saved.actions import LONGEST_TITLE, Wish

EVERY = (
    ("", _("Not by itself: when somebody asks")), ("daily", _("Every day")), ("weekly", _("Every week")), ("monthly", _("Every month")),
)  # fmt: skip
MONDAY = date(2026, 1, 5)


def _weekdays() -> list[tuple[int, str]]:
    return [(number + 1, date_format(MONDAY + timedelta(days=number), "l")) for number in range(7)]


class SaveForm(forms.Form):
    """Title, who sees it, and when a report is made of it."""

    title = forms.CharField(label=_("Title"), max_length=LONGEST_TITLE)
    shared = forms.BooleanField(label=_("My whole office sees it"), required=False)
    every = forms.ChoiceField(label=_("Make a report"), choices=EVERY, required=False)
    weekday = forms.TypedChoiceField(label=_("On this weekday, where every week"), choices=_weekdays, coerce=int)
    day = forms.TypedChoiceField(
        label=_("On this day, where every month"),
        choices=[(number, str(number)) for number in range(1, 29)],
        coerce=int,
    )
    hour = forms.TypedChoiceField(
        label=_("At this hour"), choices=[(number, f"{number:02}:00") for number in range(24)], coerce=int
    )

    def wish(self) -> Wish:
        """What was asked for."""
        said = self.cleaned_data
        day = {"weekly": said["weekday"], "monthly": said["day"]}.get(said["every"], 1)
        return Wish(said["title"], said["shared"], said["every"], day, said["hour"])
