"""Which reports there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _

from xenia.errors import NotFound
from xenia.insight.official import Report, committee, decisions, eurostat, posts, refusals, stays

REPORTS: Final[Mapping[str, Report]] = {
    one.name: one
    for one in (committee.REPORT, eurostat.REPORT, refusals.REPORT, stays.REPORT, posts.REPORT, decisions.REPORT)
}


def named(name: str) -> Report:
    """The report of that name. Raises `NotFound` (`unknown-report`)."""
    found = REPORTS.get(name)
    if found is None:
        raise NotFound(
            _("There is no report “%(name)s”.") % {"name": name[:40]},
            _("Known are %(known)s.") % {"known": ", ".join(REPORTS)},
            code="unknown-report",
        )
    return found
