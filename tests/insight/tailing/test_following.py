"""The journal is followed by positions; what is counted is the same however it is cut into batches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.insight.tailing import world
from xenia.insight import own_secrets
from xenia.insight.tailing import changing, flushing, following
from xenia.insight.tailing.models import Count, Mark, Waiting
from xenia.journal import sealer
from xenia.journal.actions import writing

AT = datetime(2026, 11, 22, 9, 41, 7, tzinfo=UTC)


def _of(row: dict[str, object], *names: str) -> list[object]:
    return [row[name] for name in names]


def test_a_crossing_becomes_a_fact_without_the_person_in_it(warehouse_home: Path) -> None:
    one = world.cross(AT, "UX7654321", hits=[("alerts", "LIKELY", True), ("visas", "EXACT", True)])
    world.cross(AT, "UX7654321", outcome="refused", reasons=["H", "E"], referral_seconds=300)
    assert world.follow() > 0
    first, second = (made.row for made in Waiting.objects.order_by("id"))
    assert _of(first, "hour", "age_group", "sex", "hit", "reason") == [
        "2026-11-22T09:00:00",
        "35-64",
        "F",
        "alerts",
        "",
    ]
    assert _of(second, "outcome", "reason", "second_line_s", "hit") == ["refused", "H", 300, ""]
    assert first["person"] == second["person"] and first["person"] > 0
    whole = repr(first) + repr(second)
    assert "UX7654321" not in whole and str(one.subject) not in whole and "41:07" not in whole


def test_the_same_person_has_another_pseudonym_in_another_year(warehouse_home: Path) -> None:
    for year in (2025, 2026):
        world.cross(datetime(year, 5, 1, tzinfo=UTC))
    world.follow()
    first, second = (made.row["person"] for made in Waiting.objects.order_by("id"))
    assert first != second
    assert own_secrets.years() == [2025, 2026]


@pytest.mark.parametrize("flushed", [False, True])
def test_a_decision_that_was_taken_back_is_counted_nowhere(warehouse_home: Path, flushed: bool) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    kept, gone = world.cross(now, "UX0000001"), world.cross(now, "UX0000002")
    world.follow()
    if flushed:
        assert flushing.flush(now, at_once=True) == 2
    before = world.rows()
    world.take_back(gone)
    world.follow()
    changing.apply()
    after = world.rows()
    assert len(after) == 1 and after[0] in before
    assert sum(Count.objects.values_list("n", flat=True)) == 1
    assert kept.entry  # the other one stays


def test_both_in_one_batch_come_to_nothing(warehouse_home: Path) -> None:
    world.take_back(world.cross(AT))
    world.follow()
    assert world.total() == 0


def test_what_is_not_sealed_is_not_counted_yet(warehouse_home: Path) -> None:
    world.cross(AT)
    while following.step():
        pass
    assert Waiting.objects.count() == 0
    world.follow()
    assert Waiting.objects.count() == 1
    assert following.behind() == 0


def test_of_two_followers_one_writes(warehouse_home: Path) -> None:
    world.many(5)
    sealer.seal_now()
    held = following.mark()
    batch = following._read(held.position, following.sealed())
    assert following.step() > 0  # the other was quicker
    with writing():
        assert not following._mine(held.position)
    assert len(batch.facts) == Waiting.objects.count() == 5


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(spans=st.lists(st.integers(1, 40), min_size=1, max_size=6), flushes=st.sets(st.integers(0, 5)))
def test_any_cut_of_the_journal_gives_the_same_facts(
    worked: list[tuple[object, ...]], spans: list[int], flushes: set[int]
) -> None:
    for model in (Waiting, Count):
        model.objects.all().delete()
    Mark.objects.all().delete()
    house = flushing.house()
    for path in house.folder.rglob("*"):
        if path.is_file():
            path.unlink()
    turn = 0
    while following.step(spans[turn % len(spans)]):
        if turn in flushes:
            flushing.flush(AT + timedelta(hours=turn), at_once=True)
        turn += 1
    while changing.apply():
        pass
    assert world.rows() == worked


@pytest.fixture
def worked(warehouse_home: Path) -> list[tuple[object, ...]]:
    """A journal of thirty crossings, four of them taken back, and the facts that one batch makes of it."""
    made = world.many(30)
    for one in made[::8]:
        world.take_back(one)
    sealer.seal_now()
    assert following.step(100_000) > 0
    found = world.rows()
    assert len(found) == 26
    return found
