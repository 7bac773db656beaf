"""A look at all series: signals begin, go on and end by themselves. The worker does it every hour, for the day before and the day so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from xenia.access.models import Authority
from xenia.errors import NotFound
from xenia.insight.watching import alarms, gathering, kinds, reporting, shares, tasks
from xenia.insight.watching.alarms import Judged, Rules
from xenia.insight.watching.gathering import INDICATORS
from xenia.insight.watching.models import LEVELS, KnownEvent, Month, RuleSet, Signal
from xenia.insight.watching.series import Segment, Table
from xenia.insight.watching.terms import whole
from xenia.journal import clock, data_keys
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.journal.node import node

PURPOSE = "statistics"
BASIS = "early warning from statistics without persons"
KEY = "signal"
MOST_REMOVED = 500
SCOPES = ("all", "post", "nationality", "both")


@dataclass(frozen=True)
class Look:
    """One look at one indicator on one day, with what each post's day lacked."""

    indicator: str
    day: date
    so_far: bool
    found: Sequence[Judged]
    posts: Sequence[str]
    missing: Sequence[str]
    event: str


def rules() -> Rules:
    """The rules in force: those that were set last, else those of `terms.json`."""
    row = RuleSet.objects.order_by("-set_at", "-id").first()
    if row is None:
        return alarms.defaults()
    return Rules(row.main, row.smoothing, row.limit, row.alpha, row.share, row.shares)


def begin() -> int:
    """A look at all indicators; how many signals began or ended. A chore. Units do not watch: their centre does."""
    return 0 if settings.XENIA_UNIT else step(clock.now())


def step(now: datetime) -> int:
    """Ask for what may have changed, judge the last closed day and the day so far, remove what is old."""
    where, changed = gathering.warehouse(), 0
    today = now.astimezone(UTC).date()
    closed = (now.astimezone(UTC) - timedelta(hours=whole("closed-after-hours"))).date() - timedelta(days=1)
    for indicator in INDICATORS.values():
        try:
            gathering.refresh(where, indicator, today, now, act(f"indicator:{indicator.name}"))
        except NotFound as problem:
            if problem.code == "no-warehouse":
                return 0
            raise
        for day, so_far in ((closed, False), (today, True)):
            changed += keep(look(indicator.name, day, so_far=so_far), now)
    for name in gathering.SHARES:
        changed += keep(look_at_shares(name, closed), now) if rules().shares else _end_all(name, now)
    return changed + _remove_old(now)


def act(reference: str) -> Act:
    """What the watch does by itself, for the authority at the root."""
    root = Authority.objects.filter(parent=None).order_by("code").values_list("code", flat=True).first() or ""
    return Act("system:watching", root, PURPOSE, BASIS, reference, node())


def prepared(indicator: str, day: date, only: Segment | None = None) -> tuple[Table, Table]:
    """The series up to a day, and the same without known events (before that day), which are no base."""
    table = gathering.table(indicator, day, only)
    events = list(KnownEvent.objects.filter(removed_at=None, first__lt=day))
    cleared = table.values.copy()
    for one in events:
        low, high = max(0, table.place(one.first)), min(table.days - 1, table.place(one.last) + 1)
        lines = [line for line, seg in enumerate(table.segments) if one.post in ("", seg.post) or not seg.post]
        if low < high:
            cleared[lines, low:high] = float("nan")
    return table, Table(table.first, table.segments, cleared)


def look(indicator: str, day: date, *, so_far: bool = False) -> Look:
    """Judge every series of an indicator on a day."""
    table, cleared = prepared(indicator, day)
    mask, missing = reporting.lacking(table, reporting.heard_until())
    if so_far:
        mask[:, -1] = False  # the day is not over: nobody can have reported it, and it may only ring
    found = alarms.judge(cleared, rules(), incomplete=mask, so_far=so_far) if table.segments else []
    away = () if so_far else missing.get(day, ())
    return Look(indicator, day, so_far, found, reporting.posts(table), away, _event(day))


def look_at_shares(indicator: str, day: date) -> Look:
    """Judge every share of an indicator on a closed day; of a day that is not over the early hours would be compared with whole days."""
    table, cleared = prepared(gathering.base_of(indicator), day)
    mask, missing = reporting.lacking(table, reporting.heard_until())
    found = shares.judge(cleared, rules(), incomplete=mask, moved=shares.total_moved(cleared, rules(), mask))
    return Look(indicator, day, False, found, reporting.posts(table), missing.get(day, ()), _event(day))


def _event(day: date) -> str:
    return events(day, day).get(day, "")


def events(first: date, last: date) -> dict[date, str]:
    """Days of known events with what they are; where several fall on a day, the one that began first."""
    found: dict[date, str] = {}
    for one in KnownEvent.objects.filter(removed_at=None, first__lte=last, last__gte=first).order_by("first", "id"):
        for after in range((one.last - one.first).days + 1):
            found.setdefault(one.first + timedelta(days=after), one.label)
    return found


def keep(seen: Look, now: datetime) -> int:
    """Write what began, went on or ended; how many began or ended."""
    running = {
        Segment(one.post, one.nationality): one
        for one in Signal.objects.filter(indicator=seen.indicator, closed_at=None)
    }
    changed = 0
    ringing = [one for one in seen.found if one.state in LEVELS]
    for one in sorted(ringing, key=lambda each: (SCOPES.index(each.segment.scope), -each.score)):
        known = running.get(one.segment)
        if known is not None:
            _go_on(known, one, seen)
        elif not _was_told(one, seen):
            running[one.segment] = _open(one, seen, running, now)
            changed += 1
    calm = {one.segment for one in seen.found if one.state == "usual"}
    for segment, known in list(running.items()):
        if segment in calm and not seen.so_far and known.last_on < seen.day:
            changed += _calm(known, seen.day, now)
    return changed


def _was_told(one: Judged, seen: Look) -> bool:
    """A day that rang and is over is not rung again when the same day is looked at once more."""
    return Signal.objects.filter(
        indicator=seen.indicator, post=one.segment.post, nationality=one.segment.nationality, last_on__gte=seen.day
    ).exists()


def _level(one: Judged, event: str) -> str:
    """On a known event one level less: it is more than usual, and somebody said beforehand why."""
    return LEVELS[max(0, LEVELS.index(one.state) - 1)] if event else one.state


def _figures(one: Judged, seen: Look) -> dict[str, object]:
    return {
        "peak": seen.day,
        "rule": one.rule,
        "agreed": list(one.agreed),
        "observed": one.observed,
        "expected": one.expected,
        "threshold": one.threshold,
        "score": one.score,
        "looked": sum(each.chance == each.chance for each in seen.found),
        "so_far": seen.so_far,
        "coverage": {"posts": len(seen.posts), "missing": list(seen.missing)},
        "event": seen.event,
    }


def _open(one: Judged, seen: Look, running: dict[Segment, Signal], now: datetime) -> Signal:
    level = _level(one, seen.event)
    wider = _wider(one, seen, running)
    made = Signal(
        indicator=seen.indicator,
        post=one.segment.post,
        nationality=one.segment.nationality,
        on=seen.day,
        last_on=seen.day,
        level=level,
        under=wider[0] if wider else None,
        opened_at=now,
        delete_on=now.date() + timedelta(days=whole("signal-kept-days")),
        **_figures(one, seen),
    )
    with writing():
        made.save(force_insert=True)
        body = {
            "signal": str(made.pk), "indicator": made.indicator, "post": made.post, "nationality": made.nationality,
            "on": seen.day.isoformat(), "level": level, "rule": one.rule,
        }  # fmt: skip
        append(kinds.RAISED, body, act(f"signal:{made.pk}"))
        if level != "watch" and made.under is None:
            tasks.raised(made, act(f"signal:{made.pk}"))
    return made


def _wider(one: Judged, seen: Look, running: dict[Segment, Signal]) -> list[Signal]:
    """Running signals that this is a part of. Of a share: what its own numbers rang, else the clearest share of its kind, since where
    one grows another shrinks."""
    if seen.indicator not in gathering.SHARES:
        return [other for segment, other in running.items() if segment.holds(one.segment) and other.level != "watch"]
    own = Signal.objects.filter(
        indicator=gathering.base_of(seen.indicator),
        post=one.segment.post,
        nationality=one.segment.nationality,
        closed_at=None,
    ).exclude(level="watch")
    kind = [
        other for segment, other in running.items() if segment.scope == one.segment.scope and other.level != "watch"
    ]
    return [*own, *(other for other in kind if other.under is None), *kind]


def _go_on(known: Signal, one: Judged, seen: Look) -> None:
    """It rings on: the highest score is kept with its day; what was only watched may become more."""
    values: dict[str, object] = {}
    if seen.day >= known.last_on:
        values = {"last_on": seen.day, "calm": 0, "calm_on": None}
    level = _level(one, seen.event)
    if one.score > known.score or (seen.day == known.peak and one.observed != known.observed):
        values |= _figures(one, seen)
    rises = LEVELS.index(level) > LEVELS.index(known.level)
    if rises:
        values["level"] = level
    if not values:
        return
    with writing():
        Signal.objects.filter(pk=known.pk).update(**values)
        known.refresh_from_db()
        if rises and known.under is None and not known.assessment:
            tasks.raised(known, act(f"signal:{known.pk}"))


def _calm(known: Signal, day: date, now: datetime) -> int:
    """One more day within the usual; after so many in a row the signal is over."""
    if known.calm_on is not None and known.calm_on >= day:
        return 0
    over = known.calm + 1 >= whole("calm-days")
    with translation.override(settings.LANGUAGE_CODE):
        note = _("Over by itself: within the usual for %(days)d days.") % {"days": known.calm + 1}
    with writing():
        Signal.objects.filter(pk=known.pk).update(calm=known.calm + 1, calm_on=day)
        if over:
            _over(known, now, note)
    known.refresh_from_db()
    return int(over)


def _over(known: Signal, now: datetime, note: str) -> None:
    """Inside `writing()`."""
    Signal.objects.filter(pk=known.pk).update(closed_at=now)
    append(kinds.CLOSED, {"signal": str(known.pk)}, act(f"signal:{known.pk}"))
    tasks.settled(known, tasks.OVER, act(f"signal:{known.pk}"), note)


def _end_all(indicator: str, now: datetime) -> int:
    """The rules no longer watch this: what rings ends, since nobody looks whether it goes on. How many ended."""
    running = list(Signal.objects.filter(indicator=indicator, closed_at=None))
    if running:
        with translation.override(settings.LANGUAGE_CODE):
            note = _("The rules no longer watch this.")
        with writing():
            for known in running:
                _over(known, now, note)
    return len(running)


def _remove_old(now: datetime) -> int:
    before = now.date() - timedelta(days=31 * whole("months-kept"))
    if Month.objects.filter(first__lt=before).exists():
        with writing():
            Month.objects.filter(first__lt=before).delete()
    over = Signal.objects.filter(delete_on__lte=now.date()).exclude(closed_at=None)
    gone = list(over.values_list("pk", flat=True)[:MOST_REMOVED])
    if not gone:
        return 0
    with writing():
        Signal.objects.filter(pk__in=gone).delete()
        data_keys.destroy(gone, KEY)
        append(kinds.REMOVED, {"signals": [str(one) for one in gone]}, act("signals"))
    return len(gone)
