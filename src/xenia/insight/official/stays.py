"""Stays that ended: how many, how many too late, and how complete the records are."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xenia.insight.official import Missing, Part, Report, Scope
from xenia.insight.question import Question


def _parts(scope: Scope) -> list[Part]:
    def ask(measure: str, *by: str) -> Question:
        return Question(measure, by, (), scope.since, scope.until)

    return [
        Part("overstays", _("Overstays by nationality"), ask("stays_overstayed", "nationality")),
        Part("rate", _("Share of stays that were too long"), ask("overstay_rate", "nationality")),
        Part("days", _("Days too long (median)"), ask("overstay_days_median", "basis")),
        Part("matched", _("Exits whose entry is known"), ask("entry_match_rate", "post")),
    ]


REPORT = Report(
    "stays",
    _("Stays and overstays"),
    _("Stays that ended, how many of them too late, and exits whose entry is known."),
    "publication",
    _parts,
    missing=(
        Missing(
            "present",
            _("Persons who have overstayed and not left"),
            _("Facts are made of exits; who has not left stands in the register of stays."),
        ),
    ),
)
