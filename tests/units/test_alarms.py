"""Alarms of units at the centre: one work item each, closed by itself, and not one for every time that something comes and goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests import people
from tests.access.test_places import second_factor
from xenia.exchange import own
from xenia.journal import files
from xenia.journal.act import Act
from xenia.units import alarms, bounds, door_keys, status, tasks
from xenia.units.models import Alarm, Intake, Unit
from xenia.work import items
from xenia.work.models import WorkItem

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LEASE = timedelta(hours=72)
LEVEL = status.Levels()


def _codes(told: dict[str, Any], *, gone: timedelta = MINUTE, received: int = 9, came: timedelta = HOUR) -> list[str]:
    seen = status.Seen("active", NOW - gone, received, NOW - came, told)
    return [one.code for one in status.alarms(seen, NOW, LEVEL, LEASE)]


@pytest.mark.parametrize(
    ("told", "more", "codes"),
    [
        ({"sealed": 9}, {}, []),
        ({}, {"gone": 16 * MINUTE}, ["silent"]),
        ({}, {"gone": 61 * HOUR}, ["silent", "lapsing"]),
        ({"lease_min": 60 * 72, "stale_min": 600}, {}, []),
        ({"lease_min": 60 * 11}, {}, ["lapsing"]),
        ({"stale_min": -1}, {}, ["stale"]),
        ({"stale_min": 30}, {"gone": 31 * MINUTE}, ["silent", "stale"]),
        ({"sealed": 10}, {"came": 31 * MINUTE}, ["gap"]),
        ({"sealed": 10}, {"came": 29 * MINUTE}, []),  # on its way
        ({"sealed": 10}, {"gone": HOUR, "came": HOUR}, ["silent"]),  # no line is no gap
        ({"drift_ms": 60_001}, {}, ["drifting"]),
        ({"leapt_ms": -3_600_000}, {}, ["drifting"]),
        ({"disk_free_mb": 1000}, {}, ["disk"]),
        ({"disk_free_mb": 9000, "disk_days": 3}, {}, ["disk"]),
        ({"disk_free_mb": 9000, "disk_refuses": "disk-read-only"}, {}, ["disk"]),
        ({"battery": 10, "on_battery": 1}, {}, ["battery"]),
        ({"battery": 10, "on_battery": 0}, {}, []),
        ({"halted": "forked"}, {}, ["halted"]),
    ],
)
def test_what_a_unit_says_and_does_not_say_is_an_alarm(
    told: dict[str, Any], more: dict[str, Any], codes: list[str]
) -> None:
    assert _codes(told, **more) == codes


@pytest.fixture
def world(db: None) -> people.World:
    return people.build()


@pytest.fixture
def unit(world: people.World) -> Unit:
    return Unit.objects.create(
        name="unit-1", label="Far Pass 1", post="UTO-AP1", owner="UTO-BG", state="active", seen_at=NOW, received=5,
        received_at=NOW, invited_by=world.operator.account, invited_at=NOW, told={"sealed": 5, "disk_free_mb": 5000},
    )  # fmt: skip


def _says(unit: Unit, at: datetime, **told: Any) -> None:
    Unit.objects.filter(pk=unit.pk).update(seen_at=at, told={"sealed": 5, "disk_free_mb": 5000} | told)


def _open(unit: Unit) -> list[str]:
    rows = WorkItem.objects.filter(subject=str(unit.pk), answered_at=None).order_by("kind")
    return [one.kind.removeprefix("unit.alarm-") for one in rows]


def test_an_alarm_is_one_item_and_closes_by_itself_with_a_note(unit: Unit) -> None:
    assert alarms.step(NOW) == 0 and _open(unit) == []
    _says(unit, NOW, drift_ms=90_000)
    assert (alarms.step(NOW), alarms.step(NOW + MINUTE)) == (1, 0)
    assert _open(unit) == ["drifting"]
    _says(unit, NOW + 30 * MINUTE)
    assert alarms.step(NOW + 30 * MINUTE) == 0 and _open(unit) == ["drifting"]  # not over at once
    _says(unit, NOW + 41 * MINUTE)
    assert alarms.step(NOW + 41 * MINUTE) == 1 and _open(unit) == []
    item, row = WorkItem.objects.get(), Alarm.objects.get()
    assert (item.outcome, item.answered_by, item.post, item.urgency) == ("over", None, "UTO-AP1", 0)
    assert items.note_of(item) == "Over by itself. It lasted for 30 minutes."
    assert (row.opened_at, row.closed_at) == (NOW, NOW + 30 * MINUTE)


def test_what_comes_and_goes_is_one_alarm(unit: Unit) -> None:
    """A line that is up for a minute in every twenty, for a day; a disk that moves about its level."""
    for turn in range(72):
        at = NOW + turn * 20 * MINUTE
        _says(unit, at, disk_free_mb=1000 + (turn % 2) * 100)
        alarms.step(at + MINUTE)
        alarms.step(at + 19 * MINUTE)
    assert sorted(_open(unit)) == ["disk", "silent"]
    assert WorkItem.objects.count() == 2
    _says(unit, NOW + 25 * HOUR, disk_free_mb=1281)
    alarms.step(NOW + 25 * HOUR)
    _says(unit, NOW + 25 * HOUR + 11 * MINUTE, disk_free_mb=1281)
    assert alarms.step(NOW + 25 * HOUR + 11 * MINUTE) == 1 and _open(unit) == ["silent"]
    _says(unit, NOW + 25 * HOUR + 26 * MINUTE, disk_free_mb=1281)  # longer than it was silent at any time
    assert alarms.step(NOW + 25 * HOUR + 26 * MINUTE) == 1 and _open(unit) == []


def test_a_person_who_answered_is_asked_again_only_when_it_begins_anew(unit: Unit) -> None:
    _says(unit, NOW, battery=5, on_battery=1)
    alarms.step(NOW)
    WorkItem.objects.update(answered_at=NOW, outcome="done")
    alarms.step(NOW + HOUR, not_yet=("silent",))
    assert _open(unit) == []
    for at in (NOW + 2 * HOUR, NOW + 3 * HOUR):
        _says(unit, at)
        alarms.step(at)
    assert Alarm.objects.get().closed_at == NOW + 2 * HOUR
    _says(unit, NOW + 4 * HOUR, battery=5, on_battery=1)
    alarms.step(NOW + 4 * HOUR)
    assert _open(unit) == ["battery"]


def test_a_unit_that_is_revoked_alarms_nobody(unit: Unit) -> None:
    alarms.step(NOW + HOUR)
    assert _open(unit) == ["silent"]
    Unit.objects.update(state="revoked")
    alarms.step(NOW + HOUR + MINUTE)
    assert _open(unit) == []


def test_the_page_filters_by_alarm_and_the_units_page_tells_since_when(world: people.World, unit: Unit) -> None:
    chief = second_factor(world.client("chief-of-units", "administrator"))
    Unit.objects.update(seen_at=None)
    alarms.step(NOW)
    shown = chief.get("/units/").content.decode()
    assert "?alarm=silent" in shown and "not heard of (1)" in shown
    assert "Far Pass 1" in chief.get("/units/?alarm=silent").content.decode()
    other = chief.get("/units/?alarm=disk").content.decode()
    assert "Far Pass 1" not in other and "No unit has this alarm now" in other
    assert "Far Pass 1" in chief.get("/units/?alarm=%3Cscript%3E").content.decode()
    assert "Alarms of the last 30 days" in chief.get(f"/units/{unit.pk}/").content.decode()


def test_a_restart_does_not_begin_a_units_day_anew(unit: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_BYTES", 3 * bounds.EACH)
    bounds.forget()

    class Small:
        body, subjects = b"", b""

    bounds.took(unit.pk, [Small(), Small()], NOW)  # type: ignore[list-item]
    assert not bounds.is_full(unit.pk, NOW)
    bounds.took(unit.pk, [Small()], NOW)  # type: ignore[list-item]
    bounds.forget()
    assert bounds.is_full(unit.pk, NOW) and Intake.objects.get().entries == 3
    assert not bounds.is_full(unit.pk, NOW + 24 * HOUR)
    bounds.forget()


@pytest.fixture
def keys(unit: Unit) -> Iterator[None]:
    """The keys of the door are afterwards as they were."""
    own.current("tls")
    folder = files.keys_folder()
    before = {path: path.read_bytes() for path in folder.glob("exchange-tls*")}
    for path in before.keys() - {own.tls(), folder / "exchange-tls.current"}:
        path.unlink()  # of other tests: here is one certificate
    yield
    for path in folder.glob("exchange-tls*"):
        path.unlink()
    for path, data in before.items():
        files.write_lasting(path, data)


@pytest.mark.usefixtures("keys")
def test_a_certificate_that_ends_soon_is_one_item_at_a_time(unit: Unit) -> None:
    ends = door_keys.every()[0].ends_at
    act = Act("system:units", "UTO-BG", "operation", "test", "door", "hq")

    def waiting(days: int) -> list[str]:
        door_keys.look(ends - timedelta(days=days), act)
        rows = WorkItem.objects.filter(kind=tasks.DOOR, answered_at=None)
        return [str(one.subject).rpartition("-")[2] for one in rows]

    assert waiting(61) == []
    assert waiting(59) == waiting(30) == ["60"]
    assert waiting(6) == ["7"]  # once more, in the place of the first
    own.use("tls", own.make("tls"))  # the next ends two years from today
    assert waiting(6) == ["7"]  # soon again, of another certificate
    assert waiting(100) == []
    assert WorkItem.objects.filter(kind=tasks.DOOR).count() == 3


@pytest.mark.usefixtures("keys")
def test_the_page_of_the_door_names_the_units_that_would_be_cut_off(world: people.World, unit: Unit) -> None:
    admin = second_factor(world.client("door-keeper", "administrator"))
    Unit.objects.filter(pk=unit.pk).update(fingerprint="f" * 64)
    assert b"would cut them off" not in admin.get("/units/door/").content
    new = own.make("tls")
    page = admin.get("/units/door/").content.decode()
    assert "would cut them off" in page and unit.name in page and new[:16] in page
    Unit.objects.filter(pk=unit.pk).update(told={"door": " ".join(one.name[:16] for one in door_keys.every())})
    page = admin.get("/units/door/").content.decode()
    assert unit.name not in page and page.count("Every unit knows it.") == 2
