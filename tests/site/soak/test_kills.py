"""Killed at any moment over HTTP: what a lane saw acknowledged is there; `xenia soak kills` does it longer."""

from __future__ import annotations

import pytest

from tests.conftest import PROJECT
from xenia.site.soak import kills


def test_killed_while_lanes_decide_nothing_acknowledged_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(PROJECT / "src"))
    found = kills.run(3, 7, lambda text: None)
    assert found["acknowledged"] >= 6, found
    assert (found["lost"], found["half_written"], found["whole"], found["same"]) == (0, 0, True, True), found
