"""What page and letter show of a daily report, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_bidi, gettext_lazy
from django.utils.translation import gettext as _

from xenia import letters
from xenia.frontier.shift.charts import Columns, columns
from xenia.frontier.shift.usual import ABOVE, BELOW, Band
from xenia.insight import coverage, days, declarations, labels, notes, shown
from xenia.insight.daily import figures, making
from xenia.insight.daily.making import Daily
from xenia.insight.release import Released
from xenia.insight.shown import Table

MOST_LINES: Final = 10
DRAWN_DAYS: Final = 28
IN_SECONDS: Final = {
    "control_median": gettext_lazy("Seconds of control (median)"),
    "control_p90": gettext_lazy("Seconds of control (nine of ten)"),
}
"""Titles of tables whose figures would not say what they are counted in."""
READINGS: Final = {ABOVE: gettext_lazy("more than usual"), BELOW: gettext_lazy("less than usual")}


@dataclass(frozen=True)
class Head:
    """One line of the head figures; texts, "–" where nothing is known."""

    label: str
    number: str
    usual: str
    reading: str
    yesterday: str
    week_ago: str
    mean: str
    year_ago: str

    @property
    def texts(self) -> list[str]:
        """The line as cells of a letter."""
        number = f"{self.number} ({self.reading})" if self.reading else self.number
        return [self.label, number, self.usual, self.yesterday, self.week_ago, self.mean, self.year_ago]


@dataclass(frozen=True)
class Part:
    """One of the tables. `more`: lines that are left out."""

    title: str
    table: Table
    more: int


def heads(made: Daily) -> list[Head]:
    """The head figures."""
    return [_head(made, name) for name in making.HEADS]


def _head(made: Daily, measure: str) -> Head:
    one = made.figure(measure)
    fact = declarations.facts()["crossing"]
    return Head(
        labels.measure(fact, measure),
        _number(one.number),
        _band(one.usual),
        str(READINGS.get(one.reading, "")),
        _number(one.yesterday),
        _number(one.week_ago),
        _number(None if one.mean is None else round(one.mean)),
        _number(one.year_ago),
    )


def _number(number: int | None) -> str:
    return "–" if number is None else shown.number(number)


def _band(band: Band | None) -> str:
    if band is None:
        return "–"
    return _("%(from)s to %(to)s") % {"from": shown.number(band.low), "to": shown.number(band.high)}


def chart(made: Daily) -> Columns:
    """Crossings of the last four weeks, each day with what is usual for its weekday."""
    drawn = [made.day - timedelta(days=number) for number in range(DRAWN_DAYS - 1, -1, -1)]
    series = made.series["crossings"]
    all_ = [figures.of(series, day, made.first) for day in drawn]
    return columns(
        [date_format(day, "j M") for day in drawn],
        [one.number for one in all_],
        [one.usual or Band(0, 0, 0, 0) for one in all_],
        [one.reading for one in all_],
        rtl=get_language_bidi(),
        every=7,
    )


def parts(made: Daily) -> list[Part]:
    """The tables, ten lines of each; those without anything are left out."""
    found = []
    for one in made.tables:
        if (one.question.measure, one.question.by) == making.BUSY:
            continue
        table = shown.table(one, "" if _by_time(one) else "most")
        if not table.lines:
            continue
        more = max(0, len(table.lines) - MOST_LINES) if not _by_time(one) else 0
        if more:
            del table.lines[MOST_LINES:]
        in_seconds = IN_SECONDS.get(one.question.measure)
        found.append(Part(str(in_seconds or notes.title(one.question)), table, more))
    return found


def _by_time(one: Released) -> bool:
    return bool(one.question.by) and one.question.by[0] == "hour"


def busy(made: Daily) -> list[tuple[str, str, str, str]]:
    """Of each post its busiest hour, the crossings in it, and how much of the lanes' time they took."""
    fact = declarations.facts()["crossing"]
    return [
        (
            labels.member(fact.dimensions["post"], one.post),
            f"{one.hour[11:13]}:00",
            shown.number(one.crossings),
            "–" if one.occupied is None else _("about %(percent)d %%") % {"percent": round(one.occupied * 100)},
        )
        for one in made.occupancy()
    ]


def busy_headings() -> list[str]:
    """What stands above the busiest hours."""
    return [_("Post"), _("Busiest hour"), _("Crossings in it"), _("Of all lanes' time")]


def new(made: Daily) -> list[str]:
    """Nationalities that were not there in the four weeks before."""
    nationality = declarations.facts()["crossing"].dimensions["nationality"]
    return [labels.member(nationality, code) for code in made.new]


def missing(made: Daily) -> list[str]:
    """Which posts had not reported when it was made."""
    return list(coverage.notes(made.coverage))


def told(made: Daily) -> list[str]:
    """What has to be read with the report."""
    said = list(dict.fromkeys(note for one in made.tables for note in notes.of(one)))
    kept = [one for one in said if not one.startswith(_("Hidden cells:")) and one != _("Days begin at midnight UTC.")]
    return [*kept, days.ends(made.day)]


def name(made: Daily) -> str:
    """`Sat 21 Nov 2026`."""
    return date_format(made.day, "D j M Y")


def pdf(made: Daily) -> bytes:
    """The report to print."""
    data: dict[str, Any] = {
        "lead": name(made),
        "version": _("Version %(number)d") % {"number": made.version},
        "headings": [_("Figure"), _("That day"), _("Usual"), _("The day before"), _("A week before"), _("Mean of 28 days"), _("A year before")],
        "heads": [one.texts for one in heads(made)],
        "new_title": _("New nationalities"),
        "new": ", ".join(new(made)),
        "busy_title": _("Occupancy of lanes"),
        "busy_headings": busy_headings(),
        "busy": [list(one) for one in busy(made)],
        "tables": [_plain(one) for one in parts(made)],
        "notes_title": _("To be read with it"),
        "notes": [*missing(made), *told(made)],
        "foot": _("Counts with noise, rounded to 5: nobody can be found in them."),
    }  # fmt: skip
    return letters.pdf("insight/daily", data, language=get_language() or "en", title=_("Daily report"), paper="a4")


def _plain(part: Part) -> dict[str, Any]:
    lines = [*part.table.lines, *part.table.totals]
    rows = [[*line.heads, *(one.text for one in line.values)] for line in lines]
    return {
        "title": part.title,
        "headings": [*part.table.heads, *(head for head, _sum in part.table.across)],
        "first_figure": len(part.table.heads),
        "rows": rows,
    }
