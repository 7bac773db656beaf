"""Telling a disk or database that cannot be had from a fault of ours, so that pages and commands can say so."""

from __future__ import annotations

import errno

from django.db import OperationalError

from xenia.errors import Unavailable

# What SQLite and PostgreSQL say of a disk, file or server that cannot be used; other operational errors are faults of ours.
WORDS = (
    "full", "no space", "i/o error", "readonly", "read-only", "unable to open", "locked", "could not extend", "connection",
    "server closed", "terminating", "timeout", "starting up", "shutting down",
)  # fmt: skip
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})


def trouble(error: BaseException | None) -> Unavailable | None:
    """What to say where the cause is the disk or the database; None for anything else."""
    database = isinstance(error, OperationalError) and any(word in str(error).lower() for word in WORDS)
    if database or (isinstance(error, OSError) and error.errno in FULL):
        return Unavailable(
            "The disk or the database cannot be used now; this was not recorded.",
            "Tell your administrator: `xenia doctor` says what is wrong. Repeat it when the disk has room again.",
            code="storage",
        )
    return None
