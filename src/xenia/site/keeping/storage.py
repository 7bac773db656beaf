"""Telling a disk or database that cannot be had from a fault of ours, so that pages and commands can say so."""

from __future__ import annotations

from django.db import OperationalError

from xenia.errors import Unavailable
from xenia.journal import disk

# What SQLite and PostgreSQL say of a disk, file or server that cannot be used; other operational errors are faults of ours.
WORDS = (
    "unable to open", "locked", "connection", "server closed", "terminating", "timeout", "starting up", "shutting down",
)  # fmt: skip


def trouble(error: BaseException | None) -> Unavailable | None:
    """What to say where the cause is the disk or the database; None for anything else."""
    if (found := disk.refusal(error)) is not None:
        return found
    if isinstance(error, OperationalError) and any(word in str(error).lower() for word in WORDS):
        return Unavailable(
            "The disk or the database cannot be used now; this was not recorded.",
            "Tell your administrator: `xenia doctor` says what is wrong. Repeat it when the disk has room again.",
            code="storage",
        )
    return None
