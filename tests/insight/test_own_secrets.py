"""Secrets of statistics: kept as data keys are, on no disk in the clear, and gone for good when a year is over."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.insight.tailing import world
from tests.insight.tailing.conftest import warehouse_home
from xenia.identity import actions as identity
from xenia.identity.claim import Claimed, Name
from xenia.insight import own_secrets
from xenia.insight.making import persons
from xenia.insight.tailing import following, rebuilding
from xenia.insight.tailing.models import YearOver
from xenia.journal import clock, data_keys, forgetting_part
from xenia.journal.actions import writing
from xenia.journal.ids import uuid7
from xenia.journal.models import DataKey as Kept
from xenia.site.keeping import restore, sealing
from xenia.site.keeping.archive import members
from xenia.site.standby import copying
from xenia.units import stored
from xenia.units.protocol.shape import DataKey

__all__ = ["warehouse_home"]
PLAIN = {"insight.key": b"n" * 32, "insight/person-2025.key": b"p" * 32, "insight/person-2026.key": b"q" * 32}
OVER = date(2027, 4, 1)


class Killed(BaseException):
    """As if the process ended here."""


def _older_version(home: Path) -> None:
    """What a version left that kept plain files."""
    (home / "insight").mkdir(mode=0o700, exist_ok=True)
    for name, secret in PLAIN.items():
        (home / name).write_bytes(secret)


def _plain(home: Path) -> list[str]:
    return sorted(name for name in PLAIN if (home / name).exists())


def _image(home: Path) -> Iterator[bytes]:
    """What the second server gets: the files that it fetches, its keys, and the rows of the database."""
    for one in copying.here():
        yield copying.opened(one.name).read_bytes()
    for row in Kept.objects.all():
        yield bytes(row.wrapped)
    yield copying.sealed_keys("the secret of the pair")


def _shown(image: Iterator[bytes], found: tuple[bytes, ...]) -> int:
    return sum(secret in data for data in image for secret in found)


def test_a_secret_is_made_once_and_wrapped(warehouse_home: Path) -> None:
    first, noise = own_secrets.of_year(2026), own_secrets.noise()
    assert first is not None and len(first) == len(noise) == 32 and first != noise
    own_secrets.forget()
    assert (own_secrets.of_year(2026), own_secrets.noise()) == (first, noise)
    assert own_secrets.years() == [2026] and Kept.objects.filter(subject=data_keys.OWN).count() == 2
    assert _shown(_image(warehouse_home), (first, noise)) == 0
    assert not list(warehouse_home.rglob("*.key"))


def test_a_secret_of_a_transaction_that_came_to_nothing_is_not_remembered(warehouse_home: Path) -> None:
    with pytest.raises(Killed), writing():
        lost = own_secrets.of_year(2026)
        raise Killed
    kept = own_secrets.of_year(2026)
    assert lost != kept
    own_secrets.forget()
    assert own_secrets.of_year(2026) == kept


def test_plain_files_of_an_older_version_are_taken_over_at_first_use(warehouse_home: Path) -> None:
    _older_version(warehouse_home)
    assert _shown(_image(warehouse_home), tuple(PLAIN.values())) == 3  # the test can see them
    assert own_secrets.of_year(2025) == b"p" * 32
    assert _plain(warehouse_home) == []
    assert (own_secrets.noise(), own_secrets.of_year(2026)) == (b"n" * 32, b"q" * 32)
    assert _shown(_image(warehouse_home), tuple(PLAIN.values())) == 0


@pytest.mark.parametrize("where", ["keep_own", "_removed"])
def test_whoever_is_killed_while_taking_over_loses_nothing(
    warehouse_home: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    _older_version(warehouse_home)
    owner = data_keys if where == "keep_own" else own_secrets
    original = getattr(owner, where)

    def killed(*given: object) -> None:
        if where == "keep_own":
            original(*given)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(owner, where, killed)
        with pytest.raises(Killed):
            own_secrets.settle()
    assert _plain(warehouse_home) == sorted(PLAIN)
    own_secrets.settle()
    assert _plain(warehouse_home) == []
    assert (own_secrets.noise(), own_secrets.of_year(2025)) == (b"n" * 32, b"p" * 32)


def _ended(home: Path) -> tuple[bytes, list[dict[str, object]]]:
    """2025 is over; the secret that it had, and the rows that an older database holds of it."""
    world.cross(datetime(2025, 5, 1, tzinfo=UTC))
    world.follow()
    secret = own_secrets.of_year(2025)
    before = list(Kept.objects.filter(subject=data_keys.OWN).values())
    assert secret is not None and rebuilding.destroy_secrets(world.ACT, OVER) == [2025]
    return secret, before


def test_a_secret_that_was_destroyed_is_gone_everywhere(warehouse_home: Path) -> None:
    _ended(warehouse_home)
    assert own_secrets.years() == [] and persons.key(2025, "somebody") is None
    assert not Kept.objects.filter(subject=data_keys.OWN, purpose__startswith=own_secrets.YEAR).exists()
    names = [one.name for one in copying.here()]
    assert "insight/person-2025.destroyed" in names and not any(name.endswith(".key") for name in names)


@pytest.mark.parametrize("left", ["mark", "row"])
def test_a_year_that_is_over_stays_over_where_the_database_or_the_home_is_older(
    warehouse_home: Path, left: str
) -> None:
    """A second server whose files lag, and an older database put in place of this one."""
    secret, before = _ended(warehouse_home)
    mark = warehouse_home / "insight" / "person-2025.destroyed"
    if left == "row":
        mark.unlink()
    else:
        YearOver.objects.all().delete()
        Kept.objects.filter(subject=data_keys.OWN).delete()
        Kept.objects.bulk_create(Kept(**one) for one in before)
        (warehouse_home / "insight" / "person-2025.key").write_bytes(secret)
    assert persons.key(2025, "somebody") is None  # at once, and for good after
    own_secrets.settle()
    assert mark.exists() and YearOver.objects.get().year == 2025 and own_secrets.years() == []
    assert not (warehouse_home / "insight" / "person-2025.key").exists()


def test_a_year_that_ends_while_its_secret_is_wanted_gets_none(
    warehouse_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ends() -> None:
        with writing():
            own_secrets.destroy(2025, 0)

    monkeypatch.setattr(own_secrets, "settle", ends)
    assert own_secrets.of_year(2025) is None and own_secrets.years() == []


def test_a_mark_that_a_power_cut_left_empty_stops_nothing(warehouse_home: Path) -> None:
    """Older versions wrote it so; the secret lay beside it still."""
    world.cross(datetime(2025, 5, 1, tzinfo=UTC))
    _older_version(warehouse_home)
    mark = warehouse_home / "insight" / "person-2025.destroyed"
    mark.touch()
    assert persons.key(2025, "somebody") is None
    own_secrets.settle()
    assert json.loads(mark.read_text()) == {"position": following.sealed()} and _plain(warehouse_home) == []
    assert own_secrets.ended() == {2025: following.sealed()} and own_secrets.years() == [2026]


def test_forgetting_a_person_whom_a_unit_called_by_their_subject_destroys_none(warehouse_home: Path) -> None:
    """Whoever holds a unit's key chooses the ids of its persons, and they are forgotten some day."""
    kept = (own_secrets.noise(), own_secrets.of_year(2026))
    claim, act = Claimed((Name(surname="Doe", given_names="Jo"),)), replace(world.ACT, origin="unit-1/UTO-AP1")
    with writing():
        identity.write(data_keys.OWN, claim, act, source="mrz", now=clock.now(), delete_on=OVER)
    with writing():
        assert forgetting_part.PART.erase([data_keys.OWN], world.ACT)
        data_keys.destroy([data_keys.OWN])
    own_secrets.forget()
    assert (own_secrets.noise(), own_secrets.of_year(2026)) == kept


def test_restoring_in_place_brings_no_destroyed_secret_back(tmp_path: Path) -> None:
    standing, fresh = tmp_path / "standing", tmp_path / "fresh"
    for home in (standing, fresh):
        (home / "insight").mkdir(parents=True)
    (fresh / "insight" / "person-2025.key").write_bytes(b"p" * 32)
    (fresh / "insight" / "person-2026.key").write_bytes(b"q" * 32)
    (standing / "insight" / "person-2025.destroyed").write_text(json.dumps({"position": 7}))
    restore._still_gone(standing, fresh)
    assert sorted(one.name for one in (fresh / "insight").iterdir()) == ["person-2025.destroyed", "person-2026.key"]


SAY = "import django; django.setup(); from xenia.insight import own_secrets as own; "
DIE = "import os; own._removed = lambda path: os.kill(os.getpid(), 9); own.settle()"
TELL = "print(own.noise().hex(), own.of_year(2026).hex(), own.years())"


def _python(home: Path, said: str, project: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XENIA_", "DJANGO_"))}
    more = {"XENIA_HOME": str(home), "DJANGO_SETTINGS_MODULE": "xenia.site.settings", "PYTHONPATH": f"{project}/src"}
    return subprocess.run(
        [sys.executable, "-c", SAY + said], env={**kept, **more}, capture_output=True, text=True, check=False
    )


def test_a_backup_holds_none_and_brings_them_back(
    run_xenia: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, project: Path
) -> None:
    """Killed with SIGKILL while taking over, then backed up: the copy holds no secret's bytes, and what is restored has them."""
    assert run_xenia("setup").returncode == 0
    home = tmp_path / "home"
    _older_version(home)
    assert _python(home, DIE, project).returncode == -9 and _plain(home) == sorted(PLAIN)
    assert run_xenia("backup", "one.backup", "--without-data-keys").returncode == 0
    assert run_xenia("backup", "keys.backup", "--data-keys-only").returncode == 0
    key = sealing.read_key_file(home / "keys" / "backup.key")
    seen = 0
    for name in ("one.backup", "keys.backup"):
        with (tmp_path / name).open("rb") as file:
            for member in members(file, key):
                data = b"".join(member.pieces)
                seen += 1
                assert not any(secret in data or secret.hex().encode() in data for secret in PLAIN.values()), name
    assert seen > 5
    (tmp_path / "kept.key").write_bytes((home / "keys" / "backup.key").read_bytes())
    other = tmp_path / "other"
    restored = run_xenia(
        "restore", "one.backup", "--into", str(other), "--data-keys", "keys.backup", "--key", "kept.key"
    )
    assert restored.returncode == 0, restored.stderr
    told = _python(other, TELL, project)
    assert told.stdout.split(maxsplit=2) == [(b"n" * 32).hex(), (b"q" * 32).hex(), "[2025, 2026]\n"], told.stderr


def _undone(home: Path) -> None:
    """The database as it was before the table of years that are over."""
    with closing(sqlite3.connect(home / "xenia.sqlite3")) as link, link:
        link.execute("DROP TABLE tailing_yearover")
        link.execute("DELETE FROM django_migrations WHERE app = 'tailing' AND name = '0002_year_over'")


def test_an_installation_of_an_older_version_keeps_its_secrets(
    run_xenia: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, project: Path
) -> None:
    """The new version is asked for a backup first: it brings the database up to date, takes the files over, and then copies."""
    assert run_xenia("setup").returncode == 0
    home = tmp_path / "home"
    _older_version(home)
    (home / "insight" / "person-2024.destroyed").write_text(json.dumps({"position": 0}))
    _undone(home)
    done = run_xenia("backup", "one.backup")
    assert done.returncode == 0 and _plain(home) == [], done.stderr
    told = _python(home, TELL, project)
    assert told.stdout.split(maxsplit=2) == [(b"n" * 32).hex(), (b"q" * 32).hex(), "[2025, 2026]\n"], told.stderr
    ended = _python(home, "print(own.of_year(2024), own.ended())", project)
    assert (ended.stdout, _plain(home)) == ("None {2024: 0}\n", []), ended.stderr


@pytest.mark.django_db
def test_a_unit_cannot_bring_the_secret_of_a_year_to_come() -> None:
    purpose, own = f"{own_secrets.YEAR}2031", uuid7()
    now = datetime.now(UTC)
    brought = [DataKey(uuid7(), subject, purpose, now, b"k" * 32) for subject in (data_keys.OWN, own)]
    with writing():
        assert stored.keep_keys("unit-1", brought) == {brought[0].id}
    assert [one.subject for one in Kept.objects.filter(purpose=purpose)] == [own]
