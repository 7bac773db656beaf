"""Shares that keep seldom ring, a planted shift does, and nothing is said where a share would be wrong."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from django.test import Client

from tests.insight.watching import quiet
from tests.insight.watching.conftest import LAST, NOW
from xenia.access.standing import Standing
from xenia.insight.warehouse import Warehouse
from xenia.insight.watching import actions, looking, shares
from xenia.insight.watching.alarms import Judged, Rules
from xenia.insight.watching.models import RuleSet, Signal
from xenia.insight.watching.series import Numbers, Segment, Table
from xenia.work.models import WorkItem

WHOLE = Segment()
SHIFT = {(LAST, "UTO-AP1", "ARC"): 0.4, (LAST, "UTO-AP1", "PAN"): 2.2, (LAST - timedelta(days=1), "UTO-AP1", "ARC"): 0.4,
         (LAST - timedelta(days=1), "UTO-AP1", "PAN"): 2.2}  # fmt: skip
"""As many as ever at the airport, others than ever."""


def nationalities(parts: int, days: int, mean: float, *, shift: float = 1.0, since: int = 0, seed: int = 5) -> Table:
    """A total and its parts, released; from day `since` on the first part is so many times as large and the others make room."""
    chance = np.random.default_rng(seed)
    weekday = np.exp(chance.normal(0, 0.2, 7))[np.arange(days) % 7]
    level = mean * weekday * chance.gamma(44, 1 / 44, (parts, days))
    if since:
        level[0, since:] *= shift
        level[1:, since:] *= (parts - shift) / (parts - 1)
    counts = chance.poisson(level).astype(float)
    shown = [quiet.released(counts.sum(axis=0, keepdims=True), chance), quiet.released(counts, chance)]
    segments = (WHOLE, *(Segment("", f"Z{one:02}") for one in range(parts)))
    return Table(quiet.FIRST, segments, np.vstack(shown))


def upto(whole: Table, day: int) -> Table:
    return Table(whole.first, whole.segments, whole.values[:, : day + 1])


def judged(table: Table, rules: Rules | None = None, **more: bool) -> list[Judged]:
    lacking = np.zeros(table.values.shape, dtype=bool)
    rules = rules or Rules()
    return shares.judge(table, rules, moved=shares.total_moved(table, rules, lacking), **more)


@pytest.mark.parametrize("mean", [25, 300])
def test_shares_that_keep_seldom_ring(mean: float) -> None:
    whole = nationalities(12, 130, mean)
    rang = [one.crossed for day in range(80, 130, 2) for one in judged(upto(whole, day))]
    assert len(rang) == 300 and sum(rang) <= 6


@pytest.mark.parametrize("mean", [25, 300])
def test_a_shift_is_noticed_while_the_total_stands(mean: float) -> None:
    found = []
    for seed in range(10):
        whole = nationalities(8, 93, mean, shift=2.5, since=90, seed=seed)
        found.append(any(judged(upto(whole, day))[0].crossed for day in range(90, 93)))
    assert sum(found) >= 9


def test_a_share_that_fell_rings_below_its_threshold() -> None:
    rose, *others = judged(nationalities(3, 92, 300, shift=2.2, since=90))
    assert rose.observed > rose.threshold >= rose.expected and rose.rule == "share" and rose.agreed == ("share",)
    assert all(one.observed < one.threshold <= one.expected for one in others if one.crossed)
    assert [one.state for one in (rose, *others)] == ["warn"] * 3
    assert sum(one.observed for one in (rose, *others)) == pytest.approx(100, abs=2)


def test_the_usual_share_is_that_of_the_same_weekdays() -> None:
    # By hand: 40 of 100 on every day, 60 of 100 on the seventh of each week; the judged day is such a one.
    days = np.arange(91)
    part = np.where(days % 7 == 6, 60.0, 40.0)
    table = Table(quiet.FIRST, (WHOLE, Segment("", "ARC")), np.vstack([np.full(91, 100.0), part]))
    one = judged(table)[0]
    ratio = math.log((60 + 2.5) / (40 + 2.5))
    assert one.expected == pytest.approx(100 / (1 + math.exp(-ratio))) and one.observed == 60 and one.state == "usual"


def test_a_total_that_moved_leaves_the_word_to_the_other_rules() -> None:
    whole = nationalities(4, 91, 100)
    for times in (4.0, 0.2):
        values = whole.values.copy()
        values[:2, -1] *= times  # all of the movement is one nationality's
        values[0, -1] = values[1:, -1].sum() * times
        assert {one.state for one in judged(Table(whole.first, whole.segments, values))} == {"total-moved"}


def test_where_a_post_is_missing_no_share_is_right() -> None:
    whole = nationalities(4, 92, 100, shift=2.5, since=90)
    lacking = np.zeros(whole.values.shape, dtype=bool)
    lacking[0, -1] = True  # the total lacks it
    assert {one.state for one in shares.judge(whole, Rules(), incomplete=lacking)} == {"incomplete"}
    assert not shares.judge(Table(whole.first, whole.segments[1:], whole.values[1:]), Rules())


def test_a_part_or_a_rest_of_a_few_says_too_little() -> None:
    assert {one.state for one in judged(nationalities(4, 90, 6))} == {"too-little"}
    assert {one.state for one in judged(upto(nationalities(4, 90, 100), 20))} == {"too-little"}
    one = nationalities(1, 90, 100)  # nothing is left for the rest
    assert {each.state for each in judged(one)} == {"too-little"}


def test_the_threshold_is_where_it_begins_to_ring() -> None:
    whole, rules = nationalities(3, 90, 300, seed=9), Rules()
    before = shares.judge(whole, rules)[0]
    total = whole.values[0, -1]
    for percent, rings in ((before.threshold + 0.6, True), (before.threshold - 0.6, False)):
        values: Numbers = whole.values.copy()
        values[1, -1] = total * percent / 100
        found = shares.judge(Table(whole.first, whole.segments, values), rules)[0]
        assert found.crossed is (rings if before.threshold > before.expected else not rings)


@pytest.mark.django_db
def test_a_shift_becomes_a_signal_that_explains_itself(world: Callable[..., Warehouse], house) -> None:
    world(SHIFT)
    looking.step(NOW)
    found = {one.nationality: one for one in Signal.objects.filter(indicator="entries-share")}
    assert found["PAN"].rule == "share" and found["PAN"].observed > found["PAN"].threshold >= found["PAN"].expected
    assert found["ARC"].observed < found["ARC"].threshold <= found["ARC"].expected
    own = Signal.objects.get(indicator="entries", post="", nationality="PAN")
    assert found["PAN"].under == own  # its own number rang: that item stands for both
    assert sum(one.under is None for one in found.values()) <= 1
    assert not WorkItem.objects.filter(subject=str(found["PAN"].pk)).exists()
    page = house.client("ana", "analyst").get(f"/statistics/watch/signals/{found['ARC'].pk}/").content.decode()
    assert "Share of all entries into the country" in page and "and below" in page and page.count("%") > 40
    assert "The total was as usual, and every post had reported" in page


@pytest.mark.django_db
def test_of_shares_that_moved_one_calls_for_people(world: Callable[..., Warehouse]) -> None:
    world(SHIFT)
    looking.step(NOW)
    Signal.objects.all().delete()
    WorkItem.objects.all().delete()
    looking.keep(looking.look_at_shares("entries-share", LAST), NOW)
    found = list(Signal.objects.order_by("-score"))
    assert len(found) >= 2 and [one.under_id is None for one in found] == [True] + [False] * (len(found) - 1)
    assert [one.subject for one in WorkItem.objects.all()] == [str(found[0].pk)]


@pytest.mark.django_db
def test_shares_are_watched_only_where_the_rules_say_so(
    world: Callable[..., Warehouse], analyst: Standing, house
) -> None:
    world(SHIFT)
    looking.step(NOW)
    assert Signal.objects.filter(indicator="entries-share", closed_at=None).exists()
    client: Client = house.client("bea", "analyst")
    form = {
        "do": "rules",
        "main": "ewma",
        "smoothing": 0.3,
        "limit": 3,
        "alpha": 0.005,
        "share": 0.05,
        "reason": "Ours",
    }
    assert client.post("/statistics/watch/rules/", form).status_code == 302
    assert looking.rules() == Rules(shares=False) and RuleSet.objects.get().shares is False
    looking.step(NOW + timedelta(hours=1))
    assert not Signal.objects.filter(indicator="entries-share", closed_at=None).exists()
    actions.set_rules(analyst, Rules(), "Again")
    assert looking.rules() == Rules()
