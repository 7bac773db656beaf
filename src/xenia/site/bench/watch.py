"""`xenia bench watch`: how often the watch rings for nothing, and how soon it notices an influx or a shift of shares. Made-up series, always the same."""

from __future__ import annotations

import itertools
import os
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date
from typing import Any

from xenia.commands import Call, Command

WARM = 460  # days before the first that is judged: a year, so that the season is known
JUDGED = 182
DELAY = 14  # days after which an influx counts as missed
MEANS = (20, 100, 500)
TIMES = (2, 3)
SEED = 20261122
PARTS = 10
"""Nationalities that share a total."""
SHIFTS = (1.5, 2)


def _series(lines: int, mean: float, chance: Any) -> Any:
    """Released daily counts: weekdays, a yearly season, more spread than chance alone, noise of the release and rounding to 5."""
    import numpy as np

    days = np.arange(WARM + JUDGED)
    weekday = np.exp(chance.normal(0, 0.2, (lines, 7)))[:, days % 7]
    season = np.exp(0.3 * np.sin(2 * np.pi * (days / 365 + chance.uniform(0, 1, (lines, 1)))))
    return mean * weekday * season * chance.gamma(44, 1 / 44, (lines, len(days)))


def _released(level: Any, chance: Any) -> Any:
    import numpy as np

    counts = chance.poisson(level).astype(float)
    noisy = np.maximum(counts + np.where(counts > 0, chance.integers(-3, 4, counts.shape), 0), 0)
    return (noisy + 2) // 5 * 5.0


def _table(values: Any) -> Any:
    from xenia.insight.watching.series import Segment, Table

    return Table(date(2025, 1, 6), tuple(Segment(f"UTO-{line}") for line in range(len(values))), values)


def measure(lines: int, main: str, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """One row for each mean: alarms per series-year of quiet series, by the rule alone and with false findings held down over
    all of them; for each influx the median delay in days (0: the same day) and how many were missed."""
    import numpy as np

    from xenia.insight.watching.alarms import Rules, judge

    rules = Rules(main)
    for mean in MEANS:
        chance = np.random.default_rng(seed + mean)
        level = _series(lines, mean, chance)
        quiet = _released(level, chance)
        alone = held = onsets = 0
        before = np.zeros(lines, dtype=bool)
        for day in range(WARM, WARM + JUDGED):
            found = judge(_table(quiet[:, : day + 1]), rules)
            rang = np.array([one.crossed for one in found])
            alone += int(rang.sum())
            onsets += int((rang & ~before).sum())
            held += sum(one.state in ("warn", "alarm") for one in found)
            before = rang
        years = lines * JUDGED / 365
        row: dict[str, Any] = {
            "mean": mean,
            "rule": main,
            "days": alone / years,
            "onsets": onsets / years,
            "held": held / years,
        }
        for times in TIMES:
            delays, missed = _delays(level, times, rules, chance)
            row[f"x{times}"] = {
                "median": float(np.median(delays)) if delays else None,
                "latest": max(delays, default=None),
                "missed": missed,
                "of": lines,
            }
        yield row


def _delays(level: Any, times: int, rules: Any, chance: Any) -> tuple[list[int], int]:
    from xenia.insight.watching.alarms import judge

    planted = level.copy()
    starts = [WARM + int(one) for one in chance.integers(0, JUDGED - DELAY, len(level))]
    for line, start in enumerate(starts):
        planted[line, start:] *= times
    shown = _released(planted, chance)
    delays = []
    for line, start in enumerate(starts):
        for after in range(DELAY):
            one = judge(_table(shown[line : line + 1, : start + after + 1]), rules)[0]
            if one.crossed:
                delays.append(after)
                break
    return delays, len(level) - len(delays)


def _parts(groups: int, mean: float, chance: Any) -> Any:
    """Expected daily counts of nationalities that share a total: weekdays and seasons that all have in common, and less of their own."""
    import numpy as np

    days = np.arange(WARM + JUDGED)

    def season(lines: int, high: float) -> Any:
        return np.exp(high * np.sin(2 * np.pi * (days / 365 + chance.uniform(0, 1, (groups, lines, 1)))))

    def weekday(lines: int, wide: float) -> Any:
        return np.exp(chance.normal(0, wide, (groups, lines, 7)))[:, :, days % 7]

    own = season(PARTS, 0.1) * weekday(PARTS, 0.1)
    return mean * season(1, 0.3) * weekday(1, 0.2) * own * chance.gamma(44, 1 / 44, (groups, PARTS, len(days)))


def _world(level: Any, chance: Any) -> list[Any]:
    """A table of total and parts for each group, as released."""
    import numpy as np

    from xenia.insight.watching.series import Segment, Table

    segments = (Segment(), *(Segment("", f"Z{line:02}") for line in range(PARTS)))
    counts = chance.poisson(level).astype(float)

    def shown(numbers: Any) -> Any:
        return np.maximum(numbers + np.where(numbers > 0, chance.integers(-3, 4, numbers.shape), 0) + 2, 0) // 5 * 5.0

    whole, parts = shown(counts.sum(axis=1)), shown(counts)
    return [
        Table(date(2025, 1, 6), segments, np.vstack([whole[at][np.newaxis], parts[at]])) for at in range(len(counts))
    ]


def _shares_on(table: Any, day: int, rules: Any) -> list[Any]:
    import numpy as np

    from xenia.insight.watching import shares

    seen = type(table)(table.first, table.segments, table.values[:, : day + 1])
    moved = shares.total_moved(seen, rules, np.zeros(seen.values.shape, dtype=bool))
    return shares.judge(seen, rules, moved=moved)


def measure_shares(lines: int, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """As `measure`, for shares of a total: `lines` of them in groups of ten; planted is a share that grows while the total stands."""
    import numpy as np

    from xenia.insight.watching.alarms import Rules

    rules, groups = Rules(), max(1, lines // PARTS)
    for mean in MEANS:
        chance = np.random.default_rng(seed + mean)
        level = _parts(groups, mean, chance)
        alone = held = onsets = 0
        for table in _world(level, chance):
            before = np.zeros(PARTS, dtype=bool)
            for day in range(WARM, WARM + JUDGED):
                found = _shares_on(table, day, rules)
                rang = np.array([one.crossed for one in found])
                alone, onsets = alone + int(rang.sum()), onsets + int((rang & ~before).sum())
                held += sum(one.state == "warn" for one in found)
                before = rang
        years = groups * PARTS * JUDGED / 365
        row: dict[str, Any] = {
            "mean": mean, "rule": "share", "days": alone / years, "onsets": onsets / years, "held": held / years
        }  # fmt: skip
        for times in SHIFTS:
            row[f"x{times}"] = _shifted(level, times, rules, chance)
        yield row


def _shifted(level: Any, times: float, rules: Any, chance: Any) -> dict[str, Any]:
    """One share after the other is made so many times as large, the others making room."""
    import numpy as np

    delays, of = [], level.shape[0] * PARTS
    for part in range(PARTS):
        planted = level.copy()
        start = WARM + int(chance.integers(0, JUDGED - DELAY))
        wanted = planted[:, part, start:] * times
        total = planted[:, :, start:].sum(axis=1)
        room = (total - wanted) / (total - planted[:, part, start:])
        planted[:, :, start:] *= room[:, np.newaxis]
        planted[:, part, start:] = wanted
        for table in _world(planted, chance):
            rang = (after for after in range(DELAY) if _shares_on(table, start + after, rules)[part].crossed)
            first = next(rang, None)
            delays += [first] if first is not None else []
    return {
        "median": float(np.median(delays)) if delays else None, "latest": max(delays, default=None),
        "missed": of - len(delays), "of": of,
    }  # fmt: skip


def measure_months(lines: int, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """How often a quiet month is called more or less, and an influx more: a season, growth, a tenth up or down by itself."""
    import numpy as np

    from xenia.insight.watching import monthly

    months = np.arange(2 * monthly.YEAR + 1)
    for mean in (100, 1000, 10_000):
        chance, number = np.random.default_rng(seed + mean), 20 * lines
        season = 0.4 * np.sin(2 * np.pi * (months / 12 + chance.uniform(0, 1, (number, 1))))
        growth = chance.normal(0, 0.2, (number, 1)) * months / 12
        level = mean * np.exp(season + growth + chance.normal(0, 0.1, (number, len(months))))
        called = {}
        for times in (1.0, 1.5, 2.0):
            planted = level.copy()
            planted[:, -1] *= times
            states = [monthly.judge(one).state for one in _released(planted, chance)]
            called[times] = {
                "more": states.count("more") / number, "perhaps_more": states.count("perhaps-more") / number,
                "less": states.count("less") / number, "perhaps_less": states.count("perhaps-less") / number,
            }  # fmt: skip
        yield {
            "mean": mean,
            "rule": "month",
            "series": number,
            "quiet": called[1.0],
            "x1.5": called[1.5],
            "x2": called[2.0],
        }


def _run(call: Call) -> int:
    lines = call.options.series
    begun, rows = time.process_time(), []
    for row in itertools.chain(measure(lines, "ewma"), measure(lines, "farrington"), measure_shares(lines)):
        rows.append(row)
        said = "; ".join(
            f"{name}: median {one['median']} days, latest {one['latest']}, missed {one['missed']} of {one['of']}"
            for name, one in row.items()
            if name.startswith("x")
        )
        together = PARTS if row["rule"] == "share" else lines
        call.say(
            f"{row['rule']:10} {row['mean']:>4} a day: {row['onsets']:.2f} false alarms a series and year ({row['days']:.2f} days;"
            f" {row['held']:.2f} days with false findings held down over {together} series); {said}"
        )
    for row in measure_months(lines):
        rows.append(row)
        called = "; ".join(
            f"{name}: {row[name]['more']:.1%} more, {row[name]['perhaps_more']:.1%} perhaps more, {row[name]['less']:.1%} less,"
            f" {row[name]['perhaps_less']:.1%} perhaps less"
            for name in ("quiet", "x1.5", "x2")
        )
        call.say(f"month      {row['mean']:>4} a month, {row['series']} months: {called}")
    call.say(f"{time.process_time() - begun:.1f} s of CPU, load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    call.answer("xenia/bench-watch/2", {"series": lines, "judged_days": JUDGED, "rows": rows})
    return 0


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--series", type=int, default=60, metavar="N", help="how many made-up series (default 60)")


BENCH = Command(
    "bench watch",
    "Measure how often the watch rings for nothing, and how soon it notices an influx or a shift of shares, on made-up series.",
    _run,
    "bench",
    _arguments,
    needs_home=False,
    writes=False,
)
