"""What is said below a table, in the reader's language."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from xenia.insight import labels
from xenia.insight.question import Question
from xenia.insight.release import Released, standing

KNOWN = (
    gettext_noop("Counts carry noise of at most 4 and are rounded to 5."),
    gettext_noop("Totals are rounded on their own: they need not be the sum of what is shown."),
    gettext_noop("Cells that rest on fewer than 10 facts or persons are hidden."),
    gettext_noop("Cells that rest on fewer than 50 facts or persons are hidden."),
    gettext_noop("Values are rounded: by at most a twentieth."),
    gettext_noop(
        "Cells of fewer than 5 persons are hidden (c), and others so that they cannot be worked out from what is shown."
    ),
    gettext_noop("In per cent, where both counts are shown and the lower one is at least 20."),
    gettext_noop("Both counts carry noise: on 100 cases the ratio may be wrong by up to 7."),
    gettext_noop("Exact counts: for use inside the house. Do not publish."),
    gettext_noop("Days that are not over, or of which not every post has told, are left out."),
)
"""Sentences that `release()` says, as they stand there; a test holds one against the other."""

GRADES = {
    "interactive": gettext_lazy("For looking around"),
    "publication": gettext_lazy("For publication"),
    "exact": gettext_lazy("Exact"),
}


def of(made: Released) -> list[str]:
    """What has to be read with the table: rounding, hidden cells, posts that have not reported."""
    said = [_(text) if text in KNOWN else as_published(text) or text for text in made.notes]
    if made.hidden:
        said.append(_("Hidden cells: %(hidden)d of %(cells)d.") % {"hidden": made.hidden, "cells": len(made.cells)})
    return [*said, _("Days begin at midnight UTC.")]


def as_published(text: str) -> str:
    """`As published on ...`, with the day as the reader writes it; nothing for what else is said."""
    begins, _day_of, ends = standing.STANDS.partition("{day}")
    if not (text.startswith(begins) and text.endswith(ends)):
        return ""
    day = date.fromisoformat(text.removeprefix(begins).removesuffix(ends))
    return _("As published on %(day)s: what came since cannot be shown beside it.") % {"day": _day(day)}


def title(asked: Question) -> str:
    """`Crossings by month, nationality`."""
    what = labels.measure(asked.fact, asked.measure)
    if not asked.by:
        return what
    by = labels.listed(labels.dimension(asked.fact, name) for name in asked.by)
    return _("%(what)s by: %(by)s") % {"what": what, "by": by}


def period(asked: Question) -> str:
    """`1 Jan 2026 to 31 Jan 2026`."""
    first = _day(asked.since) if asked.since else ""
    last = _day(asked.until - timedelta(days=1)) if asked.until else ""
    if first and first == last:
        return first
    if first and last:
        return _("%(first)s to %(last)s") % {"first": first, "last": last}
    if first:
        return _("from %(first)s") % {"first": first}
    return _("until %(last)s") % {"last": last} if last else _("all that is known")


def conditions(asked: Question) -> list[str]:
    """`Post: Port Meridian, Old Road`; one for each filter."""
    said = []
    for one in asked.where:
        name = labels.dimension(asked.fact, one.dimension)
        values = labels.listed(labels.member(asked.fact.dimensions[one.dimension], value) for value in one.values)
        text = _("%(name)s: without %(values)s") if one.without else _("%(name)s: %(values)s")
        said.append(text % {"name": name, "values": values})
    return said


def _day(day: date) -> str:
    return date_format(day, "j M Y")
