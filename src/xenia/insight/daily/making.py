"""Making the report of a day: the questions, each answered by `release()`, and the folder in which it is frozen.

    DIR/daily/2026-11-21-1.json    the report of a day in its first version; nothing in it is ever changed

All is of the interactive grade: the report may be passed on, and what is asked of it again tomorrow says the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from xenia.errors import NotFound
from xenia.insight import kept, kinds, release
from xenia.insight.coverage import Coverage, Missing
from xenia.insight.daily import figures
from xenia.insight.daily.figures import Figure
from xenia.insight.question import Question, asked
from xenia.insight.release import Released
from xenia.insight.warehouse import Warehouse, write_whole
from xenia.journal.act import Act
from xenia.journal.actions import append, writing

FOLDER: Final = "daily"
NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-(\d{1,4})\.json")
WHO: Final = "system:daily"
GRADE: Final = "interactive"
HEADS: Final = ("crossings", "refusals", "hits", "overstays")
TABLES: Final = (
    ("crossings", ("nationality", "direction")),
    ("crossings", ("post", "direction")),
    ("crossings", ("hour", "direction")),
    ("crossings", ("post", "hour")),
    ("refusals", ("reason",)),
    ("refusals", ("nationality",)),
    ("refusals", ("post",)),
    ("hits", ("hit",)),
    ("overstays", ("nationality",)),
    ("control_median", ("post",)),
    ("control_p90", ("post",)),
)
NEW_DAYS: Final = 28
BUSY: Final = ("crossings", ("post", "hour"))
"""Shown as the busiest hour of each post, not as a table."""


@dataclass(frozen=True)
class Busy:
    """The busiest hour of a post: crossings in it, and about which part of the lanes' time they took (0-1); None: not known."""

    post: str
    hour: str
    crossings: int
    occupied: float | None


@dataclass(frozen=True)
class Daily:
    """A report. `series`: each head measure by day; `new`: nationalities that were not there in the four weeks before."""

    day: date
    version: int
    at: datetime
    first: date | None
    series: Mapping[str, Mapping[date, int | None]]
    tables: Sequence[Released]
    new: Sequence[str]
    coverage: Coverage
    lanes: Mapping[str, int]

    def figure(self, measure: str) -> Figure:
        """The day's number of a measure beside others."""
        return figures.of(self.series[measure], self.day, self.first)

    def table(self, measure: str, by: tuple[str, ...]) -> Released:
        """One of the tables. Raises `KeyError` where the report has no such one."""
        for one in self.tables:
            if (one.question.measure, one.question.by) == (measure, by):
                return one
        raise KeyError(measure)

    def occupancy(self) -> list[Busy]:
        """The busiest hour of each post by name."""
        seconds = {cell.members[0]: cell.shown for cell in self.table("control_median", ("post",)).cells}
        best: dict[str, tuple[int, str]] = {}
        for cell in self.table(*BUSY).cells:
            post, hour = cell.members
            if post and hour and cell.shown and int(cell.shown) > best.get(post, (0, ""))[0]:
                best[post] = int(cell.shown), hour
        return [
            Busy(post, hour, number, figures.occupancy(number, seconds.get(post), self.lanes.get(post)))
            for post, (number, hour) in sorted(best.items())
        ]

    def same(self, other: Daily) -> bool:
        """Whether the two say the same of their day; what came to be known of other days is another day's matter."""
        mine, theirs = (
            ([self.day, self.figure(name).number] for name in HEADS),
            ([other.day, other.figure(name).number] for name in HEADS),
        )
        tables = all(one.cells == two.cells for one, two in zip(self.tables, other.tables, strict=True))
        return list(mine) == list(theirs) and tables and _posts(self.coverage) == _posts(other.coverage)


def make(warehouse: Warehouse, day: date, now: datetime, coverage: Coverage, lanes: Mapping[str, int]) -> Daily:
    """The report of a day, not yet kept. `lanes`: how many each post has. Raises as `release.release`."""
    series = {measure: _series(warehouse, measure, day, now) for measure in HEADS}
    known = [min(one) for one in series.values() if one]
    tables = [_ask(warehouse, asked(measure, by, (), day, day + timedelta(days=1)), now) for measure, by in TABLES]
    before = _ask(warehouse, asked("crossings", ("nationality",), (), day - timedelta(days=NEW_DAYS), day), now)
    seen, today = _members(before), _members(tables[0])
    new = sorted(today - seen) if seen else []
    return Daily(day, 0, now, min(known, default=None), series, tables, new, coverage, lanes)


def keep(warehouse: Warehouse, made: Daily, act: Act) -> Daily | None:
    """The report frozen as the next version of its day, written into the journal; None where it says nothing new."""
    with warehouse.alone():
        before = latest(warehouse, made.day)
        if before is not None and before.same(made):
            return None
        version = before.version + 1 if before is not None else 1
        name = f"{made.day.isoformat()}-{version}.json"
        write_whole(warehouse.folder / FOLDER / name, json.dumps(_told(made, version), ensure_ascii=False).encode())
    body = {"day": made.day.isoformat(), "version": version, "tables": [one.digest for one in made.tables]}
    with writing():
        append(kinds.DAILY_MADE, body, act)
    return latest(warehouse, made.day)


def versions(warehouse: Warehouse) -> dict[date, int]:
    """The days that have a report, each with its latest version; the latest day first."""
    found: dict[date, int] = {}
    for file in (warehouse.folder / FOLDER).glob("*.json"):
        if matched := NAME.fullmatch(file.name):
            day = date.fromisoformat(matched[1])
            found[day] = max(found.get(day, 0), int(matched[2]))
    return dict(sorted(found.items(), reverse=True))


def latest(warehouse: Warehouse, day: date) -> Daily | None:
    """The report of a day in its latest version."""
    version = versions(warehouse).get(day)
    return None if version is None else read(warehouse, day, version)


def read(warehouse: Warehouse, day: date, version: int) -> Daily:
    """A report in one version. Raises `NotFound` (`no-daily-report`)."""
    path = warehouse.folder / FOLDER / f"{day.isoformat()}-{version}.json"
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotFound("There is no report of that day.", "Choose one of the list.", code="no-daily-report") from None
    series = {
        measure: {date.fromisoformat(on): number for on, number in days.items()}
        for measure, days in said["series"].items()
    }
    tables = [kept.from_kept(one) for one in said["tables"]]
    first = date.fromisoformat(said["first"]) if said["first"] else None
    at = datetime.fromisoformat(said["at"])
    return Daily(
        day, said["version"], at, first, series, tables, said["new"], _coverage(said["coverage"]), said["lanes"]
    )


def _told(made: Daily, version: int) -> dict[str, Any]:
    return {
        "schema": "xenia/daily/1",
        "day": made.day.isoformat(),
        "version": version,
        "at": made.at.isoformat(),
        "first": made.first.isoformat() if made.first else None,
        "series": {name: {on.isoformat(): number for on, number in days.items()} for name, days in made.series.items()},
        "tables": [kept.told(one) for one in made.tables],
        "new": list(made.new),
        "coverage": {
            "at": made.coverage.at.isoformat(),
            "posts": made.coverage.posts,
            "missing": [[one.post, one.until.isoformat() if one.until else None] for one in made.coverage.missing],
            "behind": made.coverage.behind,
        },
        "lanes": dict(made.lanes),
    }


def _coverage(said: Mapping[str, Any]) -> Coverage:
    missing = [Missing(post, datetime.fromisoformat(until) if until else None, None) for post, until in said["missing"]]
    return Coverage(datetime.fromisoformat(said["at"]), said["posts"], tuple(missing), said["behind"])


def _posts(found: Coverage) -> list[str]:
    return [one.post for one in found.missing]


def _series(warehouse: Warehouse, measure: str, day: date, now: datetime) -> dict[date, int | None]:
    since, until = day - timedelta(days=figures.BACK_DAYS), day + timedelta(days=1)
    made = _ask(warehouse, asked(measure, ("day",), (), since, until), now)
    cells = ((cell.members[0], cell.shown) for cell in made.cells if cell.members[0])
    return {date.fromisoformat(on): None if shown is None else int(shown) for on, shown in cells if on}


def _ask(warehouse: Warehouse, question: Question, now: datetime) -> Released:
    return release.release(warehouse, question, GRADE, WHO, now.astimezone(UTC))


def _members(made: Released) -> set[str]:
    """The members of the first breakdown of which something is shown."""
    return set(_named(made.cells))


def _named(cells: Iterable[release.Cell]) -> Iterable[str]:
    return (cell.members[0] for cell in cells if cell.members[0] and cell.shown)
