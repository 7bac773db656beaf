"""A unit and its centre as two processes that speak JSON lines with whoever started them, who carries what goes up and back."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from xenia.errors import Unavailable

if TYPE_CHECKING:
    from xenia.units.models import Unit

NODE: Final = "uto-pm1-u1"
CARD: Final = {
    "format": "xenia/unit/1", "node": NODE, "state": "UTO", "post": "UTO-PM1", "label": NODE,
    "door": "https://nowhere.invalid", "certificate": "", "key": {},
}  # fmt: skip
"""What makes the home a unit's; read before Django starts."""


class Talker:
    """A process in a home of its own, and what is said to it and by it."""

    def __init__(self, home: Path, words: list[str], more: Mapping[str, str]) -> None:
        shutil.rmtree(home, ignore_errors=True)  # of a run that did not end
        home.mkdir(parents=True)
        if words[1] == "unit":
            (home / "unit.json").write_text(json.dumps(CARD), encoding="utf-8")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("XENIA_", "DJANGO_"))}
        own = {"XENIA_HOME": str(home), "XENIA_STATE": "UTO", "XENIA_LOG": "ERROR", **more}
        own |= {"DJANGO_SETTINGS_MODULE": "xenia.site.settings", "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
        self.process = subprocess.Popen(
            [sys.executable, "-m", *words], env=kept | own, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            encoding="utf-8",
        )  # fmt: skip

    def say(self, **said: Any) -> None:
        """One line to it."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(said) + "\n")
        self.process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        """Its next line. Raises `Unavailable` (code `soak-server`) where it ended."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise Unavailable("A scratch process ended.", "See what it said above.", code="soak-server")
        found: dict[str, Any] = json.loads(line)
        return found


@contextmanager
def both(
    folder: Path, module: str, words: list[str], centre_more: Mapping[str, str] | None = None
) -> Iterator[tuple[Talker, Talker]]:
    """Centre and unit: `python -m module centre` and `python -m module unit WORDS`, introduced to one another."""
    nodes: list[Talker] = []
    try:
        nodes.append(Talker(folder / "centre", [module, "centre"], centre_more or {}))
        nodes.append(Talker(folder / "unit", [module, "unit", *words], {}))
        centre, unit = nodes
        centre.hear()
        centre.say(key=unit.hear()["key"])
        unit.say(**centre.hear())
        yield centre, unit
    finally:
        for one in nodes:
            if one.process.poll() is None:
                one.process.kill()
            one.process.communicate()


def relay(centre: Talker, unit: Talker) -> dict[str, Any]:
    """Carry batches and answers until the unit says something else; that."""
    while "up" in (said := unit.hear()):
        centre.say(up=said["up"])
        unit.say(answer=centre.hear()["answer"])
    return said


def carry(centre: Talker, unit: Talker) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the unit says at its end, everything before it carried, and what the centre says at its own.

    Raises `Unavailable` (code `soak-server`) where not all of the unit's entries count at the centre.
    """
    said = relay(centre, unit)
    centre.say(done=True)
    came = centre.hear()
    if not said["sealed"] == said["sent"] == came["received"] or came["aside"]:
        raise Unavailable("Not all that was sent arrived.", "That is a fault: report it.", code="soak-server")
    return said, came


# Inside the two processes.


def say(**said: Any) -> None:
    """One line to whoever started this process."""
    print(json.dumps(said), flush=True)


def heard() -> dict[str, Any]:
    """Their next line, empty where they are gone."""
    found: dict[str, Any] = json.loads(sys.stdin.readline() or "{}")
    return found


def start() -> None:
    """Set up the home that the environment names."""
    from xenia.site import setup

    setup.start_django()
    setup.ensure(lambda text: None)


def centre_ready() -> Unit:
    """Place and people, and the unit admitted; what it must know of who may work there is said."""
    from xenia.journal import signing
    from xenia.site.soak import far_post
    from xenia.units.down import access
    from xenia.units.models import Unit

    far_post.place()
    made = far_post.people()
    say(ready=True)
    key = heard()["key"]
    unit = Unit.objects.create(
        name=NODE, label=NODE, post=far_post.POST, owner=far_post.AUTHORITY, state="active", invited_by=made["admin"],
        invited_at=datetime.now(UTC), key=json.dumps(key), key_id=signing.thumbprint(key),
    )  # fmt: skip
    ((item, path),) = access.offer(unit)
    say(officers=asdict(item), content=base64.b64encode(path.read_bytes()).decode())
    return unit


def take_in(unit: Unit, about: Callable[[bytes, Callable[[], Any]], Any] = lambda raw, take: take()) -> None:
    """Take batches in until there are no more. `about(raw, take)`: does `take()` and gives back what it gave."""
    from xenia.units import receiving, wire

    while "up" in (said := heard()):
        unit.refresh_from_db()
        raw = base64.b64decode(said["up"])
        answer = about(raw, lambda raw=raw: receiving.take_in(unit, raw, datetime.now(UTC)))  # type: ignore[misc]
        say(answer=base64.b64encode(wire.answer_bytes(answer, datetime.now(UTC))).decode())
    unit.refresh_from_db()


def unit_ready() -> None:
    """Officers come down; what goes up from here on is carried by whoever started this process."""
    from xenia.journal import sealer, signing
    from xenia.units import card, sending, wire
    from xenia.units.down import access_taken, taking
    from xenia.units.down.manifest import Item

    say(key=signing.own_key())
    said = heard()
    item = Item(**said["officers"])
    path = taking.folder() / item.sha256
    path.write_bytes(base64.b64decode(said["content"]))
    access_taken.take(item, path)
    sealer.seal_now()

    def carried(raw: bytes, known: card.Card) -> Any:
        say(up=base64.b64encode(raw).decode())
        return wire.read_answer(base64.b64decode(heard()["answer"]))

    sending.carry = carried


def sent_up() -> dict[str, int]:
    """What the unit says at its end: how much is sealed, how much acknowledged."""
    from xenia.units import sending

    return {"sent": sending.line().acknowledged, "sealed": sending.sealed(NODE)}
