"""A list that is being keyed: who has it whole searches it until its keys are there, unless names must go at once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import people
from tests.units import officers
from xenia.journal import clock
from xenia.registers.lists import actions
from xenia.registers.lists.models import ListVersion
from xenia.units.down import lists, taking
from xenia.units.down.manifest import Item, Manifest
from xenia.units.models import Taken, Unit


def in_use() -> ListVersion:
    now = clock.now()
    return ListVersion.objects.create(
        source_id="alerts-csv", number=1, state="current", file="x.list", sha256="0" * 64, size_bytes=1, key_id="",
        signature=b"", rules_version=1, records=1, as_of=now, loaded_at=now, loaded_by="test",
    )  # fmt: skip


def offered(unit: Unit) -> list[str]:
    return [item.name for item, _path in lists.offer(unit)]


def test_the_centre_lets_it_lie_for_an_hour_where_the_disk_is_encrypted(db: None) -> None:
    world = people.build()
    actions.install_sources(world.operator)
    unit = officers.unit(world)
    in_use()
    unit.told = {"store": "encrypted"}
    assert offered(unit) == ["keeping:alerts-csv"]
    lists._keying[unit.name, "alerts-csv"] -= lists.KEEPS_S
    assert offered(unit) == []
    lists._keying.clear()
    unit.told = {"store": "plain"}
    assert offered(unit) == []


@pytest.mark.parametrize(("item", "state"), [("keeping:alerts-csv", "current"), ("keeping:notices-csv", "superseded")])
def test_the_unit_keeps_what_it_has_and_nothing_else(
    db: None, settings: Any, tmp_path: Path, item: str, state: str
) -> None:
    actions.install_sources(people.build().operator)
    row = in_use()
    with officers.being_a_unit(settings, tmp_path):
        now = clock.now()
        Taken.objects.create(name="lists:alerts-csv", version="1", sha256="0" * 64, as_of=now, taken_at=now)
        said = Manifest("x", now, now + timedelta(hours=1), (Item(item, "", "e" * 64, 0),))
        assert taking.in_force(None, said) == 0  # type: ignore[arg-type]
    row.refresh_from_db()
    assert row.state == state
    assert Taken.objects.filter(name="lists:alerts-csv").exists() is (state == "current")
