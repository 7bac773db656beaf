"""Flows between the members of two breakdowns, as Vega: bands as broad as their figures. Vega-Lite has no such mark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from xenia.insight import shown
from xenia.insight.charts import data
from xenia.insight.charts.look import FONT, Look
from xenia.insight.release import Released

MOST: Final = 12  # members on each side
GAP: Final = 8.0
BAR: Final = 10.0


@dataclass(frozen=True)
class Band:
    """One flow: where it leaves and arrives (the upper edges), how broad it is."""

    source: str
    target: str
    value: float
    left: float
    right: float
    broad: float


@dataclass(frozen=True)
class Side:
    """The bars of one side: code to upper edge and height."""

    bars: dict[str, tuple[float, float]]


def flows(made: Released, look: Look) -> dict[str, Any]:
    """From the first breakdown that is no time to the second."""
    axes = [place for place, one in enumerate(data.dimensions(made)) if not one.grain][:2]
    kept = [set(data.largest(made, axis, MOST)[0]) for axis in axes]
    found = [
        (one.at[0], one.at[1], one.value)
        for one in data.points(made, axes)
        if one.value and one.at[0] in kept[0] and one.at[1] in kept[1]
    ]
    height = 440.0 if not look.small else 360.0
    bands, left, right = layout(found, height)
    room = 96.0 if look.small else 190.0
    start, end = room, (look.width + 40) - room
    if look.from_right:
        start, end = end - BAR, start + BAR
    ordered = sorted(left.bars)
    colours = {code: look.series[place % len(look.series)] for place, code in enumerate(ordered)}
    x0, x1 = (start, end) if look.from_right else (start + BAR, end - BAR)
    paths = [{"path": ribbon(x0, x1, one.left, one.right, one.broad), "c": colours[one.source]} for one in bands]
    dimensions = [data.dimensions(made)[axis] for axis in axes]
    nodes, words = [], []
    totals = [{one.at[0]: one.value for one in data.points(made, [axis])} for axis in axes]  # as released, not added up
    for place, (side, dim) in enumerate(zip((left, right), dimensions, strict=True)):
        at = start if place == 0 else end - BAR
        outside = (place == 0) != look.from_right
        for code, (top, high) in side.bars.items():
            nodes.append({"x": at, "y": top, "h": max(high, 1.0)})
            total = totals[place].get(code)
            label = data.label(dim, code) + ("" if total is None else f" {shown.number(total)}")
            words.append(
                {
                    "x": at - 6 if outside else at + BAR + 6,
                    "y": top + high / 2,
                    "t": label,
                    "a": "right" if outside else "left",
                }
            )
    return _spec(look, height, paths, nodes, words, room)


def layout(found: list[tuple[str, str, float]], height: float) -> tuple[list[Band], Side, Side]:
    """Where bars and bands stand. `found`: from, to, figure. The largest stand at the top; no band crosses more than it must."""
    sums: tuple[dict[str, float], dict[str, float]] = ({}, {})
    for source, target, value in found:
        sums[0][source] = sums[0].get(source, 0) + value
        sums[1][target] = sums[1].get(target, 0) + value
    whole = sum(value for _source, _target, value in found) or 1.0
    rows = max(len(sums[0]), len(sums[1]), 1)
    scale = (height - GAP * (rows - 1)) / whole
    sides = []
    for one in sums:
        bars, top = {}, (height - whole * scale - GAP * (len(one) - 1)) / 2
        for code in sorted(one, key=lambda name: (-one[name], name)):
            bars[code] = (top, one[code] * scale)
            top += one[code] * scale + GAP
        sides.append(Side(bars))
    used: tuple[dict[str, float], dict[str, float]] = ({}, {})
    bands = []
    for source, target, value in sorted(found, key=lambda one: (sides[0].bars[one[0]][0], sides[1].bars[one[1]][0])):
        out, into = used[0].get(source, 0.0), used[1].get(target, 0.0)
        bands.append(
            Band(source, target, value, sides[0].bars[source][0] + out, sides[1].bars[target][0] + into, value * scale)
        )
        used[0][source], used[1][target] = out + value * scale, into + value * scale
    return bands, sides[0], sides[1]


def ribbon(x0: float, x1: float, left: float, right: float, broad: float) -> str:
    """The outline of a band as an SVG path."""
    middle = (x0 + x1) / 2
    return (
        f"M{x0:.1f},{left:.1f}C{middle:.1f},{left:.1f} {middle:.1f},{right:.1f} {x1:.1f},{right:.1f}"
        f"L{x1:.1f},{right + broad:.1f}C{middle:.1f},{right + broad:.1f} {middle:.1f},{left + broad:.1f} {x0:.1f},{left + broad:.1f}Z"
    )


def _spec(
    look: Look, height: float, paths: list[dict[str, Any]], nodes: list[dict[str, Any]], words: list[dict[str, Any]], room: float
) -> dict[str, Any]:  # fmt: skip
    text = {
        "x": {"field": "x"}, "y": {"field": "y"}, "text": {"field": "t"}, "align": {"field": "a"}, "baseline": {"value": "middle"},
        "font": {"value": FONT}, "fontSize": {"value": 10 if look.small else 12}, "fill": {"value": look.colours["ink"]}, "limit": {"value": room - 10},
    }  # fmt: skip
    return {
        "$schema": "https://vega.github.io/schema/vega/v6.json",
        "width": look.width + 40, "height": height, "padding": 10, "background": look.colours["surface"],
        "data": [{"name": "paths", "values": paths}, {"name": "nodes", "values": nodes}, {"name": "words", "values": words}],
        "marks": [
            {"type": "path", "from": {"data": "paths"}, "encode": {"enter": {
                "path": {"field": "path"}, "fill": {"field": "c"}, "fillOpacity": {"value": 0.42}, "stroke": {"value": look.colours["surface"]}, "strokeWidth": {"value": 0.7},
            }}},
            {"type": "rect", "from": {"data": "nodes"}, "encode": {"enter": {
                "x": {"field": "x"}, "y": {"field": "y"}, "width": {"value": BAR}, "height": {"field": "h"}, "fill": {"value": look.colours["ink"]},
            }}},
            {"type": "text", "from": {"data": "words"}, "encode": {"enter": text}},
        ],
    }  # fmt: skip
