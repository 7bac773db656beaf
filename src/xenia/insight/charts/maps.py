"""Figures by state on a map of the world, as Vega-Lite: circles as large as the figure, or shades by classes."""

from __future__ import annotations

import itertools
from typing import Any, Final

from xenia.insight import labels, shown
from xenia.insight.charts import data, parts, world
from xenia.insight.charts.look import SHADES, Look
from xenia.insight.charts.parts import Flat
from xenia.insight.charts.plots import SCHEMA
from xenia.insight.release import Released

CLASSES: Final = 5
NAMED: Final = 8
PLACE: Final = {"longitude": {"field": "x", "type": "quantitative"}, "latitude": {"field": "y", "type": "quantitative"}}


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


def _flat(rows: list[dict[str, Any]], look: Look) -> Flat:
    """The part of the world that is looked at; a region is drawn higher than the world is."""
    width, states = look.width + 40, [row["id"] for row in rows]
    found = parts.flat(look.part, states, width, width // 2)
    return found if found.whole else parts.flat(look.part, states, width, width * (10 if look.small else 6) // 10)


def _whole(look: Look, flat: Flat, layers: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "$schema": SCHEMA, "config": look.config(), "width": flat.width, "height": flat.height,
        "projection": flat.projection(), "layer": layers,
    }  # fmt: skip


def outside(made: Released, look: Look, shaded: bool) -> int:
    """How many states with figures are not in the part of the world that is shown: not their middle, `shaded` nothing of them."""
    rows = _rows(made)
    flat = _flat(rows, look)
    places = [world.rings()[row["id"]] if shaded else [world.middles()[row["id"]]] for row in rows]
    return sum(not any(flat.holds(*one) for one in points) for points in places)


def symbols(made: Released, look: Look) -> dict[str, Any]:
    """A circle on each state, its area as the figure, the same in every part of the world; the largest have it beside them."""
    rows = _rows(made)
    flat = _flat(rows, look)
    most = max((row["v"] for row in rows), default=1)
    inside = _inside(rows, flat)
    size = {
        "field": "v", "type": "quantitative", "scale": {"domain": [0, most], "range": [0, 700 if look.small else 2200]},
        "legend": {"title": labels.measure(made.question.fact, made.question.measure), "format": ",~f", "symbolFillColor": look.colours["pen"], "values": _steps(most)},
    }  # fmt: skip
    circles = {
        "data": {"values": inside},
        "mark": {
            "type": "circle",
            "color": look.colours["pen"],
            "opacity": 0.62,
            "stroke": look.colours["surface"],
            "strokeWidth": 1,
        },
        "encoding": {**PLACE, "size": size},
    }
    return _whole(look, flat, [_ground(look), circles, *_words(inside, flat, look)])


def _inside(rows: list[dict[str, Any]], flat: Flat) -> list[dict[str, Any]]:
    """Rows in the part that is shown, each with its place on the earth (`x`, `y`) and in the picture (`px`, `py`)."""
    found = []
    for row in rows:
        x, y = world.middles()[row["id"]]
        if flat.holds(x, y):
            px, py = flat.at(x, y)
            found.append({**row, "x": x, "y": y, "px": px, "py": py})
    return found


def _words(inside: list[dict[str, Any]], flat: Flat, look: Look) -> list[dict[str, Any]]:
    """Figures beside the largest, in a region with the state's name, on a rim of the ground so that they can be read."""
    most = (3 if look.small else NAMED) if flat.whole else (6 if look.small else 2 * NAMED)
    named = not flat.whole and not look.small
    far = (86.0, 32.0) if named else (46.0, 18.0)
    kept = [{**row, "t": f"{row['name']}\n{row['t']}" if named else row["t"]} for row in apart(inside, far)[:most]]
    text = {
        "type": "text",
        "fontWeight": 600,
        "fontSize": 11,
        "lineBreak": "\n",
        "lineHeight": 13,
        "baseline": "middle",
    }
    rim = {"stroke": look.colours["surface"], "strokeWidth": 3, "strokeOpacity": 0.85}
    encoding = {**PLACE, "text": {"field": "t"}}
    return [
        {"data": {"values": kept}, "mark": {**text, **more}, "encoding": encoding}
        for more in (rim, {"color": look.colours["ink"]})
    ]


def apart(rows: list[dict[str, Any]], far: tuple[float, float]) -> list[dict[str, Any]]:
    """The largest that stand so many pixels from each other, across or down, that their figures can be read."""
    kept: list[dict[str, Any]] = []
    for row in rows:
        if all(abs(row["px"] - one["px"]) > far[0] or abs(row["py"] - one["py"]) > far[1] for one in kept):
            kept.append(row)
    return kept


def areas(made: Released, look: Look) -> dict[str, Any]:
    """Each state in the shade of its class; the classes stand in the legend, darker or lighter for more."""
    rows = _rows(made)
    flat = _flat(rows, look)
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
    return _whole(look, flat, [_ground(look), shapes, *([] if flat.whole else _words(_inside(rows, flat), flat, look))])


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
