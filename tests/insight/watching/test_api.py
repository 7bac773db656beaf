"""The watch for machines: what the page shows, and no more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.insight.watching.conftest import LAST, NOW
from xenia.access.standing import Standing
from xenia.insight.warehouse import Warehouse
from xenia.insight.watching import actions, looking
from xenia.insight.watching.models import Signal
from xenia.journal.models import Entry

pytestmark = pytest.mark.django_db
WATCH = "/api/v1/statistics/watch"
INFLUX = {(LAST, "UTO-AP1", "ARC"): 4.0}


@pytest.fixture
def client(house) -> Client:
    return house.client("bea", "analyst")


def test_signals_with_what_was_usual(client: Client, world: Callable[..., Warehouse], analyst: Standing) -> None:
    empty = client.get(WATCH).json()
    assert (empty["looked_at"], empty["signals"]) == (None, [])
    world(INFLUX)
    looking.step(NOW)
    signal = Signal.objects.get(post="UTO-AP1", nationality="ARC", indicator="entries")
    actions.assess(analyst, signal.pk, "real", "Two flights were turned round.")
    told = client.get(WATCH, {"post": "UTO-AP1", "nationality": "ARC"})
    (one,) = told.json()["signals"]
    assert told.json()["grade"] == "interactive" and one["state"] == "open" and one["unit"] == "crossings"
    assert one["observed"] == signal.observed and one["observed"] % 5 == 0
    assert one["observed"] > one["threshold"] > one["expected"] and one["posts_missing"] == []
    assert b"flights" not in told.content and one["assessment"] == "real"
    assert client.get(WATCH, {"limit": 1}).json()["total"] == Signal.objects.count()
    assert len(client.get(WATCH, {"limit": 1, "skip": 1}).json()["signals"]) == 1
    assert client.get(WATCH, {"limit": 201}).status_code == 422
    assert Entry.objects.filter(kind="watch.exported").count() == 4


def test_one_signal_with_its_series(client: Client, world: Callable[..., Warehouse]) -> None:
    world(INFLUX)
    looking.step(NOW)
    signal = Signal.objects.get(post="UTO-AP1", nationality="ARC", indicator="entries")
    told = client.get(f"{WATCH}/{signal.pk}").json()
    assert len(told["series"]) == 42 and told["series"][-1]["on"] == LAST.isoformat()
    assert told["series"][-1]["state"] == "rings" and told["series"][-2]["state"] == "usual"
    assert told["series"][-1]["observed"] == told["observed"] and told["series"][-1]["expected"] == told["expected"]
    assert client.get(f"{WATCH}/{Entry.objects.first().pk}").json()["code"] == "no-signal"


def test_others_get_nothing(house, world: Callable[..., Warehouse]) -> None:
    world(INFLUX)
    looking.step(NOW)
    guard = house.client("guard", "first-line-officer")
    for path in (WATCH, f"{WATCH}/{Signal.objects.first().pk}"):
        assert guard.get(path).status_code == 403
        assert Client().get(path).status_code in (401, 403)
    assert not Entry.objects.filter(kind="watch.exported").exists()
