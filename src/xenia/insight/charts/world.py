"""The outlines of states, and where the middle of each is. Natural Earth 1:110m by way of world-atlas, ISO numeric codes."""

from __future__ import annotations

import itertools
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from xenia.formats import states

HERE = Path(__file__).parent
Point = tuple[float, float]


@lru_cache(maxsize=1)
def outlines() -> dict[str, Any]:
    """The TopoJSON: object `countries`, `id` of each is its numeric code."""
    found: dict[str, Any] = json.loads((HERE / "countries-110m.json").read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=1)
def _numbers() -> dict[str, str]:
    found: dict[str, str] = json.loads((HERE / "state_numbers.json").read_text(encoding="utf-8"))
    return found


def number(code: str) -> str:
    """The ISO 3166 numeric code of a state in a travel document's code; empty where the map has no such state."""
    state = states.find(code)
    return _numbers().get(state.alpha2, "") if state else ""


@lru_cache(maxsize=1)
def middles() -> dict[str, Point]:
    """Longitude and latitude of the middle of each state's largest piece, by numeric code."""
    return {code: _middle(ring)[1] for code, ring in rings().items()}


@lru_cache(maxsize=1)
def boxes() -> dict[str, tuple[float, float, float, float]]:
    """West, south, east and north of each state's largest piece, by numeric code; islands far away are not in it."""
    return {
        code: (min(x for x, _y in ring), min(y for _x, y in ring), max(x for x, _y in ring), max(y for _x, y in ring))
        for code, ring in rings().items()
    }


@lru_cache(maxsize=1)
def rings() -> dict[str, list[Point]]:
    """The outline of each state's largest piece, by numeric code."""
    atlas = outlines()
    arcs = _arcs(atlas)
    found = {}
    for one in atlas["objects"]["countries"]["geometries"]:
        pieces = [one["arcs"]] if one["type"] == "Polygon" else one["arcs"]
        if "id" in one:
            found[one["id"]] = max((_ring(piece[0], arcs) for piece in pieces), key=lambda ring: _middle(ring)[0])
    return found


def _arcs(atlas: dict[str, Any]) -> list[list[Point]]:
    (wide, high), (left, bottom) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    made = []
    for arc in atlas["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * wide + left, y * high + bottom))
        made.append(points)
    return made


def _ring(numbers: list[int], arcs: list[list[Point]]) -> list[Point]:
    points: list[Point] = []
    for one in numbers:
        arc = arcs[one] if one >= 0 else arcs[~one][::-1]
        points += arc[1:] if points else arc
    return _unbroken(points)


def _unbroken(points: list[Point]) -> list[Point]:
    """The ring without its leap at 180 degrees: a state on both sides of it goes on beyond, and its middle stays inside."""
    made = points[:1]
    for x, y in points[1:]:
        made.append((x + 360 * round((made[-1][0] - x) / 360), y))
    return made


def _middle(ring: list[Point]) -> tuple[float, Point]:
    """Area (absolute, in square degrees) and centre of a ring."""
    area = x = y = 0.0
    for (ax, ay), (bx, by) in itertools.pairwise(ring):
        cross = ax * by - bx * ay
        area, x, y = area + cross, x + (ax + bx) * cross, y + (ay + by) * cross
    if not area:
        return 0.0, ring[0]
    return abs(area) / 2, (x / (3 * area), y / (3 * area))
