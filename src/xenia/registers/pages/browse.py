"""Walking a register page by page: records entered here first, then list by list, without holding any list in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from xenia.access.standing import Standing
from xenia.registers.lists import current
from xenia.registers.lists.current import OpenList
from xenia.registers.live import actions as live
from xenia.registers.live.lookup import laid_over
from xenia.registers.live.models import LiveRecord
from xenia.registers.pages import reading
from xenia.registers.pages.faces import Face
from xenia.registers.pages.reading import Purposed, Row

PER_PAGE = 25
CHUNK = 200
MOST_LOOKED = 10_000
"""Records that one request looks through for a filter; then the page says how far it is and offers to look further."""
ENTERED = "entered"


@dataclass(frozen=True)
class Wanted:
    """What is to be shown. Empty: everything. `source`: `entered` or a list's code; `order`: newest or oldest."""

    category: str = ""
    status: str = ""
    validity: str = ""
    source: str = ""
    order: str = "newest"


@dataclass(frozen=True)
class Place:
    """Where a page begins: after this record of this source. `after`: record id of the main database, or number in a list."""

    source: str = ENTERED
    after: str = ""
    version: int = 0

    def __str__(self) -> str:
        return f"{self.source}.{self.version}.{self.after}"

    @classmethod
    def parse(cls, text: str) -> Place:
        """The place that `str` wrote; the beginning for anything else."""
        parts = text.split(".")
        if len(parts) != 3 or not parts[0] or not parts[1].isdecimal() or len(text) > 120:
            return cls()
        try:
            known = str(UUID(parts[2])) if parts[0] == ENTERED and parts[2] else str(int(parts[2] or 0))
        except ValueError:
            return cls()
        return cls(parts[0], known if parts[2] else "", int(parts[1]))


@dataclass(frozen=True)
class Page:
    """Rows, where the next page begins ("" at the end), and how many records were looked through."""

    rows: tuple[Row, ...]
    next: str
    looked: int
    stopped: bool = False


def page(standing: Standing, face: Face, why: Purposed, wanted: Wanted, place: Place, today: date) -> Page:
    """The next rows from a place on. The caller writes the read down. Raises `Unavailable` for a list that is broken."""
    walk = _Walk(standing, face, why, wanted, today)
    rows: list[Row] = []
    for seen, row in walk.records(place):
        if row is not None:
            rows.append(row)
        if len(rows) == PER_PAGE or walk.looked >= MOST_LOOKED:
            return Page(tuple(rows), str(seen), walk.looked, len(rows) < PER_PAGE)
    return Page(tuple(rows), "", walk.looked)


class _Walk:
    def __init__(self, standing: Standing, face: Face, why: Purposed, wanted: Wanted, today: date) -> None:
        self.standing, self.face, self.why, self.wanted, self.today = standing, face, why, wanted, today
        self.backwards = wanted.order == "oldest"
        self.looked = 0

    def records(self, place: Place) -> Iterator[tuple[Place, Row | None]]:
        """Each record from a place on, with its own place; None for one that is not wanted or not for the reader."""
        sources: Sequence[str | OpenList] = [ENTERED, *current.readable(self.face.name)]
        codes = [one if isinstance(one, str) else one.source_code for one in sources]
        start = codes.index(place.source) if place.source in codes else 0
        for code, one in zip(codes[start:], sources[start:], strict=True):
            if self.wanted.source and self.wanted.source != code:
                continue
            here = place if code == place.source else Place(code)
            yield from self._entered(here) if isinstance(one, str) else self._listed(one, here)

    def _entered(self, place: Place) -> Iterator[tuple[Place, Row | None]]:
        rows = LiveRecord.objects.filter(register=self.face.name, state="present")
        if self.wanted.category:
            rows = rows.filter(category=self.wanted.category)
        after = place.after
        while True:
            beside = Q() if not after else Q(id__gt=after) if self.backwards else Q(id__lt=after)
            some = list(rows.filter(beside).order_by("id" if self.backwards else "-id")[:CHUNK])
            for one in live.opened(some):
                self.looked += 1
                row = self._fits(one.body) and reading.of_live(self.standing, self.face, self.why, one)
                yield Place(ENTERED, str(one.row.id)), row or None
            if len(some) < CHUNK:
                return
            after = str(some[-1].id)

    def _listed(self, one: OpenList, place: Place) -> Iterator[tuple[Place, Row | None]]:
        after = int(place.after or 0) if place.version == one.number else 0
        hidden, ends_at = laid_over(), one.file.ends[0 if self.backwards else 1]
        while after != ends_at or not after:
            chunk = one.file.page(after, CHUNK, backwards=self.backwards)
            for number, record_id, body in chunk:
                after, self.looked = number, self.looked + 1
                row = None
                if (self.face.name, one.source_code, record_id) not in hidden and self._fits(body):
                    row = reading.of_list(self.standing, self.face, self.why, one, record_id, body)
                yield Place(one.source_code, str(number), one.number), row
            if not chunk:
                return

    def _fits(self, body: Any) -> bool:
        wanted = self.wanted
        return (
            (not wanted.category or self.face.code_of(body) == wanted.category)
            and (not wanted.status or reading.status_of(body) == wanted.status)
            and reading.in_validity(body, wanted.validity, self.today)
        )


def named(face: Face, rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows with the names and versions of the lists that they come from."""
    names, versions = reading.names_of(rows), {one.source_code: one for one in current.usable(face.name)}
    return tuple(
        replace(
            row,
            list_name=names.get(row.source, ""),
            own=not row.source,
            version=versions[row.source].number if row.source in versions else None,
            as_of=versions[row.source].as_of if row.source in versions else None,
        )
        for row in rows
    )
