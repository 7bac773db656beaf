"""What administrators type about authorities, posts and lanes. The actions check it all again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from xenia.access import policy_words
from xenia.access.models import Authority
from xenia.errors import XeniaError

BORDERS = [("land", _("land")), ("air", _("air")), ("sea", _("sea")), ("none", _("not at the border"))]
DIRECTIONS = [("entry", _("entry")), ("exit", _("exit")), ("both", _("entry and exit"))]
AUTHORITY_KINDS = [
    (kind, policy_words.AUTHORITIES[kind])
    for kind in ("border", "migration", "asylum", "police", "consular", "oversight", "customs", "state")
]
CODE_HINT = _("Letters, digits, dots and hyphens; begins with a capital or digit. It can't be changed later.")


def refuse(form: forms.Form, problem: XeniaError, **fields: str) -> None:
    """Show what an action refused at the field that its code belongs to. `fields`: code with `_` to field's name."""
    field = fields.get(problem.code.replace("-", "_"))
    words = f"{_now(problem.message)} {_now(problem.what_to_do) if problem.what_to_do else ''}".strip()
    form.add_error(field if field in form.fields else None, words)


def _authorities() -> list[tuple[str, str]]:
    known = Authority.objects.order_by("code").values_list("code", "name")
    return [(code, f"{name} ({code})") for code, name in known]


class NewAuthority(forms.Form):
    """A new authority in the tree."""

    code = forms.CharField(label=_("Code"), max_length=32, help_text=CODE_HINT)
    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=AUTHORITY_KINDS,
        help_text=_("Decides which purposes its people may act under. It can't be changed later."),
    )
    parent = forms.ChoiceField(label=_("Stands under"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = _authorities()  # type: ignore[attr-defined]


class NameAuthority(forms.Form):
    """Another name for an authority."""

    name = forms.CharField(label=_("Name"), max_length=200)


class ChangePost(forms.Form):
    """What may change at a post."""

    name = forms.CharField(label=_("Name"), max_length=200)
    zone = forms.CharField(
        label=_("Time zone"),
        max_length=64,
        help_text=_("IANA name, for example Europe/Tirane. Stays are counted in its local days, from the change on."),
    )
    border = forms.ChoiceField(label=_("Kind of border"), choices=BORDERS)


class NewPost(ChangePost):
    """A new post."""

    code = forms.CharField(label=_("Code"), max_length=32, help_text=CODE_HINT)
    authority = forms.ChoiceField(label=_("Authority"))
    field_order = ("code", "name", "authority", "zone", "border")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["authority"].choices = _authorities()  # type: ignore[attr-defined]


class NewLane(forms.Form):
    """A new lane."""

    code = forms.CharField(label=_("Code of the lane"), max_length=16, help_text=_("For example L4"))
    direction = forms.ChoiceField(label=_("Direction"), choices=DIRECTIONS, initial="both")


class ChangeLane(forms.Form):
    """Another direction for a lane, or its end."""

    direction = forms.ChoiceField(label=_("Direction"), choices=DIRECTIONS)


class Close(forms.Form):
    """Close a place, even though somebody stands there."""

    even_in_use = forms.BooleanField(label=_("Close it although somebody stands there"), required=False)
