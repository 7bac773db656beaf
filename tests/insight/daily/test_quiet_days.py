"""The daily report on days on which little happened: it is made, day after day."""

from __future__ import annotations

from datetime import timedelta
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
