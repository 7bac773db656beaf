"""Forms of the shift. They read what was typed, in the clock of the post; whether it may be done is for the actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xenia.frontier.shift import incidents, periods


def _clock(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "short"})
    return forms.TimeField(label=label, widget=widget, input_formats=["%H:%M", "%H:%M:%S", "%H.%M", "%H%M"])


def _day(label: Any, **more: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "short"})
    return forms.DateField(
        label=label, widget=widget, input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d %m %Y"], **more
    )


class LaneForm(forms.Form):
    """A lane: open or closed, and who is planned there."""

    state = forms.ChoiceField(
        label=_("The lane is"), choices=(("open", _("open")), ("closed", _("closed"))), widget=forms.RadioSelect
    )
    planned = forms.ChoiceField(label=_("Planned officer"), required=False)

    def __init__(self, data: Any, officers: Sequence[tuple[UUID, str]], **more: Any) -> None:
        super().__init__(data, **more)
        choices = [("", _("Nobody in particular")), *((str(pk), name) for pk, name in officers)]
        self.fields["planned"].choices = choices  # type: ignore[attr-defined]

    def planned_officer(self) -> UUID | None:
        """The account that was chosen."""
        return UUID(self.cleaned_data["planned"]) if self.cleaned_data["planned"] else None


class EntryForm(forms.Form):
    """What happened, and when, by the clock of the post."""

    on = _day(_("Day"))
    at = _clock(_("Time"))
    text = forms.CharField(
        label=_("What happened"),
        help_text=_("Facts in the order in which they happened. It cannot be changed afterwards, only followed up."),
        max_length=incidents.LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )

    def moment(self, zone: str) -> datetime:
        """The time that was given, in the post's zone."""
        return datetime.combine(self.cleaned_data["on"], self.cleaned_data["at"], ZoneInfo(zone)).astimezone(UTC)


class IncidentForm(EntryForm):
    """A new incident: its kind, and the check that it is about, if there is one."""

    kind = forms.ChoiceField(label=_("Kind"))
    check_made = forms.CharField(
        label=_("Check"),
        help_text=_("The number of the check as it stands in its address, where the incident is about a traveller."),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("kind", "on", "at", "text", "check_made")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["kind"].choices = [("", _("Choose")), *incidents.kind_choices()]  # type: ignore[attr-defined]


class SearchForm(forms.Form):
    """Which incidents to show."""

    text = forms.CharField(
        label=_("Words"), required=False, max_length=100, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    since = _day(_("From"), required=False)
    until = _day(_("To"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["kind"].choices = [("", _("All")), *incidents.kind_choices()]  # type: ignore[attr-defined]

    def wanted(self) -> incidents.Wanted:
        """What to look for; nothing where the form cannot be read."""
        if not self.is_valid():
            return incidents.Wanted()
        return incidents.Wanted(**{name: self.cleaned_data[name] for name in ("kind", "since", "until", "text")})


class HoursForm(forms.Form):
    """From when to when a shift goes, by the clock of the post."""

    begin = _clock(_("From"))
    end = _clock(_("To"))

    def span(self, zone: str, now: datetime) -> tuple[datetime, datetime]:
        """The two moments: the beginning nearest to now, and the end after it, over midnight too."""
        here = periods.local(now, zone)
        begins = _nearest(here, self.cleaned_data["begin"])
        ends = datetime.combine(begins.date(), self.cleaned_data["end"], begins.tzinfo)
        if ends <= begins:
            ends = datetime.combine(begins.date() + timedelta(days=1), self.cleaned_data["end"], begins.tzinfo)
        return begins.astimezone(UTC), ends.astimezone(UTC)


def _nearest(here: datetime, clock: time) -> datetime:
    begins = datetime.combine(here.date(), clock, here.tzinfo)
    return begins - timedelta(days=1) if begins > here + timedelta(minutes=1) else begins


class UntilForm(forms.Form):
    """Until when the next shift goes."""

    end = _clock(_("To"))

    def until(self, zone: str, now: datetime) -> datetime:
        """The next moment at which the post's clock shows that time."""
        here = periods.local(now, zone)
        ends = datetime.combine(here.date(), self.cleaned_data["end"], here.tzinfo)
        if ends <= here:
            ends = datetime.combine(here.date() + timedelta(days=1), self.cleaned_data["end"], here.tzinfo)
        return ends.astimezone(UTC)


class HandOverForm(forms.Form):
    """To whom, and what to say."""

    to = forms.ChoiceField(label=_("Next supervisor"))
    note = forms.CharField(
        label=_("Note"),
        help_text=_("What the next supervisor should know. Leave out names of travellers."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )

    def __init__(self, data: Any, successors: Sequence[tuple[UUID, str]], **more: Any) -> None:
        super().__init__(data, **more)
        choices = [("", gettext("Choose")), *((str(pk), name) for pk, name in successors)]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]


class PeriodForm(forms.Form):
    """Which day, week or month a report is about."""

    period = forms.ChoiceField(
        label=_("Period"),
        choices=((periods.DAY, _("Day")), (periods.WEEK, _("Week")), (periods.MONTH, _("Month"))),
        required=False,
    )
    on = _day(_("With the day"), required=False)

    def chosen(self, today: date) -> periods.Period:
        """The period; today where nothing was said or it cannot be read."""
        self.is_valid()
        data = getattr(self, "cleaned_data", {})
        on = data.get("on") or today
        within = periods.FIRST <= on <= today + timedelta(days=366)
        return periods.period(data.get("period") or periods.DAY, on if within else today)
