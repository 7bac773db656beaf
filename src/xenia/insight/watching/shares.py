"""Did the shares move although the total did not: who comes or where, while as many come as ever. Pure.

A post's or a nationality's part of all, as the logarithm of the part over the rest (Aitchison, J. R. Stat. Soc. B 44 (1982) 139),
against the same weekdays of the eight weeks before the last one, smoothed as the EWMA rule does. Parts rise and fall together, so
both directions are looked at, and of one look the clearest finding stands for the others.

It says nothing on a day on which a post is missing (all shares would be wrong), on which the total itself moved (then the rules
of `alarms` speak), or of a part or a rest of fewer than twenty a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xenia.insight.watching import alarms, chances, usual
from xenia.insight.watching.alarms import Judged, Rules
from xenia.insight.watching.series import WEEK, Mask, Numbers, Segment, Table, significant
from xenia.insight.watching.terms import term, whole
from xenia.insight.watching.usual import HALF_A_STEP, Usual

RULE = "share"
WHOLE = Segment()


def is_part(segment: Segment) -> bool:
    """Whether it is a post's or a nationality's part of all. Nationalities at a post are left to `alarms`."""
    return segment.scope in ("post", "nationality")


def total_moved(table: Table, rules: Rules, incomplete: Mask) -> bool:
    """Whether the total itself is no longer as usual on the last day: more, by the rules, or as much less."""
    if WHOLE not in table.segments:
        return False
    total = table.segments.index(WHOLE)
    values = np.where(incomplete[total], np.nan, table.values[total])[np.newaxis]
    if alarms.judge(Table(table.first, (WHOLE,), values), rules, controlled=False)[0].crossed:
        return True
    end, logs = table.days - 1, np.log(values + HALF_A_STEP)
    normal = usual.of(values, logs, end)
    one = alarms.deviation(normal)
    smooth, wide = usual.smoothed(usual.distances(logs[:, max(0, end - WEEK) :], normal), normal, one, rules.smoothing)
    return bool(smooth[0, 1] < -rules.limit * wide[0])


def judge(
    table: Table, rules: Rules, *, incomplete: Mask | None = None, moved: bool = False, controlled: bool = True
) -> list[Judged]:
    """The share of every part of the table on its last day, in percent; nothing where the table has no total.

    `incomplete`: as for `alarms.judge`. `moved`: the total is not as usual. `controlled`: findings that so many shares would bring by
    chance are only watched.
    """
    if WHOLE not in table.segments:
        return []
    lines = [line for line, one in enumerate(table.segments) if is_part(one)]
    total = table.segments.index(WHOLE)
    lacking = np.zeros(table.values.shape[1], dtype=bool) if incomplete is None else incomplete[total]
    parts = np.where(lacking, np.nan, table.values[lines])
    rests = np.maximum(np.where(lacking, np.nan, table.values[total]) - parts, 0.0)
    end = table.days - 1
    ratios = np.log(parts + HALF_A_STEP) - np.log(rests + HALF_A_STEP)
    normal, remaining = usual.of(parts, ratios, end), usual.of(rests, ratios, end)
    one = _deviation(normal, remaining)
    week = usual.distances(ratios[:, max(0, end - WEEK) :], normal)
    smooth, wide = usual.smoothed(week, normal, one, rules.smoothing)
    found = [
        _one(
            table.segments[line], float(parts[at, -1]), float(rests[at, -1]), normal, remaining, at, rules, smooth[at], float(wide[at])
        )
        for at, line in enumerate(lines)
    ]  # fmt: skip
    return _states(found, rules, bool(lacking[-1]), moved, controlled)


def _deviation(normal: Usual, remaining: Usual) -> Numbers:
    """Spread of one day's ratio; never less than chance, noise and rounding of part and rest alone make it."""
    part, rest = np.maximum(normal.count[:, -1], 0.0), np.maximum(remaining.count[:, -1], 0.0)
    noise = term("release-variance")
    chance = np.sqrt((part + noise) / (part + HALF_A_STEP) ** 2 + (rest + 2 * noise) / (rest + HALF_A_STEP) ** 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.fmax(normal.log_spread, chance) * np.sqrt(1 + 1 / normal.days[:, -1]))


def _one(
    segment: Segment, part: float, rest: float, normal: Usual, remaining: Usual, at: int, rules: Rules, smooth: Numbers,
    wide: float,
) -> Judged:  # fmt: skip
    nan, base = float("nan"), int(normal.base[at])
    observed = 100 * part / (part + rest) if part + rest > 0 else nan
    nothing = Judged(segment, observed, nan, nan, nan, nan, "", False, (), base, "")
    if np.isnan(part):
        return replace(nothing, state="incomplete")
    least = term("share-least")
    few = max(part, normal.count[at, -1]) < least or max(rest, remaining.count[at, -1]) < least
    if few or base == 0 or normal.days[at, -1] < whole("least-per-weekday"):
        return replace(nothing, state="too-little")
    middle, freedom = float(normal.log[at, -1] + normal.season[at]), max(base - WEEK, 4)
    score = chances.for_few(float(smooth[1]) / wide, freedom)
    least_score = chances.score_of(
        chances.normal_above(rules.limit) / 2
    )  # up or down: by chance as often as the others
    limit = chances.with_few(least_score, freedom) * wide * (1 if score >= 0 else -1)
    needed = (limit - (1 - rules.smoothing) * float(smooth[0])) / rules.smoothing
    ring = max(middle, middle + needed) if score >= 0 else min(middle, middle + needed)
    crossed = abs(score) > least_score and (observed > _percent(middle)) == (score > 0)
    return replace(
        nothing, expected=_percent(middle), threshold=_percent(ring), score=abs(score),
        chance=2 * chances.normal_above(abs(score)), rule=RULE, crossed=crossed, agreed=(RULE,) if crossed else (),
    )  # fmt: skip


def _percent(ratio: float) -> float:
    """The share of a part whose logarithm over the rest is this."""
    return 100 / (1 + float(np.exp(-min(max(ratio, -30.0), 30.0))))


def _states(found: Sequence[Judged], rules: Rules, lacking: bool, moved: bool, controlled: bool) -> list[Judged]:
    stand = significant([one.chance for one in found], rules.share) if controlled else [True] * len(found)
    said = []
    for one, stands in zip(found, stand, strict=True):
        if one.state:
            said.append(one)
        elif lacking:
            said.append(replace(one, state="incomplete"))
        elif moved:
            said.append(replace(one, state="total-moved", crossed=False))
        else:
            said.append(replace(one, state="usual" if not one.crossed else "warn" if stands else "watch"))
    return said
