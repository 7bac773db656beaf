"""Blobs that an entry of another node refers to and that are still on their way: what is awaited, of whom, for whom.

Rooms register which blobs an entry of a kind refers to; a unit sends those, and no others are taken of it. A row stays when
its blob is here or will never come: a node that offers it again is told so. Once its person is forgotten it names nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Min, Q, Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from xenia.errors import BadInput, Conflict, Unavailable
from xenia.journal import clock
from xenia.journal.arriving import Came
from xenia.journal.models import AwaitedBlob, BlobReference, DataKey

AWAITED, KEPT, ERASED, GONE, REFUSED = "awaited", "kept", "erased", "gone", "refused"
MOST_BYTES: Final = 24 << 20
"""Of one blob, sealed. Own choice: above the largest document that any room takes (16 MB) and photograph (20 MB before it is made smaller)."""
MOST_AWAITED: Final = 50_000
MOST_AWAITED_BYTES: Final = 16 << 30
"""Of one node at a time. Own choices: two thousand photographs a day for three weeks."""
ASKED: Final = 0
"""The priority of what somebody is looking for. Of a hit: 1 small, 2 large; the others: 3 and 4."""


class Awaited(Unavailable):
    """A blob is still on its way here."""

    code = "blob-awaited"


@dataclass(frozen=True)
class Reference:
    """What an entry says of one of its blobs. `size_bytes`: of the ciphertext, 0 where it does not say. `form`: what it must be."""

    address: str
    size_bytes: int
    small: bool = False
    form: str = ""


@dataclass(frozen=True)
class Figures:
    """How much is awaited of a node, and since when the oldest. `lost`: those that will not come."""

    count: int
    size_bytes: int
    since: datetime | None
    lost: int


Refers = Callable[[dict[str, Any]], Sequence[Reference]]
_refers: dict[str, Refers] = {}
_forms: dict[str, Callable[[bytes], bool]] = {}


def register(kind: str, refers: Refers) -> None:
    """Say which blobs an entry of a kind refers to, by its body in today's schema."""
    _refers[kind] = refers


def register_form(name: str, fits: Callable[[bytes], bool]) -> None:
    """Say what a blob of that form, opened, must be: a node that is in wrong hands writes whatever it likes."""
    _forms[name] = fits


def kinds() -> tuple[str, ...]:
    """The kinds whose entries refer to blobs."""
    return tuple(sorted(_refers))


def references(kind: str, body: dict[str, Any]) -> Sequence[Reference]:
    """The blobs that an entry refers to."""
    return _refers[kind](body) if kind in _refers else ()


def fits(form: str, plain: bytes) -> bool:
    """Whether it is what it must be; a form that nobody knows any more is none."""
    return not form or (form in _forms and _forms[form](plain))


def part(node: str, address: str) -> Path:
    """Where the bytes lie that have come so far: HOME/awaited/NODE/ADDRESS.part, which no backup takes."""
    return Path(settings.XENIA_HOME) / "awaited" / node / f"{address}.part"


def expect(came: Came, subject: UUID, purpose: str, *, urgent: bool) -> None:
    """The blobs that an entry refers to are awaited from now on. Inside `writing()`, by its room's effect.

    Raises `BadInput` (`blob-reference`, `no-data-key`), `Conflict` (`blob-taken`, `blobs-flood`); the entry is put aside then.
    """
    if not DataKey.objects.filter(subject=subject, purpose=purpose).exists():
        raise BadInput("The key that would open a document is not here.", "Look at the unit.", code="no-data-key")
    node, at = came.entry.node, clock.now()
    for one in references(came.entry.kind, came.body):
        if not _is_sound(one):
            raise BadInput("The entry refers to no document that is taken.", "Look at the unit.", code="blob-reference")
        if BlobReference.objects.filter(address=one.address).exists():
            raise _taken()
        row, fresh = AwaitedBlob.objects.get_or_create(
            address=one.address, node=node,
            defaults={
                "purpose": purpose, "subject": subject, "size_bytes": one.size_bytes, "form": one.form, "since": at,
                "entry": came.entry.id, "priority": (1 if urgent else 3) + (not one.small),
            },
        )  # fmt: skip
        if not fresh and (row.subject, row.purpose) != (subject, purpose) and row.state != ERASED:
            raise _taken()
    still = AwaitedBlob.objects.filter(node=node, state=AWAITED).aggregate(count=Count("id"), size=Sum("size_bytes"))
    if still["count"] > MOST_AWAITED or (still["size"] or 0) > MOST_AWAITED_BYTES:
        raise Conflict(
            "More documents are awaited of this unit than any writes.", "Look at the unit.", code="blobs-flood"
        )


def _is_sound(one: Reference) -> bool:
    from xenia.journal.blobs import ADDRESS

    return bool(
        isinstance(one.address, str)
        and ADDRESS.fullmatch(one.address)
        and type(one.size_bytes) is int
        and 0 <= one.size_bytes <= MOST_BYTES
    )


def _taken() -> Conflict:
    return Conflict("The entry refers to a document of another record.", "Look at the unit.", code="blob-taken")


def figures(node: str) -> Figures:
    """What is awaited of a node. One statement."""
    still = Q(state=AWAITED)
    found = AwaitedBlob.objects.filter(node=node).aggregate(
        count=Count("id", filter=still),
        size=Sum("size_bytes", filter=still),
        since=Min("since", filter=still),
        lost=Count("id", filter=Q(state__in=(GONE, REFUSED))),
    )
    return Figures(found["count"], found["size"] or 0, found["since"], found["lost"])


def first(node: str, most: int) -> list[AwaitedBlob]:
    """What is to come next of a node, the most urgent first."""
    rows = AwaitedBlob.objects.filter(node=node, state=AWAITED)
    return list(rows.order_by("priority", "since", "id")[:most])


def on_their_way(addresses: Iterable[str]) -> dict[str, AwaitedBlob]:
    """Those of them that are not here, by address: still to come, or lost. One statement."""
    rows = AwaitedBlob.objects.filter(address__in=list(addresses), state__in=(AWAITED, GONE, REFUSED))
    return {row.address: row for row in rows}


def look_for(addresses: Iterable[str]) -> int:
    """Somebody waits for these: they come before all others. How many were not asked for yet. Inside `writing()`."""
    rows = AwaitedBlob.objects.filter(address__in=list(addresses), state=AWAITED, priority__gt=ASKED)
    return rows.update(priority=ASKED)


def words(row: AwaitedBlob) -> str:
    """What a page says in its place, the time in the reader's zone. The unit's name is set apart for right-to-left text."""
    unit = f"\u2068{row.node}\u2069"
    if row.state != AWAITED:
        return _("It did not come from %(unit)s, and will not.") % {"unit": unit}
    since = date_format(timezone.localtime(row.since), "j M Y, H:i")
    said = {"unit": unit, "kb": max(1, row.size_bytes >> 10) if row.size_bytes else "?", "since": since}
    return _("On its way from %(unit)s, %(kb)s KB, since %(since)s.") % said


def missing(address: str) -> Unavailable | None:
    """Why a blob is not here that an entry of another node refers to; None where none does, or it was erased."""
    row = on_their_way([address]).get(address)
    if row is None:
        return None
    if row.state == AWAITED:
        return Awaited(words(row), _("Load the page again later."))
    return Unavailable(words(row), _("Ask at the unit."), code="blob-lost")


def is_erased(address: str) -> bool:
    """Whether it was awaited or here, and was erased."""
    return AwaitedBlob.objects.filter(address=address, state=ERASED).exists()


def lost(row: AwaitedBlob, state: str, why: str) -> None:
    """It will not come: its node has it no more, or what came is not what it must be. Inside `writing()`."""
    AwaitedBlob.objects.filter(pk=row.pk, state=AWAITED).update(state=state, why=why)
    _unlink_later([(row.node, row.address)])


def give_up(node: str, why: str) -> int:
    """Nothing more comes of a node; how many blobs were awaited of it. Inside `writing()`."""
    rows = AwaitedBlob.objects.filter(node=node, state=AWAITED)
    _unlink_later(list(rows.values_list("node", "address")))
    return rows.update(state=GONE, why=why)


def lost_files() -> list[int]:
    """Rows of blobs that are said to be here and whose file is not: it had not been copied when this server took over."""
    from xenia.journal import blobs

    rows = AwaitedBlob.objects.filter(state=KEPT).order_by().values_list("pk", "address")
    return [pk for pk, address in rows.iterator() if not blobs.path(address).exists()]


def again(rows: Sequence[Any]) -> int:
    """These come once more: their node has them still. How many. Inside `writing()`."""
    return sum(
        AwaitedBlob.objects.filter(pk__in=rows[at : at + 400], state=KEPT).update(state=AWAITED)
        for at in range(0, len(rows), 400)
    )


def forget(address: str, purpose: str) -> None:
    """One purpose gives it up: it is not taken any more. Inside `writing()`."""
    _erased(AwaitedBlob.objects.filter(address=address, purpose=purpose))


def forget_subjects(subjects: Sequence[UUID]) -> int:
    """Everything that is awaited for these persons, or was; how many rows forget whose they were. Inside `writing()`."""
    return _erased(AwaitedBlob.objects.filter(subject__in=subjects))


def _erased(rows: Any) -> int:
    which = list(rows.values_list("pk", "node", "address"))
    AwaitedBlob.objects.filter(pk__in=[pk for pk, _node, _address in which]).update(state=ERASED, subject=None, why="")
    _unlink_later([(node, address) for _pk, node, address in which])
    return len(which)


def _unlink_later(which: Sequence[tuple[str, str]]) -> None:
    def unlink() -> None:
        for node, address in which:
            part(node, address).unlink(missing_ok=True)

    if which:
        transaction.on_commit(unlink)
