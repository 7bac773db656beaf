"""What a unit and its centre really write, as SQL: `python -m xenia.site.soak.powercut.recording centre|unit`, a process each.

Django writes through the standard library's SQLite, whose file system cannot be replaced. So the statements of real
transactions are recorded where that library runs them, values and all, and written again through one whose file system can.
"""

from __future__ import annotations

import json
import random
import sqlite3
import sys
import threading
from pathlib import Path
from typing import Final

from xenia.site.soak import pair

BASE, TAPE = "base.sqlite3", "tape.json"
SEALED_EVERY: Final = 2
"""Travellers between two seals and a turn of sending."""
ENDS: Final = ("COMMIT", "END")
READS: Final = ("SELECT", "PRAGMA", "EXPLAIN", "--")


class Recorder:
    """Gathers committed transactions in the order of their commits. Writers of SQLite follow one another, so there is one.

    `walled`: tables with triggers. Each trigger makes the library tell the statement once more; those echoes are left out.
    """

    def __init__(self, walled: frozenset[str]) -> None:
        self.transactions: list[list[str]] = []
        self.walled = walled
        self._lock = threading.Lock()

    def attach(self, link: sqlite3.Connection) -> None:
        """Hear one connection."""
        open_one: list[str] | None = None

        def heard(statement: str) -> None:
            nonlocal open_one
            word = statement.lstrip().upper()
            if word.startswith("BEGIN"):
                open_one = []
            elif word.startswith(ENDS):
                self._keep(open_one or [])
                open_one = None
            elif word.startswith("ROLLBACK") and not word.startswith("ROLLBACK TO"):
                open_one = None
            elif word.startswith(READS):
                return
            elif open_one is None:
                self._keep([statement])
            elif not (open_one and open_one[-1] == statement and self._is_walled(statement)):
                open_one.append(statement)

        link.set_trace_callback(heard)

    def _is_walled(self, statement: str) -> bool:
        return any(table in statement for table in self.walled) and statement.startswith(("UPDATE", "DELETE"))

    def _keep(self, statements: list[str]) -> None:
        if any(not one.upper().startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")) for one in statements):
            with self._lock:
                self.transactions.append(statements)


def _begin() -> Recorder:
    """A copy of the database as it is now, and a recorder of all that is written from here on."""
    from django.conf import settings
    from django.db import connection
    from django.db.backends.signals import connection_created

    with connection.cursor() as cursor:
        cursor.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'")
        recorder = Recorder(frozenset(row[0] for row in cursor.fetchall()))
    copy = sqlite3.connect(settings.XENIA_HOME / BASE)
    connection.connection.backup(copy)
    copy.close()
    recorder.attach(connection.connection)
    connection_created.connect(lambda connection, **_: recorder.attach(connection.connection), weak=False)
    return recorder


def _end(recorder: Recorder) -> None:
    from django.conf import settings

    settings_of = settings.DATABASES["default"]["OPTIONS"]
    said = {"pragmas": settings_of["init_command"], "transactions": recorder.transactions}
    (Path(settings.XENIA_HOME) / TAPE).write_text(json.dumps(said), encoding="utf-8")


def centre() -> None:
    """Take batches in until there are no more."""
    unit = pair.centre_ready()
    recorder = _begin()
    pair.take_in(unit)
    _end(recorder)
    pair.say(received=unit.received, aside=unit.aside.count())


def unit(travellers: int, seed: int) -> None:
    """Admit travellers, seal, and send up."""
    from xenia.journal import sealer
    from xenia.site.soak import far_post
    from xenia.units import sending

    pair.unit_ready()
    recorder, chance = _begin(), random.Random(seed)  # noqa: S311 - invented travellers
    for number in range(1, travellers + 1):
        far_post.traveller(chance)
        if number % SEALED_EVERY == 0 or number == travellers:
            sealer.seal_now()
            sending.step()
    _end(recorder)
    pair.say(**pair.sent_up())


def main(words: list[str]) -> None:
    """Set up the home that the environment names, then do what the first word says."""
    pair.start()
    if words[0] == "unit":
        unit(int(words[1]), int(words[2]))
    else:
        centre()


if __name__ == "__main__":
    main(sys.argv[1:])
