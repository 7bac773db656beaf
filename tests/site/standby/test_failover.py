"""The first server is lost in the middle of a stream of entries: what it acknowledged is at the second, and it stays deposed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest

from tests.site.standby.servers import NODES, UNIT, Process, Server, follow, two, until
from xenia.site.soak.network import databases

pytestmark = pytest.mark.skipif(databases.programs() is None, reason="PostgreSQL with pg_rewind is not installed")
LEAVES = "SELECT hash FROM journal_leaf WHERE node = %s ORDER BY position"


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Server, Server, Process]]:
    with two() as made:
        yield made


def _acknowledged(unit: Process) -> int:
    return int(unit.told()["acknowledged"])


def _held(server: Server) -> tuple[int, str]:
    """How many entries of the unit this server's database holds, and a hash over their leaves."""
    leaves = [bytes(leaf) for (leaf,) in server.database.ask(LEAVES, UNIT)]
    return len(leaves), hashlib.sha256(b"".join(leaves)).hexdigest()


def _seen(unit: Process) -> list[str]:
    lines = (unit.home / "admitted.log").read_text(encoding="ascii").splitlines()
    return [one for one in lines if len(one) == 36]


def _behind(unit: Process) -> int:
    said = unit.told()
    return int(said["sealed"] + said["pending"] - said["acknowledged"])


def _all_is_at(server: Server, unit: Process) -> None:
    """Everything that the unit wrote and that an officer saw done is there, once."""
    before = len(_seen(unit))
    until(lambda: unit.told()["crossings"] >= before and not _behind(unit), unit.log)
    said = unit.told()
    assert _held(server) == (said["sealed"], said["leaves"])
    there = [str(row[0]) for row in server.database.ask("SELECT check_id FROM frontier_crossing")]
    assert sorted(there) == sorted(_seen(unit))
    assert server.database.ask("SELECT state, trouble FROM units_unit") == [("active", "")]


def test_a_lost_server_loses_nothing_and_stays_deposed(pair: tuple[Server, Server, Process]) -> None:
    one, two, unit = pair
    unit.start(NODES, "unit", "0.05", "0")
    until(lambda: (unit.home / "admitted.log").exists() and len(_seen(unit)) > 3, unit.log)
    until(lambda: _acknowledged(unit) > 40, unit.log)
    assert two.do("xenia", "standby", "files")["missing"] == 0  # also keys that were made since
    status = one.do("xenia", "standby", "status")
    assert status["together"] and status["followers"][0]["sync_state"] == "sync"
    assert two.refuses("standby")

    one.database.kill()
    one.kill()
    acknowledged, seen = _acknowledged(unit), len(_seen(unit))
    assert "risk" not in two.do("xenia", "standby", "promote", fails=True)  # it names the risk, and asks for the word
    promoted = two.do("xenia", "standby", "promote", "--first-is-gone")
    assert (promoted["generation"], promoted["timeline"], promoted["missing"]) == (2, 2, 0)
    assert _held(two)[0] >= acknowledged  # before the unit has sent anything again
    until(two.serves, two.log)
    until(lambda: len(_seen(unit)) > seen and _acknowledged(unit) > acknowledged + 20, unit.log)
    (unit.home / "enough").touch()
    _all_is_at(two, unit)
    assert '"generation": 2' in (unit.home / "centre.json").read_text()

    before = _held(two)[0]
    one.database.start()  # the dead come back, as they were: they would be the first
    one.serve()
    until(lambda: one.refuses("replaced"), one.log)
    assert '"generation": 2' in (one.home / "standby.json").read_text()
    status = one.do("xenia", "standby", "status", fails=True)
    assert status["why"] == "replaced"
    assert _held(one)[0] <= before and two.serves()


def test_the_old_first_follows_and_takes_its_place_back_as_planned(pair: tuple[Server, Server, Process]) -> None:
    one, two, unit = pair
    one.database.stop()
    follow(one, two)
    until(lambda: one.refuses("standby"), one.log)
    status = two.do("xenia", "standby", "status", fails=True)
    assert "alone" in status["would_lose"][0]
    two.do("xenia", "standby", "together")
    assert two.do("xenia", "standby", "status")["would_lose"] == []
    (unit.home / "enough").unlink()
    until(lambda: one.do("xenia", "standby", "files")["missing"] == 0, one.log)
    switched = one.do("xenia", "standby", "switch")
    assert (switched["generation"], switched["timeline"], switched["missing"]) == (3, 3, 0)
    until(one.serves, one.log)
    until(lambda: two.refuses("replaced"), two.log)
    seen = len(_seen(unit))
    until(lambda: len(_seen(unit)) > seen + 2, unit.log)
    (unit.home / "enough").touch()
    _all_is_at(one, unit)
    assert one.do("xenia", "journal", "verify")["whole"]
