"""What a joint readmission committee looks at: the cases of one agreement, or of all, in both directions.

Indicators: those that joint committees ask for and Visa Code Article 25a(2)(c), (d) (Regulation (EC) 810/2009 as amended by
Regulation (EU) 2019/1155). `side` says which we were: requesting or requested.

The tables leave the house to another state, so they are publications; no agreement that is known here foresees counts that could
be led back to a person. Exact ones are for the own delegation, with a reason.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xenia.insight.official import Missing, Part, Report, Scope
from xenia.insight.question import Filter, Question

READMISSION, TRANSIT = "readmission", "readmission-transit"


def _parts(scope: Scope) -> list[Part]:
    def ask(measure: str, *by: str, of: str = READMISSION, **only: str) -> Question:
        where = [Filter("procedure", (of,)), *(Filter(name, (value,)) for name, value in only.items())]
        if scope.agreement:
            where.append(Filter("agreement", (scope.agreement,)))
        return Question(measure, ("side", *by), tuple(where), scope.since, scope.until)

    return [
        Part("applications", _("Applications by category"), ask("cases_lodged", "application_category")),
        Part("applications-states", _("Applications by other state"), ask("cases_lodged", "partner")),
        Part("applications-nationality", _("Applications by nationality"), ask("cases_lodged", "nationality")),
        Part("applications-sex-age", _("Applications by sex and age"), ask("cases_lodged", "sex", "age")),
        Part("answers", _("Answers"), ask("cases_decided", "outcome")),
        Part("acceptance", _("Share of applications accepted"), ask("acceptance_rate")),
        Part("in-time", _("Answers within the time limit"), ask("timeliness")),
        Part("days", _("Days until the answer (median)"), ask("decision_days_median")),
        Part("days-90", _("Days until the answer (nine of ten)"), ask("decision_days_p90")),
        Part("refusals", _("Refusals by reason"), ask("decision_reasons", "reason", outcome="refused")),
        Part("withdrawn", _("Applications withdrawn"), ask("stages_reached", stage="withdrawn")),
        Part("pending", _("Applications without an answer at the end"), ask("cases_pending")),
        Part("documents", _("Travel documents in time"), ask("limits_ended", "timely", limit="travel_document")),
        Part("transfers", _("Persons transferred"), ask("stages_reached", "transfer_mode", stage="transferred")),
        Part("failed", _("Transfers that failed"), ask("stages_reached", "failure_reason", stage="transfer_failed")),
        Part("errors", _("Returns claimed to be in error"), ask("stages_reached", stage="error_claimed")),
        Part("transit", _("Transit: answers"), ask("cases_decided", "outcome", of=TRANSIT)),
    ]


REPORT = Report(
    "committee",
    _("Readmission committee"),
    _("Requests, answers, refusals by reason, transfers and days under one agreement, in both directions."),
    "publication",
    _parts,
    missing=(
        Missing(
            "realisation",
            _("Transfers against acceptances of the same month"),
            _("A fact does not say when the case it belongs to was accepted."),
        ),
        Missing("interviews", _("Interviews held"), _("Interviews are counted as a state of the case only.")),
    ),
    agreements=True,
    notes=(_("Each member of a family has an application of its own: applications are persons."),),
)
