"""A centre and a unit as processes: an alert entered at the centre is hit at the unit with the next question for news."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.units.down.places import enrolled, holds_whole, look
from tests.units.homes import Centre, xenia


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    made = Centre(tmp_path_factory.mktemp("centre"))
    made.prepare()
    made.start()
    yield made
    made.stop(kill=True)


def test_an_alert_hits_with_the_next_news_and_one_taken_off_does_not(centre: Centre, tmp_path: Path) -> None:
    unit = tmp_path / "unit"
    enrolled(centre, unit)
    (withheld,) = look(centre.home, "alert", "X0000009")["ids"]
    assert "live:alerts" in look(unit, "down")["held"]
    (found,) = look(unit, "hits", "X0000009", "X0000008")["hits"].pop("X0000009")
    assert found not in ("E-X0000009", withheld) and len(found) == 32  # names stay at the centre: a key was found
    assert look(centre.home, "off", withheld) == {"gone": 1}
    assert look(unit, "news", "2") == {"news": [True, False]}
    assert look(unit, "hits", "X0000009")["hits"] == {"X0000009": []}

    holds_whole(centre, unit, "alerts-csv")
    first, second = look(centre.home, "alert", "X0000001", "X0000002")["ids"]
    assert {"live:alerts", "reference"} <= set(look(unit, "down")["held"])
    assert look(unit, "hits", "X0000001", "X0000003")["hits"] == {"X0000001": ["E-X0000001"], "X0000003": []}
    look(centre.home, "alert", "X0000003")
    assert look(centre.home, "off", first) == {"gone": 1}
    assert look(unit, "news", "3") == {"news": [True, False, False]}  # heard once, then nothing new
    told = look(unit, "hits", "X0000001", "X0000002", "X0000003")["hits"]
    assert told == {"X0000001": [], "X0000002": ["E-X0000002"], "X0000003": ["E-X0000003"]}
    assert len(list((centre.home / "units" / "live").glob("alerts*"))) == 1  # what was offered before is gone
    assert not list((unit / "units" / "fetched").iterdir())
    centre.stop(kill=True)
    assert look(unit, "news", "2") == {"news": [False, False]}
    assert look(unit, "hits", "X0000002")["hits"] == {"X0000002": ["E-X0000002"]}
    centre.start()
    assert xenia(unit, "rebuild", "--check")["differences"] == []
