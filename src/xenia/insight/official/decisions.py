"""How long decisions take, and whether they keep their time limits, for every procedure alike."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xenia.insight.official import Part, Report, Scope
from xenia.insight.question import Filter, Question


def _parts(scope: Scope) -> list[Part]:
    where = (Filter("agreement", (scope.agreement,)),) if scope.agreement else ()

    def ask(measure: str, *by: str) -> Question:
        return Question(measure, by, where, scope.since, scope.until)

    return [
        Part("decisions", _("Decisions by outcome"), ask("cases_decided", "procedure", "outcome")),
        Part("median", _("Days to decision (median)"), ask("decision_days_median", "procedure", "outcome")),
        Part("p90", _("Days to decision (nine of ten)"), ask("decision_days_p90", "procedure")),
        Part("in-time", _("Share decided in time"), ask("timeliness", "procedure")),
        Part("limits", _("Time limits kept and passed"), ask("limits_ended", "limit", "timely")),
        Part("pending", _("Pending at the end"), ask("cases_pending", "procedure")),
        Part("clearance", _("Settled against lodged"), ask("clearance_ratio", "procedure")),
    ]


REPORT = Report(
    "decisions",
    _("Decision times"),
    _("Numbers and kinds of decisions, days to decision, time limits kept, and what is pending."),
    "interactive",
    _parts,
    agreements=True,
)
