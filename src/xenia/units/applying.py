"""What entries of a unit do at the centre: one after the other, in the order of its node; what cannot be done holds nothing up.

A savepoint for each entry costs more than most entries do. So entries that follow one another share one; where one of them
fails, everything since the savepoint is taken back, those before it are done again, and it alone is put aside. Each is done
twice at most, however many of them are poison.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from xenia.errors import NotFound, XeniaError
from xenia.journal import data_keys, kinds
from xenia.journal import entries as bodies_of
from xenia.journal.arriving import Came, Effect, effect_of
from xenia.journal.models import Entry
from xenia.units import saying
from xenia.units.models import Unit

log = logging.getLogger("xenia.units")


@dataclass(frozen=True)
class _Due:
    """An entry that may do something here."""

    row: Entry
    effect: Effect


def done(unit: Unit, rows: Sequence[Entry], foreign: frozenset[UUID], now: datetime) -> Iterator[tuple[Entry, str]]:
    """Do what new entries do here; those that could not be done, with the reason as a code, in no order.

    `foreign`: data keys that the unit may not bring. Inside `writing()` and `data_keys.held()`.
    """
    held, due = saying.known(unit, rows), list[_Due]()
    data_keys.hold(row.key for row in rows if row.key)
    for row in rows:
        found = "foreign-key" if row.key in foreign else _looked_at(unit, row, held, now)
        if isinstance(found, str):
            if found:
                yield row, found
        else:
            due.append(_Due(row, found))
    yield from _all(due)


def _looked_at(unit: Unit, row: Entry, held: saying.Known, now: datetime) -> Effect | str:
    """What the entry does; a code where it may not, "" where it does nothing."""
    try:
        kinds.named(row.kind)
    except NotFound:
        return "unknown-kind"
    effect = effect_of(row.kind)
    code = saying.overreach(unit, row, held, now, does=effect is not None)
    if code or effect is None:
        return code
    return effect if row.body is not None else "no-body"


def _all(due: Sequence[_Due]) -> Iterator[tuple[Entry, str]]:
    at = 0
    while at < len(due):
        failed = _run(due[at:])
        if failed is None:
            return
        # What went well goes well again, unless somebody else has just changed something: then each for itself.
        before = due[at : at + failed]
        alone = [*before, due[at + failed]] if before and _run(before) is not None else [due[at + failed]]
        for one in alone:
            if code := _alone(one):
                yield one.row, code
        at += failed + 1


def _run(due: Sequence[_Due]) -> int | None:
    """Do all of these, or none: then the place of the one that could not be done."""
    place = 0
    try:
        with transaction.atomic():
            for one in due:
                _do(one)
                place += 1
    except Exception:
        data_keys.let_go()  # some may have been made since
        return place
    return None


def _alone(one: _Due) -> str:
    """Do what one entry does; why it could not be done, as a code."""
    try:
        with transaction.atomic():
            _do(one)
    except XeniaError as error:
        code = error.code
    except Exception as error:
        log.exception("an entry of a unit could not be applied", extra={"kind": one.row.kind})
        code = f"error-{type(error).__name__}"[:60].lower()
    else:
        return ""
    data_keys.let_go()
    return code


def _do(one: _Due) -> None:
    found: dict[UUID, Any] = bodies_of.bodies([one.row])
    if one.row.id not in found:
        raise XeniaError("Nobody can open this entry.", code="no-data-key")
    one.effect(Came(one.row, found[one.row.id]))
