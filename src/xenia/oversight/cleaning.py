"""What is left to do after erasing, so that no byte stays in the database's files.

SQLite: `secure_delete` has overwritten the rows in the file; the WAL still holds older pages and is emptied here.
PostgreSQL: VACUUM frees the room of deleted rows; their bytes stay in the page until it is used again, in WAL files,
on replicas and in older backups. `rewrite` makes fresh files of the tables (VACUUM FULL; VACUUM on SQLite) and locks
them meanwhile. What these limits mean is said in docs/how-to/answer-a-data-subject-request.md.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.apps import apps
from django.db import OperationalError, connection

ROOMS = ("journal", "identity", "registers", "frontier", "work", "oversight")
TRIES, PAUSE_S = 40, 0.25


@dataclass(frozen=True)
class Cleaned:
    """`complete`: nothing that was erased is left in the files of this database, as far as this process can see to it."""

    complete: bool
    note: str


def tables() -> list[str]:
    """The tables that may have held something about a person."""
    return sorted(model._meta.db_table for room in ROOMS for model in apps.get_app_config(room).get_models())


def clean(*, rewrite: bool = False, tries: int = TRIES) -> Cleaned:
    """Empty what still holds erased bytes. Call it outside any transaction; safe to repeat."""
    return _clean_sqlite(rewrite, tries) if connection.vendor == "sqlite" else _clean_postgresql(tables(), rewrite)


def _clean_sqlite(rewrite: bool, tries: int) -> Cleaned:
    with connection.cursor() as cursor:
        if rewrite:
            cursor.execute("VACUUM")
        for _ in range(tries):
            if _checkpointed(cursor):
                return Cleaned(True, "The write-ahead log is empty.")
            time.sleep(PAUSE_S)
    return Cleaned(
        False, "Somebody reads an older state of the database; the write-ahead log is emptied as soon as they are done."
    )


def _checkpointed(cursor: object) -> bool:
    try:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[attr-defined]
        busy = cursor.fetchone()[0]  # type: ignore[attr-defined]
    except OperationalError:
        return False
    return not busy


def _clean_postgresql(names: Sequence[str], rewrite: bool) -> Cleaned:
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"VACUUM {'(FULL) ' if rewrite else ''}{connection.ops.quote_name(name)}")
    if rewrite:
        return Cleaned(
            True,
            "The tables were written anew. Write-ahead log, replicas and older backups age out by their own settings.",
        )
    return Cleaned(
        False, "The rows are gone; their bytes are overwritten as pages are used again, or at once with --rewrite."
    )
