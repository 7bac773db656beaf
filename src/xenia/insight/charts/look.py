"""How charts look: the colours of `look.css`, light and dark; a shape or a dash beside each colour. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

FONT: Final = "FiraGO Latin, FiraGO Arabic, FiraGO Cyrillic, FiraGO Georgian, FiraGO, system-ui, sans-serif"
COLOURS: Final = {
    "light": {
        "surface": "#fffdf8", "sunken": "#e9e4d9", "ink": "#1d1b18", "muted": "#5a5348", "line": "#d8d0c1", "edge": "#857b6b", "pen": "#1b4a86",
    },
    "dark": {
        "surface": "#211e1b", "sunken": "#100f0d", "ink": "#f0eae0", "muted": "#b6ac9c", "line": "#3a352e", "edge": "#8d8373", "pen": "#9dc1f5",
    },
}  # fmt: skip
# Seals (green, amber, red) are kept for findings: none of them is used for a series.
SERIES: Final = {
    "light": ("#1b4a86", "#a3541a", "#1d7377", "#75397a", "#65631a", "#5a5348"),
    "dark": ("#9dc1f5", "#eab183", "#7fd0cc", "#d9a6dc", "#cfcb7a", "#b6ac9c"),
}
DASHES: Final = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3], [4, 4], [1, 3])
SHAPES: Final = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
SHADES: Final = {"light": ("#e2eaf4", "#1b4a86"), "dark": ("#1b2838", "#9dc1f5")}


@dataclass(frozen=True)
class Look:
    """Light or dark, wide or for a phone, from the left or from the right, with a title where it stands alone; `part` of the world on maps."""

    theme: str = "light"
    small: bool = False
    from_right: bool = False
    titled: bool = False
    part: str = "fit"

    @property
    def colours(self) -> dict[str, str]:
        """Colours by the names of `look.css`."""
        return COLOURS[self.theme]

    @property
    def series(self) -> tuple[str, ...]:
        """Colours of the series."""
        return SERIES[self.theme]

    @property
    def width(self) -> int:
        """Of the plot, in pixels."""
        return 270 if self.small else 820

    @property
    def start(self) -> str:
        """The side where a line of text begins."""
        return "right" if self.from_right else "left"

    @property
    def end(self) -> str:
        """The other side."""
        return "left" if self.from_right else "right"

    def config(self) -> dict[str, Any]:
        """What all Vega-Lite charts share."""
        one, size = self.colours, 12
        axis = {
            "labelColor": one["muted"], "titleColor": one["muted"], "gridColor": one["line"], "domainColor": one["edge"],
            "tickColor": one["edge"], "labelFontSize": size, "titleFontSize": size, "titleFontWeight": 400, "labelFont": FONT,
            "titleFont": FONT, "labelOverlap": "greedy", "labelLimit": 90 if self.small else 190,
        }  # fmt: skip
        return {
            "font": FONT,
            "background": one["surface"],
            "padding": 4,
            "view": {"stroke": None},
            "axis": axis,
            "legend": {
                "labelColor": one["ink"], "titleColor": one["muted"], "labelFontSize": size, "titleFontSize": size,
                "labelFont": FONT, "titleFont": FONT, "titleFontWeight": 400, "symbolSize": 110, "symbolStrokeWidth": 2,
                "orient": "top", "direction": "horizontal", "columns": 2 if self.small else 4, "labelLimit": 180,
            },
            "header": {"labelColor": one["ink"], "titleColor": one["muted"], "labelFontSize": size, "labelFont": FONT, "labelAnchor": "start" if not self.from_right else "end"},
            "text": {"color": one["ink"], "font": FONT, "fontSize": size},
        }  # fmt: skip
