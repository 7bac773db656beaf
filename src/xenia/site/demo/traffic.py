"""A seeded day at the airport and at the gate: travellers checked and decided through the same actions that officers use."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from xenia.access import standing as access
from xenia.access.standing import Standing
from xenia.frontier import actions
from xenia.frontier.check import CheckView
from xenia.frontier.models import Check
from xenia.frontier.second import cases
from xenia.frontier.trip import Trip
from xenia.journal import actions as journal
from xenia.journal import clock, data_keys
from xenia.site.demo import people, scenario, world

TRAVELLERS = 3000
GATE_SHARE, EXIT_SHARE = 0.12, 0.45
# How full each local hour is, 5 to 23 o'clock, as a share of the fullest: two waves of flights. Invented.
HOURS = {
    5: 2,
    6: 6,
    7: 9,
    8: 8,
    9: 5,
    10: 4,
    11: 5,
    12: 6,
    13: 5,
    14: 4,
    15: 4,
    16: 6,
    17: 8,
    18: 9,
    19: 7,
    20: 5,
    21: 4,
    22: 2,
}
SAID = (
    "Calm. Says the passport was renewed last week.",
    "Cannot say where he will stay.",
    "Travels with a child of another name.",
)
PURPOSES = ("tourism", "tourism", "business", "family", "transit", "work", "study")
FLIGHTS = ("UX101", "UX214", "UX330", "UX477", "UX582")
FIRST, AT_ONCE, SEED = 400, 20, 2026


@dataclass(frozen=True)
class Traveller:
    """One of the day: who, where and when. `minute`: of the local day."""

    person: people.Person
    post: str
    lane: str
    direction: str
    officer: str
    minute: int


def day(seed: int, today: date) -> list[Traveller]:
    """Everybody of the day, in order of time; the same seed and day give the same."""
    rng = random.Random(seed + today.toordinal())  # noqa: S311 - invented data, no secret
    found = []
    for one in people.people(seed + 10 + today.toordinal(), TRAVELLERS, today):
        direction = "exit" if rng.random() < EXIT_SHARE else "entry"
        post = world.GATE if rng.random() < GATE_SHARE else world.POST
        lanes = world.GATE_LANES if post == world.GATE else world.LANES
        lane = rng.choice([code for code, way in lanes if way in (direction, "both")])
        officer = "galen" if post == world.GATE else rng.choice(world.AT_LANES)
        hour = rng.choices(list(HOURS), list(HOURS.values()))[0]
        found.append(Traveller(one, post, lane, direction, officer, hour * 60 + rng.randrange(60)))
    return sorted(found, key=lambda one: one.minute)


def run(today: date, seed: int, say: Callable[[str], None], first: int = FIRST) -> None:
    """Let the first of the day pass, once per local day; the serving process lets the others follow (`more`)."""
    state = _state(today)
    if state["done"] or Check.objects.filter(post=world.POST, local_date=today).exists():
        return
    say(f"The first {min(first, TRAVELLERS)} of {TRAVELLERS} invented travellers pass ...")
    whole, rng = day(seed, today), random.Random(seed + 1 + today.toordinal())  # noqa: S311 - invented data, no secret
    for begin in range(0, min(first, len(whole)), AT_ONCE):
        _some(whole[begin : begin + AT_ONCE], rng, today, state)
    _waiting(rng, today)


def more() -> int:
    """The next travellers of the day, as long as there are any whose time has come: what the demonstration does while it runs."""
    if not (Path(settings.XENIA_HOME) / "demo-day.json").exists():
        return 0  # a demonstration that was never filled, such as a bench's
    today = datetime.now(ZoneInfo(world.ZONE)).date()
    state = _state(today)
    whole = _day_of(today)
    some = whole[state["done"] : state["done"] + AT_ONCE]
    due = [one for one in some if _moment(one, today, state["share"]) < datetime.now(UTC) - timedelta(hours=1)]
    if due:
        _some(due, random.Random(SEED + state["done"]), today, state)  # noqa: S311 - invented data, no secret
    return len(due)


@lru_cache(maxsize=1)
def _day_of(today: date) -> list[Traveller]:
    return day(SEED, today)


def _some(some: list[Traveller], rng: random.Random, today: date, state: dict[str, Any]) -> None:
    with journal.writing(), data_keys.held():
        for one in some:
            _pass(rng, access.by_name(one.officer, one.post, one.lane), one, _moment(one, today, state["share"]))
    state["done"] += len(some)
    (Path(settings.XENIA_HOME) / "demo-day.json").write_text(json.dumps(state), encoding="utf-8")


def _state(today: date) -> dict[str, Any]:
    """How far the day is. `share`: a demonstration begun in the morning draws the hours of a whole day together."""
    path = Path(settings.XENIA_HOME) / "demo-day.json"
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if kept.get("day") == today.isoformat():
        return kept
    now = datetime.now(ZoneInfo(world.ZONE))
    share = 1.0 if kept else max(0.02, (now.hour * 60 + now.minute - 90) / (24 * 60))
    return {"day": today.isoformat(), "share": share, "done": 0}


def _moment(one: Traveller, today: date, share: float) -> datetime:
    midnight = datetime.combine(today, time(), ZoneInfo(world.ZONE))
    return (midnight + timedelta(minutes=one.minute * share)).astimezone(UTC)


def _waiting(rng: random.Random, today: date) -> None:
    """Some wait at the second line when the demonstration opens."""
    officer = access.by_name("amadi", world.POST, "L2")
    chosen = scenario.examples(today)
    for number in (4, 5, 15):
        view = actions.check_text(officer, "L2", "\n".join(chosen[number].lines), "entry")
        actions.refer(officer, view.id, rng.choice(SAID))


def _pass(rng: random.Random, standing: Standing, one: Traveller, moment: datetime) -> None:
    lane = str(standing.lane)
    with clock.at(moment):
        view = actions.check_text(standing, lane, "\n".join(scenario.passport(one.person)), one.direction)
    share = rng.random()
    with clock.at(moment + timedelta(seconds=rng.randint(9, 70))):
        if share < 0.004 and view.keys["refuse"].allowed:
            actions.refuse(standing, view.id, ["E"], {"E": "invitation, return ticket"})
        elif share < 0.012 or not view.keys["admit"].allowed:
            _doubt(rng, standing, view, moment)
        else:
            flight = rng.choice(FLIGHTS) if one.post == world.POST else ""
            trip = Trip(purpose=rng.choice(PURPOSES), flight=flight, means="air" if flight else "road")
            actions.admit(standing, view.id, trip)


def _doubt(rng: random.Random, standing: Standing, view: CheckView, moment: datetime) -> None:
    """To the second line, which answers within the hour."""
    item = actions.refer(standing, view.id, rng.choice(SAID))
    second = access.by_name("corvin", str(standing.post))
    with clock.at(moment + timedelta(minutes=rng.randint(4, 40))):
        actions.claim_referral(second, item)
        cases.walk(second, view.id, {"compare": "not-same"}, "Compared by face and document.")
        if rng.random() < 0.75 and view.verdict != "stop":
            actions.answer_referral(second, item, "admit", "Papers shown, no objection.")
        else:
            actions.answer_referral(second, item, "refuse", "No visa and no reason to waive one.", ["C"], {"C": "visa"})
