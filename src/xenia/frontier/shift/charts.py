"""Where the bars of a chart stand. Pure; a template draws them. Every chart has its table under it, so nothing is only drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xenia.frontier.shift.usual import Band

WIDTH, HEIGHT, TOP, BOTTOM, SIDE = 720, 180, 12, 22, 44


@dataclass(frozen=True)
class Column:
    """One upright bar with its label below; `low_y`, `high_y`, of its usual band, None without. `mark`: above or below it."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    label: str
    number: int | None
    band_y: float | None = None
    band_height: float | None = None
    mark: str = ""


@dataclass(frozen=True)
class Columns:
    """An upright chart in a box of 720 x 180. `grid`: height and number of each line across."""

    columns: tuple[Column, ...]
    grid: tuple[tuple[float, int], ...]
    left: float
    right: float
    base: float
    text_x: float
    anchor: str
    width: int = WIDTH
    height: int = HEIGHT


def nice(most: float) -> int:
    """The smallest of 2, 3, 4, 5, 6, 8, 10 times a power of ten that is not under `most`; the top of an axis."""
    step = 1
    while True:
        for factor in (2, 3, 4, 5, 6, 8, 10):
            if factor * step >= most:
                return factor * step
        step *= 10


def columns(
    labels: Sequence[str],
    numbers: Sequence[int | None],
    bands: Sequence[Band | None] = (),
    marks: Sequence[str] = (),
    *,
    rtl: bool = False,
    every: int = 1,
) -> Columns:
    """Upright bars in reading direction. `every`: each how many-th has its label."""
    held = list(bands) or [None] * len(labels)
    top = nice(max([number or 0 for number in numbers] + [band.high for band in held if band] + [1]))
    wide = (WIDTH - SIDE) / max(len(labels), 1)
    room = HEIGHT - TOP - BOTTOM

    def height(number: float) -> float:
        return round(room * number / top, 1)

    drawn = []
    for at, (label, number, band) in enumerate(zip(labels, numbers, held, strict=True)):
        place = len(labels) - 1 - at if rtl else at
        left = (0 if rtl else SIDE) + place * wide
        bar, tall = wide * 0.62, height(number or 0)
        drawn.append(
            Column(
                x=round(left + (wide - bar) / 2, 1),
                y=round(HEIGHT - BOTTOM - tall, 1),
                width=round(bar, 1),
                height=tall,
                middle=round(left + wide / 2, 1),
                label=label if at % every == 0 else "",
                number=number,
                band_y=round(HEIGHT - BOTTOM - height(band.high), 1) if band else None,
                band_height=round(max(height(band.high) - height(band.low), 1.5), 1) if band else None,
                mark=marks[at] if at < len(marks) else "",
            )
        )
    lines = tuple(
        (round(HEIGHT - BOTTOM - height(part), 1), int(part)) for part in (0, top / 2, top) if part == int(part)
    )
    return Columns(
        columns=tuple(drawn),
        grid=lines,
        left=0 if rtl else SIDE,
        right=WIDTH - SIDE if rtl else WIDTH,
        base=HEIGHT - BOTTOM,
        text_x=WIDTH - SIDE + 8 if rtl else SIDE - 8,
        anchor="end",  # in the direction of the page: the numbers stand outside, on either side
    )


def share(number: int, most: int) -> float:
    """Length of a bar that lies: 0 to 100."""
    return round(100 * number / most, 1) if most else 0.0
