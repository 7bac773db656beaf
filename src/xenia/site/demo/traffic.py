"""A seeded day at the airport and at the gate: travellers checked and decided through the same actions that officers use."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

from xenia.access import standing as access
from xenia.access.standing import Standing
from xenia.frontier import actions
from xenia.frontier.check import CheckView
from xenia.frontier.second import cases
from xenia.frontier.trip import Trip
from xenia.journal import actions as journal
from xenia.journal import clock, data_keys
from xenia.site.demo import people, scenario, world

TRAVELLERS = 1400
"""Of a Friday or Sunday in summer; `share` of them on other days."""
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
CARDS = frozenset({"UTO", "D", "FRA", "POL"})
# Letter of the refusal form for what was found; Regulation (EU) 2016/399 Annex V part B.
LETTERS = {"expired": "A", "visa-missing": "C", "visa-expired": "C", "visa-entries": "C", "stay-used-up": "F"}
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


def share(today: date) -> float:
    """How busy a day is, at most 1: most on Fridays and Sundays, a little less in winter. The years before are made by it too."""
    season = 0.97 + 0.03 * math.sin((today.timetuple().tm_yday - 110) / 365 * 2 * math.pi)
    return season * (1.0 if today.weekday() in (4, 6) else 0.8)


def day(seed: int, today: date) -> list[Traveller]:
    """Everybody of the day, in order of time; the same seed and day give the same."""
    rng = random.Random(seed + today.toordinal())  # noqa: S311 - invented data, no secret
    found = []
    for one in people.people(seed + 10 + today.toordinal(), round(TRAVELLERS * share(today)), today):
        direction = "exit" if rng.random() < EXIT_SHARE else "entry"
        post = world.GATE if rng.random() < GATE_SHARE else world.POST
        lanes = world.GATE_LANES if post == world.GATE else world.LANES
        lane = rng.choice([code for code, way in lanes if way in (direction, "both")])
        officer = "galen" if post == world.GATE else rng.choice(world.AT_LANES)
        hour = rng.choices(list(HOURS), list(HOURS.values()))[0]
        found.append(Traveller(one, post, lane, direction, officer, hour * 60 + rng.randrange(60)))
    return sorted(found, key=lambda one: one.minute)


def both_days(seed: int, today: date) -> list[Traveller]:
    """Everybody of yesterday and today: who needs a visa, and who leaves after an earlier stay."""
    return [*day(seed, today - timedelta(days=1)), *day(seed, today)]


def run(today: date, seed: int, say: Callable[[str], None], first: int = FIRST) -> None:
    """Let the first travellers pass, once per local day; the serving process lets the others follow (`more`)."""
    state = _state()
    if today.isoformat() in state:
        return
    say(f"The first {first} of {len(both_days(seed, today))} invented travellers of yesterday and today pass ...")
    rng = random.Random(seed + 1 + today.toordinal())  # noqa: S311 - invented data, no secret
    _waiting(rng, today)
    state[today.isoformat()] = 0
    _keep(state)
    passed = 0
    while passed < first and (count := _next(today, state)):
        passed += count


def more() -> int:
    """The next travellers whose time has come, today's before yesterday's: what the demonstration does while it runs."""
    state = _state()
    if not state:
        return 0  # a demonstration that was never filled, such as a bench's
    return _next(datetime.now(ZoneInfo(world.ZONE)).date(), state)


def _next(today: date, state: dict[str, int]) -> int:
    for on in (today, today - timedelta(days=1)):
        done = state.get(on.isoformat(), 0)
        some = _day_of(on)[done : done + AT_ONCE]
        due = [one for one in some if _moment(one, on) < datetime.now(UTC) - timedelta(hours=1)]
        if due:
            rng = random.Random(SEED + on.toordinal() + done)  # noqa: S311 - invented data, no secret
            with journal.writing(), data_keys.held():
                for one in due:
                    _pass(rng, access.by_name(one.officer, one.post, one.lane), one, _moment(one, on))
            state[on.isoformat()] = done + len(due)
            _keep(state)
            return len(due)
    return 0


def passed(on: date) -> bool:
    """Whether everybody of a day has passed."""
    return _state().get(on.isoformat(), 0) >= len(_day_of(on))


@lru_cache(maxsize=3)
def _day_of(on: date) -> list[Traveller]:
    return day(SEED, on)


def _state() -> dict[str, int]:
    """How many travellers of each day have passed; empty before the demonstration is filled."""
    path = Path(settings.XENIA_HOME) / "demo-days.json"
    kept: dict[str, int] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return kept


def _keep(state: dict[str, int]) -> None:
    latest = dict(sorted(state.items())[-3:])
    (Path(settings.XENIA_HOME) / "demo-days.json").write_text(json.dumps(latest), encoding="utf-8")


def _moment(one: Traveller, on: date) -> datetime:
    midnight = datetime.combine(on, time(), ZoneInfo(world.ZONE))
    return (midnight + timedelta(minutes=one.minute)).astimezone(UTC)


def _waiting(rng: random.Random, today: date) -> None:
    """Some wait at the second line when the demonstration opens."""
    officer = access.by_name("amadi", world.POST, "L2")
    chosen = scenario.examples(today)
    for minutes, number in ((31, 4), (17, 5), (9, 15)):
        with clock.at(datetime.now(UTC) - timedelta(minutes=minutes)):
            view = actions.check_text(officer, "L2", "\n".join(chosen[number].lines), "entry")
            actions.refer(officer, view.id, rng.choice(SAID))


def _pass(rng: random.Random, standing: Standing, one: Traveller, moment: datetime) -> None:
    lane, who = str(standing.lane), one.person
    by_card = who.nationality in CARDS and rng.random() < 0.3
    lines = scenario.card(who) if by_card else scenario.passport(who)
    with clock.at(moment):
        view = actions.check_text(standing, lane, "\n".join(lines), one.direction)
    with clock.at(moment + timedelta(seconds=rng.randint(9, 70))):
        if rng.random() < 0.012 or not view.keys["admit"].allowed:
            _doubt(rng, standing, view, moment)
        else:
            flight = rng.choice(FLIGHTS) if one.post == world.POST else ""
            trip = Trip(purpose=rng.choice(PURPOSES), flight=flight, means="air" if flight else "road")
            actions.admit(standing, view.id, trip)


def _doubt(rng: random.Random, standing: Standing, view: CheckView, moment: datetime) -> None:
    """To the second line, which answers within the hour: by what was found, or not yet."""
    item = actions.refer(standing, view.id, rng.choice(SAID))
    second = access.by_name("corvin", str(standing.post))
    letter = next((LETTERS[one.code] for one in view.findings if one.code in LETTERS), "")
    with clock.at(moment + timedelta(minutes=rng.randint(4, 40))):
        actions.claim_referral(second, item)
        persons = all(one.register in ("alerts", "notices") for one in view.hits)
        if view.hits and (not persons or rng.random() < 0.6):
            return  # the steps of a hit are for whoever looks at the demonstration
        cases.walk(second, view.id, {"compare": "not-same"}, "Compared by face and document.")
        if letter and view.direction == "entry" and view.category != "own-national":
            actions.answer_referral(second, item, "refuse", "No reason to waive the condition.", [letter], {})
        else:
            actions.answer_referral(second, item, "admit", "Papers shown, no objection.")
