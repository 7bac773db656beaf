"""A seeded morning at the airport: travellers checked and decided through the same actions that officers use."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date

from xenia.access import standing as access
from xenia.access.standing import Standing
from xenia.frontier import actions
from xenia.frontier.check import CheckView
from xenia.frontier.models import Check
from xenia.site.demo import people, scenario, world

TRAVELLERS = 90
SAID = (
    "Calm. Says the passport was renewed last week.",
    "Cannot say where he will stay.",
    "Travels with a child of another name.",
)


def run(today: date, seed: int, say: Callable[[str], None]) -> None:
    """Fill the lanes, once per local day."""
    if Check.objects.filter(post=world.POST, local_date=today).exists():
        return
    say(f"A morning of {TRAVELLERS} invented travellers passes ...")
    rng = random.Random(seed + today.toordinal())  # noqa: S311 - invented data, no secret
    officers = [
        access.by_name(name, world.POST, lane) for name, lane in (("amadi", "L2"), ("brisk", "L3"), ("brisk", "L4"))
    ]
    for one in people.people(seed + 10 + today.toordinal(), TRAVELLERS, today):
        _pass(rng, rng.choice(officers), scenario.passport(one))
    for example in scenario.examples(today)[4:6]:
        view = actions.check_text(officers[0], "L2", "\n".join(example.lines), "entry")
        actions.refer(officers[0], view.id, rng.choice(SAID))


def _pass(rng: random.Random, standing: Standing, lines: tuple[str, ...]) -> None:
    lane = str(standing.lane)
    view = actions.check_text(standing, lane, "\n".join(lines), "exit" if lane == "L4" else "entry")
    share = rng.random()
    if share < 0.03 and view.keys["refuse"].allowed:
        actions.refuse(standing, view.id, ["E"], {"E": "invitation, return ticket"})
    elif share < 0.06 or not view.keys["admit"].allowed:
        _doubt(rng, standing, view)
    else:
        actions.admit(standing, view.id)


def _doubt(rng: random.Random, standing: Standing, view: CheckView) -> None:
    actions.refer(standing, view.id, rng.choice(SAID))
