"""Lines, bars, small charts and heat tables as Vega-Lite. Only figures that were released; nothing is added up."""

from __future__ import annotations

import json
from typing import Any, Final

from django.utils.translation import gettext as _

from xenia.insight import labels, shown
from xenia.insight.charts import data
from xenia.insight.charts.data import Point
from xenia.insight.charts.look import DASHES, SHADES, SHAPES, Look
from xenia.insight.release import Released

SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v6.json"
MOST_SERIES: Final = 6
MOST_BARS: Final = 25
MOST_SMALL: Final = 12
MOST_HEAT: Final = 30
HIDDEN: Final = "c"
NOTHING: Final = "–"


def _times(made: Released) -> int:
    return next(place for place, one in enumerate(data.dimensions(made)) if one.grain)


def _others(made: Released, *axes: int) -> list[int]:
    return [place for place in range(len(made.question.by)) if place not in axes]


def _series(made: Released, axes: list[int]) -> list[dict[str, Any]]:
    """Values with labels `a`, `b`; where the first is a time, its gaps hold 0 (counts) or nothing (medians, rates)."""
    found = {one.at: one for one in data.points(made, axes)}
    dimensions = [data.dimensions(made)[axis] for axis in axes]
    if dimensions[0].grain:
        empty = None if made.question.counted.kind in ("percentile", "ratio") else 0.0
        steps = data.times(dimensions[0], [at[0] for at in found])
        rest = sorted({at[1:] for at in found})
        found = {
            (step, *others): found.get((step, *others), Point((step, *others), empty))
            for step in steps
            for others in rest
        }
    rows = []
    for at, one in found.items():
        row: dict[str, Any] = {
            name: data.label(dim, code) for name, dim, code in zip("abc", dimensions, at, strict=False)
        }
        rows.append({**row, "v": one.value, "h": one.hidden, "k": at[1] if len(at) > 1 else ""})
    return rows


def _ordered(rows: list[dict[str, Any]], name: str) -> list[str]:
    return list(dict.fromkeys(row[name] for row in rows))


def _base(made: Released, look: Look, rows: list[dict[str, Any]]) -> dict[str, Any]:
    del made
    return {"$schema": SCHEMA, "config": look.config(), "data": {"values": rows}}


def _across(look: Look, order: list[str], *, few: bool = False) -> dict[str, Any]:
    """The axis of time, in the order of the rows: an order said by names fails for a thousand. From the right in a language that is read so."""
    return {
        "field": "a", "type": "ordinal", "sort": None, "title": None, "scale": {"reverse": look.from_right},
        "axis": {"labelAngle": 0, "grid": False, "labelSeparation": 12, **(_ends(look, order) if few and len(order) > 1 else {})},
    }  # fmt: skip


def _ends(look: Look, order: list[str]) -> dict[str, Any]:
    """Only the first and last of an axis, each within its own chart."""
    first = {"condition": {"test": f"datum.value === {json.dumps(order[0])}", "value": look.start}, "value": look.end}
    return {"values": [order[0], order[-1]], "labelAlign": first, "labelOverlap": False}


def _up(made: Released, look: Look, title: bool = True) -> dict[str, Any]:
    measure = labels.measure(made.question.fact, made.question.measure)
    return {
        "field": "v", "type": "quantitative", "title": measure if title else None, "scale": {"zero": True},
        "axis": {
            "orient": look.start, "titleAngle": 0, "titleAlign": look.start, "titleAnchor": "end", "titleX": 0, "titleY": -12, "tickCount": 5,
            "format": ",~f", "domain": False, "ticks": False,
        },
    }  # fmt: skip


def lines(made: Released, look: Look) -> dict[str, Any]:
    """Figures over time, one line for each member of the second breakdown: colour, dash and point shape say which."""
    when = _times(made)
    more = _others(made, when)[:1]
    axes = [when, *more]
    rows = _series(made, axes)
    encoding: dict[str, Any] = {"x": _across(look, _ordered(rows, "a")), "y": _up(made, look)}
    many = len(_ordered(rows, "a"))
    mark: dict[str, Any] = {"type": "line", "strokeWidth": 2.5, "invalid": "break-paths-show-domains"}
    if many <= 60:
        mark["point"] = {"size": 44, "filled": True}
    if more:
        kept, _number = data.largest(made, more[0], MOST_SERIES)
        rows = [row for row in rows if row["k"] in kept]
        names = [data.label(data.dimensions(made)[more[0]], code) for code in kept]
        count = len(names)
        encoding["y"] = _up(made, look, title=False)
        legend = {"title": _titled(made, more[0], count, _number), "values": names}
        encoding |= {
            "color": {"field": "b", "type": "nominal", "scale": {"domain": names, "range": list(look.series[:count])}, "legend": legend},
            "strokeDash": {"field": "b", "type": "nominal", "scale": {"domain": names, "range": list(DASHES[:count])}, "legend": legend},
        }  # fmt: skip
        if many <= 60:
            encoding["shape"] = {
                "field": "b",
                "type": "nominal",
                "scale": {"domain": names, "range": list(SHAPES[:count])},
                "legend": legend,
            }
    else:
        mark["color"] = look.colours["pen"]
    return {
        **_base(made, look, rows), "width": look.width, "height": 220 if look.small else 320, "mark": mark, "encoding": encoding,
    }  # fmt: skip


def _written(point: Point) -> str:
    """A figure as the table has it: what is hidden and what is not there are no 0."""
    if point.hidden:
        return HIDDEN
    return NOTHING if point.value is None else shown.number(point.value)


def _titled(made: Released, axis: int, shown_members: int, of: int) -> str:
    name = labels.dimension(made.question.fact, made.question.by[axis])
    if of > shown_members and data.dimensions(made)[axis].grain:
        return _("%(name)s, the last %(n)d of %(of)d") % {"name": name, "n": shown_members, "of": of}
    if of > shown_members:
        return _("%(name)s, the %(n)d largest of %(of)d") % {"name": name, "n": shown_members, "of": of}
    return name


def bars(made: Released, look: Look) -> dict[str, Any]:
    """One bar for each member of the first breakdown, the figure at its end; what is hidden or not there says so."""
    one = data.dimensions(made)[0]
    found = data.points(made, [0])
    if one.grain:
        codes = [point.at[0] for point in found][-MOST_BARS:]
    else:
        codes, _number = data.largest(made, 0, MOST_BARS)
    by_code = {point.at[0]: point for point in found}
    rows = [
        {
            "a": data.label(one, code), "v": by_code[code].value or 0,
            "t": _written(by_code[code]),
        }
        for code in codes
    ]  # fmt: skip
    names = [row["a"] for row in rows]
    y = {
        "field": "a", "type": "nominal", "sort": names, "title": _titled(made, 0, len(codes), len(found)) if len(codes) < len(found) else None,
        "axis": {"orient": look.start, "domain": False, "ticks": False, "labelColor": look.colours["ink"]},
    }  # fmt: skip
    measure = labels.measure(made.question.fact, made.question.measure)
    x = {
        "field": "v", "type": "quantitative", "title": measure, "scale": {"reverse": look.from_right, "zero": True},
        "axis": {"format": ",~f", "tickCount": 5, "domain": False},
    }  # fmt: skip
    text = {"type": "text", "align": look.start, "dx": -6 if look.from_right else 6, "baseline": "middle"}
    return {
        **_base(made, look, rows),
        "width": look.width - 60,
        "height": {"step": 24},
        "layer": [
            {"mark": {"type": "bar", "color": look.colours["pen"], "height": {"band": 0.72}}},
            {"mark": text, "encoding": {"text": {"field": "t"}}},
        ],
        "encoding": {"y": y, "x": x},
    }


def small_multiples(made: Released, look: Look) -> dict[str, Any]:
    """One small chart over time for each of the largest members, all on one scale."""
    when = _times(made)
    other = _others(made, when)[0]
    rows = _series(made, [when, other])
    kept, number = data.largest(made, other, MOST_SMALL)
    rows = [row for row in rows if row["k"] in kept]
    names = [data.label(data.dimensions(made)[other], code) for code in kept]
    order = _ordered(rows, "a")
    columns = 1 if look.small else 3
    facet = {
        "field": "b", "type": "nominal", "sort": names, "columns": columns, "title": _titled(made, other, len(kept), number),
        "header": {"labelOrient": "top", "labelFontWeight": 600, "titleAnchor": look_anchor(look)},
    }  # fmt: skip
    mark = {
        "type": "area",
        "line": {"color": look.colours["pen"], "strokeWidth": 2},
        "color": look.colours["pen"],
        "fillOpacity": 0.14,
    }
    return {
        **_base(made, look, rows),
        "columns": columns,
        "facet": facet,
        "spacing": {"row": 14, "column": 22},
        "spec": {
            "width": look.width if look.small else 240, "height": 84,
            "mark": {**mark, "invalid": "break-paths-show-domains"},
            "encoding": {"x": _across(look, order, few=True), "y": _up(made, look, title=False)},
        },
    }  # fmt: skip


def look_anchor(look: Look) -> str:
    """Where a title of many charts stands."""
    return "end" if look.from_right else "start"


def heat(made: Released, look: Look) -> dict[str, Any]:
    """Two breakdowns as rows and columns; each cell has its figure and a shade."""
    first, second = (0, 1) if not data.dimensions(made)[0].grain else (1, 0)
    rows = _series(made, [second, first])
    most_across = 6 if look.small else 14
    down, down_of = data.largest(made, first, MOST_HEAT)
    if data.dimensions(made)[second].grain:
        across_of = len(_ordered(rows, "a"))
        across = _ordered(rows, "a")[-most_across:]
    else:
        codes, across_of = data.largest(made, second, most_across)
        across = [data.label(data.dimensions(made)[second], code) for code in codes]
    names = [data.label(data.dimensions(made)[first], code) for code in down]
    rows = [
        {**row, "t": HIDDEN if row["h"] else "" if row["v"] is None else shown.number(row["v"])}
        for row in rows
        if row["a"] in across and row["b"] in names
    ]
    most = max((row["v"] or 0 for row in rows), default=0) or 1
    light, strong = SHADES[look.theme]
    x = {
        "field": "a", "type": "ordinal", "sort": across, "scale": {"reverse": look.from_right},
        "title": _titled(made, second, len(across), across_of) if across_of > len(across) else None,
        "axis": {"orient": "top", "labelAngle": 0 if len(across) < 8 and not look.small else -40, "domain": False, "ticks": False, "labelLimit": 110},
    }  # fmt: skip
    y = {
        "field": "b", "type": "nominal", "sort": names, "title": _titled(made, first, len(down), down_of) if down_of > len(down) else None,
        "axis": {"orient": look.start, "domain": False, "ticks": False, "labelColor": look.colours["ink"]},
    }  # fmt: skip
    colour = {
        "field": "v",
        "type": "quantitative",
        "scale": {"type": "sqrt", "domain": [0, most], "range": [light, strong]},
        "legend": None,
    }
    above = f"datum.v > {most * 0.3}"
    on_strong = "#ffffff" if look.theme == "light" else "#10203a"
    return {
        **_base(made, look, rows),
        "width": look.width - 90,
        "height": {"step": 26},
        "encoding": {"x": x, "y": y},
        "layer": [
            {"mark": {"type": "rect", "stroke": look.colours["surface"], "strokeWidth": 2}, "encoding": {"color": colour}},
            {
                "mark": {"type": "text", "fontSize": 10 if look.small else 12},
                "encoding": {"text": {"field": "t"}, "color": {"condition": {"test": above, "value": on_strong}, "value": look.colours["ink"]}},
            },
        ],
    }  # fmt: skip
