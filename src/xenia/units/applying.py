"""What entries of a unit do at the centre: one after the other, in the order of its node; what cannot be done holds nothing up.

A savepoint and a dozen statements for each entry cost more than most entries do. So entries that follow one another share a
savepoint, and what they write waits at the desk until the last of them (`journal/desk.py`). Where one fails, everything since the
savepoint is taken back, those before it are done again, and it alone is put aside. Each is done three times at most, however many
of them are poison.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from xenia.errors import NotFound, XeniaError
from xenia.journal import data_keys, desk, disk, kinds
from xenia.journal import entries as bodies_of
from xenia.journal.arriving import Came, Doing, doing
from xenia.journal.models import Entry
from xenia.units import saying
from xenia.units.models import Unit

log = logging.getLogger("xenia.units")
MOST_RUNS: Final = 8
"""After so many entries of a batch that failed, each of the rest is done for itself: they would not be the last."""


@dataclass(frozen=True)
class _Due:
    """An entry that may do something here, and what."""

    came: Came
    doing: Doing


def done(unit: Unit, rows: Sequence[Entry], foreign: frozenset[UUID], now: datetime) -> list[tuple[Entry, str]]:
    """Do what new entries do here; those that could not be done, in order, with the reason as a code.

    `foreign`: data keys that the unit may not bring. Inside `writing()` and `data_keys.held()`.
    """
    held, due, aside = saying.known(unit, rows), list[_Due](), list[tuple[Entry, str]]()
    data_keys.hold(row.key for row in rows if row.key)
    for row in rows:
        found = "foreign-key" if row.key in foreign else _looked_at(unit, row, held, now)
        if isinstance(found, _Due):
            due.append(found)
        elif found:
            aside.append((row, found))
    aside += _all(due)
    return sorted(aside, key=lambda one: one[0].position or 0)


def _looked_at(unit: Unit, row: Entry, held: saying.Known, now: datetime) -> _Due | str:
    """What the entry may do; a code where it may not, "" where it does nothing."""
    try:
        kinds.named(row.kind)
    except NotFound:
        return "unknown-kind"
    does = doing(row.kind)
    code = saying.overreach(unit, row, held, now, does=does is not None)
    if code or does is None:
        return code
    if row.body is None:
        return "no-body"
    try:
        found = bodies_of.bodies([row])
    except Exception as error:
        return _code(row, error)
    return _Due(Came(row, found[row.id]), does) if row.id in found else "no-data-key"


def _all(due: Sequence[_Due]) -> Iterator[tuple[Entry, str]]:
    at, runs = 0, 0
    while at < len(due):
        rest, runs = due[at:], runs + 1
        failed = _run(rest) if runs <= MOST_RUNS else len(rest)
        if failed is None:
            return
        before = rest[:failed]  # went well; where it does not go well again, each is done for itself
        alone = rest[failed : failed + 1] if failed < len(rest) and _run(before) is None else rest[: failed + 1]
        for one in alone:
            if code := _alone(one):
                yield one.came.entry, code
        at += failed + 1


def _run(due: Sequence[_Due]) -> int | None:
    """Do all of these, or none: then the place of the one that failed, or their number where it is not known which."""
    place = 0
    try:
        with transaction.atomic(), desk.held():
            _look_up(due)
            for one in due:
                with _where(one.doing):
                    one.doing.effect(one.came)
                place += 1
    except Exception:
        data_keys.let_go()  # some may have been made since
        return place
    return None


def _look_up(due: Sequence[_Due]) -> None:
    """What their effects will look up one by one."""
    for ahead in dict.fromkeys(one.doing.ahead for one in due):
        if ahead is not None:
            ahead([one.came for one in due if one.doing.ahead is ahead])


def _where(doing: Doing) -> AbstractContextManager[None]:
    return nullcontext() if doing.at_desk else desk.put_down()


def _alone(one: _Due) -> str:
    """Do what one entry does; why it could not be done, as a code."""
    try:
        with transaction.atomic():
            one.doing.effect(one.came)
    except Exception as error:
        data_keys.let_go()
        if _is_of_the_machine(error):
            raise
        return _code(one.came.entry, error)
    return ""


def _is_of_the_machine(error: Exception) -> bool:
    """Whether disk, memory, line or another transaction is at fault: then nothing of the batch is taken, and it is sent again."""
    state = getattr(error.__cause__, "sqlstate", None) or ""
    return bool(disk.code_of(error)) or state[:2] in ("08", "40", "53", "55", "57")


def _code(row: Entry, error: Exception) -> str:
    if isinstance(error, XeniaError):
        return error.code
    log.error("an entry of a unit could not be applied", extra={"kind": row.kind}, exc_info=error)
    return f"error-{type(error).__name__}"[:60].lower()
