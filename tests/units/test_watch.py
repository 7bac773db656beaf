"""A unit's own clock and disk: what is counted, what is told, what the foot of its pages warns of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.units import officers
from xenia.journal.models import Entry
from xenia.units import here, lease, status, watch
from xenia.units.models import Line, Taken, Watch

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LEVEL = status.Levels()


@pytest.fixture
def unit(db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    watch.forget()
    with officers.being_a_unit(settings, tmp_path):
        _heard(NOW)
        yield
    watch.forget()


def _heard(at: datetime) -> None:
    """The centre spoke: the unit may work for 72 hours from then on."""
    Line.objects.update_or_create(pk=1, defaults={"manifest_at": at, "lease_until": at + 72 * HOUR})
    Taken.objects.update_or_create(
        name="access", defaults={"version": "1", "sha256": "", "as_of": at, "taken_at": at, "max_age_s": 72 * 3600}
    )
    Watch.objects.update_or_create(pk=1, defaults={"latest_at": at})


def test_a_clock_that_is_set_back_makes_the_lease_no_longer(unit: None) -> None:
    watch.begin(NOW, 0.0)
    watch.begin(NOW + 70 * HOUR, 70 * 3600.0)
    assert lease.lapsed(NOW + 71 * HOUR) is None
    watch.forget()  # switched off, the clock set back by 70 hours, switched on
    watch.begin(NOW + MINUTE, 5.0)
    assert watch.counted(NOW + MINUTE, 5.0) == NOW + 70 * HOUR
    assert watch.counted(NOW + 3 * HOUR, 5.0 + 3 * 3600) == NOW + 73 * HOUR  # and it runs on from there
    assert lease.judge(Line.objects.get(), Taken.objects.get(), NOW + 3 * HOUR, NOW + 73 * HOUR) is not None


def test_what_officers_wrote_counts_between_two_looks(unit: None) -> None:
    watch.begin(NOW, 0.0)
    Entry.objects.all().delete()
    rows = (("system:units", 1, NOW + 60 * HOUR), ("account:a", 2, NOW + 50 * HOUR), ("account:a", 3, NOW + 40 * HOUR))
    for actor, position, at in rows:
        Entry.objects.create(
            node=officers.NODE, kind="test", schema=1, owner="", origin="", actor=actor, purpose="", legal_basis="", reference="",
            occurred_at=at, recorded_at=at, retention_class="", body_hash=b"", position=position,
        )  # fmt: skip
    assert watch.counted(NOW + MINUTE, 60.0) == NOW + 40 * HOUR  # the last one by an officer
    Watch.objects.update(latest_position=3)  # the centre has spoken since
    assert watch.counted(NOW + MINUTE, 60.0) == NOW + MINUTE


def test_a_clock_that_leaps_ahead_is_told_and_closes_only_until_it_is_set(unit: None) -> None:
    watch.begin(NOW, 0.0)
    wrong = NOW + 100 * HOUR
    found = lease.lapsed(wrong)
    assert found is not None and (found.code, found.suspect) == (lease.OVER, NOW)
    assert watch.begin(wrong, 30.0, works=False) == 1
    assert watch.begin(wrong + MINUTE, 90.0, works=False) == 0  # one leap, one entry
    leaps = Entry.objects.filter(kind="unit.clock-leapt")
    assert leaps.count() == 1
    assert watch.leap(wrong + MINUTE, 90.0) == 100 * HOUR - timedelta(seconds=30)
    assert watch.begin(NOW + 2 * MINUTE, 120.0) == 1 and leaps.count() == 2  # set right again: that is a leap too
    assert watch.leap(NOW + 2 * MINUTE, 120.0) == timedelta(0)
    assert lease.judge(Line.objects.get(), Taken.objects.get(), NOW, watch.counted(NOW + 2 * MINUTE, 120.0)) is None
    assert Watch.objects.get().latest_at == NOW + 2 * MINUTE


def test_a_machine_that_begins_with_a_wrong_clock_opens_when_it_is_set(unit: None) -> None:
    wrong = NOW + 1000 * HOUR
    assert lease.lapsed(wrong) is not None
    watch.begin(wrong, 0.0, works=False)
    assert lease.judge(Line.objects.get(), Taken.objects.get(), NOW, watch.counted(NOW + MINUTE, 60.0)) is None


def test_the_centre_says_what_counts_from_then_on(unit: None) -> None:
    watch.begin(NOW + 60 * HOUR, 0.0)
    watch.heard(NOW + HOUR)
    assert Watch.objects.get().latest_at == NOW + HOUR
    assert watch.counted(NOW + HOUR, watch.running_s()) - (NOW + HOUR) < MINUTE


def test_a_slewed_clock_is_no_leap(unit: None) -> None:
    watch.begin(NOW, 0.0)
    assert watch.leap(NOW + HOUR + timedelta(seconds=50), 3600.0) == timedelta(0)
    assert watch.leap(NOW + HOUR - timedelta(seconds=61), 3600.0) == -timedelta(seconds=61)


def test_days_left_are_told_at_todays_rate() -> None:
    GB = 1 << 30
    samples: watch.Samples = []
    for hour in range(30):
        samples = watch.sampled(samples, NOW + hour * HOUR, 100 * GB - hour * GB)
    assert 24 <= len(samples) <= 25
    assert watch.days_left(samples, NOW + 29 * HOUR, 71 * GB) == 2  # 24 GB a day
    assert watch.days_left(samples, NOW + 29 * HOUR, 200 * GB) is None
    assert watch.days_left(samples[-1:], NOW + 29 * HOUR, 71 * GB) is None
    assert len(watch.sampled(samples, NOW + 30 * HOUR, 90 * GB)) == 1  # much was freed: begun anew
    assert len(watch.sampled(samples, NOW - 100 * HOUR, 70 * GB)) == 1  # a clock that leapt


@pytest.mark.parametrize(
    ("told", "warns"),
    [
        ({"disk_free_mb": 5000}, []),
        ({"disk_free_mb": 1023}, ["disk"]),
        ({"disk_free_mb": 5000, "disk_days": 6}, ["disk"]),
        ({"disk_free_mb": 0, "disk_refuses": "disk-full"}, ["refuses"]),
        ({"battery": 19, "on_battery": 1}, ["battery"]),
        ({"battery": 19, "on_battery": 0}, []),
        ({"battery": 21, "on_battery": 1}, []),
        ({"drift_ms": -61_000}, ["clock"]),
        ({"leapt_ms": 61_000, "lease_min": 719}, ["clock", "lease"]),
    ],
)
def test_the_foot_warns_of_what_is_low(told: dict[str, Any], warns: list[str]) -> None:
    assert sorted(here.warnings(told, LEVEL)) == sorted(warns)


def _supply(folder: Path, name: str, **said: str) -> None:
    (folder / name).mkdir()
    for word, text in said.items():
        (folder / name / word).write_text(text + "\n", encoding="ascii")


def test_a_battery_is_told_where_the_machine_has_one(tmp_path: Path) -> None:
    assert status.battery(tmp_path / "none") == {}
    _supply(tmp_path, "AC", type="Mains", online="0")
    _supply(tmp_path, "hid-mouse", type="Battery", scope="Device", capacity="3", status="Discharging")
    assert status.battery(tmp_path) == {}
    _supply(tmp_path, "BAT0", type="Battery", capacity="17", status="Discharging")
    assert status.battery(tmp_path) == {"battery": 17, "on_battery": 1}
    (tmp_path / "BAT0" / "status").write_text("Charging\n", encoding="ascii")
    assert status.battery(tmp_path) == {"battery": 17, "on_battery": 0}
    (tmp_path / "BAT0" / "capacity").write_text("nonsense", encoding="ascii")
    assert status.battery(tmp_path) == {}
