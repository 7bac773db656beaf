"""What waits goes into files: each hour one immutable file a fact, the days into one each, then the months.

    h-20261122T17-000000000101-000000004711-12.parquet    received in that hour, of positions 101 to 4711; 12: the index that named it
    d-20261122-..., m-202611-...                          the same, for a day and a month
    k-...                                                 facts whose entries were erased: nothing makes them again

Order of every step: the file is whole on disk, then the index names it, then what it replaces goes. A crash between any two
leaves files that no index names, which the next turn removes, or rows that the index holds already, which no question counts.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import duckdb
from django.conf import settings

from xenia.errors import Conflict, Unavailable
from xenia.insight import declarations, warehouse
from xenia.insight.tailing import following
from xenia.insight.tailing.models import Mark, Waiting
from xenia.insight.warehouse import File, Fresh, Tail, Warehouse
from xenia.journal.actions import writing
from xenia.journal.models import Leaf
from xenia.journal.node import node as own_node

log = logging.getLogger("xenia.insight")
MOST_WAITING: Final = 20_000
"""So many rows wait at most before they go into a file within the hour."""
AT_ONCE: Final = 100_000
OURS: Final = ("h-", "d-", "m-", "k-")
HOUR: Final = "%Y%m%dT%H"


def house() -> Warehouse:
    """The installation's own warehouse, with what waits beside its files; what left is remembered outside of it."""
    home = Path(settings.XENIA_HOME)
    return Warehouse(home / "warehouse", waiting, home / "released")


def waiting() -> list[Fresh]:
    """What is in no file yet, as the warehouse wants it."""
    rows = Waiting.objects.order_by("id").values_list("fact", "position", "row")
    return [Fresh(fact, position, row) for fact, position, row in rows.iterator(chunk_size=5000)]


def flush(now: datetime | None = None, *, at_once: bool = False) -> int:
    """Write what waits into files if it is time, or `at_once`; how many facts.

    Raises `Unavailable` (`warehouse-disk`), and `Conflict` (`warehouse-astray`) where folder and journal do not belong together.
    """
    from xenia.insight.tailing import closing  # it writes files before it signs them

    at, where = now or datetime.now(UTC), house()
    with where.alone():
        tail = in_step(where)
        clear(tail)
        swept(where)
        upto = following.mark().position
        rows = list(Waiting.objects.filter(position__lte=upto).order_by("position", "id")[:AT_ONCE])
        if not rows or not (at_once or _is_time(tail, at, len(rows))):
            return 0
        if len(rows) == AT_ONCE:  # whole positions only
            upto = rows[-1].position - 1
            rows = [one for one in rows if one.position <= upto]
        sound = closing.sound(where, closing.months_of(one.row["hour"] for one in rows))
        made = _written(where, tail, rows, upto, at)
        after = Tail(upto, _leaf(upto), at.isoformat(timespec="seconds"), tail.number + 1, tail.applied)
        where.swap([*where.known(), *made], after)
        clear(after)
    closing.restate(sound, "late", at)
    return len(rows)


def _is_time(tail: Tail, now: datetime, many: int) -> bool:
    if many >= MOST_WAITING or not tail.at:
        return True
    return datetime.fromisoformat(tail.at).strftime(HOUR) != now.strftime(HOUR)


def in_step(where: Warehouse) -> Tail:
    """How far the files are, if they are of this journal. Raises `Conflict` (`warehouse-astray`)."""
    tail, held = where.tail(), following.mark()
    if tail.position > held.position or tail.position < held.flushed or tail.leaf != _leaf(tail.position):
        raise Conflict(
            "The files of facts do not belong to this journal: one of them was restored or lost.",
            "Run xenia insight rebuild.",
            code="warehouse-astray",
        )
    return tail


def _leaf(position: int) -> str:
    row = Leaf.objects.filter(node=own_node(), position=position).first()
    return bytes(row.hash).hex() if row is not None else ""


def clear(tail: Tail) -> None:
    """Rows that the index holds wait no longer."""
    if following.mark().flushed >= tail.position and not Waiting.objects.filter(position__lte=tail.position).exists():
        return
    with writing():
        following.locked()
        Waiting.objects.filter(position__lte=tail.position).delete()
        Mark.objects.filter(pk=1).update(flushed=tail.position)


def swept(where: Warehouse) -> int:
    """Remove files of this room that no index names; how many. The caller holds `alone()`."""
    named = {(one.fact, one.name) for one in where.known()}
    gone = 0
    for path in (where.folder / "facts").glob("*/*"):
        name = path.name.lstrip(".")
        if name.startswith(OURS) and (path.parent.name, path.name) not in named:
            path.unlink()
            gone += 1
    for spilt in where.folder.glob(f"{warehouse.SPILL}*"):  # of a question that a power cut ended
        shutil.rmtree(spilt, ignore_errors=True)
    return gone


def _written(where: Warehouse, tail: Tail, rows: Sequence[Waiting], upto: int, at: datetime) -> list[File]:
    parts: dict[tuple[str, bool], list[Mapping[str, Any]]] = {}
    for one in rows:
        parts.setdefault((one.fact, one.kept), []).append(one.row)
    found = []
    for (fact, kept), some in sorted(parts.items()):
        stem = f"{'k' if kept else 'h'}-{at.strftime(HOUR)}-{tail.position + 1:012}-{upto:012}-{tail.number + 1}"
        made = file_of(where, fact, stem, at, rows=some)
        found.append(replace(made, first=tail.position + 1, last=upto, kept=kept))
    return found


def file_of(
    where: Warehouse,
    fact: str,
    stem: str,
    at: datetime,
    rows: Sequence[Mapping[str, Any]] = (),
    select: str = "",
) -> File:
    """A file of facts, whole on disk, in the order of time. `select`: SQL for more rows than those given.

    Raises `Unavailable` (`warehouse-disk`).
    """
    path = where.place(fact, f"{stem}.parquet")
    beside = path.with_name(f".{path.name}")
    declared = declarations.facts()[fact]
    connection = warehouse.engine([where.folder])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        warehouse.table(connection, "given", declared, rows)
        more = f" UNION ALL BY NAME {select}" if select else ""
        columns = ", ".join(declared.columns)
        target = str(beside).replace("'", "''")
        connection.execute(
            f"COPY (SELECT {columns} FROM (SELECT * FROM given{more}) ORDER BY hour, {columns})"
            f" TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
        )
        counted = connection.execute(f"SELECT count(*) FROM read_parquet({warehouse.named([beside])})").fetchone()
        synced(beside)
        beside.replace(path)
        synced(path.parent)
    except (duckdb.IOException, OSError) as error:
        beside.unlink(missing_ok=True)
        raise Unavailable(
            f"The warehouse cannot be written: {str(error)[:160]}", "Make room on its disk.", code="warehouse-disk"
        ) from None
    finally:
        connection.close()
    at_text = at.isoformat(timespec="seconds")
    return File(fact, path.name, int((counted or (0,))[0]), warehouse.digest_of(path), "journal", "", at_text)


def synced(path: Path) -> None:
    """What was written there is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def compact(now: datetime | None = None) -> int:
    """Put the hours of a day that is over into one file, and the days of a month; how many files it was made of. One at a time."""
    at, where = now or datetime.now(UTC), house()
    with where.alone():
        tail = in_step(where)
        for letter, width, period, after in (("h", 8, at.strftime("%Y%m%d"), "d"), ("d", 6, at.strftime("%Y%m"), "m")):
            groups: dict[tuple[str, str], list[File]] = {}
            for one in where.known():
                if one.name.startswith(f"{letter}-") and one.name[2 : 2 + width] < period:
                    groups.setdefault((one.fact, one.name[2 : 2 + width]), []).append(one)
            for (fact, name), old in sorted(groups.items()):
                return _one(where, tail, fact, f"{after}-{name}", old, at)
    return 0


def _one(where: Warehouse, tail: Tail, fact: str, stem: str, old: Sequence[File], at: datetime) -> int:
    first, last = min(one.first for one in old), max(one.last for one in old)
    select = f"SELECT * FROM read_parquet({warehouse.named([where.place(fact, one.name) for one in old])}, union_by_name = true)"
    made = file_of(where, fact, f"{stem}-{first:012}-{last:012}-{tail.number + 1}", at, select=select)
    kept = [one for one in where.known() if one not in old]
    where.swap([*kept, replace(made, first=first, last=last)], replace(tail, number=tail.number + 1))
    swept(where)
    return len(old)
