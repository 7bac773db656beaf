"""What people do about signals, and the rules they set. With `looking` the only writer of the watch's tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotFound
from xenia.formats import tables
from xenia.insight.watching import gathering, kinds, looking, tasks
from xenia.insight.watching.alarms import MAIN, Rules
from xenia.insight.watching.models import ASSESSMENTS, KnownEvent, RuleSet, Signal
from xenia.insight.watching.proposing import Proposal
from xenia.journal import clock, data_keys
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.journal.ids import uuid7

PERMISSION = "insight.watch"
NOTE_LIMIT = 2000
BOUNDS = {"smoothing": (0.05, 1.0), "limit": (2.0, 6.0), "alpha": (0.0001, 0.05), "share": (0.001, 0.2)}
LONGEST_EVENT = 60
MOST_EXPORTED = 10_000


def find(signal_id: UUID) -> Signal:
    """A signal. Raises `NotFound` (`no-signal`)."""
    found = Signal.objects.filter(pk=signal_id).first()
    if found is None:
        raise NotFound(_("There is no such signal."), _("Go back to the list."), code="no-signal")
    return found


def acknowledge(here: Standing, signal_id: UUID) -> Signal:
    """Somebody has seen it: others need not. The work item is answered. Raises `Conflict` (`signal-changed`)."""
    policy.require(here, PERMISSION)
    signal = find(signal_id)
    act = _act(here, signal)
    with writing():
        done = Signal.objects.filter(pk=signal.pk, acknowledged_at=None).update(
            acknowledged_by=here.account, acknowledged_at=clock.now()
        )
        _changed(done)
        append(kinds.ACKNOWLEDGED, {"signal": str(signal.pk)}, act)
        tasks.settled(signal, tasks.TAKEN, act)
    return find(signal_id)


def assess(here: Standing, signal_id: UUID, assessment: str, note: str = "") -> Signal:
    """What it was: `real`, `data-error` or `known-event`, with a note of up to 2,000 characters, which is sealed.

    Raises `BadInput` (`bad-assessment`, `note-too-long`).
    """
    policy.require(here, PERMISSION)
    signal = find(signal_id)
    act = _act(here, signal)
    with writing():
        write_assessment(signal, assessment, note, here, act)
        tasks.settled(signal, assessment, act)
    return find(signal_id)


def write_assessment(signal: Signal, assessment: str, note: str, here: Standing, act: Act) -> None:
    """As `assess`, inside `writing()`, without answering the work item. Raises `BadInput` (`bad-assessment`, `note-too-long`)."""
    policy.require(here, PERMISSION)
    plain = note.strip()
    if assessment not in ASSESSMENTS:
        raise BadInput(_("Choose what it was."), code="bad-assessment")
    if len(plain) > NOTE_LIMIT:
        words = _("Use at most %(most)d characters.") % {"most": NOTE_LIMIT}
        raise BadInput(_("The note is too long."), words, code="note-too-long")
    now = clock.now()
    values: dict[str, object] = {"assessment": assessment, "assessed_by": here.account, "assessed_at": now}
    values["note"] = data_keys.seal(signal.pk, looking.KEY, plain.encode()) if plain else None
    if signal.acknowledged_at is None:
        values |= {"acknowledged_by": here.account, "acknowledged_at": now}
    Signal.objects.filter(pk=signal.pk).update(**values)
    body = {"signal": str(signal.pk), "assessment": assessment, "note": plain}
    append(kinds.ASSESSED, body, act, subjects=[signal.pk], sealed_for=(signal.pk, looking.KEY))


def take_back(here: Standing, signal_id: UUID) -> Signal:
    """The assessment is taken back, or where there is none the acknowledgement; while it rings it waits again.

    Raises `Conflict` (`signal-changed`) where there is nothing to take back.
    """
    policy.require(here, PERMISSION)
    signal = find(signal_id)
    act = _act(here, signal)
    what = "assessment" if signal.assessment else "acknowledgement"
    values: dict[str, object] = {"assessment": "", "assessed_by": None, "assessed_at": None, "note": None}
    if what == "acknowledgement":
        values = {"acknowledged_by": None, "acknowledged_at": None}
    with writing():
        rows = Signal.objects.filter(pk=signal.pk, assessment=signal.assessment).exclude(acknowledged_at=None)
        _changed(rows.update(**values))
        append(kinds.TAKEN_BACK, {"signal": str(signal.pk), "what": what}, act)
        if what == "acknowledgement" and signal.closed_at is None and signal.level != "watch" and signal.under is None:
            tasks.raised(signal, act)
    return find(signal_id)


def _changed(count: int) -> None:
    if not count:
        raise Conflict(_("This signal was changed meanwhile."), _("Look at it as it is now."), code="signal-changed")


def _act(here: Standing, signal: Signal) -> Act:
    return here.act(looking.PURPOSE, f"signal:{signal.pk}")


def note_of(signal: Signal) -> str:
    """The note to a signal, "" if there is none."""
    if not signal.note:
        return ""
    found = data_keys.unseal_many([(signal.pk, looking.KEY, bytes(signal.note))])[0]
    return found.decode() if found is not None else ""


def set_rules(here: Standing, wanted: Rules, reason: str) -> RuleSet:
    """From now on these hold. Raises `BadInput` (`bad-watch-rules`, `reason-missing`)."""
    policy.require(here, PERMISSION)
    if wanted.main not in MAIN:
        raise BadInput(_("Choose a rule."), code="bad-watch-rules")
    for name, (low, high) in BOUNDS.items():
        if not low <= getattr(wanted, name) <= high:
            words = _("Use a number from %(low)s to %(high)s.") % {"low": low, "high": high}
            raise BadInput(words, name, code="bad-watch-rules")
    if not reason.strip():
        raise BadInput(_("Say why the rules change."), code="reason-missing")
    fields = {"main": wanted.main, **{name: getattr(wanted, name) for name in BOUNDS}, "shares": wanted.shares}
    made = RuleSet(id=uuid7(), reason=reason.strip()[:500], set_by=here.account, set_at=clock.now(), **fields)
    with writing():
        made.save(force_insert=True)
        body = {name: str(value) for name, value in fields.items()} | {"reason": made.reason}
        append(kinds.RULES_SET, body, here.act(looking.PURPOSE, "watch:rules"))
    return made


def add_event(here: Standing, first: date, last: date, label: str, post: str = "") -> KnownEvent:
    """Days that are no ordinary ones, at one post or everywhere. Raises `BadInput` (`bad-event`)."""
    policy.require(here, PERMISSION)
    if not label.strip() or len(label) > 100:
        raise BadInput(_("Say in at most 100 characters what it is."), code="bad-event")
    if not 0 <= (last - first).days < LONGEST_EVENT:
        words = _("It lasts from one to %(most)d days.") % {"most": LONGEST_EVENT}
        raise BadInput(words, code="bad-event")
    made = KnownEvent(
        id=uuid7(), first=first, last=last, label=label.strip(), post=post, set_by=here.account, set_at=clock.now()
    )
    with writing():
        made.save(force_insert=True)
        body = {
            "event": str(made.pk), "first": first.isoformat(), "last": last.isoformat(), "label": made.label, "post": post,
        }  # fmt: skip
        append(kinds.EVENT_SET, body, here.act(looking.PURPOSE, "watch:events"))
    return made


def note_holidays(here: Standing, wanted: Sequence[Proposal]) -> int:
    """Proposed days that somebody said yes to become known events; how many. Raises as `add_event`."""
    policy.require(here, PERMISSION)
    for one in wanted:
        add_event(here, one.first, one.last, one.label)
    return len(wanted)


def remove_event(here: Standing, event_id: UUID) -> None:
    """The days are ordinary ones again. Raises `NotFound` (`no-event`)."""
    policy.require(here, PERMISSION)
    with writing():
        if not KnownEvent.objects.filter(pk=event_id, removed_at=None).update(removed_at=clock.now()):
            raise NotFound(_("There is no such event."), _("Go back to the list."), code="no-event")
        append(kinds.EVENT_REMOVED, {"event": str(event_id)}, here.act(looking.PURPOSE, "watch:events"))


def _figures(one: Signal) -> list[float]:
    """What came, what is usual, from which it rings: counts, or for shares percent with one decimal."""
    digits = 1 if one.indicator in gathering.SHARES else None
    return [round(number, digits) for number in (one.observed, one.expected, one.threshold)]


def taken(here: Standing, rows: Sequence[Signal]) -> None:
    """The journal is told which signals somebody took as a file or by a program."""
    body = {"signals": len(rows), "newest": str(rows[0].pk) if rows else ""}
    with writing():
        append(kinds.EXPORTED, body, here.act(looking.PURPOSE, "watch:signals"))


def export(here: Standing, rows: Sequence[Signal]) -> bytes:
    """Signals as CSV with their released figures, without notes; the journal is told which."""
    policy.require(here, "insight.read")
    heading = [
        "indicator", "post", "nationality", "level", "first_day", "last_day", "peak_day", "rule", "observed", "expected",
        "threshold", "score", "series", "posts", "posts_missing", "event", "closed_at", "assessment",
    ]  # fmt: skip
    lines = [
        [
            one.indicator, one.post, one.nationality, one.level, one.on.isoformat(), one.last_on.isoformat(),
            one.peak.isoformat(), one.rule, *_figures(one),
            round(one.score, 2), one.looked, one.coverage.get("posts", 0), len(one.coverage.get("missing", [])), one.event,
            one.closed_at.isoformat() if one.closed_at else "", one.assessment,
        ]
        for one in rows
    ]  # fmt: skip
    taken(here, rows)
    return tables.csv_bytes(heading, lines)
