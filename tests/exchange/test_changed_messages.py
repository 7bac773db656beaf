"""Mutated, replayed, re-addressed and downgraded messages: none accepted, nothing changed, each logged."""

from __future__ import annotations

import pytest

from tests.exchange.pair import Other
from xenia.exchange import soak

pytestmark = pytest.mark.django_db


def test_three_hundred_changed_messages_change_nothing(other: Other, seen: list[int]) -> None:
    found = soak.attack(300, seed=4)
    assert found.tried == 300 and found.logged == 300
    assert found.accepted == 0 and found.changed == 0, found
    assert len(found.codes) >= 8, found.codes
