"""At a unit: which blobs wait, found from its own sealed entries; how many, for pages; and whether the file of one is still there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Max, Min, Q, Sum

from xenia.journal import awaited, blobs, entries
from xenia.journal.actions import writing
from xenia.journal.models import BlobReference, Entry
from xenia.units.blobs.machine import MOST_ABOUT
from xenia.units.blobs.models import GoingBlob

WAITING: Final = "waiting"
AT_ONCE: Final = 500

_looked: dict[str, int] = {}
"""Up to which position the entries of a node were looked at, in this process."""


@dataclass(frozen=True)
class Backlog:
    """What waits. `lost`: those that the centre did not take, or that this unit had no more."""

    count: int
    size_bytes: int
    since: datetime | None
    lost: int


def forget() -> None:
    """As after a start; for tests."""
    _looked.clear()


def find(node: str) -> int:
    """Put what the sealed entries of this node newly refer to in the queue; how many blobs that are."""
    after = _looked.get(node)
    if after is None:
        after = GoingBlob.objects.aggregate(last=Max("position"))["last"] or 0
    sealed = Entry.objects.filter(node=node).aggregate(last=Max("position"))["last"] or 0
    found = 0
    if awaited.kinds() and sealed > after:
        rows = Entry.objects.filter(node=node, kind__in=awaited.kinds(), position__gt=after, position__lte=sealed)
        for row in rows.order_by("position"):
            found += _queued(row)
    _looked[node] = sealed
    return found


def _queued(row: Entry) -> int:
    body = entries.bodies([row]).get(row.id)
    if body is None:
        return 0
    sizes = dict(
        BlobReference.objects.filter(
            address__in=[one.address for one in awaited.references(row.kind, body)]
        ).values_list("address", "size_bytes")
    )
    made = [
        GoingBlob(
            address=one.address, position=row.position or 0, size_bytes=one.size_bytes or sizes.get(one.address, 0),
            rank=0 if one.small else 1, since=row.recorded_at,
        )
        for one in awaited.references(row.kind, body)
    ]  # fmt: skip
    with writing():
        GoingBlob.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def waiting(acknowledged: int, most: int = MOST_ABOUT) -> list[str]:
    """Addresses of those that wait, of entries that the centre has, the first to go first."""
    rows = GoingBlob.objects.filter(state=WAITING, position__lte=acknowledged)
    return list(rows.order_by("rank", "position", "address").values_list("address", flat=True)[:most])


def backlog() -> Backlog:
    """How much waits here. One statement."""
    waits = Q(state=WAITING)
    found = GoingBlob.objects.aggregate(
        count=Count("address", filter=waits),
        size=Sum("size_bytes", filter=waits),
        since=Min("since", filter=waits),
        lost=Count("address", filter=Q(state__in=(awaited.GONE, awaited.REFUSED))),
    )
    return Backlog(found["count"], found["size"] or 0, found["since"], found["lost"])


def settle(states: Mapping[str, str]) -> int:
    """The centre said how these stand; how many waited until then."""
    if not states:
        return 0
    changed = 0
    with writing():
        for state in set(states.values()):
            rows = GoingBlob.objects.filter(address__in=[one for one, said in states.items() if said == state])
            changed += rows.filter(state=WAITING).count()
            rows.exclude(state=state).update(state=state)
    return changed


def wanted_again(addresses: list[str]) -> None:
    """The centre asks for these: whatever it said of them before, they wait."""
    over = GoingBlob.objects.filter(address__in=addresses).exclude(state=WAITING)
    if over.exists():
        with writing():
            over.update(state=WAITING)


def size_of(address: str) -> int | str:
    """How large the file of a blob is; why it is not to be had, as a code: erased, missing, damaged. Reads all of it."""
    if not BlobReference.objects.filter(address=address).exists():
        return "erased"
    try:
        with blobs.path(address).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
            return file.tell() if found == address else "damaged"
    except FileNotFoundError:
        return "missing"
