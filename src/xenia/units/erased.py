"""At a centre: whether persons who were erased from lists are gone at the units too, by what the units themselves say that they hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from xenia.journal import entries
from xenia.journal.models import Entry
from xenia.journal.node import node
from xenia.registers.lists import at_units, kinds
from xenia.registers.lists.models import KeyedList, ListSource
from xenia.units import holding
from xenia.units.models import Unit

LOOKED_BACK: Final = timedelta(days=90)
MOST: Final = 50
COMMITTED: Final = timedelta(seconds=2)
"""What a unit was told so shortly after an erasure may have been gathered before its commit; it is counted with the next word."""
HOLDING: Final = ("active", "quarantined")
"""States of units that may have lists on their disks. A revoked one is out of reach: it says nothing any more."""


@dataclass(frozen=True)
class Waiting:
    """A unit that has not said yet that it holds something newer. `holds_of`: how old the oldest is of what it holds; None: never said."""

    unit: Unit
    holds_of: datetime | None


@dataclass(frozen=True)
class Erased:
    """Records taken out of a list. `units`: how many hold the list, `gone`: at how many of these the records are gone."""

    source: str
    name: str
    records: int
    at: datetime
    units: int
    gone: int
    waiting: tuple[Waiting, ...]


def look(now: datetime) -> list[Erased]:
    """Erasures from lists of the last ninety days, the newest first, at most fifty."""
    rows = list(
        Entry.objects.filter(kind=kinds.RECORDS_ERASED, node=node(), recorded_at__gte=now - LOOKED_BACK).order_by(
            "-recorded_at"
        )[:MOST]
    )
    said = entries.bodies(rows)
    sources = {one.code: one for one in ListSource.objects.all()}
    keyed = {one.source_id: one for one in KeyedList.objects.all()}
    units = list(Unit.objects.filter(state__in=HOLDING).order_by("name"))
    known = [(row, said[row.id]) for row in rows if row.id in said and said[row.id]["source"] in sources]
    return [_judged(row, body, sources[body["source"]], keyed.get(body["source"]), units) for row, body in known]


def _judged(row: Entry, body: dict[str, Any], source: ListSource, keyed: KeyedList | None, units: list[Unit]) -> Erased:
    waiting, count = [], 0
    for unit in units:
        held = holding.held_by(unit)(source)
        if held == at_units.NOTHING:
            continue
        count += 1
        offered_at = row.recorded_at if held == at_units.WHOLE else _offered_at(keyed, int(body["number"]))
        has = holds_of(unit)
        if has is None or offered_at is None or has <= offered_at + COMMITTED:
            waiting.append(Waiting(unit, has))
    records = int(body["counts"].get("removed", 0))
    return Erased(source.code, source.name, records, row.recorded_at, count, count - len(waiting), tuple(waiting))


def _offered_at(keyed: KeyedList | None, number: int) -> datetime | None:
    """When the file of keys without them was there; where a newer one is, when that was: never too early."""
    return keyed.since if keyed is not None and keyed.number >= number else None


def holds_of(unit: Unit) -> datetime | None:
    """The centre's time at which everything that the unit holds was the newest; None where it never said."""
    said = unit.told.get("held")
    return datetime.fromtimestamp(said, UTC) if isinstance(said, int) and 0 < said < 1 << 33 else None
