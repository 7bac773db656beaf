"""Many files with many stays, written past the journal: for benches in scratch installations only, never for real people."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from xenia import matching
from xenia.identity import keys
from xenia.identity.claim import Claimed
from xenia.journal import data_keys
from xenia.journal.ids import uuid7
from xenia.journal.insert import rows as insert
from xenia.journal.writing import writing
from xenia.registers.stays import files, retention
from xenia.registers.stays.files import Kept
from xenia.registers.stays.models import PURPOSE

AT_ONCE = 2_000
FILE = (
    "id", "person_id", "owner", "origin", "handling", "nationality", "rules_version", "sealed", "refusals",
    "last_refusal_on", "recorded_at", "delete_on",
)  # fmt: skip
STAY = (
    "id", "file_id", "state", "basis", "begins_at", "entry_at", "entry_on", "entry_zone", "entry_post", "exit_at",
    "exit_on", "exit_zone", "exit_post", "authorised_until", "overstay", "delete_on",
)  # fmt: skip
KEY = ("file_id", "kind", "key")


def write(
    people: Callable[[int], Claimed],
    count: int,
    stays: int,
    *,
    owner: str,
    post: str,
    zone: str = "UTC",
    today: date,
    first: int = 0,
    by_name: bool = False,
    seed: int = 1,
    said: Callable[[int], None] = lambda done: None,
) -> int:
    """Write `count` files with `stays` closed stays each; gives back how many crossings that are.

    `people(number)` says who the traveller of a number is, so that a bench can ask for the same again; numbers begin at `first`.
    `by_name`: also the name keys, which the second line searches by. One transaction per 2,000 files.
    """
    draw = random.Random(seed)  # noqa: S311 - invented lives
    for begin in range(first, first + count, AT_ONCE):
        _write_some(
            [people(n) for n in range(begin, min(begin + AT_ONCE, first + count))],
            stays,
            owner,
            post,
            zone,
            today,
            by_name,
            draw,
        )
        said(min(begin + AT_ONCE, first + count) - first)
    return count * stays * 2


def _write_some(
    claims: list[Claimed], stays: int, owner: str, post: str, zone: str, today: date, by_name: bool, draw: random.Random
) -> None:
    now = datetime.now(UTC)
    ids = [uuid7() for _ in claims]
    with writing():
        texts = [(id, PURPOSE, Kept(claim, {}).seal_text()) for id, claim in zip(ids, claims, strict=True)]
        sealed = data_keys.seal_many(texts, fresh=True)
        until = today + timedelta(days=1096)
        insert(
            "stays_stayfile",
            FILE,
            [
                (
                    id,
                    id,
                    owner,
                    "bench",
                    "open",
                    claim.nationality[:3],
                    matching.RULES_VERSION,
                    text,
                    0,
                    None,
                    now,
                    _day(until),
                )
                for id, claim, text in zip(ids, claims, sealed, strict=True)
            ],
        )
        insert(
            "stays_staykey",
            KEY,
            [row for id, claim in zip(ids, claims, strict=True) for row in _keys(id, claim, by_name)],
        )
        lived = [row for id in ids for row in _stays(id, stays, post, zone, today, draw)]
        insert("stays_stayrecord", STAY, lived)


def _keys(id: UUID, claim: Claimed, by_name: bool) -> Iterator[tuple[UUID, str, int]]:
    for key in files.document_keys(claim):
        yield id, "d", key
    if by_name:
        for key in sorted(set(keys.name_keys(claim))):
            yield id, "n", key


def _stays(id: UUID, count: int, post: str, zone: str, today: date, draw: random.Random) -> Iterator[tuple[Any, ...]]:
    """Closed stays of a few days each, about a month apart, the last one a few weeks ago."""
    day = today - timedelta(days=count * 30 + draw.randrange(20))
    for _ in range(count):
        out = day + timedelta(days=draw.randrange(1, 6))
        kept = _day(retention.after("record-kept", out))
        entered, left = datetime.combine(day, time(9), UTC), datetime.combine(out, time(15), UTC)
        yield (
            uuid7(), id, "closed", "short-stay", entered, entered, _day(day), zone, post, left, _day(out), zone, post,
            _day(day + timedelta(days=80)), False, kept,
        )  # fmt: skip
        day += timedelta(days=30)


def _day(day: date) -> Any:
    """A day as the tables keep it."""
    return day.isoformat() if connection.vendor == "sqlite" else day
