"""The kinds of entry: each with its schema number, retention class and the way from older schemas.

Every room registers its kinds from its own `kinds.py` when its app is ready.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from xenia.errors import NotFound

Body = dict[str, Any]
Upcaster = Callable[[Body], Body]
NAME = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+")


@dataclass(frozen=True)
class Kind:
    """One kind of entry. `upcasters[n]` is a pure function from a body of schema n to one of schema n + 1.

    `personal`: the body may hold personal data and is erased with any of its subjects. Kinds whose bodies hold
    record ids only (reads, set-up, lists) say False: they outlive their subjects, so that the officer stays accountable.
    `reads`: records of its subjects were read, so that it answers who read about somebody; true of the class `read`.
    """

    name: str
    schema: int = 1
    retention_class: str = "journal"
    upcasters: Mapping[int, Upcaster] = field(default_factory=dict, compare=False)
    personal: bool = True
    label: str = ""
    reads: bool = False

    @property
    def is_read(self) -> bool:
        """Whether an entry of this kind says that somebody read about its subjects."""
        return self.reads or self.retention_class == "read"


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Makes kinds known. Raises `ValueError` for a name known with another meaning or a schema without its upcaster."""
    for kind in kinds:
        if not NAME.fullmatch(kind.name) or len(kind.name) > 80:
            raise ValueError(f"{kind.name!r} is no name of a kind: use words with dots, such as crossing.decided.")
        if set(kind.upcasters) != set(range(1, kind.schema)):
            raise ValueError(
                f"{kind.name} is at schema {kind.schema}: it needs upcasters from exactly 1 to {kind.schema - 1}."
            )
        if _kinds.setdefault(kind.name, kind) != kind:
            raise ValueError(f"The kind {kind.name} is registered twice with different meanings.")


def named(name: str) -> Kind:
    """The kind of that name. Raises `NotFound` (code `unknown-kind`)."""
    kind = _kinds.get(name)
    if kind is None:
        raise NotFound(
            f"No kind of entry is called {name}.", "Register it in the room's kinds.py.", code="unknown-kind"
        )
    return kind


def all_kinds() -> tuple[Kind, ...]:
    """Every registered kind, by name."""
    return tuple(_kinds[name] for name in sorted(_kinds))


def upcast(name: str, schema: int, body: Body) -> Body:
    """The body in today's schema of its kind. Raises `NotFound` for a kind or a schema that this version doesn't know."""
    kind = named(name)
    if not 1 <= schema <= kind.schema:
        raise NotFound(f"{name} of schema {schema} is newer than this program.", "Update Xenia.", code="unknown-schema")
    for step in range(schema, kind.schema):
        body = kind.upcasters[step](body)
    return body


KEY_INTRODUCED = Kind("key.introduced", retention_class="journal", personal=False, label="Signing key introduced")
SUBJECT_ERASED = Kind("subject.erased", retention_class="journal", personal=False, label="Data of subjects erased")
RETENTION_ERASED = Kind(
    "retention.erased", retention_class="journal", personal=False, label="Data past retention erased"
)
OWN = (KEY_INTRODUCED, SUBJECT_ERASED, RETENTION_ERASED)
ERASURES = frozenset({SUBJECT_ERASED.name, RETENTION_ERASED.name})
LASTING = ERASURES | {KEY_INTRODUCED.name}
"""Kinds whose bodies are never erased: they say what was, and by which key the rest is checked."""
