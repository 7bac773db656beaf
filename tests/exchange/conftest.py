from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import people
from tests.exchange import node, pair
from xenia.exchange import port, steps
from xenia.journal import clock


@pytest.fixture
def world(db: None) -> people.World:
    """The invented state, set up."""
    return people.build()


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
