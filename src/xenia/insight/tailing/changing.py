"""Facts come out of files: those of decisions that were taken back, and the persons of those that were erased.

A fact has no way back to its entry. So the entry's fact is made once more while its body lives, and the row that is alike in every
column is the one: of rows that are alike in everything it is no matter which. What is forgotten goes back without its person,
into a file that no rebuild touches: the count of a past year stays, and nobody is left in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from xenia.insight import declarations, prepared, warehouse
from xenia.insight.tailing import closing, flushing
from xenia.insight.tailing.models import Change
from xenia.insight.warehouse import File, Tail, Warehouse
from xenia.journal.actions import writing

AT_ONCE: Final = 2000
NEVER_ALIKE: Final = frozenset({"received"})
"""A row that is made once more may not know its day of receipt."""
IF_KNOWN: Final = frozenset({"person"})
"""Compared where it can still be worked out: the secret of the year may be gone."""


def apply(now: datetime | None = None) -> int:
    """Change the files as is noted, some at a time; how many changes were done. Raises as `flushing.flush`."""
    at, where = now or datetime.now(UTC), flushing.house()
    if not Change.objects.exists():
        return 0
    with where.alone():
        tail = flushing.in_step(where)
        noted = list(Change.objects.order_by("id")[:AT_ONCE])
        changes = [one for one in noted if one.pk not in tail.applied]
        months = closing.months_of([one.row["hour"] for one in changes])
        sound = closing.sound(where, months)
        files = where.known()
        for fact in sorted({one.fact for one in changes}):
            files, tail = _of_fact(where, files, tail, fact, [one for one in changes if one.fact == fact], at)
        if changes:
            tail = replace(tail, applied=tuple(one.pk for one in noted), number=tail.number + 1)
            if any(one.forget for one in changes):
                prepared.forget(where)  # before the index says that it is done: after a crash nobody comes back for it
            where.swap(files, tail)
            flushing.swept(where)
            flushing.clear(tail)
    with writing():
        Change.objects.filter(pk__in=[one.pk for one in noted]).delete()
    closing.restate(sound, "changed", at)
    return len(noted)


def _of_fact(
    where: Warehouse, files: list[File], tail: Tail, fact: str, changes: Sequence[Change], at: datetime
) -> tuple[list[File], Tail]:
    """The files of a fact without those rows, and one more with what is kept of them. Nothing counts before the index says so."""
    left, forgotten, found = list(changes), [], []
    for one in files:
        if one.fact != fact or not one.name.startswith(flushing.OURS) or not left:
            found.append(one)
            continue
        pairs = _alike(where, one, left)
        if not pairs:
            found.append(one)
            continue
        forgotten += [nobody(change.fact, change.row) for change in pairs if change.forget]
        left = [change for change in left if change not in pairs]
        numbers = ", ".join(str(row) for row in pairs.values())
        select = (
            f"SELECT * EXCLUDE (file_row_number) FROM read_parquet({warehouse.named([where.place(fact, one.name)])},"
            f" file_row_number = true) WHERE file_row_number NOT IN ({numbers})"
        )
        if len(pairs) < one.rows:
            stem = f"{one.name.removesuffix('.parquet').rsplit('-', 1)[0]}-{tail.number + 1}"
            made = flushing.file_of(where, fact, stem, at, select=select)
            found.append(replace(made, first=one.first, last=one.last, kept=one.kept))
    if forgotten:
        stem = f"k-{at.strftime(flushing.HOUR)}-{0:012}-{0:012}-{tail.number + 1}"
        found.append(replace(flushing.file_of(where, fact, stem, at, rows=forgotten), kept=True))
    return found, tail


def nobody(fact: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row without the keys that tell who it was."""
    keys = [name for name, kind in declarations.facts()[fact].columns.items() if kind == "key" and name != "record"]
    return {**row, **dict.fromkeys(keys)}


def _alike(where: Warehouse, file: File, changes: Sequence[Change]) -> dict[Change, int]:
    """For each change that the file has a row for, which one; no row twice."""
    fact = declarations.facts()[file.fact]
    connection = warehouse.engine([where.folder])
    try:
        warehouse.table(connection, "gone", fact, [one.row for one in changes])
        source = f"read_parquet({warehouse.named([where.place(file.fact, file.name)])}, file_row_number = true)"
        there = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
        conditions = [
            f"(g.{name} IS NULL OR f.{name} IS NOT DISTINCT FROM g.{name})"
            if name in IF_KNOWN
            else f"f.{name} IS NOT DISTINCT FROM g.{name}"
            for name in fact.columns
            if name in there and name not in NEVER_ALIKE
        ]
        rows = connection.execute(
            f"SELECT g.change, f.file_row_number FROM (SELECT *, row_number() OVER () - 1 AS change FROM gone) AS g"
            f" JOIN {source} AS f ON {' AND '.join(conditions)} ORDER BY 1, 2"
        ).fetchall()
    finally:
        connection.close()
    found: dict[int, int] = {}
    taken: set[int] = set()
    for change, number in rows:
        if change not in found and number not in taken:
            found[change] = number
            taken.add(number)
    return {changes[one]: number for one, number in found.items()}
