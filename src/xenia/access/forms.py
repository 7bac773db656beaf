"""What people type on this room's pages. The actions check it all again."""

from __future__ import annotations

from typing import Any

from django import forms
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
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [(word, role.label) for word, role in policy.current().roles.items() if word != "operator"]
        posts = [(code, f"{place.name} ({code})") for code, place in standing.places().items() if not place.closed]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        self.fields["post"].choices = [("", _("every post of the authority")), *posts]  # type: ignore[attr-defined]
