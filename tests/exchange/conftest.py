from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests import people
from tests.exchange import node, pair
from xenia.exchange import port, steps
from xenia.journal import clock


@pytest.fixture
def world(db: None) -> people.World:
    """The invented state, set up."""
    return people.build()


@pytest.fixture(autouse=True)
def own_keys() -> Iterator[None]:
    """Our own keys are files: those that a test made are gone after it, and those in use are as before."""
    folder = Path(settings.XENIA_HOME) / "keys"
    before = {one: one.read_bytes() for one in folder.glob("exchange-*")}
    yield
    for one in folder.glob("exchange-*"):
        if one not in before:
            one.unlink()
        elif one.read_bytes() != before[one]:
            one.write_bytes(before[one])


@pytest.fixture
def seen() -> Iterator[list[int]]:
    """What the test's handler accepted."""
    found: list[int] = []
    node.handler(found)
    yield found
    port.forget_handler("test/")
    steps.at.clear()


@pytest.fixture
def other(world: people.World, seen: list[int]) -> Iterator[pair.Other]:
    """A pinned partner, at a time that is held."""
    made = pair.Other()
    with clock.at(pair.NOW):
        pair.pin(made, world.operator)
    yield made
