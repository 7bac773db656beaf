"""The daily report on days on which little happened: it is made, day after day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from tests.insight.daily.test_daily import DAY, MORNING, analyst, load, rows  # noqa: F401
from xenia.insight import actions
from xenia.insight.daily import chores, making

pytestmark = pytest.mark.django_db(transaction=True)


def test_few_refusals_on_a_day_do_not_stop_its_report(
    analyst: Client,  # noqa: F811
    tmp_path: Path,
    monkeypatch,
) -> None:
    """30 crossings and 3 refusals a day: what yesterday's report showed and today's does differ by fewer than 5."""
    load(tmp_path, [line for back in range(9) for line in rows(DAY - timedelta(days=back), 30)])
    for ahead in range(2):
        monkeypatch.setattr(chores, "_looked", None)
        load(tmp_path, rows(DAY + timedelta(days=ahead + 1), 30), f"{ahead}.csv")
        assert chores.make(MORNING + timedelta(days=ahead)) >= 1
    assert len(making.versions(actions.warehouse())) == 2


def test_a_day_is_reported_when_it_is_over_in_utc(settings, monkeypatch) -> None:
    """Two in the morning of the 18th in Tbilisi is ten in the evening of the 17th where facts are counted."""
    settings.TIME_ZONE, settings.XENIA_DAILY_HOUR = "Asia/Tbilisi", 2
    monkeypatch.setattr(chores, "_looked", None)
    assert chores.due(datetime(2026, 11, 17, 22, 30, tzinfo=UTC)) == []
    assert chores.due(datetime(2026, 11, 18, 0, 1, tzinfo=UTC))[0] == DAY
