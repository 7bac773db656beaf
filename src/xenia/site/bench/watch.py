"""`xenia bench watch`: how often the watch rings for nothing, and how soon it notices an influx. Made-up series, always the same."""

from __future__ import annotations

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


def _run(call: Call) -> int:
    lines = call.options.series
    begun, rows = time.process_time(), []
    for main in ("ewma", "farrington"):
        for row in measure(lines, main):
            rows.append(row)
            said = "; ".join(
                f"x{times}: median {row[f'x{times}']['median']} days, latest {row[f'x{times}']['latest']}, missed"
                f" {row[f'x{times}']['missed']} of {lines}"
                for times in TIMES
            )
            call.say(
                f"{main:10} {row['mean']:>4} a day: {row['onsets']:.2f} false alarms a series and year ({row['days']:.2f} days;"
                f" {row['held']:.2f} days with false findings held down over {lines} series); {said}"
            )
    call.say(f"{time.process_time() - begun:.1f} s of CPU, load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    call.answer("xenia/bench-watch/1", {"series": lines, "judged_days": JUDGED, "rows": rows})
    return 0


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--series", type=int, default=60, metavar="N", help="how many made-up series (default 60)")


BENCH = Command(
    "bench watch",
    "Measure how often the watch rings for nothing, and how soon it notices an influx, on made-up series.",
    _run,
    "bench",
    _arguments,
    needs_home=False,
    writes=False,
)
