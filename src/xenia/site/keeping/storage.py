"""Telling a disk or database that cannot be had from a fault of ours, so that pages and commands can say so."""

from __future__ import annotations

import errno

from django.db import OperationalError

from xenia.errors import Unavailable

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})


def trouble(error: BaseException | None) -> Unavailable | None:
    """What to say where the cause is the disk or the database; None for anything else."""
    if isinstance(error, OperationalError) or (isinstance(error, OSError) and error.errno in FULL):
        return Unavailable(
            "The disk or the database cannot be used now; this was not recorded.",
            "Tell your administrator: `xenia doctor` says what is wrong. Repeat it when the disk has room again.",
            code="storage",
        )
    return None
