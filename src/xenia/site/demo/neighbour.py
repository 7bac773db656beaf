"""The authority of another state beside the demo: an installation of its own, with its own database, port and people."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

from xenia.commands import Call
from xenia.site.demo import world
from xenia.site.demo.world import Officer

STATE, GUARD, MIGRATION, POST = "ARC", "ARC-BG", "ARC-MS", "ARC-AP1"
AUTHORITIES: Final = (
    (STATE, "Arcadia", "state", None),
    (GUARD, "Border Guard of Arcadia", "border", STATE),
    (MIGRATION, "Migration Service of Arcadia", "migration", STATE),
)
OFFICERS: Final = (
    Officer("tamsin", "E. Lindqvane", "case-officer", (), MIGRATION),
    Officer("lead", "G. Marchetto", "case-lead", (), MIGRATION),
    Officer("lead2", "F. Osterwald", "case-lead", (), MIGRATION),
    Officer("consul", "P. Ionesco-Brandt", "consular-officer", (), MIGRATION),
    Officer("amadi", "C. Vasary", "first-line-officer", (POST,), GUARD),
    Officer("admin", "W. Tolvane", "administrator", (), STATE),
)
CARD: Final = "exchange-card.json"
LONGEST_S: Final = 120
APART: Final = 443
"""The port for other authorities is so far from the port of the pages."""


@dataclass(frozen=True)
class Neighbour:
    """The other installation while it runs. `door`: where ours hears it; `pages`: where its pages are."""

    home: Path
    pages: str
    door: str


def own_door(bind: str) -> str:
    """Where an installation whose pages are at `bind` hears other authorities."""
    address, _, port = bind.rpartition(":")
    return f"{address}:{int(port) + APART}"


def next_to(bind: str) -> str:
    """Where the neighbour's pages are: one port further."""
    address, _, port = bind.rpartition(":")
    return f"{address}:{int(port) + 1}"


def introduce(authority: str, bind: str) -> Path:
    """We speak for this authority and are heard at our door; the file with our card."""
    from xenia.access import actions as access
    from xenia.exchange import own, setting_up

    setting_up.introduce(access.operator_standing("operator"), authority=authority, url=f"https://{own_door(bind)}")
    path = Path(settings.XENIA_HOME) / CARD
    path.with_suffix(".new").write_text(json.dumps(own.card()), encoding="utf-8")
    path.with_suffix(".new").replace(path)
    return path


def trust(card: Path, alive: subprocess.Popen[bytes] | None = None) -> bool:
    """Pin the card in that file, as soon as it is there. False where it does not come or its process has ended."""
    from xenia.access import actions as access
    from xenia.exchange import partners
    from xenia.exchange.models import Partner

    until = time.monotonic() + LONGEST_S
    while not card.exists():
        if time.monotonic() > until or (alive is not None and alive.poll() is not None):
            return False
        time.sleep(0.2)
    read = partners.read_card(card.read_bytes())
    if not Partner.objects.filter(address=read.address).exists():
        partners.trust(read, access.operator_standing("operator").act("operation", "set-up"))
    return True


@contextmanager
def beside(call: Call, bind: str) -> Iterator[Neighbour | None]:
    """Within it the neighbour runs and both have pinned each other; None where it did not start."""
    card = introduce(world.MIGRATION, bind)
    ours = Path(settings.XENIA_HOME)
    home = ours.with_name(f"{ours.name}-arcadia")
    (home / CARD).unlink(missing_ok=True)
    process = _start(home, card, next_to(bind))
    try:
        if trust(home / CARD, process):
            yield Neighbour(home, next_to(bind), own_door(bind))
        else:
            call.say(f"The neighbouring authority did not start; see {home}.log. Everything else works.")
            yield None
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def _start(home: Path, card: Path, bind: str) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XENIA_", "SERVING_"))}
    own = {
        "XENIA_HOME": str(home),
        "XENIA_STATE": STATE,
        "XENIA_NODE": "arc",
        "XENIA_DEMO": "1",
        "XENIA_LOG": "WARNING",
    }
    with home.with_name(f"{home.name}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "xenia", "demo", "--neighbour", str(card), "--bind", bind],
            env=kept | own,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=ends_with_its_parent,
        )


def ends_with_its_parent() -> None:
    """For `preexec_fn`: the child is asked to end as soon as this process is gone, however it went."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def serve(call: Call) -> int:
    """Be the neighbour: what `xenia demo --neighbour CARD` does."""
    from xenia.site import setup
    from xenia.site.cli import serve as serving

    setup.ensure(call.say)
    world.make_places(
        AUTHORITIES, ((POST, "Arcadia Airport", "air"),), {POST: (("L1", "both"),)}, guard=GUARD, zone="Europe/Athens"
    )
    world.make_accounts(OFFICERS, world.sign_ins(OFFICERS))
    introduce(MIGRATION, call.options.bind)
    trust(Path(call.options.neighbour))
    setup.settle()
    call.options.workers, call.options.exchange = 1, own_door(call.options.bind)
    return serving.serve(call)
