"""Receipts for units: that a person whom a unit handed over was received, that the case of an expected one has noted the arrival.

They go down by the unit's own check and say when, nothing more: not who received, nor where. The unit shows them, and decides nothing by them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from xenia.errors import BadInput
from xenia.frontier.models import Check
from xenia.frontier.second.models import HandOver, Receipt
from xenia.journal import canonical
from xenia.journal.actions import writing

HANDED: Final = "handed"
ARRIVED: Final = "arrived"
STATES: Final = {HANDED: "handed-over", ARRIVED: "admitted"}
"""In what state the check of such a person is."""
TOLD: Final = timedelta(days=14)
"""So long a unit is told of one. Own choice: a unit that was away for longer than its lease asks by telephone."""
MOST: Final = 10_000
FORM: Final = "%Y-%m-%dT%H:%M:%S.%f%z"


def note(check_id: UUID, kind: str, at: datetime) -> None:
    """At the centre: the unit that made this check is to hear of it; nothing for a check of the centre's own. Inside `writing()`."""
    check = Check.objects.filter(id=check_id).exclude(node="").first()
    if check is not None:
        said = {"identity": check.identity, "kind": kind, "node": check.node, "at": at}
        Receipt.objects.get_or_create(check_made=check.id, defaults=said)


def undone(check_id: UUID) -> None:
    """The decision was taken back, here or at the unit: what was noted of it says nothing any more. Inside `writing()`."""
    Receipt.objects.filter(check_made=check_id, kind=ARRIVED).delete()


def told(node: str, now: datetime) -> list[dict[str, str]]:
    """At the centre: what a unit is told, the oldest first. One query."""
    rows = Receipt.objects.filter(node=node, at__gt=now - TOLD).order_by("-at", "check_made")[:MOST]
    return [{"check": str(one.check_made), "kind": one.kind, "at": canonical.moment(one.at)} for one in reversed(rows)]


def take(said: Any) -> int:
    """At a unit: keep what is new of it, for checks of its own that ended so; how many. Raises `BadInput` (code `bad-receipts`)."""
    try:
        rows = {UUID(one["check"]): (str(one["kind"]), datetime.strptime(one["at"], FORM)) for one in said}
        if len(rows) > MOST or any(kind not in STATES for kind, _at in rows.values()):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput("Those are no receipts.", "Update this unit.", code="bad-receipts") from error
    with writing():
        known = set(Receipt.objects.values_list("check_made", flat=True))
        fresh = _own({one: row for one, row in rows.items() if one not in known})
        Receipt.objects.bulk_create(fresh)
    return len(fresh)


def _own(rows: Mapping[UUID, tuple[str, datetime]]) -> list[Receipt]:
    wanted, found = list(rows), []
    for start in range(0, len(wanted), 400):
        for check in Check.objects.filter(id__in=wanted[start : start + 400], node=""):
            kind, at = rows[check.id]
            if check.state == STATES[kind]:
                found.append(Receipt(check_made=check.id, identity=check.identity, kind=kind, at=at))
    return found


def received_at(check_id: UUID) -> datetime | None:
    """At a unit: when the person of a check was received, as the centre said."""
    return Receipt.objects.filter(check_made=check_id, kind=HANDED).values_list("at", flat=True).first()


@dataclass(frozen=True)
class Counts:
    """Of the last `TOLD` at this unit. `handed`: persons handed over; `received`: of whom that was said; `arrived`: expected ones."""

    handed: int
    received: int
    arrived: int

    @property
    def is_any(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.handed or self.arrived)


def counts(now: datetime) -> Counts:
    """At a unit: how many, never who, nor to whom."""
    mine: Sequence[UUID] = list(HandOver.objects.filter(made_at__gt=now - TOLD).values_list("check_made", flat=True))
    since = Receipt.objects.filter(node="")
    received = sum(
        since.filter(kind=HANDED, check_made__in=mine[at : at + 400]).count() for at in range(0, len(mine), 400)
    )
    return Counts(len(mine), received, since.filter(kind=ARRIVED, at__gt=now - TOLD).count())
