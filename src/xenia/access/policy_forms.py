"""What administrators type to propose changes of the policy: a role, a row, what a new version brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xenia.access import rules
from xenia.access.forms import OUTCOMES
from xenia.access.permissions import PERMISSIONS
from xenia.access.policy_compare import Addition, next_rule
from xenia.access.policy_words import REGISTERS

Changes = list[dict[str, Any]]
REMOVE = "remove"
GROUPS = [(one, one) for one in (rules.ANY, *rules.FIELD_GROUPS)]
CONFIDENCES = [
    ("read", _("read in the source")), ("memory", _("from memory, to be verified")), ("design", _("our own design")),
    ("decided", _("decided here")),
]  # fmt: skip


class Proposing(forms.Form):
    """A change that a second person approves. `base`: the hash of the version that it was made from."""

    base = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = forms.CharField(
        label=_("Reason for the change"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def order_reason_last(self) -> None:
        """The reason is asked after everything else."""
        self.order_fields([name for name in self.fields if name != "reason"] + ["reason"])


class RoleForm(Proposing):
    """What a role may do, under which purposes."""

    label = forms.CharField(label=_("Name to show"), max_length=120)
    second_factor = forms.ChoiceField(
        label=_("Second factor"), choices=[("required", _("asked for")), ("optional", _("not asked for"))]
    )
    purposes = forms.MultipleChoiceField(label=_("Purposes"), widget=forms.CheckboxSelectMultiple, required=False)
    permissions = forms.MultipleChoiceField(label=_("Permissions"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, content: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        purposes = [(word, f"{_(one['label'])} ({word})") for word, one in content["purposes"].items()]
        self.fields["purposes"].choices = purposes  # type: ignore[attr-defined]
        permissions = [(word, f"{word}: {_(sentence)}") for word, sentence in PERMISSIONS.items()]
        self.fields["permissions"].choices = permissions  # type: ignore[attr-defined]
        self.order_reason_last()

    def changes(self, word: str) -> Changes:
        """The role as it would be."""
        said = self.cleaned_data
        role = {name: said[name] for name in ("label", "purposes", "permissions", "second_factor")}
        return [{"role": word, "is": role}]


class NewRole(RoleForm):
    """A role that is not there yet."""

    word = forms.RegexField(
        label=_("Word"), regex=r"^[a-z][a-z0-9-]{1,47}$", max_length=48,
        help_text=_("Small letters, digits, hyphens. It can't be changed later."),
    )  # fmt: skip

    def __init__(self, content: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(content, *args, **kwargs)
        self._known = set(content["roles"])
        self.order_fields(["word", *(name for name in self.fields if name != "word")])

    def clean_word(self) -> str:
        """A word that no role has."""
        word: str = self.cleaned_data["word"]
        if word in self._known:
            raise forms.ValidationError(_("There is already a role of that word."))
        return word


class RowForm(Proposing):
    """What a row of the matrix should say instead."""

    outcome = forms.ChoiceField(
        label=_("May see"), choices=[*OUTCOMES, (REMOVE, _("row taken away: what is not named is denied"))]
    )
    groups = forms.MultipleChoiceField(
        label=_("Groups of fields"), required=False, widget=forms.CheckboxSelectMultiple, choices=GROUPS
    )
    handling = forms.CharField(label=_("Handling codes, * for all"), required=False, max_length=200)
    categories = forms.CharField(label=_("Alert categories, * for all"), required=False, max_length=200)
    legal_basis = forms.CharField(label=_("Legal basis"), required=False, max_length=500)
    source = forms.CharField(label=_("Source"), required=False, max_length=500)
    confidence = forms.ChoiceField(label=_("How sure"), choices=CONFIDENCES, initial="decided")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_reason_last()

    def said(self) -> dict[str, Any]:
        """What the row says beside its cell."""
        said = self.cleaned_data
        denied = said["outcome"] == "deny"

        def words(name: str) -> list[str]:
            return [] if denied else [word for word in said[name].replace(",", " ").split() if word]

        return {
            "outcome": said["outcome"],
            "groups": [] if denied else ["flag"] if said["outcome"] == "flag" else list(said["groups"]),
            "handling": words("handling"),
            "categories": words("categories"),
            "legal_basis": "" if denied else said["legal_basis"],
            "source": said["source"],
            "confidence": said["confidence"],
        }

    def changes(self, before: Mapping[str, Any]) -> Changes:
        """The row as it would be, or its removal."""
        if self.cleaned_data["outcome"] == REMOVE:
            return [{"remove": before["rule"]}]
        return [{"set": {**before, **self.said()}}]


class NewRow(RowForm):
    """A row for a cell that has none."""

    purpose = forms.ChoiceField(label=_("Purpose"))
    register = forms.ChoiceField(label=_("Register"), choices=[(one, REGISTERS[one]) for one in rules.REGISTERS])
    role = forms.ChoiceField(label=_("Role"))
    owner = forms.CharField(
        label=_("Owner of the record"), max_length=64, initial=rules.ANY,
        help_text=_("* for any owner, the code of an authority, or kind:asylum for all of a kind"),
    )  # fmt: skip

    def __init__(self, content: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._content = content
        purposes = [(word, _(one["label"])) for word, one in content["purposes"].items()]
        roles = [
            (rules.ANY, _("every role with the purpose")),
            *((w, _(one["label"])) for w, one in content["roles"].items()),
        ]
        self.fields["purpose"].choices = purposes  # type: ignore[attr-defined]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        self.fields["outcome"].choices = OUTCOMES  # type: ignore[attr-defined]
        self.order_fields(["purpose", "register", "role", "owner", *self.fields])

    def new_row(self) -> Changes:
        """The row under the next free number of its purpose."""
        said = self.cleaned_data
        prefix = self._content["purposes"][said["purpose"]].get("rule") or "N1"
        cell = {name: said[name] for name in ("purpose", "register", "role", "owner")}
        rule = next_rule([row["rule"] for row in self._content["rows"]], prefix)
        return [{"set": {"rule": rule, **cell, **self.said()}}]


class AdoptForm(Proposing):
    """Which of the things that the shipped policy brings shall be adopted."""

    take = forms.MultipleChoiceField(label=_("Adopt"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, found: Sequence[Addition], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["take"].choices = [(one.key, one.key) for one in found]  # type: ignore[attr-defined]

    def clean_take(self) -> list[str]:
        """At least one."""
        taken: list[str] = self.cleaned_data["take"]
        if not taken:
            raise forms.ValidationError(_("Tick at least one."))
        return taken
