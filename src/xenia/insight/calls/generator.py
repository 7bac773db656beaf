"""Made-up events with a truth that was planted: so many displaced, so many who are away on any day.

A subscriber lives in one region; on some days there is a place, on some of them another region for a trip; some move for good on
quiet days as well. After the event a share of all leaves for other regions and stays there. No person is in it.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from xenia.insight.calls.windows import study


@dataclass(frozen=True)
class World:
    """What is planted. `displaced` 0-1 of all; `restless` 0-1: away for weeks at any time; `trips` 0-1 of days."""

    subscribers: int = 20_000
    regions: int = 50
    displaced: float = 0.3
    restless: float = 0.2
    trips: float = 0.1
    seen: float = 0.8
    per_day: int = 2
    event: date = date(2026, 3, 1)
    more_days: int = 0  # of data before what a study needs
    seed: int = 1


def write(file: Path, world: World) -> int:
    """The events as CSV or Parquet (by the name of the file); gives how many they are."""
    who, day, hour, region = _events(world)
    first = _first(world)
    names = np.array(
        [hashlib.sha256(f"{world.seed}:{number}".encode()).hexdigest()[:32] for number in range(world.subscribers)]
    )
    places = np.array([f"R{number:03d}" for number in range(world.regions)])
    if file.suffix.lower() == ".parquet":
        _parquet(file, names, places, (who, day, hour, region), first)
        return len(who)
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("subscriber", "hour", "region"))
        days = [(first + timedelta(days=number)).isoformat() for number in range(int(day.max()) + 1)]
        for one in range(len(who)):
            writer.writerow((names[who[one]], f"{days[day[one]]}T{hour[one]:02d}:00", places[region[one]]))
    return len(who)


def _events(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(world.seed)
    number, first = world.subscribers, _first(world)
    length, start = (study(world.event).needed.end - first).days, (world.event - first).days
    weights = 1.0 / np.arange(1, world.regions + 1)
    home = random.choice(world.regions, number, p=weights / weights.sum())
    place = np.repeat(home[:, None], length, axis=1).astype(np.int16)
    # Away for weeks, whatever happens: a stretch of 20 days that begins on any day.
    restless = np.flatnonzero(random.random(number) < world.restless)
    begins = random.integers(-20, length, len(restless))
    elsewhere = _other(random, home[restless], world.regions)
    column = np.arange(length)[None, :]
    place[restless] = np.where(
        (column >= begins[:, None]) & (column < begins[:, None] + 20), elsewhere[:, None], place[restless]
    )
    weight = (
        2.0 - np.argsort(np.argsort(home)) / number
    )  # those of the great regions twice as likely as those of the small
    displaced = random.choice(number, round(world.displaced * number), replace=False, p=weight / weight.sum())
    place[displaced, start:] = _other(random, home[displaced], world.regions)[:, None]
    trip = random.random(place.shape) < world.trips
    place[trip] = random.integers(0, world.regions, int(trip.sum()))
    there = random.random(place.shape) < world.seen
    who, day = (one.astype(np.int64) for one in np.nonzero(there))
    who, day = np.repeat(who, world.per_day), np.repeat(day, world.per_day)
    return who, day, random.integers(0, 24, len(who)), place[who, day].astype(np.int64)


def _first(world: World) -> date:
    return study(world.event).needed.first - timedelta(days=world.more_days)


def _other(random: np.random.Generator, home: np.ndarray, regions: int) -> np.ndarray:
    """A region that is not home."""
    return (home + random.integers(1, regions, len(home))) % regions


def _parquet(file: Path, names: np.ndarray, places: np.ndarray, columns: tuple[np.ndarray, ...], first: date) -> None:
    import duckdb

    who, day, hour, region = columns
    given = {"who": who, "day": day, "hour": hour, "region": region}  # noqa: F841 - DuckDB reads it by its name
    people = {"who": np.arange(len(names)), "subscriber": names}  # noqa: F841
    areas = {"code": np.arange(len(places)), "area": places}  # noqa: F841
    connection = duckdb.connect(":memory:")
    try:
        where = str(file).replace("'", "''")
        connection.execute(
            f"COPY (SELECT subscriber, DATE '{first.isoformat()}' + to_days(day::INTEGER) + to_hours(hour::INTEGER) AS hour,"
            f" area AS region FROM given JOIN people USING (who) JOIN areas ON code = given.region)"
            f" TO '{where}' (FORMAT parquet, COMPRESSION zstd)"
        )
    finally:
        connection.close()
