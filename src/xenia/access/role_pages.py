"""Pages that propose changes of the policy: a role, a row, what this version of Xenia brings. A second person approves."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_GET, require_http_methods

from xenia.access import policy_actions, policy_compare, ports, rules, standing
from xenia.access.models import Account, Assignment, PolicyVersion
from xenia.access.permissions import APPROVING, PERMISSIONS
from xenia.access.place_forms import refuse
from xenia.access.policy_compare import Addition
from xenia.access.policy_forms import AdoptForm, Changes, NewRole, NewRow, Proposing, RoleForm, RowForm
from xenia.access.policy_pages import newest
from xenia.access.views import needs
from xenia.errors import BadInput, Conflict, NotFound

SHOWN = 50


def holders() -> Counter[str]:
    """How many open accounts hold each role now."""
    held = Assignment.held_now().filter(account__is_active=True)
    return Counter(role for role, _account in held.values_list("role", "account_id").distinct())


def proposing(
    request: HttpRequest, form: Proposing, changes: Callable[[], Changes], template: str, context: dict[str, Any]
) -> HttpResponseBase:
    """The form; then what it would change for whom; then the proposal. Each step is a form that works without script."""
    step = request.POST.get("step", "check")
    if request.method == "POST" and form.is_valid() and step != "edit":
        try:
            wanted = changes()
            after = policy_actions.changed_policy(form.cleaned_data["base"], wanted)
            if step == "propose":
                reason = form.cleaned_data["reason"]
                here = standing.for_request(request)
                return redirect("proposal", ports.propose_policy(here, form.cleaned_data["base"], wanted, reason))
        except (BadInput, Conflict) as problem:
            refuse(form, problem)
        else:
            return _check(request, form, newest().content, after)
    shown = {**context, "form": form}
    return render(request, template, shown, status=422 if form.errors else 200)


def _check(request: HttpRequest, form: Proposing, before: rules.Content, after: rules.Content) -> HttpResponse:
    people = holders()
    context = {
        "form": form,
        "effects": [(one, people[one.role]) for one in policy_compare.effects(before, after)],
        "differences": rules.differences(before, after),
        "reason": form.cleaned_data["reason"],
    }
    return render(request, "access/policy/check.html", context)


# Roles


@needs("policy.read")
@require_GET
def roles(request: HttpRequest) -> HttpResponse:
    """Every role: how many hold it, what it may."""
    version, people = newest(), holders()
    known = version.content["purposes"]
    rows = [
        {
            "word": word, "role": role, "people": people[word],
            "purposes": [_(known[one]["label"]) if one in known else _("every purpose") for one in role["purposes"]],
            "approves": rules.ANY in role["permissions"] or bool(APPROVING & set(role["permissions"])),
        }
        for word, role in version.content["roles"].items()
    ]  # fmt: skip
    here = standing.for_request(request)
    return render(
        request,
        "access/policy/roles.html",
        {"rows": rows, "version": version, "may_propose": here.may("policy.propose")},
    )


@needs("policy.read")
@require_http_methods(["GET", "POST"])
def role(request: HttpRequest, word: str) -> HttpResponseBase:
    """One role: its permissions with their sentences, what it sees, who holds it; a form to propose a change."""
    version, here = newest(), standing.for_request(request)
    known = version.content["roles"].get(word)
    if known is None:
        raise NotFound(_("There is no such role."), _("Look at the list of roles."), code="no-role")
    may = here.may("policy.propose") and word != "operator"
    context = {
        "word": word, "role": known, "may_propose": may, "version": version,
        "permissions": [(one, _(PERMISSIONS[one]) if one in PERMISSIONS else "") for one in known["permissions"]],
        "purposes": [(one, version.content["purposes"].get(one, {}).get("label", "")) for one in known["purposes"]],
        "rows": _rows_of(version.content, word), "people": _people(word) if here.may("accounts.manage") else None,
        "count": holders()[word],
    }  # fmt: skip
    if not may:
        return render(request, "access/policy/role.html", context)
    first = {**known, "base": version.hash}
    form = RoleForm(version.content, request.POST or None, initial=first)
    return proposing(request, form, lambda: form.changes(word), "access/policy/role.html", context)


def _rows_of(content: rules.Content, word: str) -> list[dict[str, Any]]:
    purposes = content["roles"][word]["purposes"]
    every = rules.ANY in purposes
    return [
        row
        for row in content["rows"]
        if row["outcome"] != "deny" and row["role"] in (rules.ANY, word) and (every or row["purpose"] in purposes)
    ]


def _people(word: str) -> list[Account]:
    held = Assignment.held_now().filter(role=word).values("account_id")
    return list(Account.objects.filter(pk__in=held, is_active=True).order_by("display_name")[:SHOWN])


@needs("policy.propose")
@require_http_methods(["GET", "POST"])
def new_role(request: HttpRequest) -> HttpResponseBase:
    """Propose a role that is not there yet."""
    version = newest()
    first = {"base": version.hash, "second_factor": "required"}
    form = NewRole(version.content, request.POST or None, initial=first)
    return proposing(request, form, lambda: form.changes(form.cleaned_data["word"]), "access/policy/role_new.html", {})


# Rows


@needs("policy.propose")
@require_http_methods(["GET", "POST"])
def row(request: HttpRequest, rule: str) -> HttpResponseBase:
    """Propose to change one row, or to take it away."""
    version = newest()
    before = next((one for one in version.content["rows"] if one["rule"] == rule), None)
    if before is None:
        raise NotFound(_("There is no such row."), _("Look at the policy."), code="no-row")
    words = {name: ", ".join(before[name]) for name in ("handling", "categories")}
    kept = {name: before[name] for name in ("outcome", "groups", "legal_basis", "source")}
    form = RowForm(request.POST or None, initial={**kept, **words, "base": version.hash, "confidence": "decided"})
    return proposing(request, form, lambda: form.changes(before), "access/policy/row.html", {"row": before})


@needs("policy.propose")
@require_http_methods(["GET", "POST"])
def new_row(request: HttpRequest) -> HttpResponseBase:
    """Propose a row for a cell that has none."""
    version = newest()
    first = {
        "base": version.hash,
        "purpose": request.GET.get("purpose", ""),
        "owner": rules.ANY,
        "handling": "*",
        "categories": "*",
    }
    form = NewRow(version.content, request.POST or None, initial=first)
    return proposing(request, form, form.new_row, "access/policy/row_new.html", {})


# What this version of Xenia brings


@lru_cache(maxsize=1)
def _shipped() -> rules.Content:
    content: rules.Content = json.loads(policy_actions.FIRST_POLICY.read_text(encoding="utf-8"))
    return content


def brought() -> list[Addition]:
    """What the policy of this version of Xenia has and the installed one lacks."""
    version = newest()
    if policy_actions.policy_hash(_shipped()) == version.hash:
        return []
    if not policy_compare.additions(version.content, _shipped(), ()):
        return []
    earlier = list(PolicyVersion.objects.order_by("number").values_list("content", flat=True))
    return policy_compare.additions(version.content, _shipped(), earlier)


WHAT = {
    "purpose": later("New purposes"), "role": later("New roles"), "permission": later("Permissions of roles"),
    "use": later("Purposes of roles"), "row": later("Rows of the matrix"),
}  # fmt: skip


@needs("policy.read")
@require_http_methods(["GET", "POST"])
def additions(request: HttpRequest) -> HttpResponseBase:
    """What this version of Xenia brings, to be adopted with one proposal; what people took away before is not ticked."""
    version, found = newest(), brought()
    here = standing.for_request(request)
    first = {"base": version.hash, "reason": _("Adopt what this version of Xenia brings.")}
    form = AdoptForm(found, request.POST or None, initial=first)
    ticked = set(form.data.getlist("take")) if form.is_bound else {one.key for one in found if not one.taken_away}  # type: ignore[attr-defined]
    groups = [(label, [(one, one.key in ticked) for one in found if one.what == what]) for what, label in WHAT.items()]
    context = {
        "groups": [one for one in groups if one[1]], "version": version, "may_propose": here.may("policy.propose"),
    }  # fmt: skip
    if not found or not here.may("policy.propose"):
        return render(request, "access/policy/additions.html", {**context, "form": form if found else None})

    def changes() -> Changes:
        return policy_compare.adopting(version.content, _shipped(), form.cleaned_data["take"])

    return proposing(request, form, changes, "access/policy/additions.html", context)
