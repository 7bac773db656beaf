"""Which posts have told everything, and up to when: a post without a line looks like a quiet one, and is not.

A post counts as having reported up to the moment at which its unit last spoke with nothing left to send; else up to when its entries
last came. A post whose lanes work at this node reports at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xenia.access import standing
from xenia.access.models import Post
from xenia.errors import Conflict
from xenia.insight.tailing import flushing, following
from xenia.insight.watching.terms import whole
from xenia.units import status
from xenia.units.models import Unit

FRESH: Final = timedelta(minutes=15)
"""A unit that spoke in this time with nothing left to send is up to date."""


@dataclass(frozen=True)
class Missing:
    """A post that may hold more than is counted. `until`: what happened after it may be missing; None: it never reported.

    `waiting`: entries that lay there when it last spoke; None where it did not say.
    """

    post: str
    until: datetime | None
    waiting: int | None


@dataclass(frozen=True)
class Coverage:
    """How complete the figures are at `at`. `behind`: entries that are here and not yet counted. `astray`: see `flushing.in_step`."""

    at: datetime
    posts: int
    missing: tuple[Missing, ...]
    behind: int
    astray: bool = False

    @property
    def reported(self) -> int:
        """How many posts have told everything."""
        return self.posts - len(self.missing)

    @property
    def until(self) -> datetime | None:
        """Up to when every post has reported; None where one never did."""
        moments = [one.until for one in self.missing]
        return None if None in moments else min((one for one in moments if one), default=self.at)


def now(at: datetime | None = None, posts: Iterable[str] | None = None) -> Coverage:
    """How complete the figures are. `posts`: of these only. Six statements, however many posts there are."""
    at = at or datetime.now(UTC)
    known = set(Post.objects.filter(closed_at__isnull=True).exclude(border="none").values_list("code", flat=True))
    units = list(Unit.objects.filter(state__in=("active", "quarantined")))
    known |= {one.post for one in units}
    wanted = known if posts is None else known & set(posts)
    missing: dict[str, Missing] = {}
    for unit in units:
        found = _missing(unit, at)
        if found is None or unit.post not in wanted:
            continue
        before = missing.get(unit.post)
        if before is None or (before.until is not None and (found.until is None or found.until < before.until)):
            missing[unit.post] = found
    return Coverage(at, len(wanted), tuple(missing[post] for post in sorted(missing)), following.behind(), _astray())


def _astray() -> bool:
    """Looked at twice: an index that is written between two reads is no fault."""
    for _look in range(2):
        try:
            flushing.in_step(flushing.house())
        except Conflict:
            continue
        return False
    return True


def _missing(unit: Unit, at: datetime) -> Missing | None:
    waiting = status.waiting(unit.told, unit.received)
    if unit.seen_at is not None and waiting == 0 and at - unit.seen_at <= FRESH and unit.state == "active":
        return None
    until = unit.seen_at if waiting == 0 else unit.received_at
    return Missing(unit.post, until, waiting)


def ends(at: datetime | None = None, *, own: bool = True) -> date:
    """The day after the last whole day (UTC) that can be published: over, and told by every post, or some hours past its end.

    `own`: whether the posts of this installation are those that the facts are of.
    """
    at = (at or datetime.now(UTC)).astimezone(UTC)
    midnight = datetime.combine(at.date(), time(), UTC)
    if at - midnight >= timedelta(hours=whole("closed-after-hours")):
        return at.date()
    if own:
        found = now(at)
        until = found.until
        if until is not None and until >= midnight and not found.behind:
            return at.date()
    return at.date() - timedelta(days=1)


def reaching(found: Coverage, until: datetime | None) -> Coverage:
    """The same for figures that end at `until`: a post that reported beyond it is complete."""
    if until is None or until > found.at:
        return found
    left = tuple(one for one in found.missing if one.until is None or one.until < until)
    return replace(found, missing=left)


def notes(found: Coverage) -> tuple[str, ...]:
    """What goes below every figure, in the reader's language."""
    said = []
    if found.missing:
        said.append(
            ngettext(
                "%(reported)d of %(posts)d post has reported everything. The figures will rise when the others report.",
                "%(reported)d of %(posts)d posts have reported everything. The figures will rise when the others report.",
                found.posts,
            )
            % {"reported": found.reported, "posts": found.posts}
        )
        said.extend(_of_post(one) for one in found.missing)
    if found.behind:
        said.append(
            ngettext(
                "%(entries)d entry of the journal is not counted yet.",
                "%(entries)d entries of the journal are not counted yet.",
                found.behind,
            )
            % {"entries": found.behind}
        )
    if found.astray:
        said.append(
            _("The facts are not those of this journal: some may be missing or double until they are built again.")
        )
    return tuple(said)


def _of_post(one: Missing) -> str:
    place = standing.places().get(one.post)
    name = place.name if place else one.post
    if one.until is None:
        return _("%(post)s has never reported.") % {"post": name}
    return _("%(post)s has reported until %(moment)s.") % {"post": name, "moment": _moment(one.until)}


def _moment(at: datetime) -> str:
    return str(date_format(localtime(at), "j M Y, H:i"))
