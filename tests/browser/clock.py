"""The clock that two authorities live by: a file that says how many seconds they are ahead of the machine.

No clock of Xenia can be set. `live` gives the story's time to one process of `authority.py` before it loads any room; it and
what it starts ask the file whenever they look at the time, so that both authorities pass from one day to another at once.
"""

from __future__ import annotations

import datetime
import os
from pathlib import Path

from xenia.site.story import moved

FILE = "PEOPLES_CLOCK"
WIDTH = 20


class Clock:
    """The clock as a test sets it; it begins with the machine's time."""

    def __init__(self, file: Path) -> None:
        self.file, self.ahead = file, datetime.timedelta()
        file.write_bytes(self._told())

    def now(self) -> datetime.datetime:
        """What time it is with the authorities, in UTC."""
        return datetime.datetime.now(datetime.UTC) + self.ahead

    def move(self, to: datetime.datetime) -> None:
        """It is `to` now (aware). Time never goes back: raises `ValueError`."""
        if to < self.now():
            raise ValueError(f"It is later than {to}.")
        self.ahead += to - self.now()
        with self.file.open("r+b", buffering=0) as file:
            file.write(self._told())

    def _told(self) -> bytes:
        return f"{self.ahead.total_seconds():0{WIDTH}.6f}".encode()


def live() -> None:
    """This process lives by the clock whose file the environment names."""
    file = os.open(os.environ[FILE], os.O_RDONLY)
    moved.begin()
    moved.follow(lambda: datetime.timedelta(seconds=float(os.pread(file, WIDTH, 0))))
