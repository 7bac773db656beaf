"""A small world of facts, written as the file that people bring."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from pathlib import Path

from xenia.insight import loading
from xenia.insight.warehouse import Warehouse

COLUMNS = [
    "hour",
    "post",
    "direction",
    "outcome",
    "nationality",
    "n",
    "sex",
    "age_group",
    "mode",
    "control_s",
    "overstay_days",
]
SECRET = b"a secret of the tests, 32 bytes."


def write(path: Path, rows: Sequence[Sequence[object]], columns: Sequence[str] = COLUMNS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
    return path


def many(number: int = 4000, seed: int = 7) -> list[list[object]]:
    """Crossings of half a year at three posts."""
    chance, rows = random.Random(seed), []
    for _ in range(number):
        month, day, hour = chance.randint(1, 6), chance.randint(1, 28), chance.randint(0, 23)
        nationality = chance.choices(["UTO", "ARC", "MOL", "PAN", "ZEM"], [50, 30, 10, 4, 1])[0]
        refused = chance.random() < 0.02
        rows.append([
            f"2026-{month:02}-{day:02}T{hour:02}:00", chance.choice(["UTO-AP1", "UTO-BG", "UTO-PM"]),
            "entry" if refused else chance.choice(["entry", "exit"]), "refused" if refused else "admitted",
            nationality, 1, chance.choice("FM"), chance.choice(["0-13", "18-34", "35-64"]), "air", chance.randint(8, 90), 0,
        ])  # fmt: skip
    return rows


def warehouse(folder: Path, rows: Sequence[Sequence[object]] | None = None) -> Warehouse:
    made = Warehouse(folder / "warehouse")
    loading.load(made, write(folder / "facts.csv", many() if rows is None else rows), SECRET)
    return made
