"""Folding entries again to see whether the tables that pages read say the same.

A room registers a projection per table that can be folded. Erased bodies come as None; what depends on one is left out
by giving `ERASED` for its key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from xenia.journal import entries
from xenia.journal.models import Entry
from xenia.journal.node import node as own_node

AT_ONCE = 500
ERASED: Final = object()
"""The value of a key that cannot be folded any more because a body was erased."""


@dataclass(frozen=True)
class Happened:
    """An entry and its body in today's schema; None if erased."""

    entry: Entry
    body: dict[str, Any] | None


@dataclass(frozen=True)
class Projection:
    """A table that follows from entries. `fold` gives a value per key; `actual` gives what the table holds, alike.

    `kinds`: which entries `fold` gets, in order of position, unsealed ones last. Keys and values compare with `==`.
    `of_every_node`: the table follows from entries that came from other nodes too. Where it does not, what came did
    something here that this node wrote down itself, or was kept only.
    """

    name: str
    kinds: frozenset[str]
    fold: Callable[[Iterable[Happened]], Mapping[str, Any]]
    actual: Callable[[], Mapping[str, Any]]
    of_every_node: bool = False


@dataclass(frozen=True)
class Difference:
    """A key that the table holds otherwise than the entries say: `missing`, `unfounded` or `different`."""

    projection: str
    key: str
    kind: str


_projections: dict[str, Projection] = {}


def register(projection: Projection) -> None:
    """Makes a projection known; a later one of the same name takes its place."""
    _projections[projection.name] = projection


def forget(name: str) -> None:
    """Leaves a table out: at this node it follows from something else than its own entries."""
    _projections.pop(name, None)


def projections() -> tuple[Projection, ...]:
    """Every registered projection, by name."""
    return tuple(_projections[name] for name in sorted(_projections))


def happened(kinds: Iterable[str], *, of_every_node: bool = False) -> Iterator[Happened]:
    """This node's entries of those kinds in order of position, unsealed ones last, with their bodies.

    `of_every_node`: then those of the others, by name, each in its own order: positions of two nodes say nothing of each other.
    """
    names = nodes() if of_every_node else (own_node(),)
    for name in names:
        yield from _of_node(name, list(kinds))


def nodes() -> tuple[str, ...]:
    """Every node of which an entry is here, this one first, then by name. One statement for each."""
    rows, found = Entry.objects.order_by("node").values_list("node", flat=True), []
    last = rows.first()
    while last is not None:  # from name to name along the index
        found.append(last)
        last = rows.filter(node__gt=last).first()
    return (own_node(), *(one for one in found if one != own_node()))


def _of_node(name: str, kinds: Sequence[str]) -> Iterator[Happened]:
    wanted = Entry.objects.filter(node=name, kind__in=kinds)
    after = 0
    while rows := list(wanted.filter(position__gt=after).order_by("position")[:AT_ONCE]):
        after = rows[-1].position or after
        yield from _with_bodies(rows)
    yield from _with_bodies(list(wanted.filter(position__isnull=True).order_by("id")))


def _with_bodies(rows: list[Entry]) -> Iterator[Happened]:
    bodies = entries.bodies(rows)
    for row in rows:
        yield Happened(row, bodies.get(row.id))


def _folded(projection: Projection) -> Mapping[str, Any]:
    return projection.fold(happened(projection.kinds, of_every_node=projection.of_every_node))


def check(projection: Projection) -> tuple[int, int, list[Difference]]:
    """How many keys were compared, how many could not be because of erasure, and where the table differs."""
    folded, actual = _folded(projection), projection.actual()
    erased = {key for key, value in folded.items() if value is ERASED}
    found = []
    for key in sorted((set(folded) | set(actual)) - erased):
        if key not in actual:
            found.append(Difference(projection.name, key, "missing"))
        elif key not in folded:
            found.append(Difference(projection.name, key, "unfounded"))
        elif folded[key] != actual[key]:
            found.append(Difference(projection.name, key, "different"))
    return len(set(folded) | set(actual)) - len(erased), len(erased), found
