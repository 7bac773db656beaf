"""The port through which data about a person are found, exported and erased; every room registers its part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from xenia.journal.act import Act


@dataclass(frozen=True)
class Wanted:
    """Whom to look for; every field may be left out. `birth_date`: ISO text with unknown parts left out."""

    surname: str = ""
    given_names: str = ""
    name: str = ""
    birth_date: str = ""
    document_number: str = ""
    issuing_state: str = ""
    subject: UUID | None = None


@dataclass(frozen=True)
class Found:
    """A subject that a room holds something about. `label` may hold personal data: it is shown, never journalled."""

    subject: UUID
    room: str
    label: str
    kind: str
    recorded_at: datetime


class Part(Protocol):
    """What one room does for forgetting."""

    room: str

    def find(self, wanted: Wanted) -> Iterable[Found]:
        """What the room holds about whoever is wanted."""

    def export(self, subject: UUID) -> dict[str, Any]:
        """Everything the room holds about the subject, as JSON; {} if nothing."""

    def erase(self, subjects: Sequence[UUID], act: Act) -> dict[str, int]:
        """Erases it; counts by table. Called inside `writing()`; files go in after-commit hooks."""


@dataclass(frozen=True)
class Due:
    """A subject whose time is over in a room. `retention_class`: as the kinds name it; `delete_on`: the latest of its days there."""

    subject: UUID
    room: str
    retention_class: str
    delete_on: date


@runtime_checkable
class Retained(Protocol):
    """A part whose records carry their own deletion day. `oversight` asks it; a subject goes when no room keeps it longer."""

    room: str

    def due(self, on: date) -> Iterable[Due]:
        """Subjects all of whose records in this room have a deletion day of `on` or earlier, the earliest first."""

    def kept(self, subjects: Sequence[UUID], on: date) -> set[UUID]:
        """Those of the subjects that have a record here with a deletion day after `on`, or with none."""


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Makes a room's part known; a later one of the same room takes its place."""
    _parts[part.room] = part


def parts() -> tuple[Part, ...]:
    """Every part, the journal's last: it destroys the keys that the others may still need to read what they erase.

    A part with `early` true comes first: it reads once more what other rooms are about to erase.
    """
    return tuple(
        sorted(_parts.values(), key=lambda part: (part.room == "journal", not getattr(part, "early", False), part.room))
    )


def retained() -> tuple[Retained, ...]:
    """The parts whose records carry a deletion day."""
    return tuple(part for part in parts() if isinstance(part, Retained))
