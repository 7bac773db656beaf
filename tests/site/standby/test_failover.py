"""The first server is lost in the middle of a stream of entries: what it acknowledged is at the second, and it stays deposed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.site.standby.servers import NODES, UNIT, Process, Server, follow, two, until
from xenia.site.soak.network import databases

pytestmark = pytest.mark.skipif(databases.programs() is None, reason="PostgreSQL with pg_rewind is not installed")
WAITS = "The second server does not follow, so nothing is recorded now."
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


def _secrets(server: Server) -> dict[str, Any]:
    """Those of statistics: of the noise, and of the years that were counted."""
    said = server.do("tests.insight.telling_secrets")
    return {"noise": said["noise"], "years": said["years"]}


def _shows(server: Server, told: dict[str, Any]) -> list[str]:
    """Files of this server's home and database that hold one of them."""
    wanted = [bytes.fromhex(one) for one in (told["noise"], *told["years"].values())]
    files = [one for folder in (server.home, server.database.folder) for one in folder.rglob("*") if one.is_file()]
    return [one.name for one in files if any(secret in one.read_bytes() for secret in wanted)]


def _at_work(unit: Process) -> None:
    """Somebody is admitted every now and then, and it goes up."""
    seen = len(_seen(unit)) if (unit.home / "admitted.log").exists() else 0
    (unit.home / "enough").unlink(missing_ok=True)
    if unit.process is None:
        unit.start(NODES, "unit", "0.05", "0")
    until(lambda: (unit.home / "admitted.log").exists() and len(_seen(unit)) > seen + 3, unit.log)
    until(lambda: _acknowledged(unit) > 40, unit.log)


def test_a_first_without_its_second_waits_until_a_person_says_alone(pair: tuple[Server, Server, Process]) -> None:
    one, two, unit = pair
    _at_work(unit)
    two.database.kill()  # the second is away
    until(lambda: one.refuses(WAITS), one.log)
    held, seen = _held(one), len(_seen(unit))
    until(lambda: len(_seen(unit)) > seen + 3, unit.log)  # the unit works on, and keeps what it has
    assert _held(one) == held and _acknowledged(unit) <= held[0]
    assert _behind(unit) > 0
    status = one.do("xenia", "standby", "status", fails=True)
    assert status["why"] == "not-followed" and any("Nobody follows" in said for said in status["would_lose"])

    assert "No reason" in one.do("xenia", "standby", "alone", "no", fails=True)["stderr"]
    assert one.refuses(WAITS)
    one.do("xenia", "standby", "alone", "The second is being repaired.")
    until(one.serves, one.log)
    (unit.home / "enough").touch()
    _all_is_at(one, unit)
    assert _held(one)[0] > held[0]
    (alone,) = one.database.ask("SELECT count(*) FROM journal_entry WHERE kind = 'standby.alone'")
    assert alone == (1,)
    assert any("alone" in said for said in one.do("xenia", "standby", "status", fails=True)["would_lose"])

    two.database.start()  # it is back, and follows as before
    until(lambda: two.refuses("standby"), two.log)
    one.do("xenia", "standby", "together")
    assert one.do("xenia", "standby", "status")["together"] and one.serves()


def test_a_lost_server_loses_nothing_and_stays_deposed(pair: tuple[Server, Server, Process]) -> None:
    one, two, unit = pair
    _at_work(unit)
    assert two.do("xenia", "standby", "files")["missing"] == 0  # also keys that were made since
    status = one.do("xenia", "standby", "status")
    assert status["together"] and status["followers"][0]["sync_state"] == "sync"
    assert two.refuses("standby")

    until(lambda: _secrets(one)["years"], one.log)
    secrets = _secrets(one)

    one.database.kill()
    one.kill()
    acknowledged, seen = _acknowledged(unit), len(_seen(unit))
    assert "risk" not in two.do("xenia", "standby", "promote", fails=True)  # it names the risk, and asks for the word
    promoted = two.do("xenia", "standby", "promote", "--first-is-gone")
    assert (promoted["generation"], promoted["timeline"], promoted["missing"]) == (2, 2, 0)
    assert _held(two)[0] >= acknowledged  # before the unit has sent anything again
    assert _secrets(two) == secrets and _shows(two, secrets) == []
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
