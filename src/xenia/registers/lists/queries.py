"""What pages and commands show of lists: sources, versions, ages, loads. No listed person is in any of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from xenia.errors import NotFound
from xenia.registers import catalogue
from xenia.registers.lists import child, store
from xenia.registers.lists.child import Progress
from xenia.registers.lists.models import ListSource, ListVersion, LoadRun

AGEING = 0.8


@dataclass(frozen=True)
class ShownAge:
    """Age of a list for the ring beside it. `part`: as a share of the age that is allowed."""

    state: str
    age_s: int | None
    part: float | None


@dataclass(frozen=True)
class SourceStatus:
    """One source and what is in use of it. `age_state`: fresh, ageing, old, never."""

    code: str
    name: str
    register: str
    format: str
    owner: str
    state: str
    max_age_hours: int
    removal_share: int
    number: int | None
    records: int | None
    as_of: str | None
    loaded_at: str | None
    age_s: int | None
    age_state: str
    size_bytes: int | None
    sha256: str | None
    waiting: int | None
    erasing: bool
    by_itself: bool
    proposal: str | None

    @property
    def age(self) -> ShownAge:
        """The age as pages draw it."""
        part = self.age_s / (self.max_age_hours * 3600) if self.age_s is not None else None
        return ShownAge(self.age_state, self.age_s, part)

    @property
    def register_label(self) -> str:
        """Name of the register in the reader's language."""
        return next((one.label for one in catalogue.registers() if one.name == self.register), self.register)


def status(now: datetime | None = None) -> list[SourceStatus]:
    """Every source, by register and code. Two queries."""
    now = now or timezone.now()
    versions = ListVersion.objects.filter(state__in=["current", "waiting"])
    current = {row.source_id: row for row in versions if row.state == "current"}
    waiting = {row.source_id: row.number for row in versions if row.state == "waiting"}
    rows = ListSource.objects.order_by("register", "code")
    return [_status(row, current.get(row.code), waiting.get(row.code), now) for row in rows]


def _status(source: ListSource, version: ListVersion | None, waiting: int | None, now: datetime) -> SourceStatus:
    age_s = max(0, int((now - version.as_of).total_seconds())) if version else None
    return SourceStatus(
        code=source.code,
        name=_(source.name),
        register=source.register,
        format=source.format,
        owner=source.owner,
        state=source.state,
        max_age_hours=source.max_age_hours,
        removal_share=source.removal_share,
        number=version.number if version else None,
        records=version.records if version else None,
        as_of=version.as_of.isoformat() if version else None,
        loaded_at=version.loaded_at.isoformat() if version else None,
        age_s=age_s,
        age_state=age_state(age_s, source.max_age_hours),
        size_bytes=version.size_bytes if version else None,
        sha256=version.sha256 if version else None,
        waiting=waiting,
        erasing=source.erasing,
        by_itself=source.by_itself,
        proposal=str(source.proposal) if source.proposal else None,
    )


def age_state(age_s: int | None, max_age_hours: int) -> str:
    """`fresh`, `ageing` from four fifths of the allowed age, `old` beyond it, `never` where nothing is loaded."""
    if age_s is None:
        return "never"
    limit_s = max_age_hours * 3600
    return "old" if age_s > limit_s else "ageing" if age_s > AGEING * limit_s else "fresh"


def versions(source: str, limit: int = 20) -> list[ListVersion]:
    """The last versions of a source, newest first."""
    return list(ListVersion.objects.filter(source_id=source).order_by("-number")[:limit])


def runs(source: str, limit: int = 20, origin: str = "") -> list[LoadRun]:
    """The last loads of a source, newest first; only those of one origin, if it is named."""
    rows = LoadRun.objects.filter(source_id=source).select_related("version").order_by("-started_at")
    return list((rows.filter(origin=origin) if origin else rows)[:limit])


def run(pk: UUID) -> LoadRun:
    """One load. Raises `NotFound` (code `no-load`)."""
    row = LoadRun.objects.filter(pk=pk).select_related("source", "version").first()
    if row is None:
        raise NotFound("There is no such load.", "Look at the loads of the list.", code="no-load")
    return row


def progress(row: LoadRun) -> Progress | None:
    """How far a running load is, None before its first word and after its end."""
    return child.progress_of(store.run_path(row.source_id, row.id)) if row.state == "running" else None
