"""Saving, sharing, scheduling and putting away questions; each is written into the journal. The only writer of `Saved`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from xenia.access.standing import Standing
from xenia.errors import BadInput, NotAllowed, NotFound
from xenia.insight import report_kinds
from xenia.insight.actions import PURPOSE
from xenia.insight.address import Address
from xenia.insight.saved import rules
from xenia.insight.saved.models import Saved
from xenia.journal.actions import append, writing

MOST_OWN = 200
LONGEST_TITLE = 120


@dataclass(frozen=True)
class Wish:
    """How a question is kept. `every`: "" or one of `rules.EVERY`; `day`, `hour` as in the model."""

    title: str
    shared: bool = False
    every: str = ""
    day: int = 1
    hour: int = 6


def seen_by(here: Standing, gone: bool = False) -> QuerySet[Saved]:
    """The questions that a standing may see: its own, and those shared in its office."""
    mine = Q(owner=here.account) | Q(authority=here.authority, shared=True)
    return Saved.objects.filter(mine, gone_at__isnull=not gone)


def get(here: Standing, which: UUID, gone: bool = False) -> Saved:
    """One that it may see. Raises `NotFound` (`no-saved-question`)."""
    found = seen_by(here, gone).filter(pk=which).first()
    if found is None:
        raise NotFound("There is no such saved question.", "Load the list again.", code="no-saved-question")
    return found


def save(here: Standing, given: Address, wish: Wish, now: datetime | None = None) -> Saved:
    """Keep a question. Raises `BadInput`: `title-missing`, `exact-not-saved`, `bad-schedule`, `too-many-saved`, and as asking does."""
    at = now or datetime.now(UTC)
    _check(given, wish, at)
    if Saved.objects.filter(owner=here.account, gone_at=None).count() >= MOST_OWN:
        raise BadInput(
            _("You keep %(most)d questions already.") % {"most": MOST_OWN},
            _("Put some away that nobody needs."),
            code="too-many-saved",
        )
    made = Saved(owner=here.account, authority=here.authority, saved_at=at)
    return _written(here, made, given, wish, at, "saved")


def change(here: Standing, which: UUID, given: Address | None, wish: Wish, now: datetime | None = None) -> Saved:
    """Change one's own; the question stays where `given` is None. Raises as `save`, and `NotAllowed` (`not-yours`)."""
    from xenia.insight.address import from_told

    at, kept = now or datetime.now(UTC), own(here, which)
    asked = given or from_told(kept.question)
    _check(asked, wish, at)
    return _written(here, kept, asked, wish, at, "changed")


def copy(here: Standing, which: UUID, title: str, now: datetime | None = None) -> Saved:
    """One's own copy of a question that one sees; not shared, not scheduled."""
    from xenia.insight.address import from_told

    kept = get(here, which)
    return save(here, from_told(kept.question), Wish(title[:LONGEST_TITLE]), now)


def put_away(here: Standing, which: UUID, now: datetime | None = None) -> Saved:
    """Put one's own away; `bring_back` undoes it. Its reports stay until the list is cleaned."""
    kept = own(here, which)
    kept.gone_at, kept.due_at = now or datetime.now(UTC), None
    return _told(here, kept, "put-away")


def bring_back(here: Standing, which: UUID, now: datetime | None = None) -> Saved:
    """Undo `put_away`: it is made again from its next hour on."""
    kept = own(here, which, gone=True)
    kept.gone_at, kept.due_at = (
        None,
        _due(Wish(kept.title, kept.shared, kept.every, kept.day, kept.hour), kept.zone, now),
    )
    return _told(here, kept, "brought-back")


def own(here: Standing, which: UUID, gone: bool = False) -> Saved:
    """One's own. Raises `NotFound` (`no-saved-question`) and `NotAllowed` (`not-yours`)."""
    kept = get(here, which, gone)
    if kept.owner != here.account:
        raise NotAllowed("This question is somebody else's.", "Copy it and change the copy.", code="not-yours")
    return kept


def _check(given: Address, wish: Wish, now: datetime) -> None:
    given.question(now.date())  # that it can be asked at all
    if not wish.title.strip():
        raise BadInput("A saved question needs a title.", "Say what it shows.", code="title-missing")
    if given.grade == "exact":
        raise BadInput(
            "Exact counts need a reason each time.",
            "Save the question with a protection and choose exact when you ask.",
            code="exact-not-saved",
        )
    most = {"": 31, rules.DAILY: 31, rules.WEEKLY: 7, rules.MONTHLY: rules.LAST_DAY_OF_ALL_MONTHS}
    if wish.every not in most or not 1 <= wish.day <= most[wish.every] or not 0 <= wish.hour <= 23:
        raise BadInput(
            "This is no time for a report.", "Weekdays are 1 to 7, days of a month 1 to 28.", code="bad-schedule"
        )


def _due(wish: Wish, zone: str, now: datetime | None) -> datetime | None:
    at = now or datetime.now(UTC)
    return rules.next_due(wish.every, wish.day, wish.hour, zone, at) if wish.every else None


def _written(here: Standing, kept: Saved, given: Address, wish: Wish, at: datetime, what: str) -> Saved:
    kept.title, kept.shared, kept.question = wish.title.strip()[:LONGEST_TITLE], wish.shared, given.told()
    kept.every, kept.day, kept.hour, kept.zone = wish.every, wish.day, wish.hour, here.zone
    kept.due_at, kept.changed_at = _due(wish, here.zone, at), at
    return _told(here, kept, what)


def _told(here: Standing, kept: Saved, what: str) -> Saved:
    body: dict[str, Any] = {
        "saved": str(kept.pk), "what": what, "title": kept.title, "question": kept.question, "shared": kept.shared,
        "every": kept.every,
    }  # fmt: skip
    with writing():
        kept.save()
        append(report_kinds.SAVED, body, here.act(PURPOSE, f"question:{kept.pk}"))
    return kept
