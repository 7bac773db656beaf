"""Figures by state on a map of the world, as Vega-Lite: circles as large as the figure, or shades by classes."""

from __future__ import annotations

import itertools
from typing import Any, Final

from xenia.insight import labels, shown
from xenia.insight.charts import data, world
from xenia.insight.charts.look import SHADES, Look
from xenia.insight.charts.plots import SCHEMA
from xenia.insight.release import Released

CLASSES: Final = 5
NAMED: Final = 8
FAR: Final = (22.0, 8.0)  # degrees of longitude and latitude between two figures


def _rows(made: Released) -> list[dict[str, Any]]:
    """Figures of the states that are on the map, the largest first; what is hidden or no state is in the table only."""
    axis = next(place for place, one in enumerate(data.dimensions(made)) if labels.is_state(one))
    one, found = data.dimensions(made)[axis], {}
    for point in data.points(made, [axis]):
        number = world.number(point.at[0])
        if number and point.value:
            found[number] = {
                "id": number,
                "name": data.label(one, point.at[0]),
                "v": point.value,
                "t": shown.number(point.value),
            }
    return sorted(found.values(), key=lambda row: -float(row["v"]))


def _ground(look: Look) -> dict[str, Any]:
    return {
        "data": {"values": world.outlines(), "format": {"type": "topojson", "feature": "countries"}},
        "mark": {
            "type": "geoshape",
            "fill": look.colours["sunken"],
            "stroke": look.colours["edge"],
            "strokeWidth": 0.4,
        },
    }


def _whole(look: Look, layers: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "$schema": SCHEMA, "config": look.config(), "width": look.width + 40, "height": (look.width + 40) // 2,
        "projection": {"type": "equalEarth"}, "layer": layers,
    }  # fmt: skip


def symbols(made: Released, look: Look) -> dict[str, Any]:
    """A circle on each state, its area as the figure; the largest have it beside them."""
    rows = _rows(made)
    for row in rows:
        row["x"], row["y"] = world.middles()[row["id"]]
    most = max((row["v"] for row in rows), default=1)
    place = {"longitude": {"field": "x", "type": "quantitative"}, "latitude": {"field": "y", "type": "quantitative"}}
    size = {
        "field": "v", "type": "quantitative", "scale": {"domain": [0, most], "range": [0, 700 if look.small else 2200]},
        "legend": {"title": labels.measure(made.question.fact, made.question.measure), "format": ",~f", "symbolFillColor": look.colours["pen"], "values": _steps(most)},
    }  # fmt: skip
    circles = {
        "data": {"values": rows},
        "mark": {
            "type": "circle",
            "color": look.colours["pen"],
            "opacity": 0.62,
            "stroke": look.colours["surface"],
            "strokeWidth": 1,
        },
        "encoding": {**place, "size": size},
    }
    words = {
        "data": {"values": apart(rows)[: 3 if look.small else NAMED]},
        "mark": {
            "type": "text",
            "fontWeight": 600,
            "fontSize": 11,
            "stroke": look.colours["surface"],
            "strokeWidth": 3,
            "strokeOpacity": 0.85,
        },
        "encoding": {**place, "text": {"field": "t"}},
    }
    over = {**words, "mark": {"type": "text", "fontWeight": 600, "fontSize": 11, "color": look.colours["ink"]}}
    return _whole(look, [_ground(look), circles, words, over])


def apart(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The largest that stand far enough from each other for their figures to be read."""
    kept: list[dict[str, Any]] = []
    for row in rows:
        if all(abs(row["x"] - one["x"]) > FAR[0] or abs(row["y"] - one["y"]) > FAR[1] for one in kept):
            kept.append(row)
    return kept


def areas(made: Released, look: Look) -> dict[str, Any]:
    """Each state in the shade of its class; the classes stand in the legend, darker or lighter for more."""
    rows = _rows(made)
    limits = classes([row["v"] for row in rows])
    names = class_names(limits)
    for row in rows:
        row["c"] = names[sum(row["v"] >= limit for limit in limits)]
    low, high = SHADES[look.theme]
    shades = [_between(low, high, 0.25 + 0.75 * place / max(1, len(names) - 1)) for place in range(len(names))]
    shapes = {
        "data": {"values": world.outlines(), "format": {"type": "topojson", "feature": "countries"}},
        "transform": [
            {"lookup": "id", "from": {"data": {"values": rows}, "key": "id", "fields": ["c"]}},
            {"filter": "isValid(datum.c)"},
        ],
        "mark": {"type": "geoshape", "stroke": look.colours["ink"], "strokeWidth": 0.6},
        "encoding": {
            "color": {
                "field": "c", "type": "ordinal", "scale": {"domain": names, "range": shades},
                "legend": {"title": labels.measure(made.question.fact, made.question.measure), "columns": 2 if look.small else len(names), "symbolType": "square"},
            }
        },
    }  # fmt: skip
    return _whole(look, [_ground(look), shapes])


def _steps(most: float) -> list[float]:
    """Two or three round figures for a legend."""
    top = 10 ** (len(str(int(most))) - 1)
    first = next((step * top for step in (5, 2, 1) if step * top <= most), top)
    return [first, first / 5]


def classes(values: list[float]) -> list[float]:
    """Limits between classes, round figures that part the values about evenly; none for fewer than two values."""
    ordered = sorted(values)
    limits: list[float] = []
    for place in range(1, CLASSES):
        value = ordered[len(ordered) * place // CLASSES] if ordered else 0
        size = 10 ** max(0, len(str(int(value))) - 1)
        limit = float(int(value / size + 0.5) * size)
        if ordered and ordered[0] < limit <= ordered[-1] and limit not in limits:
            limits.append(limit)
    return sorted(limits)


def class_names(limits: list[float]) -> list[str]:
    """`under 10`, `10 to under 50`, `50 and more`, written with signs alone so that they read in every language."""
    if not limits:
        return ["> 0"]
    inner = [f"{shown.number(low)} – < {shown.number(high)}" for low, high in itertools.pairwise(limits)]
    return [f"< {shown.number(limits[0])}", *inner, f"≥ {shown.number(limits[-1])}"]


def _between(low: str, high: str, share: float) -> str:
    parts = [(int(low[at : at + 2], 16), int(high[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in parts)
