"""What can be chosen from: asked of the warehouse once, kept in a file, and renewed while pages show what is known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from tests.insight import facts, worlds
from xenia.insight import declarations, members, prepared
from xenia.insight.warehouse import Warehouse

CROSSING = declarations.facts()["crossing"]
ALL = sum(one.offered and not one.grain for one in CROSSING.dimensions.values()) * members.MEASURES
FOR_ONE = 2 * members.MEASURES


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two breakdowns are offered: the others would only take time."""
    monkeypatch.setattr(members, "_offered", lambda fact: ["nationality", "sex"])


def asked(where: Warehouse) -> int:
    """How many questions left for the choices."""
    if not where.log.exists():
        return 0
    return sum(json.loads(line)["who"] == members.WHO for line in where.log.read_text().splitlines())


def old(where: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """More facts, and choices of long ago."""
    worlds.put(where, [worlds.fact("2026-03-01T10:00", nationality="NEW") for _ in range(40)], "more")
    monkeypatch.setattr(members, "UNUSED_S", -1.0)


def test_who_loads_the_page_at_the_same_time_waits_for_one_answer(tmp_path: Path) -> None:
    where = facts.warehouse(tmp_path)
    together = Barrier(3)

    def load() -> Mapping[str, list[str]]:
        together.wait()
        return members.known(where, CROSSING)

    with ThreadPoolExecutor(3) as pool:
        answers = [one.result() for one in [pool.submit(load) for _ in range(3)]]
    assert answers[0]["sex"] == ["F", "M"] and answers[0] == answers[1] == answers[2]
    assert asked(where) == ALL
    (path,) = (where.folder / "prepared").glob("choices-*")
    assert path.stat().st_mode & 0o077 == 0
    assert members.known(Warehouse(where.folder), CROSSING) == answers[0] and asked(where) == ALL


@pytest.mark.usefixtures("few")
def test_a_page_shows_what_is_known_and_the_worker_renews_it(tmp_path: Path, monkeypatch) -> None:
    where = facts.warehouse(tmp_path)
    assert members.renew_old(where) == 1 and asked(where) == FOR_ONE  # before anybody came
    first = members.known(where, CROSSING)
    assert members.renew_old(where) == 0
    old(where, monkeypatch)
    assert members.known(where, CROSSING) == first and asked(where) == FOR_ONE
    assert members.renew_old(where) == 1 and asked(where) == 2 * FOR_ONE
    assert "NEW" in members.known(where, CROSSING)["nationality"] and "NEW" not in first["nationality"]
    assert members.renew_old(where) == 0 and asked(where) == 2 * FOR_ONE  # old again, but of the same files


@pytest.mark.usefixtures("few")
def test_choices_that_nobody_looks_at_are_renewed_less_often(tmp_path: Path, monkeypatch) -> None:
    where = facts.warehouse(tmp_path)
    members.renew_old(where)
    old(where, monkeypatch)
    monkeypatch.setattr(members, "UNUSED_S", 1e9)
    monkeypatch.setattr(members, "KEPT_S", -1.0)
    assert members.renew_old(where) == 0
    told = prepared.choices(where, "crossing")
    assert told is not None
    prepared.keep_choices(where, "crossing", {**told, "at": told["at"] - 60}, prepared.since(where))
    members.known(where, CROSSING)
    assert members.renew_old(where) == 1


@pytest.mark.usefixtures("few")
def test_after_a_forgetting_nothing_is_offered_that_was_asked_before(tmp_path: Path) -> None:
    where = facts.warehouse(tmp_path)
    first = members.known(where, CROSSING)
    path = where.folder / "prepared" / "choices-crossing.json"
    before = path.read_bytes()
    prepared.forget(where)
    assert not path.exists()
    prepared.since(where)
    path.write_bytes(before)  # as one that was slow leaves it
    assert prepared.choices(where, "crossing") is None
    begun = prepared.since(where)
    prepared.forget(where)
    prepared.keep_choices(where, "crossing", json.loads(before), begun)
    assert prepared.choices(where, "crossing") is None and not path.exists()
    assert members.known(where, CROSSING) == first and asked(where) == 2 * FOR_ONE


@pytest.mark.usefixtures("few")
def test_while_many_are_forgotten_the_worker_asks_now_and_then(tmp_path: Path, monkeypatch) -> None:
    where = facts.warehouse(tmp_path)
    assert members.renew_old(where) == 1
    prepared.forget(where)
    assert members.renew_old(where) == 0
    monkeypatch.setattr(members, "AGAIN_S", -1.0)
    assert members.renew_old(where) == 1


@pytest.mark.usefixtures("few")
def test_a_member_that_is_gone_and_one_of_which_nothing_is_shown_are_not_offered(tmp_path: Path) -> None:
    rows = [worlds.fact("2026-03-01T10:00", nationality="ARC", record=n) for n in range(40)]
    where = worlds.warehouse(tmp_path, [*rows, worlds.fact("2026-03-01T10:00", nationality="ZEM", record=9)])
    offered = members.known(where, CROSSING)["nationality"]
    assert "ARC" in offered
    worlds.put(where, [worlds.fact("2026-03-02T10:00", nationality="MOL", record=n) for n in range(40)], "taken back")
    members.renew(where, CROSSING)
    assert "MOL" in members.known(where, CROSSING)["nationality"]
    with where.alone():
        prepared.forget(where)
        where.swap([one for one in where.known() if one.name != "taken back.parquet"], where.tail())
    assert members.known(where, CROSSING)["nationality"] == offered


@pytest.mark.usefixtures("few")
def test_choices_of_another_declaration_or_that_cannot_be_read_are_asked_anew(tmp_path: Path) -> None:
    where = facts.warehouse(tmp_path)
    first = members.known(where, CROSSING)
    path = where.folder / "prepared" / "choices-crossing.json"
    for number, broken in enumerate((b"", b"[]", path.read_bytes().replace(b'"about": "', b'"about": "other'))):
        path.write_bytes(broken)
        assert members.known(where, CROSSING) == first and asked(where) == (number + 2) * FOR_ONE
