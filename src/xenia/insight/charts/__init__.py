"""Charts of released tables: `picture` says what is drawn, `svg` and `png` draw it, each once for each release.

A chart is made of a `Released` and nothing else: what isn't in the table cannot be in its picture.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from django.utils.formats import get_format
from django.utils.translation import get_language

from xenia.insight.charts import drawing, parts, worker
from xenia.insight.charts.drawing import Picture
from xenia.insight.charts.look import Look
from xenia.insight.release import Released
from xenia.insight.warehouse import write_whole

VERSION = 2  # another number where pictures change, so that none is taken from before


@dataclass(frozen=True)
class Wish:
    """How a chart is wanted: `kind` (`auto` or one of `drawing.KINDS`), `theme` light or dark, `small` for a phone, `titled` to stand
    alone; `part` of the world that a map shows, one of `parts.PARTS`."""

    kind: str = "auto"
    theme: str = "light"
    small: bool = False
    titled: bool = False
    part: str = parts.FIT


def picture(made: Released, wish: Wish) -> Picture:
    """What is drawn, and what it says in words. Raises `BadInput` (`chart-not-fitting`)."""
    language = get_language() or "en"
    return drawing.picture(made, wish.kind, Look(wish.theme, wish.small, language == "ar", wish.titled, wish.part))


def svg(made: Released, wish: Wish, folder: Path) -> bytes:
    """The chart as SVG; kept in `folder`, under what was released, so that it is drawn once. Raises as `picture`, and `Unavailable`."""
    return _drawn(made, wish, folder, "svg")


def png(made: Released, wish: Wish, folder: Path) -> bytes:
    """The chart as PNG, two dots for each pixel. As `svg`."""
    return _drawn(made, wish, folder, "png")


def _drawn(made: Released, wish: Wish, folder: Path, form: str) -> bytes:
    shown = picture(made, wish)
    whole = json.dumps([VERSION, shown.engine, shown.spec, get_language(), form])
    path = folder / f"{made.digest[:32]}-{hashlib.sha256(whole.encode()).hexdigest()[:16]}.{form}"
    if path.is_file():
        return path.read_bytes()
    separator = str(get_format("THOUSAND_SEPARATOR")) or ","
    locale = {
        "decimal": str(get_format("DECIMAL_SEPARATOR")), "thousands": separator, "grouping": [3], "currency": ["", ""],
    }  # fmt: skip
    data = worker.WORKER.draw({"engine": shown.engine, "format": form, "spec": shown.spec, "locale": locale})
    write_whole(path, data)
    return data
