"""Which posts have told everything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.people import build
from xenia.access import place_actions
from xenia.insight import coverage
from xenia.journal.ids import uuid7
from xenia.units.models import Unit

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def _unit(name: str, post: str, **more: object) -> None:
    fields = {"state": "active", "owner": "UTO-BG", "invited_by": uuid7(), "invited_at": NOW, "label": name, **more}
    Unit.objects.create(name=name, post=post, **fields)


@pytest.fixture
def posts(db: None) -> list[str]:
    made = build()
    for code in ("UTO-P1", "UTO-P2", "UTO-P3"):
        place_actions.make_post(made.operator, code, code, authority="UTO-BG", zone="UTC", border="land")
    return ["UTO-P1", "UTO-P2", "UTO-P3"]


def test_posts_that_may_hold_more_are_named_with_how_far_they_are(posts: list[str]) -> None:
    hour = timedelta(hours=1)
    _unit("one", "UTO-P1", received=9, seen_at=NOW - hour / 6, received_at=NOW - hour, told={"sealed": 9, "pending": 0})
    _unit("two", "UTO-P2", received=9, seen_at=NOW, received_at=NOW - 3 * hour, told={"sealed": 40, "pending": 2})
    _unit(
        "three",
        "UTO-P3",
        received=9,
        seen_at=NOW - 5 * hour,
        received_at=NOW - 6 * hour,
        told={"sealed": 9, "pending": 0},
    )
    found = coverage.now(NOW, posts)
    assert [(one.post, one.until, one.waiting) for one in found.missing] == [
        ("UTO-P2", NOW - 3 * hour, 33),
        ("UTO-P3", NOW - 5 * hour, 0),
    ]
    assert (found.posts, found.reported, found.until) == (3, 1, NOW - 5 * hour)
    assert len(coverage.notes(found)) == 3 and "1 of 3 posts" in coverage.notes(found)[0]
    assert [one.post for one in coverage.reaching(found, NOW - 4 * hour).missing] == ["UTO-P3"]
    assert coverage.notes(coverage.reaching(found, NOW - 9 * hour)) == ()


def test_a_unit_that_never_spoke_has_never_reported(posts: list[str]) -> None:
    _unit("one", "UTO-P1")
    found = coverage.now(NOW, posts)
    assert found.until is None and found.missing[0].until is None
    assert "never" in coverage.notes(found)[1]
    assert coverage.reaching(found, NOW - timedelta(days=9)).missing == found.missing


def test_posts_without_units_report_at_once(posts: list[str]) -> None:
    found = coverage.now(NOW, posts)
    assert (found.reported, found.until, coverage.notes(found)) == (3, NOW, ())


def test_the_cost_does_not_grow_with_the_posts(posts: list[str], django_assert_num_queries) -> None:
    with django_assert_num_queries(6):
        coverage.now(NOW)
