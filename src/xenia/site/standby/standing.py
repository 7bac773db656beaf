"""Whether this server is the one that serves. Asked with every request, so answered from memory that is a second old at most.

A server of a pair serves where its database is no copy, its generation is the newest that this home knows, and either the other
server follows or a person has said that it goes on alone. Everything else is a reason, as a code, to answer nobody.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Final

from django.db import DatabaseError, connection

from xenia.site.standby import home
from xenia.units import serving

FRESH_S: Final = 1.0
STALE_S: Final = 10.0
"""A look that takes longer than this means that the database does not answer."""
FOLLOWS: Final = "standby"
NOT_FOLLOWED: Final = "not-followed"
REPLACED: Final = "replaced"
UNSAID: Final = "not-said"
NO_DATABASE: Final = "no-database"
ENDS: Final = frozenset({FOLLOWS, REPLACED, UNSAID})
"""With these a process that serves steps down; the others pass by themselves."""
QUERY: Final = """
SELECT pg_is_in_recovery(), current_setting('synchronous_standby_names') <> '', newest.number, newest.server,
  EXISTS (SELECT 1 FROM pg_stat_replication WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum')),
  (SELECT array_agg(door ORDER BY place) FROM standby_server)
FROM (SELECT number, server FROM standby_generation ORDER BY number DESC LIMIT 1) newest"""


@dataclass(frozen=True)
class Standing:
    """`why`: a code, "" where this server serves. `together`: nothing is acknowledged before both have it. `paired`: one of two."""

    why: str = ""
    generation: int = 0
    server: str = ""
    together: bool = False
    paired: bool = False
    doors: tuple[str, ...] = ()


SINGLE: Final = Standing()
_lock = threading.Lock()
_held: tuple[float, Standing] | None = None


def look() -> Standing:
    """How it is at this moment. Raises `Unavailable` (code `standby-damaged`)."""
    held = home.read()
    if held is None or connection.vendor != "postgresql":
        return SINGLE
    try:
        with connection.cursor() as cursor:
            cursor.execute(QUERY)
            row = cursor.fetchone()
    except DatabaseError:
        connection.close()
        return Standing(NO_DATABASE, held.generation, paired=True)
    if row is None:
        return Standing(UNSAID, paired=True)
    is_copy, together, generation, server, followed, doors = row
    if is_copy:
        why = FOLLOWS
    elif generation < held.generation:
        why = REPLACED
    elif server != held.server:
        why = UNSAID
    else:
        why = NOT_FOLLOWED if together and not followed else ""
    return Standing(why, generation, server, together, True, tuple(doors or ()))


def now() -> Standing:
    """As `look`, a second old at most; while the database does not answer, that is what is said."""
    global _held
    kept = _held
    if kept is not None and time.monotonic() - kept[0] < FRESH_S:
        return kept[1]
    if _lock.acquire(blocking=kept is None):
        try:
            _held = kept = (time.monotonic(), look())
        finally:
            _lock.release()
    assert kept is not None
    late = kept[1].paired and time.monotonic() - kept[0] > STALE_S
    return Standing(NO_DATABASE, kept[1].generation, paired=True) if late else kept[1]


def forget() -> None:
    """Look anew at the next question."""
    global _held
    _held = None


def closed() -> str:
    """For the doors: why nobody is heard here, "" where everybody is."""
    return now().why


def for_units() -> serving.Now:
    """For what units are told."""
    held = now()
    return serving.Now(held.generation, held.doors, held.why)
