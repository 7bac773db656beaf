"""How the posts do: how much passes, how long it takes, how often somebody is referred, stopped or turned back."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xenia.insight.official import Part, Report, Scope
from xenia.insight.question import Question


def _parts(scope: Scope) -> list[Part]:
    def ask(measure: str, *by: str) -> Question:
        return Question(measure, by, (), scope.since, scope.until)

    return [
        Part("crossings", _("Crossings by post"), ask("crossings", "post", "direction")),
        Part("control", _("Seconds of control (median)"), ask("control_median", "post")),
        Part("control-90", _("Seconds of control (nine of ten)"), ask("control_p90", "post")),
        Part("second-line", _("Seconds in the second line (median)"), ask("second_line_median", "post")),
        Part("hits", _("Confirmed hits by post"), ask("hits", "post")),
        Part("refused", _("Share refused of those who asked for entry"), ask("refusal_rate", "post")),
        Part("matched", _("Exits whose entry is known"), ask("entry_match_rate", "post")),
    ]


REPORT = Report(
    "posts",
    _("Posts"),
    _("What passes at each post, how long controls take, hits, refusals and how complete the records are."),
    "interactive",
    _parts,
    notes=(_("Posts differ in travellers, lanes and lines: a slow post is not a bad one."),),
)
