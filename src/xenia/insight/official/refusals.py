"""Refusals of entry: the most frequent reasons, who was refused and where."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xenia.insight.official import Part, Report, Scope
from xenia.insight.question import Question


def _parts(scope: Scope) -> list[Part]:
    def ask(measure: str, *by: str) -> Question:
        return Question(measure, by, (), scope.since, scope.until)

    return [
        Part("reasons", _("Reasons of refusal"), ask("refusals", "reason")),
        Part("nationalities", _("Nationalities refused"), ask("refusals", "nationality")),
        Part("posts", _("Refusals by post and reason"), ask("refusals", "post", "reason")),
        Part("rate", _("Share refused of those who asked for entry"), ask("refusal_rate", "post")),
    ]


REPORT = Report(
    "refusals",
    _("Refusals of entry"),
    _("The most frequent reasons, nationalities and posts."),
    "publication",
    _parts,
    notes=(
        _("The letters are those of the standard form: Regulation (EU) 2016/399, Annex V, Part B."),
        _("A refusal for several reasons counts once, under the reason that was named first."),
    ),
)
