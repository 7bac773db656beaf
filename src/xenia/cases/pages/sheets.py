"""Running cases out of spreadsheets and CSV files: columns of a procedure, rows judged before anything is taken. Writes nothing.

A row says which part we play, agreement, other authority, state and day of opening, then the answers of the opening form,
one column per question; questions of a list have a number: `documents.1.number`. `due.<deadline>` is a day already set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, BinaryIO, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from xenia.cases.definition import Action, Procedure
from xenia.cases.pages.answering import COUNT, Answers, Raw
from xenia.cases.pages.forms import plain, said
from xenia.cases.pages.questions import EACH, Question, leaves
from xenia.cases.pages.questions import read as asked_of
from xenia.errors import BadInput
from xenia.formats.lists import free_csv, xlsx
from xenia.formats.lists.mapping import ColumnMapping
from xenia.formats.lists.records import Limits, Refused, Told
from xenia.formats.tables import Sheet, read_back, xlsx_bytes
from xenia.identity.forms import partial_date

MOST_ROWS: Final = 500
"""Cases of one file: what is checked and taken while a person waits."""
MOST_BYTES: Final = 5_000_000
ROWS_OF_A_LIST: Final = 3
OWN: Final = ("reference", "side", "profile", "counterpart", "state", "opened_on", "urgent")
DUE: Final = "due."
ERRORS: Final = "errors"
_XLSX: Final = b"PK\x03\x04"


@dataclass(frozen=True)
class Read:
    """A file as it was read: headings and rows of text; `line` counts from 1 as spreadsheets do."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Judged:
    """One row: what it says, or `errors` in words. `cells`: as they were in the file."""

    line: int
    cells: tuple[str, ...]
    reference: str = ""
    side: str = ""
    profile: str = ""
    counterpart: str = ""
    state: str = ""
    urgent: bool = False
    opened_at: datetime | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    deadlines: Mapping[str, date] = field(default_factory=dict)
    errors: tuple[str, ...] = ()


def opener(procedure: Procedure, side: str = "") -> Action:
    """The action whose form the columns are: the first that a person opens a case with. Raises `BadInput` (`no-opening`)."""
    for one in procedure.opening(side):
        if one.by == "person" and one.form:
            return one
    raise BadInput(
        _("No person opens cases of this procedure by a form."), _("Choose another procedure."), code="no-opening"
    )


def columns(procedure: Procedure) -> tuple[str, ...]:
    """The headings of a file for this procedure."""
    own = [one for one in OWN if (one not in ("side", "counterpart") or procedure.sides)]
    own = [one for one in own if one != "profile" or procedure.profiles]
    asked = asked_of(procedure.forms[opener(procedure).form])
    fields = [name for one in leaves(asked) if one.kind != "fixed" for name in _headings(one)]
    return (*own, *(DUE + name for name in procedure.deadlines), *_in_order(fields))


def _headings(one: Question) -> Iterator[str]:
    if EACH not in one.path:
        yield ".".join(one.path)
        return
    for number in range(1, ROWS_OF_A_LIST + 1):
        yield ".".join(str(number) if part == EACH else part for part in one.path)


def _in_order(fields: list[str]) -> list[str]:
    """Columns of one row of a list beside each other."""
    places = {name: at for at, name in enumerate(fields)}

    def key(name: str) -> tuple[int, int, int]:
        parts = name.split(".")
        numbers = [int(part) for part in parts if part.isdecimal()]
        top = min(at for other, at in places.items() if other.split(".")[0] == parts[0]) if numbers else places[name]
        return (top, numbers[0] if numbers else 0, places[name])

    return sorted(fields, key=key)


def template(procedure: Procedure) -> bytes:
    """An empty workbook with the headings; the second sheet says what may stand in a column."""
    notes = [(name, text) for name, text in _explained(procedure)]
    return xlsx_bytes(
        [
            Sheet(procedure.id, columns(procedure), []),
            Sheet("columns", ("column", "what"), notes, widths=(30, 60)),
        ]
    )


def _explained(procedure: Procedure) -> Iterator[tuple[str, str]]:
    told = {
        "reference": "",
        "side": ", ".join(procedure.sides),
        "profile": ", ".join(procedure.profiles),
        "counterpart": "AAA/CODE",
        "state": ", ".join(procedure.states),
        "opened_on": "2026-03-21",
        "urgent": "yes",
    }
    by_key = {}
    for one in leaves(asked_of(procedure.forms[opener(procedure).form])):
        values = one.schema.get("enum") or one.schema.get("items", {}).get("enum") or ()
        what = ", ".join(str(value) for value in values) or {"date": "2026-03-21", "yesno": "yes, no"}.get(one.kind, "")
        by_key[one.key] = what
    for name in columns(procedure):
        plain_key = ".".join(part for part in name.split(".") if not part.isdecimal())
        yield name, told.get(name, "2026-03-21" if name.startswith(DUE) else by_key.get(plain_key, ""))


def read_file(stream: BinaryIO, procedure: Procedure) -> Read:
    """Headings and rows of an XLSX or a CSV file (comma or semicolon, UTF-8).

    Raises `BadInput`: `bad-list` and its kin for a file that cannot be read, `cases-columns`, `cases-rows`.
    """
    first = stream.read(4)
    stream.seek(0)
    limits, told = Limits(file_bytes=MOST_BYTES, rows=MOST_ROWS), Told()
    if first == _XLSX:
        headings, rows = xlsx.read_rows(stream, ColumnMapping({}), limits, told)
    else:
        line = stream.readline(64_000)
        stream.seek(0)
        separator = ";" if line.count(b";") > line.count(b",") else ","
        headings, rows = free_csv.read_rows(stream, ColumnMapping({}, separator=separator), limits, told)
    known, names = set(columns(procedure)), tuple(one.strip() for one in headings)
    _check(names, known)
    found: list[tuple[int, tuple[str, ...]]] = []
    for row in rows:
        if len(found) >= MOST_ROWS:
            raise BadInput(
                _("The file has more than %(most)d cases.") % {"most": MOST_ROWS}, _("Split it."), code="cases-rows"
            )
        if isinstance(row, Refused):
            found.append((row.line, ()))
        else:
            found.append((row[0], tuple(read_back(one) for one in row[1])))
    return Read(names, tuple(found))


def _check(names: Sequence[str], known: set[str]) -> None:
    unknown = [one for one in names if one and one not in known and one != ERRORS]
    missing = [one for one in ("state", "opened_on") if one not in names]
    twice = [one for one in names if one and names.count(one) > 1]
    for wrong, words in (
        (unknown, _("There is no such column: %(name)s")),
        (missing, _("A column is missing: %(name)s")),
        (twice, _("A column is there twice: %(name)s")),
    ):
        if wrong:
            text = "".join(one if one.isprintable() else "?" for one in wrong[0][:60])
            raise BadInput(words % {"name": text}, _("Take the file with the columns."), code="cases-columns")


def judge(read: Read, procedure: Procedure, zone: str, now: datetime, parties: Sequence[str] = ()) -> list[Judged]:
    """Every row, fit or with its errors. `zone`: in which days begin; `parties`: addresses of authorities that are known."""
    return [_judge(line, cells, read.headings, procedure, zone, now, parties) for line, cells in read.rows]


def _judge(
    line: int, cells: tuple[str, ...], headings: Sequence[str], procedure: Procedure, zone: str, now: datetime,
    parties: Sequence[str],
) -> Judged:  # fmt: skip
    if not cells:
        return Judged(line, cells, errors=(_("This row cannot be read"),))
    row = {name: text.strip() for name, text in zip(headings, cells, strict=False) if name and text.strip()}
    errors: list[str] = []
    opened = _day(row, "opened_on", errors)
    if opened and opened > now.astimezone(ZoneInfo(zone)).date():
        errors.append(_("%(column)s: the day is still to come") % {"column": "opened_on"})
    limits = {name: _day(row, DUE + name, errors) for name in procedure.deadlines if row.get(DUE + name)}
    for column, allowed in (
        ("state", [name for name, state in procedure.states.items() if not state.final]),
        ("side", procedure.sides),
        ("profile", procedure.profiles),
        ("counterpart", parties if procedure.sides else ()),
    ):
        _one_of(row, column, allowed, errors)
    side = row.get("side", "")
    form = opener(procedure).form
    answers = Answers(procedure.forms[form], raw_of(row), zone)
    errors += [_told(name, code, answers) for name, code in answers.problems.items()]
    moment = datetime.combine(opened, time(), ZoneInfo(zone)) if opened else None
    return Judged(
        line, cells, row.get("reference", ""), side, row.get("profile", ""), row.get("counterpart", ""),
        row.get("state", ""), row.get("urgent", "").lower() in ("yes", "1", "true"), moment, {form: answers.data},
        {name: day for name, day in limits.items() if day}, tuple(errors),
    )  # fmt: skip


def _one_of(row: Mapping[str, str], column: str, allowed: Any, errors: list[str]) -> None:
    value = row.get(column, "")
    if allowed and value not in allowed:
        words = _("%(column)s: choose one of %(values)s")
        errors.append(words % {"column": column, "values": ", ".join(list(allowed)[:30])})


def _day(row: Mapping[str, str], column: str, errors: list[str]) -> date | None:
    text = row.get(column, "")
    try:
        return date.fromisoformat(partial_date(text))
    except ValueError:
        errors.append(_("%(column)s: write the day as 2026-03-21") % {"column": column})
        return None


def raw_of(row: Mapping[str, str]) -> Raw:
    """The cells of a row as a form's fields: rows of lists counted from 0."""
    made: Raw = {}
    for name, text in row.items():
        if name in OWN or name.startswith(DUE) or name == ERRORS:
            continue
        parts = name.split(".")
        at = next((place for place, part in enumerate(parts) if part.isdecimal()), None)
        if at is not None:
            number = int(parts[at])
            top = ".".join(parts[:at])
            made[top + COUNT] = str(max(number, int(made.get(top + COUNT, "0"))))
            parts[at] = str(number - 1)
        made[".".join(parts)] = text.split("|") if "|" in text else text
    return made


def _told(name: str, code: str, answers: Answers) -> str:
    parts = [str(int(part) + 1) if part.isdecimal() else part for part in name.split(".")]
    label = ".".join(parts)
    found = next((one for one in leaves(answers.questions) if one.key == plain_key(name)), None)
    return said(code, label or plain(answers.questions[0].key), found.schema if found else {})


def plain_key(name: str) -> str:
    """A field's name without the numbers of rows."""
    return ".".join(part for part in name.split(".") if not part.isdecimal())


def error_file(read: Read, judged: Sequence[Judged]) -> bytes:
    """The rows that were not fit, as they were, with what is wrong in the last column; corrected, it can be loaded again."""
    names = [one for one in read.headings if one != ERRORS]
    places = [at for at, one in enumerate(read.headings) if one != ERRORS]
    rows = [
        (*(one.cells[at] if at < len(one.cells) else "" for at in places), "; ".join(one.errors))
        for one in judged
        if one.errors
    ]
    return xlsx_bytes([Sheet("errors", (*names, ERRORS), rows)])
