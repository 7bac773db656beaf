"""A warehouse of facts in which ten weeks are quiet, and who watches it."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests import people
from tests.insight import facts
from xenia.access import standing
from xenia.access.standing import Standing
from xenia.insight import loading
from xenia.insight.warehouse import Warehouse

COLUMNS = ["hour", "post", "direction", "outcome", "nationality", "n"]
LAST = date(2026, 6, 10)
"""The last closed day; noon of the day after is now."""
NOW = datetime(2026, 6, 11, 12, 0, tzinfo=UTC)
POSTS = {"UTO-AP1": {"ARC": 60, "PAN": 30}, "UTO-BG": {"ARC": 40, "ZEM": 1}}

Plant = dict[tuple[date, str, str], float]


@pytest.fixture
def world(house: people.World, tmp_path: Path) -> Callable[..., Warehouse]:
    """Makes the installation's warehouse: quiet days, and where something is planted so many times as many."""
    made = Warehouse(tmp_path / "warehouse")

    def fill(plant: Plant | None = None, *, days: int = 75, until: date = LAST, seed: int = 4) -> Warehouse:
        chance, rows = random.Random(seed), []
        for back in range(days):
            day = until - timedelta(days=back)
            for post, nationalities in POSTS.items():
                for nationality, usual in nationalities.items():
                    times = (plant or {}).get((day, post, nationality), 1.0)
                    count = round(max(0, chance.gauss(usual, usual**0.5)) * times)
                    if count:
                        rows.append([f"{day}T10:00", post, "entry", "admitted", nationality, count])
        loading.load(made, facts.write(tmp_path / f"{until}-{seed}.csv", rows, COLUMNS), facts.SECRET)
        return made

    return fill


@pytest.fixture
def house(settings, tmp_path: Path, db) -> people.World:
    """The invented state, set up."""
    settings.XENIA_HOME, settings.XENIA_DEMO = tmp_path, True  # signs in without a second factor
    return people.build()


@pytest.fixture
def analyst(house: people.World) -> Standing:
    """Somebody who watches."""
    house.client("ana", "analyst")
    return standing.by_name("ana")
