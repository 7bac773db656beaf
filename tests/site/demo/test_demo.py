"""The demo's examples come out as they say, and everybody in it is invented the same way each time."""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import pytest
from django.conf import settings

from tests.conftest import PROJECT
from xenia.access import standing
from xenia.access.models import Account
from xenia.commands import Call
from xenia.frontier import actions
from xenia.frontier.models import Check
from xenia.site import setup
from xenia.site.demo import commands, lists, people, scenario, traffic, world


@pytest.fixture
def demo(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The demo world with fewer lost documents and a short morning."""
    monkeypatch.setattr(lists, "LOST", 500)
    monkeypatch.setattr(traffic, "TRAVELLERS", 6)
    monkeypatch.setattr(settings, "XENIA_DEMO", True)
    setup._fill(lambda text: None)
    world.build()
    lists.load_all(tmp_path, scenario.planted(commands.today()), commands.SEED, lambda text: None)


def test_each_example_answers_as_it_says(demo: None) -> None:
    officer = standing.by_name("amadi", world.POST, "L2")
    examples = scenario.examples(commands.today())
    assert len(examples) == 10
    for example in examples:
        view = actions.check_text(officer, "L2", "\n".join(example.lines), "entry")
        assert view.verdict == example.verdict, f"{example.title}: {view.headline}"


def test_a_morning_passes_once_a_day_and_a_second_start_adds_nothing(demo: None, tmp_path: Path) -> None:
    traffic.run(commands.today(), commands.SEED, lambda text: None)
    count, accounts = Check.objects.count(), Account.objects.count()
    assert count == 8
    traffic.run(commands.today(), commands.SEED, lambda text: None)
    world.build()
    said: list[str] = []
    lists.load_all(tmp_path, scenario.planted(commands.today()), commands.SEED, said.append)
    assert (Check.objects.count(), Account.objects.count(), said) == (count, accounts, [])


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
    commands._greet(call)
    assert "XENIA_HOME=var/demo ./xenia" in call.err.getvalue()
