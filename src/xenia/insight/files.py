"""A released table as a file: text and workbooks by `out`, pictures by `charts`, a page of paper by Typst."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from xenia.errors import BadInput
from xenia.insight import charts, notes, out, shown
from xenia.insight.charts import Wish
from xenia.insight.release import Released
from xenia.letters.press import pdf

LETTERS: Final = "insight"
WIDE: Final = 7  # columns from which a page lies on its side

Make = Callable[[Released, Wish, str, Path, str], bytes]


@dataclass(frozen=True)
class Form:
    """A kind of file. `make`: table, chart (of no kind: `none`), language, folder of pictures, order of the page -> bytes."""

    label: str
    ending: str
    content_type: str
    make: Make


def _plain(write: Callable[[Released, str], bytes]) -> Make:
    return lambda made, _wish, language, _folder, _sort: write(made, language)


def _csvw(made: Released, _wish: Wish, language: str, _folder: Path, _sort: str) -> bytes:
    return out.csvw(made, f"{made.question.measure}-{made.at.date().isoformat()}-{made.digest[:8]}.csv", language)


def _svg(made: Released, wish: Wish, _language: str, folder: Path, _sort: str) -> bytes:
    return charts.svg(made, _alone(wish), folder)


def _png(made: Released, wish: Wish, _language: str, folder: Path, _sort: str) -> bytes:
    return charts.png(made, _alone(wish), folder)


def _alone(wish: Wish) -> Wish:
    return replace(wish, kind="auto" if wish.kind == "none" else wish.kind, titled=True)


def _pdf(made: Released, wish: Wish, language: str, folder: Path, sort: str) -> bytes:
    with override(language):
        table, asked = shown.table(made, sort), made.question
        headings = [*table.heads, *(head for head, _sum in table.across)]
        lines = [[*line.heads, *(one.text for one in line.values)] for line in (*table.lines, *table.totals)]
        drawn, says = _picture(made, wish, folder)
        data = {
            "lead": notes.period(asked),
            "conditions": notes.conditions(asked),
            "chart": drawn,
            "says": says,
            "headings": headings,
            "heads": len(table.heads),
            "over": table.over,
            "rows": [["" if cell is None else str(cell) for cell in row] for row in lines],
            "notes": list(out.notes(made, language)),
            "left_out": _("%(n)d more lines are in the files.") % {"n": table.left_out} if table.left_out else "",
            "below": _("To be read with it"),
            "foot": f"{notes.GRADES[made.grade]} · {made.at.isoformat(timespec='minutes')} · {made.digest[:16]}",
        }
        return pdf(
            f"{LETTERS}/table", data, language=language, title=notes.title(asked), flipped=len(headings) > WIDE
        )  # fmt: skip


def _picture(made: Released, wish: Wish, folder: Path) -> tuple[str, str]:
    """A chart for paper, as the text of its SVG, and its words; nothing where none is wanted or none fits."""
    if wish.kind == "none":
        return "", ""
    try:
        return charts.svg(made, wish, folder).decode(), charts.picture(made, wish).says
    except BadInput:
        return "", ""


FORMS: Final[Mapping[str, Form]] = {
    "csv": Form("CSV", ".csv", "text/csv; charset=utf-8", _plain(out.csv)),
    "csvw": Form("CSVW", ".csv-metadata.json", "application/csvm+json", _csvw),
    "xlsx": Form(
        "XLSX", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _plain(out.xlsx)
    ),
    "sdmx": Form("SDMX-CSV", ".sdmx.csv", "application/vnd.sdmx.data+csv; charset=utf-8", _plain(out.sdmx)),
    "json": Form("JSON", ".json", "application/json", _plain(out.as_json)),
    "pdf": Form("PDF", ".pdf", "application/pdf", _pdf),
    "svg": Form("SVG", ".svg", "image/svg+xml", _svg),
    "png": Form("PNG", ".png", "image/png", _png),
}
