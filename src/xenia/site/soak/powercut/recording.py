"""What a unit and its centre really write, as SQL: `python -m xenia.site.soak.powercut.recording centre|unit`, a process each.

Django writes through the standard library's SQLite, whose file system cannot be replaced. So the statements of real
transactions are recorded where that library runs them, values and all, and written again through one whose file system can.
Both processes speak JSON lines with whoever started them, who carries what the unit sends to the centre and back.
"""

from __future__ import annotations

import base64
import json
import os
import random
import sqlite3
import sys
import threading
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

NODE: Final = "uto-pm1-u1"
CARD: Final = {
    "format": "xenia/unit/1", "node": NODE, "state": "UTO", "post": "UTO-PM1", "label": NODE,
    "door": "https://nowhere.invalid", "certificate": "", "key": {},
}  # fmt: skip
"""What makes the home a unit's; read before Django starts."""
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


def _say(**said: Any) -> None:
    print(json.dumps(said), flush=True)


def _heard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sys.stdin.readline() or "{}")
    return found


def centre() -> None:
    """Take batches in until there are no more."""
    from xenia.journal import signing
    from xenia.site.soak import far_post
    from xenia.units import receiving, wire
    from xenia.units.down import access
    from xenia.units.models import Unit

    far_post.place()
    made = far_post.people()
    _say(ready=True)
    key = _heard()["key"]
    unit = Unit.objects.create(
        name=NODE, label=NODE, post=far_post.POST, owner=far_post.AUTHORITY, state="active", invited_by=made["admin"],
        invited_at=datetime.now(UTC), key=json.dumps(key), key_id=signing.thumbprint(key),
    )  # fmt: skip
    ((item, path),) = access.offer(unit)
    _say(officers=asdict(item), content=base64.b64encode(path.read_bytes()).decode())
    recorder = _begin()
    while "up" in (said := _heard()):
        unit.refresh_from_db()
        answer = receiving.take_in(unit, base64.b64decode(said["up"]), datetime.now(UTC))
        _say(answer=base64.b64encode(wire.answer_bytes(answer, datetime.now(UTC))).decode())
    _end(recorder)
    unit.refresh_from_db()
    _say(received=unit.received, aside=unit.aside.count())


def unit(travellers: int, seed: int) -> None:
    """Admit travellers, seal, and send up through whoever started this process."""
    from xenia.journal import sealer, signing
    from xenia.site.soak import far_post
    from xenia.units import card, sending, wire
    from xenia.units.down import access_taken, taking
    from xenia.units.down.manifest import Item

    _say(key=signing.own_key())
    said = _heard()
    item = Item(**said["officers"])
    path = taking.folder() / item.sha256
    path.write_bytes(base64.b64decode(said["content"]))
    access_taken.take(item, path)
    sealer.seal_now()

    def carried(raw: bytes, known: card.Card) -> Any:
        _say(up=base64.b64encode(raw).decode())
        return wire.read_answer(base64.b64decode(_heard()["answer"]))

    sending.carry = carried
    recorder, chance = _begin(), random.Random(seed)  # noqa: S311 - invented travellers
    for number in range(1, travellers + 1):
        far_post.traveller(chance)
        if number % SEALED_EVERY == 0 or number == travellers:
            sealer.seal_now()
            sending.step()
    _end(recorder)
    _say(sent=sending.line().acknowledged, sealed=sending.sealed(NODE))


def main(words: list[str]) -> None:
    """Set up the home that the environment names, then do what the first word says."""
    from xenia.site import setup

    if words[0] == "unit":
        (Path(os.environ["XENIA_HOME"]) / "unit.json").write_text(json.dumps(CARD), encoding="utf-8")
    setup.start_django()
    setup.ensure(lambda text: None)
    if words[0] == "unit":
        unit(int(words[1]), int(words[2]))
    else:
        centre()


if __name__ == "__main__":
    main(sys.argv[1:])
