"""At a unit: live records come from its centre, whole and as they are there. The unit proposes and approves none of them.

A register is told in buckets, by the last two hexadecimal digits of the record's id: a change costs its bucket only. To a unit that
may not hold its names, what officers entered is told as keys (`keyed.py`), in the same buckets.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from xenia.errors import BadInput
from xenia.journal import actions as journal
from xenia.journal.act import Act
from xenia.journal.node import node
from xenia.registers import kinds
from xenia.registers.lists.keyed import What
from xenia.registers.live import actions, keyed
from xenia.registers.live.keyed import Keying
from xenia.registers.live.models import LiveRecord

FORMAT: Final = "xenia/live/1"
WITH_KEYS: Final = "xenia/live/2"
PURPOSE: Final = "list-management"
AT_ONCE: Final = 100
"""Records in one transaction: short ones, so that no check at the booth waits."""
SIZES: Final = ((500, 1), (20_000, 16))
MOST_BUCKETS: Final = 64
DAYS: Final = ("valid_from", "valid_until", "review_on", "delete_on")
TEXTS: Final = ("source", "record_id", "state", "kind", "category", "handling", "owner", "origin")
Key = tuple[UUID, datetime, str]


@dataclass(frozen=True)
class Bucket:
    """A part of a register: of `of` buckets the one of that number. `digest`: moves with every change in it."""

    register: str
    number: int
    of: int
    ids: tuple[UUID, ...]
    digest: str

    @property
    def name(self) -> str:
        """What it is called as an item."""
        return self.register if self.of == 1 else f"{self.register}.{self.of}.{self.number}"


def buckets(
    registers: Iterable[str], without: frozenset[str] = frozenset(), none_of: frozenset[str] = frozenset()
) -> list[Bucket]:
    """At a centre: the buckets of these registers as they are now. One query, which opens no record.

    `without`: list sources; what lies over their lists is left out. `none_of`: registers; what officers entered in them is left out.
    """
    rows: dict[str, list[Key]] = {name: [] for name in registers}
    found = (
        LiveRecord.objects.filter(register__in=rows)
        .exclude(source__in=without)
        .exclude(source="", register__in=none_of)
        .order_by("id")
        .values_list("register", "id", "recorded_at", "state")
    )
    for register, pk, recorded_at, state in found.iterator(chunk_size=2000):
        rows[register].append((pk, recorded_at, state))
    made = []
    for register, keys in rows.items():
        of = next((count for most, count in SIZES if len(keys) <= most), MOST_BUCKETS)
        parts: list[list[Key]] = [[] for _number in range(of)]
        for key in keys:
            parts[key[0].int % of].append(key)
        made += [
            Bucket(register, at, of, tuple(key[0] for key in part), _digest(part)) for at, part in enumerate(parts)
        ]
    return made


def _digest(keys: Sequence[Key]) -> str:
    said = "\n".join(f"{pk} {recorded_at.isoformat()} {state}" for pk, recorded_at, state in keys)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def told(one: Bucket, what: What | None = None) -> dict[str, Any]:
    """The bucket with its records, opened, as it travels. One that was erased since is left out.

    `what`: which of those that officers entered are told, as keys; None: all, with everything that they hold.
    """
    rows: list[LiveRecord] = []
    for start in range(0, len(one.ids), 400):
        rows += LiveRecord.objects.filter(pk__in=one.ids[start : start + 400])
    present = actions.opened([row for row in rows if row.state == "present"])
    whole = [live for live in present if what is None or live.row.source]
    said = [_told(live.row, live.body) for live in whole] + [_told(row, {}) for row in rows if row.state == "removed"]
    records = sorted(said, key=lambda record: str(record["id"]))
    head = {"format": FORMAT, "register": one.register, "bucket": one.number, "of": one.of, "records": records}
    if what is None:
        return head
    keys = keyed.told(one.register, (live for live in present if not live.row.source), what)
    return head | {"format": WITH_KEYS, "keys": keys}


def _told(row: LiveRecord, body: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {name: getattr(row, name) for name in TEXTS}
    said |= {name: day.isoformat() if (day := getattr(row, name)) else None for name in DAYS}
    return said | {"id": str(row.pk), "recorded_at": row.recorded_at.isoformat(), "body": dict(body)}


@dataclass(frozen=True)
class Came:
    """A record as the centre has it."""

    row: LiveRecord
    body: Mapping[str, Any]

    @property
    def key(self) -> Key:
        """What differs when the record does."""
        return self.row.pk, self.row.recorded_at, self.row.state


def read(said: Any, registers: Iterable[str]) -> tuple[str, int, int, list[Came], Keying | None]:
    """Register, bucket, of how many, records, and what keys among them are made with. Raises `BadInput` (`live-records`)."""
    try:
        register, number, of = said["register"], said["bucket"], said["of"]
        if (
            said["format"] != (WITH_KEYS if "keys" in said else FORMAT)
            or register not in registers
            or not 0 <= number < of <= MOST_BUCKETS
        ):
            raise ValueError
        came = [_came(register, one) for one in said["records"]]
        keying, withheld = keyed.read(said["keys"], register) if "keys" in said else (None, [])
        came += [Came(row, body) for row, body in withheld]
        keying = keying if withheld else None
        if any(one.row.pk.int % of != number for one in came) or len({one.row.pk for one in came}) != len(came):
            raise ValueError
    except (KeyError, TypeError, ValueError, AttributeError, BadInput) as error:
        raise BadInput("Those are no records of a register.", "Update this unit.", code="live-records") from error
    return register, number, of, came, keying


def _came(register: str, said: Mapping[str, Any]) -> Came:
    texts, recorded_at = {name: said[name] for name in TEXTS}, datetime.fromisoformat(said["recorded_at"])
    days = {name: date.fromisoformat(said[name]) if said[name] is not None else None for name in DAYS}
    known = (
        said["state"] in ("present", "removed") and isinstance(said["body"], dict) and recorded_at.tzinfo is not None
    )
    if not known or not all(isinstance(text, str) for text in texts.values()):
        raise ValueError
    return Came(
        LiveRecord(id=UUID(said["id"]), register=register, recorded_at=recorded_at, **texts, **days), said["body"]
    )


def take(register: str, number: int, of: int, came: Sequence[Came], keying: Keying | None = None) -> tuple[int, int]:
    """Make a bucket here what it is at the centre: how many records were written, how many went.

    What was entered at this unit stays as it is. What is no more goes with what came in its place, in one transaction: a corrected
    record must not be missing for a moment. Where these are too many for one, all that came stands before anything goes.
    """
    if keying is not None:
        with journal.writing():
            keyed.keep(register, keying)
    here = {row.pk: (row.pk, row.recorded_at, row.state) for row in _of_centre(register) if row.pk.int % of == number}
    there = {one.row.pk for one in came}
    gone = [pk for pk in here if pk not in there]
    fresh = [one for one in came if here.get(one.row.pk) != one.key]
    if max(len(fresh), len(gone)) <= AT_ONCE:
        if fresh or gone:
            _change(register, fresh, gone)
    else:
        for start in range(0, len(fresh), AT_ONCE):
            _change(register, fresh[start : start + AT_ONCE], [])
        for start in range(0, len(gone), AT_ONCE):
            _change(register, [], gone[start : start + AT_ONCE])
    if keying is None:
        with journal.writing():
            keyed.let_go(register)
    return len(fresh), len(gone)


def _of_centre(register: str) -> list[LiveRecord]:
    own = Q(origin=node()) | Q(origin__startswith=f"{node()}/")
    return list(LiveRecord.objects.filter(register=register).exclude(own).only("id", "recorded_at", "state"))


def _change(register: str, fresh: Sequence[Came], gone: Sequence[UUID]) -> None:
    owner = fresh[0].row.owner if fresh else ""
    with journal.writing():
        again = {name for one in fresh for name in _names([one.row])}
        names = [name for name in _names(LiveRecord.objects.filter(pk__in=gone)) if name not in again]
        if gone:
            actions.remove(gone)
        for one in fresh:
            same = Q(register=register, source=one.row.source, record_id=one.row.record_id) | Q(pk=one.row.pk)
            actions.remove(list(LiveRecord.objects.filter(same).values_list("pk", flat=True)))
            actions.write(one.row, one.body)
        body = {
            "register": register,
            "present": [[pk, one.row.category, one.row.handling] for one in fresh for pk in _names([one.row])],
            "removed": [
                *names,
                *(one.row.record_id for one in fresh if one.row.source == "" and one.row.state == "removed"),
            ],
            "laid_over": sum(one.row.source != "" for one in fresh),
        }
        act = Act("system:centre", owner, PURPOSE, "", f"register:{register}", node())
        journal.append(kinds.TAKEN, body, act, subjects=[*(one.row.pk for one in fresh), *gone])


def _names(rows: Iterable[LiveRecord]) -> list[str]:
    """The ids of those that were entered by hand, not laid over a list."""
    return [row.record_id for row in rows if row.source == "" and row.state == "present"]
