"""Where the clocks stand when a day of statistics ends."""

from __future__ import annotations

from datetime import date

import pytest

from xenia.insight import days


@pytest.mark.parametrize(
    ("zone", "day", "said"),
    [
        ("UTC", date(2026, 1, 10), "Days end at 24:00 UTC."),
        ("Asia/Tbilisi", date(2026, 1, 10), "Days end at 24:00 UTC, 04:00 here (Asia/Tbilisi)."),
        ("Europe/Warsaw", date(2026, 1, 10), "Days end at 24:00 UTC, 01:00 here (Europe/Warsaw)."),
        ("Europe/Warsaw", date(2026, 7, 10), "Days end at 24:00 UTC, 02:00 here (Europe/Warsaw)."),
        ("America/Lima", date(2026, 7, 10), "Days end at 24:00 UTC, 19:00 here (America/Lima)."),
    ],
)
def test_a_day_says_when_it_ends_here(settings, zone: str, day: date, said: str) -> None:
    settings.TIME_ZONE = zone
    assert days.ends(day) == said
