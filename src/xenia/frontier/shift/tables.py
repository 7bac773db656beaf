"""Counts as tables that people read: titles, labels in the reader's language, columns, sums. For page, file and letter alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import get_language_bidi, gettext_lazy
from django.utils.translation import gettext as _

from xenia.errors import NotFound
from xenia.frontier.forms import DOCUMENTS
from xenia.frontier.shift.charts import Columns, columns, share
from xenia.frontier.shift.counts import STATES, Counts, Row, wait_steps
from xenia.frontier.terms import refusal_reasons
from xenia.registers import catalogue
from xenia.registers.reference import read as reference

ARRIVALS = ("entry.admitted",)
DEPARTURES = ("exit.admitted",)
REFUSED = ("entry.refused", "exit.refused")
Label = Callable[[str], str]


@dataclass(frozen=True)
class TableRow:
    """One row: its code, words, and a number for each column; `all` is their sum, `share` the length of its bar, 0 to 100."""

    code: str
    label: str
    numbers: tuple[int, ...]
    all: int
    share: float


@dataclass(frozen=True)
class TableView:
    """A table with its chart. `columns`: headings of the numbers, the last one for their sum. `more`: rows left out."""

    key: str
    title: str
    about: str
    heading: str
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    sums: tuple[int, ...]
    all: int
    chart: Columns | None = None
    more: int = 0


@dataclass(frozen=True)
class _Kind:
    key: str
    title: str | Promise
    heading: str | Promise
    about: str | Promise
    parts: tuple[tuple[str | Promise, tuple[str, ...]], ...]
    label: Label
    order: tuple[str, ...] = ()
    drawn: bool = False


def _state(code: str) -> str:
    if not code:
        return _("Not known")
    return reference.state_name(code) or code


def _document(code: str) -> str:
    words: dict[str, Any] = {**dict(DOCUMENTS), "PD": _("Diplomatic passport"), "PS": _("Service passport")}
    known = words.get(code) or words.get("A" if code.startswith("C") else code[:1])
    return str(known or code or _("Not known"))


def _of_list(name: str) -> Label:
    def label(code: str) -> str:
        if not code:
            return _("Not asked")
        return reference.label(name, code) or code

    return label


def _reason(code: str) -> str:
    known = refusal_reasons().get(code)
    return f"{code}: {known.label_here()}" if known else code


def _hour(code: str) -> str:
    return f"{code}:00"


def _hit(code: str) -> str:
    register, _slash, band = code.partition("/")
    bands = {"EXACT": _("Exact"), "LIKELY": _("Likely"), "POSSIBLE": _("Possible")}
    try:
        name = catalogue.register(register).label
    except NotFound:
        name = register
    return f"{name}, {bands.get(band, band)}"


def _verdict(code: str) -> str:
    return {"clear": _("Nothing found"), "look": _("Look closer"), "stop": _("Stop")}.get(code, code)


def _wait(code: str) -> str:
    start, end = code.split("-")
    return _("%(from)s to %(to)s min") % {"from": start, "to": end} if end else _("over %(from)s min") % {"from": start}


def direction_words(direction: str) -> str:
    """The direction of a crossing or a lane in words."""
    return {"entry": _("Arrivals"), "exit": _("Departures"), "both": _("Both ways")}.get(direction, direction)


_WAYS: Final = (
    (gettext_lazy("Arrivals"), ARRIVALS),
    (gettext_lazy("Departures"), DEPARTURES),
    (gettext_lazy("Refused"), REFUSED),
)
_ENDS: Final = tuple(
    zip(
        (
            gettext_lazy("Admitted"),
            gettext_lazy("Refused"),
            gettext_lazy("Handed over"),
            gettext_lazy("Put aside"),
            gettext_lazy("Still open"),
        ),
        ((state,) for state in STATES),
        strict=True,
    )
)
_HOURS: Final = tuple(f"{hour:02d}" for hour in range(24))
KINDS: Final[Mapping[str, _Kind]] = {
    one.key: one
    for one in (
        _Kind(
            "direction",
            gettext_lazy("Direction and outcome"),
            gettext_lazy("Direction"),
            gettext_lazy("Decisions that stand."),
            (
                (gettext_lazy("Admitted"), ("entry.admitted", "exit.admitted")),
                (gettext_lazy("Refused"), REFUSED),
            ),
            direction_words,
            ("entry", "exit"),
        ),
        _Kind(
            "hour",
            gettext_lazy("Hour of the day"),
            gettext_lazy("Hour"),
            gettext_lazy("By the clock of the post."),
            _WAYS,
            _hour,
            _HOURS,
            drawn=True,
        ),
        _Kind("nationality", gettext_lazy("Nationality"), gettext_lazy("Nationality"), "", _WAYS, _state),
        _Kind("document", gettext_lazy("Travel document"), gettext_lazy("Document"), "", _WAYS, _document),
        _Kind(
            "category",
            gettext_lazy("Category of traveller"),
            gettext_lazy("Category"),
            "",
            _WAYS,
            _of_list("traveller-category"),
        ),
        _Kind(
            "purpose",
            gettext_lazy("Purpose of travel"),
            gettext_lazy("Purpose"),
            gettext_lazy("Where it was asked."),
            _WAYS,
            _of_list("purpose-of-travel"),
        ),
        _Kind(
            "carrier",
            gettext_lazy("Carrier"),
            gettext_lazy("Carrier"),
            gettext_lazy("Where one was written down."),
            _WAYS,
            _of_list("carrier"),
        ),
        _Kind(
            "reason",
            gettext_lazy("Reasons of refusal"),
            gettext_lazy("Reason"),
            gettext_lazy("One refusal may have several reasons."),
            ((gettext_lazy("Arrivals"), ("entry.refused",)), (gettext_lazy("Departures"), ("exit.refused",))),
            _reason,
        ),
        _Kind(
            "check",
            gettext_lazy("Checks by what was found"),
            gettext_lazy("Found"),
            gettext_lazy("Every document that was read or typed."),
            _ENDS,
            _verdict,
            ("clear", "look", "stop"),
        ),
        _Kind(
            "hit",
            gettext_lazy("Hits and their outcome"),
            gettext_lazy("Register and band"),
            gettext_lazy("One check may have several hits."),
            _ENDS,
            _hit,
        ),
        _Kind(
            "wait",
            gettext_lazy("Waits at second line"),
            gettext_lazy("From referral to answer"),
            "",
            ((gettext_lazy("Travellers"), ("answered",)),),
            _wait,
            wait_steps(),
        ),
    )
}


def table(counts: Counts, key: str, *, top: int | None = None) -> TableView:
    """One table. `top`: the largest rows only, the others together in one last row."""
    kind = KINDS[key]
    found = counts.rows(key)
    codes = list(kind.order) + sorted(code for code in found if code not in kind.order)
    rows = [_row(kind, code, found.get(code, {})) for code in codes]
    if not kind.order:
        rows = sorted((row for row in rows if row.all), key=lambda row: (-row.all, row.label.casefold()))
    sums = tuple(sum(row.numbers[at] for row in rows) for at in range(len(kind.parts)))
    left = rows[top:] if top is not None and not kind.order and len(rows) > top + 1 else []
    if left:
        numbers = tuple(sum(row.numbers[at] for row in left) for at in range(len(kind.parts)))
        words = _("Others (%(number)d)") % {"number": len(left)}
        rows = [*rows[:top], TableRow("", words, numbers, sum(numbers), 0.0)]
    most = max((row.all for row in rows), default=0)
    rows = [TableRow(row.code, row.label, row.numbers, row.all, share(row.all, most)) for row in rows]
    return TableView(
        key=key,
        title=str(kind.title),
        about=str(kind.about),
        heading=str(kind.heading),
        columns=(*(str(words) for words, _parts in kind.parts), *([] if len(kind.parts) == 1 else [_("All")])),
        rows=tuple(rows),
        sums=sums,
        all=sum(sums),
        chart=_drawn(rows) if kind.drawn else None,
        more=len(left),
    )


def _row(kind: _Kind, code: str, counted: Row) -> TableRow:
    numbers = tuple(sum(counted.get(column, 0) for column in parts) for _words, parts in kind.parts)
    return TableRow(code, kind.label(code), numbers, sum(numbers), 0.0)


def _drawn(rows: list[TableRow]) -> Columns:
    return columns([row.code for row in rows], [row.all for row in rows], rtl=get_language_bidi(), every=3)


def cells(row: TableRow, view: TableView) -> tuple[int, ...]:
    """The numbers of a row under the table's headings."""
    return row.numbers if len(row.numbers) == len(view.columns) else (*row.numbers, row.all)


def sums(view: TableView) -> tuple[int, ...]:
    """The numbers of the last line."""
    return view.sums if len(view.sums) == len(view.columns) else (*view.sums, view.all)


def plain(view: TableView) -> dict[str, Any]:
    """The table as a letter takes it: texts only, empty hours and days left out."""
    rows = [[row.label, *(f"{one:,}" for one in cells(row, view))] for row in view.rows if row.all or not view.chart]
    rows.append([_("All"), *(f"{one:,}" for one in sums(view))])
    return {
        "title": view.title,
        "about": view.about,
        "headings": [view.heading, *view.columns],
        "rows": rows,
        "empty": not view.all,
    }
