"""Pages of the policy: the matrix as it stands, its versions and their differences, proposing a change of one row."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xenia.access import ports, rules, standing
from xenia.access.forms import ChangeRow
from xenia.access.models import PolicyVersion
from xenia.access.views import needs
from xenia.errors import BadInput, Conflict, NotFound


def _version(number: int | None = None) -> PolicyVersion:
    rows = PolicyVersion.objects.order_by("-number")
    found = (rows if number is None else rows.filter(number=number)).first()
    if found is None:
        raise NotFound(
            _("There is no such version of the policy."), _("Look at the list of versions."), code="no-policy"
        )
    return found


@needs("policy.read")
def policy(request: HttpRequest) -> HttpResponse:
    """The policy in force, one purpose at a time."""
    version = _version()
    content = version.content
    wanted = request.GET.get("purpose", "")
    purpose = wanted if wanted in content["purposes"] else next(iter(content["purposes"]))
    context = {
        "version": version,
        "versions": PolicyVersion.objects.defer("content").order_by("-number")[:50],
        "purpose": purpose,
        "about": content["purposes"][purpose],
        "roles": [role["label"] for role in content["roles"].values() if {purpose, rules.ANY} & set(role["purposes"])],
        "rows": [row for row in content["rows"] if row["purpose"] == purpose],
        "may_propose": standing.for_request(request).may("policy.propose"),
    }
    return render(request, "access/policy.html", context)


@needs("policy.read")
def version(request: HttpRequest, number: int) -> HttpResponse:
    """What one version changed against the one before."""
    shown = _version(number)
    before = PolicyVersion.objects.filter(number=number - 1).first()
    differences = rules.differences(before.content, shown.content) if before else []
    return render(
        request, "access/policy_version.html", {"version": shown, "before": before, "differences": differences}
    )


def _first(row: dict[str, Any]) -> dict[str, Any]:
    words = {name: ", ".join(row[name]) for name in ("handling", "categories")}
    return {"outcome": row["outcome"], "groups": row["groups"], "legal_basis": row["legal_basis"], **words}


@needs("policy.propose")
@require_http_methods(["GET", "POST"])
def row(request: HttpRequest, rule: str) -> HttpResponseBase:
    """Propose to change one row."""
    shown = _version()
    before = next((one for one in shown.content["rows"] if one["rule"] == rule), None)
    if before is None:
        raise NotFound(_("There is no such row."), _("Look at the policy."), code="no-row")
    form = ChangeRow(request.POST or None, initial=_first(before))
    if request.method == "POST" and form.is_valid():
        try:
            changes = [{"set": form.row(before)}]
            made = ports.propose_policy(standing.for_request(request), shown.hash, changes, form.cleaned_data["reason"])
        except (BadInput, Conflict) as problem:
            form.add_error("outcome", str(problem))
        else:
            return redirect("proposal", made)
    context = {"row": before, "form": form}
    return render(request, "access/policy_row.html", context, status=422 if form.errors else 200)
