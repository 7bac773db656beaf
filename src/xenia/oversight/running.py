"""The retention run: what is past its time is listed, then deleted in short transactions, each with its proof.

Two kinds of work. Records carry their own deletion day; a subject goes, with all that any room holds about it, when no
room keeps it longer. Entries of classes that count from the entry itself (reads) lose their bodies when their period is over.
Interrupted at any moment, the next run does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, islice
from typing import Any
from uuid import UUID

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.journal import actions as journal
from xenia.journal import erasing, forgetting, kinds
from xenia.journal.act import Act
from xenia.journal.forgetting import Due
from xenia.journal.models import Entry, Head
from xenia.oversight import cleaning, periods, retention
from xenia.oversight import kinds as own
from xenia.oversight.retention import Rule

PURPOSE = "oversight"
AT_ONCE = 100
ENTRIES_AT_ONCE = 500
MOST_AT_A_PASS = 100_000
AHEAD = timedelta(days=30)


@dataclass
class Run:
    """What a run found and did. By class: subjects and entries deleted (or due, on a dry run), and those on the warning list."""

    on: date
    dry_run: bool
    subjects: dict[str, int] = field(default_factory=dict)
    entries: dict[str, int] = field(default_factory=dict)
    warned: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Counts only."""
        return {
            "on": self.on.isoformat(), "dry_run": self.dry_run, "subjects": self.subjects, "entries": self.entries,
            "warned": self.warned, "counts": self.counts,
        }  # fmt: skip


def run(
    standing: Standing, *, dry_run: bool, now: datetime | None = None, clock_checked: bool = False,
    say: Callable[[str], None] = lambda text: None,
) -> Run:  # fmt: skip
    """Delete what is past its time, or only count it. Raises `Conflict` where the clock cannot be right."""
    policy.require(standing, "retention.run")
    moment = now or datetime.now(UTC)
    retention.guard_clock(moment, newest(), checked=clock_checked)
    rules = periods.in_force(moment.date())
    done = Run(moment.date(), dry_run, warned=warned(moment.date(), rules))
    act = standing.act(PURPOSE, f"retention:{moment.date().isoformat()}")
    say(f"{sum(done.warned.values()):,} subjects and entries follow within their warning time.")
    _subjects(done, rules, act, say)
    _entries(done, rules, act)
    if not dry_run:
        with journal.writing():
            journal.append(own.RUN, done.to_json(), act)
        cleaning.clean()
    return done


def newest() -> list[datetime]:
    """The times of the newest entry and the newest signed head, as far as there are any."""
    entry = Entry.objects.order_by("-id").values_list("recorded_at", flat=True).first()
    head = Head.objects.order_by("-signed_at").values_list("signed_at", flat=True).first()
    return [at for at in (entry, head) if at is not None]


def due_subjects(on: date) -> Iterator[list[Due]]:
    """Subjects past their day, a hundred at a time, without those that another room keeps longer."""
    rooms = forgetting.retained()
    for room in rooms:
        for batch in _batches(list(islice(room.due(on), MOST_AT_A_PASS)), AT_ONCE):
            subjects = [one.subject for one in batch]
            kept: set[UUID] = set().union(*(other.kept(subjects, on) for other in rooms if other.room != room.room))
            yield [one for one in batch if one.subject not in kept]


def _closed(rules: Mapping[str, Rule], on: date) -> Iterator[list[Due]]:
    """Subjects whose record was ended so long ago that its history goes too. Those that a room keeps stay: there is a newer record."""
    for name, rule in rules.items():
        if rule.counts_from != "closing":
            continue
        ended = Entry.objects.filter(kind__in=rule.closed_by, occurred_at__lt=_end_of(rule.over(on))).order_by("id")
        found = ended.filter(about__subject__isnull=False).values_list("about__subject", "occurred_at")[:MOST_AT_A_PASS]
        for batch in _batches(list(dict(found).items()), AT_ONCE):
            subjects = [subject for subject, _ in batch]
            kept: set[UUID] = set().union(*(room.kept(subjects, on) for room in forgetting.retained()))
            yield [
                Due(subject, "journal", name, rule.period.after(at.date()))
                for subject, at in batch
                if subject not in kept
            ]


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def _subjects(done: Run, rules: Mapping[str, Rule], act: Act, say: Callable[[str], None]) -> None:
    """Pass after pass until one finds nothing more: a room may name its due subjects a part at a time."""
    seen: set[UUID] = set()
    more = True
    while more:
        more = False
        for batch in chain(due_subjects(done.on), _closed(rules, done.on)):
            fresh = [one for one in batch if one.subject not in seen]
            seen.update(one.subject for one in fresh)
            if not fresh:
                continue
            if not done.dry_run:
                _erase(fresh, act, done.counts)
                more = True
            for one in fresh:
                done.subjects[one.retention_class] = done.subjects.get(one.retention_class, 0) + 1
            if len(seen) % 1000 < len(fresh):
                say(f"{len(seen):,} subjects ...")


def _erase(batch: Sequence[Due], act: Act, counts: dict[str, int]) -> None:
    with journal.writing():
        for part in forgetting.parts():
            for table, count in part.erase([one.subject for one in batch], act).items():
                counts[table] = counts.get(table, 0) + count


def _entries(done: Run, rules: Mapping[str, Rule], act: Act) -> None:
    for name, rule in rules.items():
        if rule.counts_from != "entry":
            continue
        for ids in _batches(_over(name, rule.over(done.on)), ENTRIES_AT_ONCE):
            if not done.dry_run:
                with journal.writing():
                    for table, count in erasing.erase_bodies(
                        act, entry_ids=ids, kind=kinds.RETENTION_ERASED.name
                    ).items():
                        done.counts[table] = done.counts.get(table, 0) + count
            done.entries[name] = done.entries.get(name, 0) + len(ids)


def _over(retention_class: str, last_day: date) -> Iterator[UUID]:
    """Entries of the class that happened on that day (UTC) or earlier and still have their bodies, in order of id.

    Read page by page, so that no cursor stays open over the transactions that erase.
    """
    end = _end_of(last_day)
    after = UUID(int=0)
    while True:
        rows = Entry.objects.filter(
            retention_class=retention_class, occurred_at__lt=end, body__isnull=False, id__gt=after
        )
        page = list(rows.order_by("id").values_list("id", flat=True)[:ENTRIES_AT_ONCE])
        if not page:
            return
        yield from page
        after = page[-1]


def warned(on: date, rules: Mapping[str, Rule]) -> dict[str, int]:
    """How many subjects and entries, by class, are not yet due but will be within the warning time of their class."""
    counts: dict[str, int] = {}
    furthest = max((rule.warn.after(on) for rule in rules.values()), default=on + AHEAD)
    for room in forgetting.retained():
        for one in room.due(furthest):
            limit = rules[one.retention_class].warn.after(on) if one.retention_class in rules else on + AHEAD
            if on < one.delete_on <= limit:
                counts[one.retention_class] = counts.get(one.retention_class, 0) + 1
    for name, rule in rules.items():
        if rule.counts_from == "entry":
            coming = sum(1 for _ in _over(name, rule.warned(on))) - sum(1 for _ in _over(name, rule.over(on)))
            counts |= {name: counts.get(name, 0) + coming} if coming else {}
    return counts


def _batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch
