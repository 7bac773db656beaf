"""Whether the disk takes what is written: telling a full, read-only or failing one from any other fault, and keeping in mind that it is so."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from typing import Final

from django.db import OperationalError
from django.utils.translation import gettext_noop as _

from xenia.errors import Unavailable

FULL, READ_ONLY, FAILS = "disk-full", "disk-read-only", "disk-fails"
CODES: Final = frozenset({FULL, READ_ONLY, FAILS})
# What SQLite and PostgreSQL say.
WORDS: Final = (
    (FULL, ("is full", "no space left", "could not extend")),
    (READ_ONLY, ("readonly database", "read-only file system")),
    (FAILS, ("disk i/o error", "input/output error", "unable to open database file")),
)
NUMBERS: Final = {
    errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EFBIG: FULL, errno.EROFS: READ_ONLY, errno.EIO: FAILS,
}  # fmt: skip
PAPER: Final = _(
    "Call your supervisor. Until the disk is seen to, work on paper as your post has laid down; what was recorded before is safe."
)
SAID: Final[dict[str, Callable[[], Unavailable]]] = {
    FULL: lambda: Unavailable(_("The disk of this machine is full: this was not recorded."), PAPER, code="disk-full"),
    READ_ONLY: lambda: Unavailable(
        _("The disk of this machine lets nothing be written any more: this was not recorded."),
        PAPER,
        code="disk-read-only",
    ),
    FAILS: lambda: Unavailable(_("The disk of this machine fails: this was not recorded."), PAPER, code="disk-fails"),
}


def code_of(error: BaseException | None) -> str:
    """`disk-full`, `disk-read-only` or `disk-fails` where that is what an error says, or the one that caused it; else empty."""
    while error is not None:
        if isinstance(error, Unavailable) and error.code in CODES:
            return error.code
        if isinstance(error, OperationalError):
            said = str(error).lower()
            found = next((code for code, words in WORDS if any(word in said for word in words)), "")
        else:
            found = NUMBERS.get(error.errno or 0, "") if isinstance(error, OSError) else ""
        if found:
            return found
        error = error.__cause__
    return ""


def refusal(error: BaseException | None) -> Unavailable | None:
    """What to tell people where the disk is the cause; None for anything else."""
    code = code_of(error)
    if isinstance(error, Unavailable) and error.code == code:
        return error
    return SAID[code]() if code else None


class _Seen:
    """How the last write transaction of this process went; shared by all threads, a race tells it a moment later."""

    code: str = ""
    at: float = 0.0


def refuses() -> str:
    """Why the disk did not take the last write of this process; empty where it did."""
    return _Seen.code


def noted(code: str) -> None:
    """The disk took a write (empty), or refused one."""
    if code or _Seen.code:
        _Seen.code, _Seen.at = code, time.monotonic()
