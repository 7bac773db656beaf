"""What a unit says of itself at the foot of its pages and behind it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from xenia.units import here, sending
from xenia.units.models import Line

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("held", "line"),
    [
        ({}, "down"),
        ({"answered_at": NOW - timedelta(seconds=50)}, "up"),
        ({"answered_at": NOW - timedelta(minutes=4)}, "down"),
        ({"answered_at": NOW - timedelta(seconds=5), "trouble": "no-line"}, "down"),
        ({"answered_at": NOW, "trouble": "busy"}, "waiting"),
        ({"answered_at": NOW, "trouble": "gap"}, "up"),
        ({"answered_at": NOW, "halted": "forked"}, "halted"),
    ],
)
def test_the_line_is_called_by_what_it_is(held: dict[str, object], line: str) -> None:
    assert here.of_line(Line(**held), NOW)[0] == line


@pytest.mark.django_db
def test_an_installation_that_is_no_unit_says_nothing_of_a_line(client) -> None:
    from tests import people

    world = people.build()
    ada = world.client("ada", "first-line-officer")
    assert here.kept(NOW) is None
    page = ada.get("/console/lanes/").content.decode()
    assert "Line up" not in page and "No line" not in page
    assert ada.get("/units/here/").status_code == 404


@pytest.mark.parametrize(
    ("theirs", "drift"),
    [(0, 0), (4, 0), (10, 0), (-3, 3000), (70, -60_000)],
    ids=["as we began", "within", "as we ended", "ahead", "behind"],
)
def test_a_slow_line_is_no_wrong_clock(theirs: int, drift: int) -> None:
    """Ten seconds for one batch: only what lies outside of them is drift."""
    assert sending.drift_ms(NOW, NOW + timedelta(seconds=theirs), NOW + timedelta(seconds=10)) == drift
