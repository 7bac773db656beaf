"""Pages of retention: how long what is kept and by what law, what a run would delete, running it, what runs did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xenia.access.standing import Standing, for_request
from xenia.access.views import needs
from xenia.errors import BadInput, Conflict
from xenia.journal import entries
from xenia.journal.models import Entry
from xenia.oversight import kinds, periods, running
from xenia.oversight.retention import Period, Rule

HISTORY = 20
MOST_ON_A_PAGE = 5000
COUNTS_FROM = {
    "record": later("each record's own day"), "entry": later("the journal entry"), "closing": later("the end of the record"),
}  # fmt: skip
CONFIDENCES = {
    "read": later("read in the source"), "2nd": later("second hand"), "memory": later("from memory, to be verified"),
    "design": later("our own parameter"), "decided": later("decided here"),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A rule as the page shows it."""

    rule: Rule
    period: str
    counts_from: str
    confidence: str
    changes: bool


def _row(rule: Rule) -> Row:
    return Row(
        rule, in_words(rule.period), str(COUNTS_FROM[rule.counts_from]),
        str(CONFIDENCES.get(rule.confidence, rule.confidence)), periods.can_change(rule),
    )  # fmt: skip


def in_words(period: Any) -> str:
    """`3 years 1 day`, in the reader's language."""
    from django.utils.translation import ngettext

    parts = [
        ngettext("%(n)d year", "%(n)d years", period.years) % {"n": period.years} if period.years else "",
        ngettext("%(n)d month", "%(n)d months", period.months) % {"n": period.months} if period.months else "",
        ngettext("%(n)d day", "%(n)d days", period.days) % {"n": period.days} if period.days else "",
    ]
    return " ".join(part for part in parts if part)


def _history() -> list[dict[str, Any]]:
    rows = list(Entry.objects.filter(kind=kinds.RUN).order_by("-id")[:HISTORY])
    bodies = entries.bodies(rows)
    found = []
    for row in rows:
        body = bodies.get(row.id) or {}
        found.append(
            {
                "at": row.recorded_at,
                "subjects": sum(body.get("subjects", {}).values()),
                "entries": sum(body.get("entries", {}).values()),
            }
        )
    return found


@needs("policy.read", "retention.run")
@require_GET
def retention(request: HttpRequest) -> HttpResponse:
    """Every period with its law, and what the last runs did."""
    here, today = for_request(request), datetime.now(UTC).date()
    context = {
        "rows": [_row(rule) for _name, rule in sorted(periods.in_force(today).items())],
        "history": _history(), "may_run": here.may("retention.run"), "may_propose": here.may("reference.propose"),
    }  # fmt: skip
    return render(request, "oversight/retention.html", context)


class PeriodForm(forms.Form):
    """Another period for a class of data."""

    period = forms.CharField(
        label=later("Period"), max_length=16, help_text=later("Years, months and days: P3Y, P4M, P30D or P3Y1D")
    )
    warn = forms.CharField(
        label=later("Warning time before the end"), max_length=16, help_text=later("Written alike, for example P1M")
    )
    valid_from = forms.DateField(
        label=later("In force from"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=later("Empty: from the approval on"),
    )  # fmt: skip
    source = forms.CharField(label=later("Law"), max_length=300, help_text=later("Name the act and article"))
    reason = forms.CharField(
        label=later("Reason for the change"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


@needs("reference.propose")
@require_http_methods(["GET", "POST"])
def period(request: HttpRequest, name: str) -> HttpResponseBase:
    """Propose another period; first what would change, then the proposal."""
    rule = periods.rule_of(name)
    first = {"period": periods.written(rule.period), "warn": periods.written(rule.warn), "source": rule.source}
    form = PeriodForm(request.POST or None, initial=first)
    step, context = request.POST.get("step", "check"), {"row": _row(rule), "form": form}
    if request.method == "POST" and form.is_valid() and step != "edit":
        said = form.cleaned_data
        try:
            new = Period.parse(said["period"].strip().upper())
            warn = Period.parse(said["warn"].strip().upper())
            if step == "propose":
                made = periods.propose(
                    for_request(request),
                    name,
                    said["period"],
                    said["warn"],
                    said["source"],
                    said["valid_from"],
                    said["reason"],
                )
                return redirect("proposal", made.pk)
        except (BadInput, Conflict) as problem:
            form.add_error("period", f"{_(problem.message)} {_(problem.what_to_do)}")
        else:
            shown = {
                **context,
                "new": in_words(new),
                "warn": in_words(warn),
                "shorter": new.after(_base()) < rule.period.after(_base()),
            }
            return render(request, "oversight/retention_check.html", shown)
    return render(request, "oversight/retention_period.html", context, status=422 if form.errors else 200)


def _base() -> Any:
    return datetime.now(UTC).date()


@needs("retention.run")
@require_POST
def run(request: HttpRequest) -> HttpResponseBase:
    """Count what a run would delete; then, asked again, delete it."""
    here = for_request(request)
    try:
        done = running.run(here, dry_run=True)
        number = sum(done.subjects.values()) + sum(done.entries.values())
        if request.POST.get("step") == "delete" and 0 < number <= MOST_ON_A_PAGE:
            return _deleted(request, here)
    except Conflict as problem:
        messages.error(request, f"{_(problem.message)} {_(problem.what_to_do)}")
        return redirect("retention")
    names = sorted({*done.subjects, *done.entries, *done.warned})
    rules = periods.in_force(done.on)
    lines = [
        (
            _(rules[name].what) if name in rules else name,
            done.subjects.get(name, 0),
            done.entries.get(name, 0),
            done.warned.get(name, 0),
        )
        for name in names
    ]
    context = {"lines": lines, "number": number, "too_many": number > MOST_ON_A_PAGE, "on": done.on}
    return render(request, "oversight/retention_run.html", context)


def _deleted(request: HttpRequest, here: Standing) -> HttpResponseBase:
    done = running.run(here, dry_run=False)
    messages.success(
        request,
        _("Deleted: %(subjects)d subjects and the bodies of %(entries)d entries.")
        % {"subjects": sum(done.subjects.values()), "entries": sum(done.entries.values())},
    )
    return redirect("retention")
