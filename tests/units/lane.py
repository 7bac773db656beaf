"""A program for tests: an installation's set-up, or officers at a unit's lanes. `python -m tests.units.lane DO [COUNT]`.

`centre URL`: authority, post, people and own address. `down`: at a unit, what is in force comes down, and so who may work there.
`travellers COUNT`: so many are checked and admitted at the unit. `up`: what waits goes up, in turns, until nothing is due.
`share`: the centre is given what it opens the unit with. `lapse`: the lease is over.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time

from xenia.site.soak import far_post
from xenia.site.soak.far_post import LANE, PASSWORD, POST

__all__ = ["LANE", "PASSWORD", "POST"]


def centre(url: str) -> dict[str, str]:
    from xenia.access import actions as access
    from xenia.exchange import setting_up

    far_post.place()
    setting_up.introduce(access.operator_standing("operator"), authority=far_post.AUTHORITY, url=url)
    return far_post.people()


def down() -> dict[str, object]:
    from xenia.access.models import Account
    from xenia.units.down import taking
    from xenia.units.models import Line, Taken

    Line.objects.get_or_create(pk=1)
    taking.step()
    accounts = Account.objects.filter(kind="person", is_active=True).order_by("username")
    return {
        "taken": sorted(Taken.objects.values_list("name", flat=True)),
        "people": {name: str(pk) for name, pk in accounts.values_list("username", "pk")},
    }


def travellers(count: int) -> dict[str, int]:
    draw = random.Random(os.getpid())
    for _one in range(count):
        far_post.traveller(draw, lambda check: print(json.dumps({"checked": str(check)}), flush=True))
    return {"admitted": count}


def up() -> dict[str, int]:
    from xenia.units import sending

    gained, tries = 0, 0
    while tries < 40:
        gained += sending.step()
        held = sending.line()
        if held.acknowledged == sending.sealed(here_node()) or held.halted:
            break
        tries += 1
        time.sleep(0.25)
    return {"gained": gained, "acknowledged": sending.line().acknowledged, "halted": sending.line().halted}


def share() -> dict[str, int]:
    """The centre is given its share of the key, so that it can open this unit."""
    from xenia.units.store import depositing

    return {"given": depositing.step()}


def lapse() -> dict[str, int]:
    """The lease is over: the centre has not been heard for too long."""
    from datetime import UTC, datetime, timedelta

    from xenia.units.models import Line

    return {"lapsed": Line.objects.filter(pk=1).update(lease_until=datetime.now(UTC) - timedelta(hours=1))}


def count() -> dict[str, int]:
    from xenia.frontier.models import Crossing

    return {"crossings": Crossing.objects.count()}


def here_node() -> str:
    from xenia.journal.node import node

    return node()


def main(words: list[str]) -> None:
    from xenia.site import setup

    setup.start_django()
    setup.ensure(lambda text: None)
    does = {
        "centre": centre,
        "down": down,
        "travellers": lambda n: travellers(int(n)),
        "count": count,
        "up": up,
        "share": share,
        "lapse": lapse,
    }[words[0]]
    found = does(*words[1:])
    setup.settle()
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
