"""Facts made of what stands in the journal, in its order, and a warehouse of given facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

from xenia.insight import declarations, making
from xenia.insight.making.port import made
from xenia.insight.warehouse import File, Warehouse, digest_of, engine, table
from xenia.journal import entries, rebuild, sealer

Facts = list[tuple[str, dict[str, Any]]]


def facts() -> Facts:
    """What every maker makes of this node's entries, told the earlier ones about the same subjects."""
    sealer.seal_now()
    found: Facts = []
    earlier: list[rebuild.Happened] = []
    for one in rebuild.happened(set(making.MAKERS) | making.EARLIER):
        if one.entry.kind in making.MAKERS and one.body is not None:
            mine = set(entries.subjects(one.entry))
            known = tuple(other for other in earlier if mine & set(entries.subjects(other.entry)))
            received = one.entry.recorded_at.astimezone(UTC).date()
            told = making.Told(one.entry, one.body, received, known)
            found += made(told, making.MAKERS[one.entry.kind])
        if one.entry.kind in making.EARLIER:
            earlier.append(one)
    return found


def warehouse(folder: Path, rows: Facts, more: str = "") -> Warehouse:
    """A warehouse with one file for each fact; `more`: beside those that it has, under a name of their own."""
    found = Warehouse(folder / "warehouse")
    for name in {fact for fact, _row in rows}:
        fact = declarations.facts()[name]
        path = found.place(name, f"{name}{more}.parquet")
        path.parent.mkdir(parents=True, exist_ok=bool(more))
        with engine_at(path.parent) as connection:
            table(connection, "rows", fact, [row for one, row in rows if one == name])
            connection.execute(f"COPY rows TO '{path}' (FORMAT parquet)")
        found.add(File(name, path.name, len(rows), digest_of(path), "test", f"test-{name}{more}", "2026-01-01"))
    return found


def engine_at(folder: Path) -> Any:
    """The engine, allowed to write there."""
    return engine([folder])


def row(fact: str, **given: Any) -> tuple[str, dict[str, Any]]:
    """A fact with these columns, the rest empty."""
    columns = declarations.facts()[fact].columns
    empty = {name: "" if kind == "text" else None for name, kind in columns.items()}
    number = abs(hash(tuple(sorted(given.items())))) % 65536
    return fact, {**empty, "received": "2026-01-01", "record": number, "n": 1, **given}


def many(count: int, fact: str, **given: Any) -> Sequence[tuple[str, dict[str, Any]]]:
    """So many facts that are alike but for the keys of their noise."""
    return [(fact, {**row(fact, **given)[1], "record": number * 7919 % 65536}) for number in range(count)]


__all__ = ["Facts", "facts", "many", "row", "warehouse"]
