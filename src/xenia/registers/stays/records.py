"""Stays of one person as rows: loaded, paired anew with a crossing more or less, and written where they changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from xenia.journal.ids import uuid7
from xenia.registers.stays import retention
from xenia.registers.stays.models import StayFile, StayRecord
from xenia.registers.stays.pairing import Event, Pair, is_counted, pairs
from xenia.registers.stays.rules import Stay

BACK = timedelta(days=200)
"""Further back no stay matters to a crossing of today: longer than any window of the short-stay rule."""
FIELDS = (
    "file_id", "exit_file", "state", "basis", "begins_at", "entry_crossing", "entry_at", "entry_on", "entry_zone", "entry_post", "exit_crossing",
    "exit_at", "exit_on", "exit_zone", "exit_post", "visa_key", "visa_until", "visa_days", "authorised_until", "overstay",
    "delete_on",
)  # fmt: skip


@dataclass
class Change:
    """Rows as they shall be, and which of them are new, changed or gone."""

    rows: list[StayRecord]
    added: list[StayRecord] = field(default_factory=list)
    changed: list[StayRecord] = field(default_factory=list)
    gone: list[UUID] = field(default_factory=list)

    def of(self, crossing: UUID) -> StayRecord:
        """The stay that this crossing is part of."""
        return next(row for row in self.rows if crossing in (row.entry_crossing, row.exit_crossing))

    def write(self) -> None:
        """Write what is new, changed or gone. Inside `journal.writing()`."""
        if self.gone:
            StayRecord.objects.filter(id__in=self.gone).delete()
        for row in self.changed:
            row.save(force_update=True)
        for row in self.added:
            row.save(force_insert=True)


def load(person: UUID, on: date | None = None) -> list[StayRecord]:
    """The stays of a person, oldest first; with `on`, those that matter to a crossing of that day or later."""
    rows = StayRecord.objects.filter(file__person_id=person)
    if on is not None:
        rows = rows.filter(Q(exit_on__isnull=True) | Q(exit_on__gte=on - BACK) | Q(state="missing-exit"))
    return list(rows.order_by("begins_at"))


def stays(rows: Iterable[StayRecord]) -> list[Stay]:
    """The same as the short-stay rule takes them."""
    return [Stay(row.entry_on, row.exit_on, is_counted(row.basis)) for row in rows]


def events(row: StayRecord) -> list[Event]:
    """The crossings that a row is made of; none of a stay that two persons corrected."""
    if row.state == "corrected":
        return []
    found = []
    if row.entry_crossing and row.entry_at:
        found.append(
            Event(
                "entry", row.entry_crossing, row.entry_at, row.entry_on, row.entry_zone, row.entry_post, row.basis, row.id,
                row.file_id, row.visa_key, row.visa_until, row.visa_days, row.authorised_until,
            )
        )  # fmt: skip
    if row.exit_crossing and row.exit_at and row.exit_on:
        found.append(
            Event(
                "exit", row.exit_crossing, row.exit_at, row.exit_on, row.exit_zone, row.exit_post,
                row.basis if not row.entry_crossing else "", row.id, row.exit_file or row.file_id,
            )
        )  # fmt: skip
    return found


def paired(
    rows: Sequence[StayRecord],
    file: StayFile,
    add: Sequence[Event] = (),
    without: UUID | None = None,
    apart: Collection[UUID] = (),
) -> Change:
    """The stays with these crossings more, and without that one. Writes nothing.

    `file`: of stays that are new. `apart`: files whose crossings are not of the same person as the others.
    """
    all_events = [event for row in rows for event in events(row) if event.crossing != without] + list(add)
    made = pairs(one for one in all_events if one.file not in apart) + pairs(e for e in all_events if e.file in apart)
    by_id = {row.id: row for row in rows}
    taken = {pair.entry.stay for pair in made if pair.entry and pair.entry.stay}
    change = Change([row for row in rows if row.state == "corrected" and without not in _crossings(row)])
    for pair in made:
        known = _row_of(pair, by_id, taken)
        row = known or StayRecord(id=uuid7())
        before = _values(row) if known else None
        row.file_id = pair.begins.file or file.id
        fill(row, pair)
        change.rows.append(row)
        if before is None:
            change.added.append(row)
        elif before != _values(row):
            change.changed.append(row)
    left = {row.id for row in change.rows}
    change.gone = [row.id for row in rows if row.id not in left]
    return change


def _crossings(row: StayRecord) -> tuple[UUID, ...]:
    return tuple(one for one in (row.entry_crossing, row.exit_crossing) if one)


def _row_of(pair: Pair, rows: dict[UUID, StayRecord], taken: set[UUID]) -> StayRecord | None:
    if pair.entry and pair.entry.stay:
        return rows[pair.entry.stay]
    if pair.exit and pair.exit.stay and pair.exit.stay not in taken:
        return rows[pair.exit.stay]
    return None


def _values(row: StayRecord) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in FIELDS)


def fill(row: StayRecord, pair: Pair) -> None:
    """Bring the row to what its crossings tell."""
    entry, end, first = pair.entry, pair.exit, pair.begins
    row.state, row.basis, row.begins_at = pair.state, first.basis, first.at
    row.entry_crossing = entry.crossing if entry else None
    row.entry_at = entry.at if entry else None
    row.entry_on = pair.entry_on
    row.entry_zone, row.entry_post = (entry.zone, entry.post) if entry else ("", "")
    row.exit_crossing = end.crossing if end else None
    row.exit_file = end.file if end else None
    row.exit_at = end.at if end else None
    row.exit_on = pair.exit_on
    row.exit_zone, row.exit_post = (end.zone, end.post) if end else ("", "")
    row.visa_key = entry.visa_key if entry else None
    row.visa_until = entry.visa_until if entry else None
    row.visa_days = entry.visa_days if entry else None
    row.authorised_until = entry.authorised_until if entry else None
    row.overstay = pair.overstay or (pair.state == "open" and row.overstay)
    row.delete_on = retention.record_until(row.state, row.entry_on, row.exit_on, row.authorised_until)
