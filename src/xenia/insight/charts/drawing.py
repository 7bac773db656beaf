"""Which chart a released table is drawn as, its specification, and what it says in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.utils.translation import ngettext

from xenia.errors import BadInput
from xenia.insight import labels, notes, shown
from xenia.insight.charts import data, flows, maps, plots
from xenia.insight.charts.look import FONT, Look
from xenia.insight.release import Released

FEW_SERIES: Final = 6
MAPS: Final = ("symbols", "areas")

NAMES: Final = {
    "lines": later("Lines over time"), "bars": later("Bars"), "small-multiples": later("Small charts beside each other"),
    "heat": later("Heat table"), "flows": later("Flows"), "symbols": later("Map with circles"), "areas": later("Map with shades"),
}  # fmt: skip
_DRAWN: Final[Mapping[str, Callable[[Released, Look], dict[str, Any]]]] = {
    "lines": plots.lines, "bars": plots.bars, "small-multiples": plots.small_multiples, "heat": plots.heat,
    "flows": flows.flows, "symbols": maps.symbols, "areas": maps.areas,
}  # fmt: skip
KINDS: Final = tuple(_DRAWN)


@dataclass(frozen=True)
class Picture:
    """A chart before it is drawn. `engine`: vega or vega-lite; `says`: what it shows, for whoever does not see it."""

    kind: str
    engine: str
    spec: dict[str, Any]
    says: str


def picture(made: Released, kind: str, look: Look) -> Picture:
    """The chart of a table. Raises `BadInput` (`chart-not-fitting`) where it has not the breakdowns that the chart needs."""
    chosen = fitting(made) if kind == "auto" else kind
    why = _missing(made, chosen)
    if why:
        raise BadInput("This chart does not fit the table.", why, code="chart-not-fitting")
    spec = _DRAWN[chosen](made, look)
    if look.titled:
        spec["title"] = _title(made, look)
    return Picture(chosen, "vega" if chosen == "flows" else "vega-lite", spec, says(made, chosen, look))


def _title(made: Released, look: Look) -> dict[str, Any]:
    """What a picture says where it stands alone: what, when, of which, how protected."""
    about = [notes.period(made.question), *notes.conditions(made.question)]
    released = f"{notes.GRADES[made.grade]} · {made.at.date().isoformat()} · {made.digest[:16]}"
    return {
        "text": notes.title(made.question),
        "subtitle": [" · ".join(about)[:160], *(one[:160] for one in notes.of(made)[:2]), released],
        "anchor": "end" if look.from_right else "start",
        "frame": "group",
        "fontSize": 15,
        "subtitleFontSize": 11,
        "font": FONT,
        "subtitleFont": FONT,
        "color": look.colours["ink"],
        "subtitleColor": look.colours["muted"],
        "offset": 14,
    }


def fitting(made: Released) -> str:
    """The chart that fits best; empty where a single figure needs none."""
    kinds = [bool(one.grain) for one in data.dimensions(made)]
    counts = [len(data.points(made, [axis])) for axis in range(len(kinds))]
    if not kinds or not all(counts):
        return ""
    if kinds[0]:
        if counts[0] == 1:
            return "bars" if len(kinds) == 1 else "heat"
        if len(kinds) == 1 or (len(kinds) == 2 and counts[1] <= FEW_SERIES):
            return "lines"
        return "small-multiples"
    if len(kinds) == 1:
        return "bars"
    return "small-multiples" if any(kinds) else "heat"


def _missing(made: Released, kind: str) -> str:
    """Why a chart cannot show this table; empty where it can."""
    dimensions = data.dimensions(made)
    grains = [bool(one.grain) for one in dimensions]
    if not dimensions or not data.points(made, [0]):
        return _("Add a breakdown.")
    if kind not in _DRAWN:
        return _("Choose another chart.")
    if kind in ("lines", "small-multiples") and not any(grains):
        return _("Add a breakdown by time.")
    if kind in ("lines", "small-multiples") and len(data.points(made, [grains.index(True)])) > data.MOST_TIMES:
        return _("Ask for fewer breakdowns or a shorter period.")
    if kind == "small-multiples" and len(grains) < 2:
        return _("Add a second breakdown.")
    if kind == "heat" and len(grains) < 2:
        return _("Add a second breakdown.")
    if kind == "flows" and grains.count(False) < 2:
        return _("Flows need two breakdowns that are no times.")
    if kind in MAPS and not any(labels.is_state(one) for one in dimensions):
        return _("A map needs a breakdown by state or nationality.")
    return ""


def says(made: Released, kind: str, look: Look = Look()) -> str:  # noqa: B008 - frozen
    """The chart in words: what it is, the most, the least; the table below has every figure."""
    axis = 0
    if kind in MAPS:
        axis = next(place for place, one in enumerate(data.dimensions(made)) if labels.is_state(one))
    one = data.dimensions(made)[axis]
    found = [point for point in data.points(made, [axis]) if point.value is not None]
    said = f"{NAMES[kind]}: {notes.title(made.question)}, {notes.period(made.question)}."
    if len(found) > 1:
        most, least = max(found, key=lambda it: it.value or 0), min(found, key=lambda it: it.value or 0)
        said += " " + _("Most: %(most)s (%(most_n)s). Least: %(least)s (%(least_n)s).") % {
            "most": data.label(one, most.at[0]), "most_n": shown.number(most.value or 0),
            "least": data.label(one, least.at[0]), "least_n": shown.number(least.value or 0),
        }  # fmt: skip
    beyond = maps.outside(made, look, kind == "areas") if kind in MAPS else 0
    if beyond:
        said += " " + ngettext(
            "%(n)d state with a figure lies outside of this map.",
            "%(n)d states with figures lie outside of this map.",
            beyond,
        ) % {"n": beyond}
    return said + " " + _("All figures are in the table.")
