"""Pages of the policy: the matrix as it stands, its versions and their differences. Proposing: `role_pages`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from xenia.access import rules, standing
from xenia.access.models import PolicyVersion
from xenia.access.views import needs
from xenia.errors import NotFound


def newest() -> PolicyVersion:
    """The version in force."""
    return _version()


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
        "roles": [
            _(role["label"]) for role in content["roles"].values() if {purpose, rules.ANY} & set(role["purposes"])
        ],
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
