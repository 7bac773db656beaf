"""Worlds of facts made to be attacked: written as the files of facts themselves, with pseudonyms."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from xenia.insight import declarations
from xenia.insight.warehouse import File, Warehouse, digest_of, table

NEW_YEAR = datetime(2026, 1, 1)


def fact(at: datetime | str, **more: Any) -> dict[str, Any]:
    """One crossing; what is not said is usual."""
    when = datetime.fromisoformat(at) if isinstance(at, str) else at
    return {
        "hour": when.replace(tzinfo=None), "received": when.date(), "post": "UTO-AP1", "direction": "entry", "outcome": "admitted",
        "nationality": "UTO", "sex": "F", "age_group": "18-34", "mode": "air", "document_type": "P", "hit": "",
        "overstay_days": 0, "control_s": 30, "person": None, "record": 0, "n": 1, **more,
    }  # fmt: skip


def put(
    where: Warehouse, rows: Sequence[dict[str, Any]], name: str = "facts", fact_name: str = "crossing"
) -> Warehouse:
    """The rows as one more file of the warehouse."""
    kinds = declarations.facts()[fact_name]
    path = where.place(fact_name, f"{name}.parquet")
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(":memory:") as connection:
        usual = {"text": "", "whole": None, "key": None}
        table(connection, "f", kinds, [{one: usual.get(of) for one, of in kinds.columns.items()} | row for row in rows])
        connection.execute(f"COPY f TO '{path}' (FORMAT parquet)")
    at = datetime.now(UTC).isoformat(timespec="seconds")
    where.add(File(fact_name, path.name, len(rows), digest_of(path), name, digest_of(path), at))
    return where


def warehouse(folder: Path, rows: Sequence[dict[str, Any]]) -> Warehouse:
    return put(Warehouse(folder / "warehouse"), rows)


def refusals(seed: int, number: int = 320) -> list[dict[str, Any]]:
    """Refusals of half a year: a few nationalities with many, many with few, as they are."""
    chance, rows = random.Random(seed), []
    nations = ["UTO", "ARC", "MOL", "PAN", "ZEM", "QUE"]
    for _ in range(number):
        rows.append(fact(
            NEW_YEAR + timedelta(hours=chance.randrange(24 * 180)), outcome="refused",
            nationality=chance.choices(nations, [40, 20, 8, 4, 2, 1])[0],
            post=chance.choices(["UTO-AP1", "UTO-BG", "UTO-PM"], [10, 4, 1])[0],
            sex=chance.choices("FMX", [50, 45, 3])[0], age_group=chance.choices(["0-13", "18-34", "65+"], [2, 10, 3])[0],
            record=chance.randrange(65_536), control_s=chance.randrange(20, 200), person=chance.randrange(1 << 60),
        ))  # fmt: skip
    return rows
