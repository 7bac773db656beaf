"""A report as a file: CSV, workbook, PDF. The same counts give the same figures in each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from xenia import letters
from xenia.formats.tables import Cell, Sheet, csv_bytes, xlsx_bytes
from xenia.frontier.shift import periods, tables
from xenia.frontier.shift.periods import Period
from xenia.frontier.shift.reports import Report
from xenia.frontier.shift.tables import cells, sums
from xenia.registers.reference import printing

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def warning() -> str:
    """What stands on every page and file of counts that were not released."""
    return _("Internal, operational. Not for publication: a small number may tell who somebody is.")


def period_words(period: Period) -> str:
    """`Sat 21 Nov 2026`, `16 Nov 2026 to 22 Nov 2026`, `November 2026`."""
    if period.kind == periods.DAY:
        return date_format(period.first, "D j M Y")
    if period.kind == periods.MONTH:
        return date_format(period.first, "F Y")
    return _("%(from)s to %(to)s") % {
        "from": date_format(period.first, "j M Y"),
        "to": date_format(period.last, "j M Y"),
    }


def csv(report: Report) -> bytes:
    """All tables in one: table, code, words, column, number; one line per number."""
    rows: list[list[Cell]] = []
    for view in report.tables:
        for row in view.rows:
            for column, number in zip(view.columns, cells(row, view), strict=True):
                rows.append([report.place.code, report.period.name, view.title, row.code, row.label, column, number])
    taken: list[Cell] = [report.place.code, report.period.name, _("Taken back"), "", "", _("All"), report.taken_back]
    headings = [_("Post"), _("Period"), _("Table"), _("Code"), _("Words"), _("Column"), _("Number")]
    return csv_bytes(headings, [*rows, taken])


def xlsx(report: Report) -> bytes:
    """One sheet per table, the note above each."""
    notes = (f"{report.place.name}, {period_words(report.period)}", warning())
    sheets = []
    for view in report.tables:
        rows: list[list[Cell]] = [[row.code, row.label, *cells(row, view)] for row in view.rows]
        rows.append(["", _("All"), *sums(view)])
        headings = [_("Code"), view.heading, *view.columns]
        widths = (12, 36, *(12 for _one in view.columns))
        sheets.append(Sheet(view.title, headings, rows, widths, notes, get_language_bidi()))
    return xlsx_bytes(sheets)


def pdf(report: Report) -> bytes:
    """The report to print."""
    made = {
        "foot": warning(),
        "lead": f"{report.place.name} ({report.place.code})",
        "span": period_words(report.period),
        "facts": [
            [_("Admitted"), f"{report.admitted:,}"],
            [_("Refused"), f"{report.refused:,}"],
            [_("Taken back, not counted above"), f"{report.taken_back:,}"],
            [_("Zone of the clock"), report.place.zone, True],
            *([[_("Note"), _("This period is not over yet.")]] if report.unfinished else []),
        ],
        "nothing": _("Nothing to count."),
        "tables": [tables.plain(view) for view in report.tables],
    }
    paper = printing.paper_for(report.place.code, "report").kind
    return letters.pdf("shift/report", made, language=get_language() or "en", title=_("Report of a post"), paper=paper)


MAKERS: Final[dict[str, tuple[Callable[[Report], bytes], str]]] = {
    "csv": (csv, "text/csv; charset=utf-8"),
    "xlsx": (xlsx, XLSX),
    "pdf": (pdf, "application/pdf"),
}


def download(content: bytes, kind: str, name: str) -> HttpResponse:
    """A file to keep; no browser or proxy keeps it by itself."""
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer
