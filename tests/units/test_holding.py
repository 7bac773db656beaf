"""What a unit says of what it holds, how old its live records are, and what a centre makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import people
from tests.units import officers
from xenia.journal import clock
from xenia.journal.act import Act
from xenia.journal.actions import writing
from xenia.journal.node import node
from xenia.registers import catalogue
from xenia.registers.lists import actions, kinds, sources, versions
from xenia.registers.lists.models import KeyedList, ListSource, ListVersion
from xenia.units import erased, holding, status
from xenia.units.models import Taken, Unit


@pytest.fixture
def centre(db: None) -> people.World:
    world = people.build()
    actions.install_sources(world.operator)
    return world


def taken(name: str, as_of: datetime) -> None:
    Taken.objects.create(name=name, version="1", sha256="0" * 64, as_of=as_of, taken_at=as_of)


@pytest.mark.parametrize(("hours", "state"), [(0, "fresh"), (57, "fresh"), (58, "ageing"), (71, "ageing"), (73, "old")])
def test_live_records_are_as_old_as_the_centres_last_word(
    db: None, settings: Any, tmp_path: Path, hours: int, state: str
) -> None:
    alerts = catalogue.register("alerts")
    assert alerts.ages(clock.now()) == ()  # at a centre they are of this moment
    with officers.being_a_unit(settings, tmp_path):
        assert [age.state for age in alerts.ages(clock.now())] == ["never"]
        now = clock.now()
        taken("live:alerts.16.0", now)
        taken("live:alerts.16.1", now - timedelta(hours=hours))
        (age,) = alerts.ages(now)
        assert (age.source, age.state, age.age_s) == ("live", state, hours * 3600)


def test_a_unit_says_since_when_all_that_it_holds_is_the_newest(db: None, settings: Any, tmp_path: Path) -> None:
    with officers.being_a_unit(settings, tmp_path):
        assert "held" not in holding.told()
        now = datetime(2026, 5, 6, 7, 8, 9, 500_000, UTC)
        taken("access", now)
        taken("lists:alerts-csv", now - timedelta(minutes=5))
        said = status.read(holding.told())
        assert said["held"] == int((now - timedelta(minutes=5)).timestamp())


def test_a_plain_disk_is_told_as_plain(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lists").mkdir()
    base = tmp_path / "base"
    settings.XENIA_HOME = tmp_path
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(base))
    base.write_bytes(b"\x8f" * 4096)
    assert holding.store_of_machine() == "encrypted"
    (tmp_path / "lists" / "a-1.list").write_bytes(b"SQLite format 3\0" + bytes(100))
    assert holding.store_of_machine() == "plain"
    (tmp_path / "lists" / "a-1.list").unlink()
    base.write_bytes(b"SQLite format 3\0" + bytes(100))
    assert holding.store_of_machine() == "plain"


def erase(code: str, number: int, at: datetime) -> None:
    """As when records were taken out of a list: the entry about it."""
    row = ListVersion(source=ListSource.objects.get(pk=code), number=number, sha256="0" * 64, counts={"removed": 2})
    with writing():
        act = Act("system:lists", "UTO-BG", sources.PURPOSE, "", f"list:{code}", node())
        versions.note(kinds.RECORDS_ERASED, row, act)


def hold(unit: Unit, at: datetime | None, store: str = "encrypted") -> None:
    unit.told = {"store": store} | ({"held": int(at.timestamp())} if at else {})
    unit.save()


def test_the_centre_counts_units_that_hold_something_newer_than_an_erasure(centre: people.World) -> None:
    units = [officers.unit(centre, f"unit-{number}") for number in range(3)]
    before = clock.now()
    erase("lost-documents-csv", 4, before)
    now = clock.now()
    hold(units[0], now + timedelta(minutes=1))
    hold(units[1], before - timedelta(hours=3))
    hold(units[2], None)
    (one,) = erased.look(now)
    assert (one.source, one.records, one.gone, one.units) == ("lost-documents-csv", 2, 1, 3)
    assert [(each.unit.name, each.holds_of is None) for each in one.waiting] == [("unit-1", False), ("unit-2", True)]
    ListSource.objects.filter(pk="lost-documents-csv").update(at_units="none")
    (one,) = erased.look(now)
    assert (one.gone, one.units) == (0, 0)
    assert erased.look(now + timedelta(days=91)) == []


def test_a_file_of_keys_that_is_not_made_yet_is_nowhere(centre: people.World) -> None:
    unit = officers.unit(centre)
    erase("alerts-csv", 4, clock.now())
    later = clock.now() + timedelta(minutes=5)
    hold(unit, later)
    assert erased.look(clock.now())[0].gone == 0
    source = ListSource.objects.get(pk="alerts-csv")
    keys = KeyedList(
        source=source, number=3, made_of="", file="x", sha256="0" * 64, size_bytes=1, key_id="", signature=b"",
        rules_version=1, records=1, as_of=later, since=clock.now(),
    )  # fmt: skip
    keys.save()
    assert erased.look(clock.now())[0].gone == 0  # the one that is there still holds them
    keys.number = 4
    keys.save()
    assert erased.look(clock.now())[0].gone == 1
    keys.since = later
    keys.save()
    assert erased.look(clock.now())[0].gone == 0


def test_what_lies_over_a_list_that_is_not_whole_does_not_travel(centre: people.World) -> None:
    unit = officers.unit(centre)
    hold(unit, None)
    assert holding.not_whole(unit) == {"alerts-csv", "notices-csv", "notices-json", "notices-ofac", "notices-un-xml"}
    ListSource.objects.filter(pk="alerts-csv").update(at_units="whole")
    assert "alerts-csv" not in holding.not_whole(unit)
    hold(unit, None, "plain")
    assert "alerts-csv" in holding.not_whole(unit)
