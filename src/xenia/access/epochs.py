"""Counters that tell every thread and process, with one query, whether what it holds in memory is still true.

Names in use: `policy` (a new policy version), `accounts` (an account, assignment, post or lane changed), `lists`
(another list version is current), `live` (a live register row changed), `work` (a work item or proposal changed),
`reference` (a term of reference data changed).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db.models import BigIntegerField, F, Value
from django.db.models.functions import Greatest

from xenia.access.models import Epoch


class Epochs(dict[str, int]):
    """All counters by name; one that was never bumped is 0."""

    def __missing__(self, name: str) -> int:
        return 0


_within: ContextVar[list[Epochs | None] | None] = ContextVar("epochs", default=None)


def read() -> Epochs:
    """All counters: one query, or none where this request has already asked (see `one_request`)."""
    holder = _within.get()
    if holder is not None and holder[0] is not None:
        return holder[0]
    found = Epochs(Epoch.objects.values_list("name", "number"))
    if holder is not None:
        holder[0] = found
    return found


def bump(name: str) -> int:
    """Count up and give back the new number. Call inside `journal.actions.writing()`, with the change itself."""
    # Microseconds of the clock, and always more than before: a number that was rolled back never comes again.
    following = Greatest(F("number") + 1, Value(time.time_ns() // 1000, output_field=BigIntegerField()))
    if not Epoch.objects.filter(name=name).update(number=following):
        Epoch.objects.get_or_create(name=name)
        Epoch.objects.filter(name=name).update(number=following)
    forget()
    return Epoch.objects.values_list("number", flat=True).get(name=name)


def forget() -> None:
    """Ask again at the next `read`, even within this request."""
    holder = _within.get()
    if holder is not None:
        holder[0] = None


@contextmanager
def one_request() -> Iterator[None]:
    """Within it the counters are read once: a request, or one command, sees one state of policy and lists."""
    token = _within.set([None])
    try:
        yield
    finally:
        _within.reset(token)
