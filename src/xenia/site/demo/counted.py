"""What was counted before today in the demo: a year of invented crossings, and a study of people displaced.

Facts without persons, taken in by the same loading as anybody's years before Xenia; today's traffic is counted from the journal.
"""

from __future__ import annotations

import contextlib
import csv
import math
import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings

from xenia.access import standing
from xenia.errors import Conflict
from xenia.insight import actions, coverage
from xenia.insight.calls import events, generator, studies, taking, windows
from xenia.insight.daily import chores as daily
from xenia.site.demo import people, traffic, world

DAYS: Final = 420
COLUMNS: Final = (
    "hour", "post", "direction", "outcome", "nationality", "sex", "age_group", "mode", "document_type", "reason", "hit",
    "overstay_days", "control_s", "n",
)  # fmt: skip
MODES: Final = {world.POST: "air", world.GATE: "land", world.PASS: "land"}
AT_THE_PASS: Final = 25
AGES: Final = {"0-13": 8, "14-17": 4, "18-34": 36, "35-64": 43, "65+": 9}
REASONS: Final = {"A": 10, "B": 5, "C": 32, "D": 4, "E": 22, "F": 8, "G": 15, "H": 3, "I": 1}
REFUSED, HIT, OVERSTAYED = 0.0075, 0.0024, 0.003
"""Shares of foreigners at entry, of all, of who leaves: about what the running demonstration makes of them."""
HOURS: Final = [hour - 4 for hour in traffic.HOURS]  # UTC of the posts' zone, which has no summer time
HOW_FULL: Final = list(traffic.HOURS.values())
INFLUX: Final = ("EGY", world.GATE, 3)
"""Who came more in the last days, where, and on how many days: something for the alarm to find."""
ANALYST: Final = "anvery"
EVENT_DAYS: Final = 40  # before today
_reported: date | None = None


def run(seed: int, today: date, say: Callable[[str], None]) -> None:
    """Count a year once, make the report of its last day, and take a study of people displaced."""
    where = actions.warehouse()
    folder = Path(settings.XENIA_HOME) / "demo-lists"
    file = folder / "facts.csv"
    if file.exists():
        return
    say("Counting an invented year of crossings ...")
    folder.mkdir(parents=True, exist_ok=True)
    half = folder / "facts.half"
    with half.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for back in range(DAYS, 0, -1):
            writer.writerows(_day(random.Random(seed + back), today - timedelta(days=back), back))  # noqa: S311
    here = standing.by_name(ANALYST)
    with contextlib.suppress(Conflict):  # stopped after it was taken in
        actions.load(here, where, half)
    half.replace(file)
    daily.of_day(today - timedelta(days=2), datetime.now(UTC))
    _study(folder, here, today, seed)


def usual(day: date) -> dict[str, float]:
    """Crossings of each post on a usual day: as many as pass while the demo runs, whose yesterday comes from its journal."""
    share = traffic.share(day)
    gate = traffic.TRAVELLERS * traffic.GATE_SHARE
    return {
        world.POST: (traffic.TRAVELLERS - gate) * share, world.GATE: gate * share, world.PASS: AT_THE_PASS * share,
    }  # fmt: skip


def _day(rng: random.Random, day: date, back: int) -> Iterator[tuple[object, ...]]:
    """One day's crossings as its travellers make them; of yesterday only who came more."""
    states, shares = list(people.STATES), list(people.STATES.values())
    for post, number in usual(day).items() if back > 1 else ():
        for nationality in rng.choices(states, shares, k=round(rng.gauss(number, math.sqrt(number)))):
            yield _line(rng, day, post, nationality)
    if back <= INFLUX[2]:
        for _one in range(round(rng.gauss(60, 5))):
            yield _line(rng, day, INFLUX[1], INFLUX[0], "entry")


def _line(rng: random.Random, day: date, post: str, nationality: str, direction: str = "") -> tuple[object, ...]:
    hour = rng.choices(HOURS, HOW_FULL)[0]
    direction = direction or ("exit" if rng.random() < traffic.EXIT_SHARE else "entry")
    refused = direction == "entry" and nationality != world.STATE and rng.random() < REFUSED
    reason = rng.choices(list(REASONS), list(REASONS.values()))[0] if refused else ""
    over = rng.randint(1, 40) if direction == "exit" and rng.random() < OVERSTAYED else 0
    hit = "alerts" if rng.random() < HIT else ""
    return (
        f"{day}T{hour:02}:00", post, direction, "refused" if refused else "admitted", nationality, rng.choice("FM"),
        rng.choices(list(AGES), list(AGES.values()))[0], MODES[post], "P", reason, hit, over,
        round(rng.lognormvariate(3.6, 0.45)) + (300 if refused or hit else 0), 1,
    )  # fmt: skip


def more() -> int:
    """Yesterday's report once all of yesterday's travellers have passed and are counted: what the demonstration does while it runs."""
    global _reported
    today = datetime.now(ZoneInfo(world.ZONE)).date()
    on = today - timedelta(days=1)
    if _reported == on or not traffic.passed(on) or coverage.now(datetime.now(UTC)).behind:
        return 0
    _reported = on
    return int(daily.of_day(on, datetime.now(UTC)) is not None)


def _study(folder: Path, here: standing.Standing, today: date, seed: int) -> None:
    """An operator's study of a flood that never was."""
    event = today - timedelta(days=EVENT_DAYS)
    made = folder / "studies" / studies.name_of(windows.study(event))
    if taking.names() or made.exists():
        return
    file = folder / "events.parquet"
    generator.write(file, generator.World(subscribers=12_000, regions=12, event=event, more_days=20, seed=seed))
    try:
        with events.opened(file) as given:
            studies.make(given, windows.study(event), made.parent, "Utopia Mobile")
    finally:
        file.unlink()
    lived = folder / "population.csv"
    rows = "".join(f"R{number:03d},{480_000 // (number + 1)}\n" for number in range(12))
    lived.write_text("area,persons\n" + rows, encoding="utf-8")
    taking.take(here, "", made, lived)
