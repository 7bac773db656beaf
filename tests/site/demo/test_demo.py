"""The demo's examples come out as they say, and everybody in it is invented the same way each time."""

from __future__ import annotations

import argparse
import io
import random
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from tests.conftest import PROJECT
from xenia.access import standing
from xenia.access.models import Account
from xenia.commands import Call
from xenia.frontier import actions
from xenia.frontier.checking import With
from xenia.frontier.models import Check, Crossing
from xenia.site import setup
from xenia.site.demo import commands, counted, history, lists, people, scenario, traffic, world


@pytest.fixture
def demo(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The demo world with fewer lost documents, a short past and a short day."""
    monkeypatch.setattr(lists, "LOST", 500)
    monkeypatch.setattr(history, "INSIDE", 6)
    monkeypatch.setattr(traffic, "TRAVELLERS", 40)
    monkeypatch.setattr(settings, "XENIA_DEMO", True)
    monkeypatch.setattr(settings, "XENIA_HOME", tmp_path)
    traffic._day_of.cache_clear()
    setup._fill(lambda text: None)
    world.build()


def _passing() -> list[traffic.Traveller]:
    return traffic.both_days(traffic.SEED, commands.today())


def _fill(folder: Path, say: list[str]) -> None:
    today, planted = commands.today(), scenario.planted(commands.today())
    lists.load_all(folder, planted, traffic.SEED, say.append, [one.person for one in _passing()])
    leaving = [one.person for one in _passing() if one.direction == "exit"]
    history.run(planted, leaving, traffic.SEED, today, say.append)


def test_each_example_answers_as_it_says(demo: None, tmp_path: Path) -> None:
    _fill(tmp_path, [])
    examples = scenario.examples(commands.today())
    assert len(examples) == 30
    for example in examples:
        name, post = ("galen", world.GATE) if example.plate else ("amadi", world.POST)
        lane = "V1" if example.plate else "L2" if example.direction == "entry" else "L4"
        officer, beside = standing.by_name(name, post, lane), With(vehicle=example.plate)
        view = actions.check_text(officer, lane, "\n".join(example.lines), example.direction, beside)
        assert view.verdict == example.verdict, f"{example.title}: {view.headline}"


def test_a_day_passes_in_two_parts_and_a_second_start_adds_nothing(demo: None, tmp_path: Path) -> None:
    said: list[str] = []
    _fill(tmp_path, said)
    today = commands.today()
    traffic.run(today, traffic.SEED, said.append, first=20)
    assert Check.objects.count() >= 20 + 3
    while traffic.more():
        pass
    count, accounts = Check.objects.count(), Account.objects.count()
    assert 23 < count <= 83
    said.clear()
    traffic.run(today, traffic.SEED, said.append)
    world.build()
    _fill(tmp_path, said)
    assert (Check.objects.count(), Account.objects.count(), said) == (count, accounts, [])


def test_the_day_has_every_outcome_at_both_posts(demo: None, tmp_path: Path) -> None:
    _fill(tmp_path, [])
    traffic.run(commands.today(), traffic.SEED, lambda text: None)
    assert {"admitted", "referred"} <= set(Check.objects.values_list("state", flat=True))
    assert {one.post for one in _passing()} == {world.POST, world.GATE}
    decided = Crossing.objects.values_list("decided_at", "check_made__read_at")
    assert decided and all(read < at for at, read in decided)


def test_sign_ins_differ_between_demos_and_are_kept_for_the_owner_only(demo: None) -> None:
    path = Path(settings.XENIA_HOME) / "demo-sign-ins.json"
    first = world.sign_ins()
    assert path.stat().st_mode & 0o077 == 0
    assert world.sign_ins() == first
    path.unlink()
    assert world.sign_ins() != first


def test_the_same_seed_invents_the_same_people() -> None:
    today = commands.today()
    assert list(people.people(3, 20, today)) == list(people.people(3, 20, today))
    assert all(one.number.startswith("UX") for one in people.people(3, 20, today))


def test_the_greeting_says_how_other_commands_find_the_demo(demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "XENIA_HOME", PROJECT / "var" / "demo")
    monkeypatch.setattr(world, "sign_ins", lambda: {one.username: "secret" for one in world.OFFICERS})
    call = Call(argparse.Namespace(bind=None), io.BytesIO(), io.StringIO(), io.StringIO())
    commands._greet(call, None, None)
    assert "XENIA_HOME=var/demo ./xenia" in call.err.getvalue()


def test_nobody_is_promised_days_where_something_stops(demo: None, tmp_path: Path) -> None:
    _fill(tmp_path, [])
    officer = standing.by_name("amadi", world.POST, "L2")
    promised = []
    for example in scenario.examples(commands.today()):
        if example.direction == "entry" and not example.plate:
            with translation.override("en"):
                view = actions.check_text(officer, "L2", "\n".join(example.lines), "entry")
                promises = any("May stay" in fact for fact in view.facts)
            if promises:
                assert example.verdict != "stop", example.title
                promised.append(example.title)
    assert promised


def test_whoever_is_listed_passes_too(demo: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "some_of", lambda travellers, every, first: travellers[first % 5 :: 5])
    _fill(tmp_path, [])
    today = commands.today()
    traffic.run(today, traffic.SEED, lambda text: None, first=200)
    while traffic.more():
        pass
    assert Check.objects.filter(hits__gt=0).exists()
    assert Check.objects.count() > 40


def test_the_years_before_are_as_busy_as_the_days_that_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "TRAVELLERS", 1000)
    friday = date(2026, 11, 20)
    for on in (friday, date(2026, 7, 7)):
        passing = len(traffic.day(traffic.SEED, on))
        made = list(counted._day(random.Random(1), on, back=30))
        at = Counter(line[1] for line in made)
        assert passing == round(counted.usual(on)[world.POST] + counted.usual(on)[world.GATE]) <= 1000
        assert abs(at[world.POST] + at[world.GATE] - passing) < 4 * passing**0.5 and 10 < at[world.PASS] < 50
    assert traffic.share(friday) > 1.2 * traffic.share(date(2026, 11, 19))
    yesterday = list(counted._day(random.Random(1), friday, back=1))  # the rest of it comes from the journal
    assert 40 < len(yesterday) < 80
    assert {(line[1], line[4]) for line in yesterday} == {(counted.INFLUX[1], counted.INFLUX[0])}
