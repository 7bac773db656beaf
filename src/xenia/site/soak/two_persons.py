"""`xenia soak two-persons`: one person alone tries every way in random order; nothing that takes two comes of it.

Run as `python -m xenia.site.soak.two_persons` in a scratch installation. `lone` makes the world and looks at it after
every step, `ways` holds what is tried; the same run as a state machine in tests/house/test_no_single_person.py.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

TURN = 60
"""Steps of one person before the next one's turn; so long that a referral can go through all its states."""


def main(arguments: Sequence[str]) -> int:
    """In the scratch installation: so many steps. One line of JSON; exit code 1 where one person was enough."""
    from django.db import connection

    from xenia.site import setup
    from xenia.site.soak import lone

    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args(arguments)
    setup.ensure(lambda text: None)
    begun, tried, done = time.perf_counter(), Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory(prefix="xenia-lone-") as folder:
        world = lone.build(Path(folder))
        found = _steps(world, options.count, random.Random(options.seed), tried, done)  # noqa: S311 - no secret
        unlike = recorded()
    answer = {
        "schema": "xenia/soak-two-persons/1", "steps": sum(tried.values()), "seed": options.seed, "database": connection.vendor,
        "done": dict(sorted(done.items())), "refused": dict(sorted((tried - done).items())), "by_one_person": found, "journal_differs": unlike,
        "seconds": round(time.perf_counter() - begun),
    }  # fmt: skip
    print(json.dumps(answer, ensure_ascii=False))
    return 1 if found or unlike else 0


def _steps(world: object, count: int, draw: random.Random, tried: Counter[str], done: Counter[str]) -> list[str]:
    """Words for what came about by one person alone; the run ends at the first."""
    from xenia.site.soak import lone
    from xenia.site.soak.doors import WAYS

    assert isinstance(world, lone.World)
    roles, names, me = list(world.accounts), list(WAYS), None
    for number in range(count):
        if number % TURN == 0:
            turn = number // TURN
            if me is not None:
                put_away(world, me)
            me = lone.alone(world, lone.ALL if turn % 2 == 0 else roles[turn // 2 % len(roles)])
        assert me is not None
        name = draw.choice(names) if number % 4 else "read"
        tried[name] += 1
        done[name] += attempt(world, me, name, draw.randrange(1000))
        found = lone.broken(world, me)
        if found:
            return [f"step {number}, {me.name}, after {name}: {'; '.join(found)}"]
    return []


def attempt(world: object, me: object, name: str, pick: int) -> bool:
    """Whether something came of one attempt. What is refused is refused; anything else that is raised is a fault."""
    from xenia.errors import XeniaError
    from xenia.site.soak import lone
    from xenia.site.soak.doors import WAYS

    assert isinstance(world, lone.World) and isinstance(me, lone.Lone)
    try:
        found = WAYS[name](world, me, pick)
    except XeniaError:
        return False
    refused = isinstance(found, int) and not isinstance(found, bool) and (found >= 400 or found in (1, 2))
    return found is not False and not refused


def put_away(world: object, me: object) -> None:
    """Take back what this person proposed, and let the colleague close the shift: the next one finds nothing to be a second person for."""
    from datetime import UTC, datetime, timedelta

    from xenia.access import standing
    from xenia.frontier.shift import shifts
    from xenia.frontier.shift.models import HandOver, Shift
    from xenia.site.soak import lone
    from xenia.work import proposals
    from xenia.work.models import Proposal

    assert isinstance(world, lone.World) and isinstance(me, lone.Lone)
    for one in Proposal.objects.filter(state="waiting", proposer__in=me.hands):
        proposals.withdraw(me.at(me.hands.index(one.proposer), None), one.pk)
    colleague = standing.of(world.shift_to, lone.POST, None)
    for offer in HandOver.objects.filter(taken_at=None):
        shifts.take_over(colleague, offer.shift_id, datetime.now(UTC) + timedelta(hours=8))
    for shift in Shift.objects.exclude(state="closed").order_by("began_at"):
        shifts.close(colleague, shift.id)


def recorded() -> list[str]:
    """Where journal and tables tell different things after all of it; empty where they agree and the journal is whole."""
    from xenia.journal import rebuild, sealer, verify

    sealer.seal_now()
    found = [f"{one.name}: {rebuild.check(one)[2][:3]}" for one in rebuild.projections() if rebuild.check(one)[2]]
    return found if verify.verify().is_whole else [*found, "the journal is not whole"]


if __name__ == "__main__":
    from xenia.site import setup

    setup.start_django()
    sys.exit(main(sys.argv[1:]))
