"""A case whose person was erased counts on, once, whatever is built again."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cases.engine import decide, do, lead, officer, world
from tests.exchange.pair import NOW, Other
from tests.insight import test_cases
from tests.insight.tailing import world as journal
from tests.insight.tailing.conftest import warehouse_home
from tests.insight.tailing.test_forgetting import _erase
from tests.insight.test_cases import other
from xenia.access.standing import Standing
from xenia.insight.tailing import flushing, rebuilding
from xenia.journal import sealer

__all__ = ["lead", "officer", "other", "warehouse_home", "world"]


def _steps() -> Counter[tuple[Any, ...]]:
    with flushing.house().open() as connection:
        picked = "SELECT step, stage, outcome, sex, age_group, days FROM case_step"
        return Counter(connection.execute(picked).fetchall())


@pytest.mark.parametrize("followed", [True, False])
def test_the_facts_of_an_erased_case_stay_and_are_not_made_twice(
    warehouse_home: Path, other: Other, officer: Standing, lead: Standing, followed: bool
) -> None:
    first, _second = test_cases._came(other, 0), test_cases._came(other, 1)
    at = NOW + timedelta(days=3)
    do(officer, first, "verify", at=at)
    decide(officer, lead, first, "accept", {"ground": "own_national"}, at)
    first.refresh_from_db()
    if followed:
        journal.follow()
        flushing.flush(at_once=True)
        before = _steps()
        assert before[("decided", "", "accepted", "M", "35-64", 3)] == 1
    sealer.seal_now()
    _erase(first.identity)
    journal.follow()
    flushing.flush(at_once=True)
    if not followed:
        before = _steps()
        assert before[("decided", "", "accepted", "M", "35-64", 3)] == 1
    assert _steps() == before
    rebuilding.rebuild(journal.ACT)
    assert _steps() == before
