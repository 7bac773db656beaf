"""A centre that serves and a unit beside it, each a process with a home of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.units.at_pages import Served
from tests.units.homes import Centre


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    made = Centre(tmp_path / "centre")
    made.home.mkdir()
    made.prepare()
    made.start()
    yield made
    made.stop(kill=True)


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[Served]:
    made = Served(tmp_path / "unit")
    made.home.mkdir()
    yield made
    made.stop()
