"""What people type on this room's pages. The actions check it all again."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xenia.access import policy, standing
from xenia.access.models import Authority

OUTCOMES = [("deny", _("nothing")), ("flag", _("hit or no hit")), ("fields", _("the groups below"))]


class NewAccount(forms.Form):
    """A new account."""

    username = forms.CharField(label=_("User name"), max_length=64, help_text=_("Small letters, digits, dots, hyphens"))
    display_name = forms.CharField(label=_("Name to show"), max_length=120)
    authority = forms.ChoiceField(label=_("Authority"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = Authority.objects.order_by("code").values_list("code", "name")
        self.fields["authority"].choices = [(code, f"{name} ({code})") for code, name in codes]  # type: ignore[attr-defined]


class GiveRole(forms.Form):
    """A role at a post, or everywhere."""

    role = forms.ChoiceField(label=_("Role"))
    post = forms.ChoiceField(label=_("Post"), required=False)
    valid_from = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    valid_to = forms.DateField(
        label=_("Until, and not on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [(word, gettext(role.label)) for word, role in policy.current().roles.items() if word != "operator"]
        posts = [(code, f"{place.name} ({code})") for code, place in standing.places().items() if not place.closed]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        self.fields["post"].choices = [("", _("every post of the authority")), *posts]  # type: ignore[attr-defined]

    def clean_valid_from(self) -> datetime | None:
        """The beginning of that day in the reader's zone."""
        return _midnight(self.cleaned_data["valid_from"])

    def clean_valid_to(self) -> datetime | None:
        """The beginning of that day in the reader's zone."""
        return _midnight(self.cleaned_data["valid_to"])


def _midnight(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time())) if day else None
