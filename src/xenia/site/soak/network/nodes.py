"""What runs in a namespace: `python -m xenia.site.soak.network.nodes centre|admit|unit|photographs`. One JSON line when it is ready."""

from __future__ import annotations

import hashlib
import json
import random
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any, Final

ADMITTED: Final = "admitted.log"
"""In the home of a unit: a line for each check that an officer saw admitted."""
ENOUGH: Final = "enough"
"""Where a file of this name lies in the home, nobody is admitted any more."""
STANDING: Final = "standing.json"
"""In the home of a unit: how far it is, as it said last. Its database is its own to read."""
TURN_S: Final = 0.5
READY_S: Final = 120.0


def _say(**said: Any) -> None:
    print(json.dumps(said), flush=True)


def centre(url: str, *names: str) -> None:
    """Place, people, own address, and an invitation for each unit."""
    from xenia.access import actions as access
    from xenia.access import standing
    from xenia.exchange import setting_up
    from xenia.site.bench import portraits
    from xenia.site.soak import far_post
    from xenia.units import actions

    far_post.place()
    far_post.people()
    operator = access.operator_standing("operator")
    second = access.make_account(
        operator, portraits.OFFICER, "Second Line", authority=far_post.AUTHORITY, password=far_post.PASSWORD
    )
    access.give_role(operator, second.account.pk, "second-line-officer", post=far_post.POST)
    setting_up.introduce(operator, authority=far_post.AUTHORITY, url=url)
    admin = standing.by_name("admin")
    _say(codes={name: actions.invite(admin, name, far_post.POST, name).code for name in names})


def admit() -> None:
    """Admit every machine that came. The fingerprints are not compared: there is nobody else on these lines."""
    from xenia.access import standing
    from xenia.site.soak import far_post
    from xenia.units import actions
    from xenia.units.models import Unit

    chief = standing.by_name("chief", far_post.POST)
    _say(admitted=[actions.admit(chief, unit.pk).name for unit in Unit.objects.filter(state="waiting")])


class _Telling:
    """Writes how far this unit is, beside its database: sealed, waiting, acknowledged, its crossings, a hash over all its leaves."""

    def __init__(self, home: Path) -> None:
        from xenia.journal.node import node

        self.path, self.node, self.leaves, self.last = home / STANDING, node(), hashlib.sha256(), 0

    def tell(self) -> None:
        from xenia.journal.models import Entry, Leaf
        from xenia.units import sending
        from xenia.units.blobs import queue

        new = Leaf.objects.filter(node=self.node, position__gt=self.last).order_by("position")
        for position, leaf in new.values_list("position", "hash"):
            self.leaves.update(bytes(leaf))
            self.last = position
        held = sending.line()
        said = {
            "sealed": self.last,
            "pending": Entry.objects.filter(position__isnull=True).count(),
            "acknowledged": held.acknowledged,
            "halted": held.halted,
            "crossings": Entry.objects.filter(node=self.node, kind="crossing.admitted").count(),
            "leaves": self.leaves.hexdigest(),
            "files": queue.backlog().count,
        }
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(said), encoding="ascii")
        fresh.rename(self.path)


def unit(every_s: float, most: int) -> None:
    """A unit at work: its officer admits a traveller every so often, while what it wrote goes up."""
    from django.conf import settings
    from django.db import close_old_connections

    from xenia.access.models import Account
    from xenia.journal import sealer
    from xenia.site.soak import far_post
    from xenia.units import sending
    from xenia.units.blobs import going
    from xenia.units.down import taking

    home, stop = Path(settings.XENIA_HOME), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    sealer.start()
    sending.line()
    until = time.monotonic() + READY_S
    while not Account.objects.filter(username="ada").exists() and time.monotonic() < until:
        taking.step()
        time.sleep(TURN_S)

    telling = _Telling(home)
    telling.tell()

    def line() -> None:
        while not stop.wait(TURN_S):
            telling.tell()
            for turn in (sending.begin, taking.begin, going.begin):
                turn()
            close_old_connections()

    threading.Thread(target=line, name="line", daemon=True).start()
    _say(ready=True)
    chance, admitted = random.Random(time.time_ns()), 0  # noqa: S311 - invented travellers
    with (home / ADMITTED).open("a", encoding="ascii", buffering=1) as log:
        while not stop.is_set():
            if (most and admitted >= most) or (home / ENOUGH).exists():
                stop.wait(TURN_S)
                continue
            print(far_post.traveller(chance), file=log, flush=True)
            admitted += 1
            stop.wait(every_s * chance.uniform(0.5, 1.5))
    sealer.stop()
    telling.tell()


def photographs(count: int) -> None:
    """At a unit without a line: so many are taken in the second line and wait."""
    from xenia.site.bench import portraits

    _say(**portraits.capture(count))


def main(words: list[str]) -> None:
    """Set up the home that the environment names, then do what the first word says."""
    from xenia.site import setup

    setup.start_django()
    setup.ensure(lambda text: None)
    if words[0] == "unit":
        unit(float(words[1]), int(words[2]))
    elif words[0] == "centre":
        centre(*words[1:])
    elif words[0] == "photographs":
        photographs(int(words[1]))
    else:
        admit()
    setup.settle()


if __name__ == "__main__":
    main(sys.argv[1:])
