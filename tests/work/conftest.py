from __future__ import annotations

import pytest

from tests import people


@pytest.fixture
def world(db: None) -> people.World:
    """The invented state, set up."""
    return people.build()
