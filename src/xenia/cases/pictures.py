"""Pictures from outside, decoded and written anew as JPEG by a limited child process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore
from typing import Final

from django.utils.translation import gettext as _

from xenia.errors import BadInput

CHILD: Final = Path(__file__).parent / "remake.py"
LONGEST_S: Final = 20.0
_turns = BoundedSemaphore(2)


def remake(data: bytes) -> bytes:
    """The picture as JPEG without hidden data. Raises `BadInput` (`not-a-photograph`): format, more than 40 million pixels."""
    with _turns:
        try:
            # -I: neither the environment nor the current folder decides what is run.
            done = subprocess.run(
                [sys.executable, "-I", str(CHILD)],
                input=data,
                capture_output=True,
                timeout=LONGEST_S,
                env={},
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise _refused() from None
    if done.returncode or not done.stdout.startswith(b"\xff\xd8\xff"):
        raise _refused()
    return done.stdout


def _refused() -> BadInput:
    return BadInput(_("This picture cannot be opened."), _("Send it as JPEG or PDF."), code="not-a-photograph")
