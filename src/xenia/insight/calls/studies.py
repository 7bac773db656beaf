"""A study: what leaves the operator's house, as a folder of plain files that everybody can read.

    flows.csv      date, area_from, area_to, subscribers, k, scale_factor, method_version
    presence.csv   date, area, subscribers, k
    study.json     windows, parameters, estimate with interval, what was dropped, caveats, SHA-256 of both files

Two studies of nearly the same days, or of the same days from other data, would give away by their difference what each hides:
they are refused.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from xenia.errors import BadInput, Conflict, Unavailable
from xenia.insight.calls import withholding
from xenia.insight.calls.estimate import estimate, homes
from xenia.insight.calls.events import Events
from xenia.insight.calls.terms import term
from xenia.insight.calls.windows import Pair, Study, Window

METHOD = "1"
SCHEMA = "xenia/calls/1"
FLOWS = ("date", "area_from", "area_to", "subscribers", "k", "scale_factor", "method_version")
PRESENCE = ("date", "area", "subscribers", "k")
CAVEATS = ("ownership", "operator", "several", "towers", "activity", "moving")


def make(events: Events, wanted: Study, folder: Path, operator: str) -> dict[str, Any]:
    """A study written into a new folder under `folder`, whole or not at all; gives what study.json says.

    Raises `BadInput` (`no-baseline`, `study-days`, `study-empty`), `Conflict` (`study-there`, `study-overlaps`) and
    `Unavailable` (`study-disk`).
    """
    _days(events, wanted)
    _against(folder, wanted)
    after, usual = events.flows(wanted.event), events.flows(wanted.usual)
    quiet = [homes(events.flows(pair)) for pair in wanted.quiet(events.seen.first)[1:]]
    found = estimate(homes(after), [homes(usual), *quiet])
    if found is None:
        raise BadInput(
            "No subscriber has a home and a place in both periods.",
            "Give more days or more subscribers.",
            code="study-empty",
        )
    shown = {"event": withholding.withhold(after), "usual": withholding.withhold(usual)}
    rows = [
        (pair.places.first.isoformat(), home, place, number, term("most-dropped"), "", METHOD)
        for pair, name in ((wanted.usual, "usual"), (wanted.event, "event"))
        for home, place, number in shown[name].cells
    ]
    _same_as_before(folder, wanted, rows)
    days = [(day, area, number) for day, area, number in events.present(wanted.needed) if number > term("most-dropped")]
    present = [(day.isoformat(), area, withholding.rounded(number), term("most-dropped")) for day, area, number in days]
    files = {"flows.csv": _csv(FLOWS, rows), "presence.csv": _csv(PRESENCE, present)}
    shares = {name: round(getattr(found, name), 3) for name in ("naive", "usual", "share", "low", "high")}
    said = {
        "schema": SCHEMA,
        "method_version": METHOD,
        "operator": operator,
        "windows": {"event": _told(wanted.event), "usual": _told(wanted.usual)},
        "estimate": {**shares, "quiet_periods": found.quiet},
        "subscribers": withholding.rounded(shown["event"].subscribers),
        "dropped_cells": {name: one.dropped_cells for name, one in shown.items()},
        "dropped_share": {name: _share(one) for name, one in shown.items()},
        "most_dropped": term("most-dropped"),
        "rounded_to": term("rounded-to"),
        "caveats": list(CAVEATS),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }
    files["study.json"] = json.dumps(said, indent=1, ensure_ascii=False).encode() + b"\n"
    _write(folder, name_of(wanted), files)
    return said


def name_of(wanted: Study) -> str:
    """The name of a study's folder: the days on which people's places are told."""
    places = wanted.event.places
    return f"{places.first.isoformat()}-{wanted.event.homes.end.isoformat()}"


def read(folder: Path) -> dict[str, Any]:
    """What a study's folder says, its files checked: nothing in it may be smaller than what may leave.

    Raises `BadInput` (`study-files`): something is missing, was changed, or shows a cell that is too small.
    """
    try:
        said = json.loads((folder / "study.json").read_text(encoding="utf-8"))
        if said["schema"] != SCHEMA or said["most_dropped"] < term("most-dropped"):
            raise ValueError("it is of a kind that is not known here")
        for name, columns, column in (("flows.csv", FLOWS, 3), ("presence.csv", PRESENCE, 2)):
            data = (folder / name).read_bytes()
            if hashlib.sha256(data).hexdigest() != said["files"][name]:
                raise ValueError(f"{name} was changed")
            said[name] = _rows(name, data, columns, column)
        _window(said["windows"]["event"]["places"])
        float(said["estimate"]["share"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise BadInput(
            f"{folder.name} is no study that can be taken: {why}.", "Ask the operator for it again.", code="study-files"
        ) from None
    return dict(said)


def windows_of(said: Mapping[str, Any]) -> Study:
    """The windows that study.json names."""
    pairs = [
        Pair(_window(said["windows"][name]["homes"]), _window(said["windows"][name]["places"]))
        for name in ("event", "usual")
    ]
    return Study(*pairs)


def _days(events: Events, wanted: Study) -> None:
    usual = Window(wanted.usual.homes.first, wanted.usual.places.end)
    if events.seen.first > usual.first:
        raise BadInput(
            f"The data begins on {events.seen.first}: how many people move on quiet days cannot be told.",
            f"Give it from {usual.first}. Without that every move would be called displacement.",
            code="no-baseline",
        )
    missing = events.missing(wanted.needed)
    if missing:
        raise BadInput(
            f"{len(missing)} days have no event at all, the first is {missing[0]}.",
            "Days without data would count people as gone who are not. Complete them or choose another period.",
            code="study-days",
        )


def _against(folder: Path, wanted: Study) -> None:
    """Refused: the same study again, and windows that lie less than 10 days beside those of another."""
    for name, other in _others(folder):
        if other.event == wanted.event:
            raise Conflict(
                "This study was made before.",
                f"It lies in {name}. Made twice from other data, the two would tell of single subscribers.",
                code="study-there",
            )
        for ours in (wanted.event, wanted.usual):
            for theirs in (other.event, other.usual):
                if _near(ours.homes, theirs.homes) or _near(ours.places, theirs.places):
                    raise Conflict(
                        f"Its days lie less than {term('least-shift')} days beside those of {name}: the two would tell of single subscribers.",
                        f"Choose days that are the same or at least {term('least-shift')} days apart.",
                        code="study-overlaps",
                    )


def _same_as_before(folder: Path, wanted: Study, rows: Sequence[Sequence[Any]]) -> None:
    """Refused: a matrix of the same windows that left before, from other data."""
    for name, other in _others(folder):
        for theirs in (other.event, other.usual):
            if theirs not in (wanted.event, wanted.usual):
                continue
            day = theirs.places.first.isoformat()
            before = [row for row in read(folder / name)["flows.csv"] if row[0] == day]
            if before != [[str(one) for one in row] for row in rows if row[0] == day]:
                raise Conflict(
                    f"{name} tells of the same days from other data: the two would tell of single subscribers.",
                    "Make it from the same data, or choose other days.",
                    code="study-overlaps",
                )


def _others(folder: Path) -> list[tuple[str, Study]]:
    found = sorted(folder.glob("*/study.json"))
    return [(one.parent.name, windows_of(json.loads(one.read_text(encoding="utf-8")))) for one in found]


def _near(one: Window, other: Window) -> bool:
    return 0 < abs((one.first - other.first).days) < term("least-shift")


def _told(pair: Pair) -> dict[str, list[str]]:
    return {
        name: [day.isoformat() for day in asdict(window).values()]
        for name, window in (("homes", pair.homes), ("places", pair.places))
    }


def _window(days: Sequence[str]) -> Window:
    first, end = (date.fromisoformat(one) for one in days)
    return Window(first, end)


def _share(shown: withholding.Shown) -> float:
    everybody = shown.subscribers + shown.dropped_subscribers
    return round(shown.dropped_subscribers / everybody, 2) if everybody else 0.0


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode()


def _rows(name: str, data: bytes, columns: Sequence[str], number: int) -> list[list[str]]:
    head, *rows = list(csv.reader(io.StringIO(data.decode("utf-8"))))
    if tuple(head) != tuple(columns):
        raise ValueError(f"{name} has other columns")
    for row in rows:
        if len(row) != len(columns) or int(row[number]) <= term("most-dropped"):
            raise ValueError(f"{name} shows a cell of {row[number]}")
        date.fromisoformat(row[0])
    return rows


def _write(folder: Path, name: str, files: Mapping[str, bytes]) -> None:
    """A folder that is there whole or not at all."""
    beside = ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = tempfile.mkdtemp(prefix=".making-", dir=folder)
        for file, data in files.items():
            with (Path(beside) / file).open("wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
        Path(beside).chmod(0o755)
        Path(beside).rename(folder / name)
    except OSError as error:
        if beside:
            shutil.rmtree(beside, ignore_errors=True)
        raise Unavailable(
            f"The study cannot be written: {error.strerror}.", "Make room on the disk.", code="study-disk"
        ) from None
