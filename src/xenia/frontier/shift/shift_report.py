"""A shift's figures as people read them: on the page and in the PDF. Reads what was kept; counts nothing again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xenia import letters
from xenia.access.standing import Place
from xenia.errors import NotFound
from xenia.frontier.shift import figures, incidents, tables
from xenia.frontier.shift.counts import Counts
from xenia.frontier.shift.models import Shift
from xenia.frontier.shift.tables import TableView
from xenia.registers import catalogue
from xenia.registers.reference import printing

SHOWN = ("direction", "nationality", "reason", "check", "hit", "wait", "hour")
TOP = 10


@dataclass(frozen=True)
class Report:
    """What the page shows. `totals`: words and number; `incidents`: time, kind; `items`: lines of what was open."""

    data: Mapping[str, Any]
    totals: tuple[tuple[str, str], ...]
    tables: tuple[TableView, ...]
    incidents: tuple[tuple[datetime, str], ...]
    items: tuple[tuple[str, str], ...]
    hand_overs: tuple[tuple[datetime, tuple[tuple[str, str], ...]], ...]
    hash: str


def moment(text: str) -> datetime:
    """A moment as figures hold it."""
    return datetime.fromisoformat(text)


def view(shift: Shift) -> Report:
    """The kept report of a closed shift."""
    return of_figures(shift.report, shift.report_hash)


def so_far(shift: Shift, place: Place, until: datetime) -> Report:
    """The figures as they would be kept now."""
    return of_figures(figures.of_shift(shift, place, until), "")


def of_figures(data: Mapping[str, Any], digest: str) -> Report:
    """Figures in words. Raises nothing for codes that are no longer known: they are shown as they are."""
    counts = Counts.from_json(data["counts"])
    return Report(
        data=data,
        totals=_totals(data, counts),
        tables=tuple(tables.table(counts, key, top=TOP) for key in SHOWN),
        incidents=tuple((moment(one["at"]), incidents.label_of(one["kind"])) for one in data["incidents"]),
        items=items_view({**data["still_waiting"], "lists": data["lists"]}),
        hand_overs=tuple((moment(one["at"]), items_view(one["items"])) for one in data["hand_overs"]),
        hash=digest,
    )


def _totals(data: Mapping[str, Any], counts: Counts) -> tuple[tuple[str, str], ...]:
    waits = data["waits"]
    return (
        (_("Admitted"), f"{counts.total('direction', 'entry.admitted', 'exit.admitted'):,}"),
        (_("Refused"), f"{counts.total('direction', 'entry.refused', 'exit.refused'):,}"),
        (_("Taken back"), f"{counts.total('direction', 'taken-back'):,}"),
        (_("Answered at second line"), f"{waits['answered']:,}"),
        (_("Median wait"), minutes(waits["median_min"])),
        (_("Longest wait"), minutes(waits["longest_min"])),
        (_("Incidents"), f"{len(data['incidents']):,}"),
    )


def minutes(value: int | None) -> str:
    """`14 min`, or that there is none."""
    return _("none") if value is None else _("%(minutes)d min") % {"minutes": value}


def items_view(items: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What was open, in lines of label and words."""
    lines = [(_("Waiting at second line"), f"{items['waiting']:,}")]
    if items.get("longest_min") is not None:
        lines.append((_("Longest wait"), minutes(items["longest_min"])))
    if "open_hits" in items:
        hits = items["open_hits"]
        words = _("%(stop)d to stop, %(look)d to look at") % {"stop": hits["stop"], "look": hits["look"]}
        lines.append((_("Open hits"), words))
    if "incidents" in items:
        lines.append((_("Incidents"), f"{items['incidents']:,}"))
    old = [_register(one["register"]) for one in items["lists"] if one["state"] == "old"]
    lines.append((_("Lists that are too old"), ", ".join(old) or _("none")))
    return tuple(lines)


def _register(name: str) -> str:
    try:
        return catalogue.register(name).label
    except NotFound:
        return name


def _words(at: datetime, zone: str) -> str:
    return date_format(timezone.localtime(at, ZoneInfo(zone)), _("D j M Y, H:i"))


def pdf(shift: Shift) -> bytes:
    """The report of a closed shift as PDF in the reader's language. The same kept figures give the same bytes."""
    report, zone = view(shift), shift.zone
    data = report.data
    title = _("Report of a shift")
    made = {
        "foot": _("Internal, operational. Not for publication."),
        "lead": f"{data['name']} ({data['post']})",
        "span": _("%(from)s to %(to)s")
        % {
            "from": _words(moment(data["began_at"]), zone),
            "to": _words(moment(data["ended_at"]), zone),
        },
        "facts": [
            [_("Supervisor"), data["supervisor"]],
            [_("Zone of the clock"), zone, True],
            *[[words, number] for words, number in report.totals],
        ],
        "tables": [tables.plain(one) for one in report.tables if one.all],
        "sections": _sections(report, zone),
        "seal": [
            [_("Entries sealed when the shift was closed"), f"{data['seal']['size']:,}"],
            [_("Root of the journal"), data["seal"]["root"] or _("none"), bool(data["seal"]["root"])],
            [_("Hash of these figures (SHA-256)"), report.hash, True],
        ],
        "seal_title": _("Seals"),
        "seal_words": _(
            "The figures were kept when the shift was closed and do not change. The journal names their hash."
        ),
        "signs": [_("Supervisor"), _("Next supervisor")],
    }
    paper = printing.paper_for(shift.post, "shift-report").kind
    return letters.pdf("shift/shift", made, language=get_language() or "en", title=title, paper=paper)


def _sections(report: Report, zone: str) -> list[dict[str, Any]]:
    found = [{"title": _("Open at the end"), "rows": [list(line) for line in report.items]}]
    if report.incidents:
        rows = [[_words(at, zone), label] for at, label in report.incidents]
        found.append({"title": _("Incidents"), "rows": rows})
    for at, items in report.hand_overs:
        title = _("Handed over %(when)s") % {"when": _words(at, zone)}
        found.append({"title": title, "rows": [list(line) for line in items]})
    return found
