"""Forms of the watch. They read what was typed; whether it may be is for the actions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xenia.insight.watching import actions, showing
from xenia.insight.watching.alarms import Rules


class AssessForm(forms.Form):
    """What a signal was."""

    assessment = forms.ChoiceField(
        label=_("What was it?"), choices=list(showing.ASSESSED.items()), widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=actions.NOTE_LIMIT,
        help_text=_("What was found. Name no traveller."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RulesForm(forms.Form):
    """The rules of the watch."""

    main = forms.ChoiceField(
        label=_("Rule that rings"), choices=[(one, showing.RULES_SHOWN[one]) for one in ("ewma", "farrington")]
    )
    smoothing = forms.FloatField(label=_("EWMA: weight of the last day"), min_value=0.05, max_value=1)
    limit = forms.FloatField(label=_("EWMA: standard deviations from which it rings"), min_value=2, max_value=6)
    alpha = forms.FloatField(label=_("Farrington: chance below which it rings"), min_value=0.0001, max_value=0.05)
    share = forms.FloatField(label=_("Share of false findings among many series"), min_value=0.001, max_value=0.2)
    shares = forms.BooleanField(
        label=_("Watch shares too: whether a post or a nationality has another part of all entries"), required=False
    )
    reason = forms.CharField(label=_("Why do the rules change?"), max_length=500)

    def wanted(self) -> Rules:
        """The rules as typed."""
        data = self.cleaned_data
        return Rules(data["main"], data["smoothing"], data["limit"], data["alpha"], data["share"], data["shares"])


class EventForm(forms.Form):
    """Days that are no ordinary ones."""

    first = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    label = forms.CharField(label=_("What is it?"), max_length=100)
    post = forms.ChoiceField(label=_("Post"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        from xenia.access import standing

        super().__init__(*args, **kwargs)
        posts = [(one.code, one.name) for one in standing.places().values()]
        self.fields["post"].choices = [("", _("Everywhere")), *posts]  # type: ignore[attr-defined]
