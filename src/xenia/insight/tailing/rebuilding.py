"""The facts of this journal deleted and made again from it, and the end of a year's secret."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final

from xenia.errors import Conflict
from xenia.insight import own_secrets, warehouse
from xenia.insight.making import persons
from xenia.insight.tailing import changing, closing, flushing, following, kinds
from xenia.insight.tailing.models import Change, Count, Mark, Waiting
from xenia.insight.warehouse import File, Tail, Warehouse
from xenia.journal.act import Act
from xenia.journal.actions import append, writing

FLUSH_AT: Final = 50_000


@dataclass(frozen=True)
class Rebuilt:
    """How far the journal was followed, and how many facts its files hold."""

    position: int
    rows: int


def rebuild(act: Act, say: Callable[[str], None] = lambda text: None, now: datetime | None = None) -> Rebuilt:
    """Delete what follows from the journal and make it again. What came from elsewhere, or was kept of what was erased, stays.

    Facts of years whose secret is gone stay as they are: nobody could make their pseudonyms again. Raises as `flushing.flush`.
    """
    at, where = now or datetime.now(UTC), flushing.house()
    sound = closing.all_sound(where)
    _applied(where, at)
    with where.alone():
        tail = where.tail()
        kept = [one for one in where.known() if not one.made_here]
        kept += _of_years_without_secret(where, tail, at)
        with writing():
            following.locked()
            Waiting.objects.filter(kept=False).delete()
            Count.objects.all().delete()
            Mark.objects.filter(pk=1).update(position=0, flushed=0)
        where.swap(kept, Tail(number=tail.number + 1))
        flushing.swept(where)
    done = 0
    while moved := following.step(now=at):
        done += moved
        if Waiting.objects.count() >= FLUSH_AT:
            flushing.flush(at, at_once=True)
        if done % 100_000 < moved:
            say(f"{done:,} entries followed ...")
    while flushing.flush(at, at_once=True):
        pass
    while changing.apply(at):
        pass
    closing.restate(sound, "rebuilt", at)
    found = Rebuilt(following.mark().position, sum(one.rows for one in where.known()))
    with writing():
        append(kinds.REBUILT, {"position": found.position, "rows": found.rows}, act)
    return found


def _applied(where: Warehouse, at: datetime) -> None:
    """What must come out of the files comes out first, where files and journal belong together; else it is looked for after."""
    try:
        with where.alone():
            flushing.in_step(where)
    except Conflict:
        Change.objects.filter(forget=False).delete()
        return
    while changing.apply(at):
        pass


def _of_years_without_secret(where: Warehouse, tail: Tail, at: datetime) -> list[File]:
    years = sorted(own_secrets.ended())
    if not years:
        return []
    found = []
    files = [one for one in where.known() if one.made_here]
    for fact in sorted({one.fact for one in files}):
        paths = [where.place(fact, one.name) for one in files if one.fact == fact]
        select = (
            f"SELECT * FROM read_parquet({warehouse.named(paths)}, union_by_name = true)"
            f" WHERE year(hour) IN ({', '.join(str(year) for year in years)})"
        )
        stem = f"k-{at.strftime(flushing.HOUR)}-{0:012}-{0:012}-{tail.number + 1}"
        made = flushing.file_of(where, fact, stem, at, select=select)
        if made.rows:
            found.append(replace(made, kept=True))
    return found


def destroy_secrets(act: Act, today: date, now: datetime | None = None) -> Sequence[int]:
    """Destroy the secrets of years that have been over for `persons.KEPT_MONTHS`; which. All facts are in files before."""
    years = persons.over(today)
    if years:
        while flushing.flush(now, at_once=True):
            pass
    for year in years:
        position = following.mark().position
        with writing():
            own_secrets.destroy(year, position)
            append(kinds.KEY_DESTROYED, {"year": year, "position": position}, act)
    return years
