"""What is wrong with an installation is said, with what to do."""

import json
import os
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError

from xenia.errors import Unavailable
from xenia.journal import actions, sealer
from xenia.journal.act import Act
from xenia.journal.models import Entry
from xenia.site.keeping import backup, doctor, kinds, looks, record

NOW = datetime.now(UTC)
ACT = Act("system:test", "UTO", "operation", "", "set-up", "hq")


def found(home, look, now=None):
    return list(doctor.examine(home, [("it", look)], now))


def entry():
    with actions.writing():
        return actions.append(kinds.BACKED_UP, {"what": "test"}, ACT)


@pytest.mark.django_db
def test_a_well_installation_is_ok(home):
    entry()
    sealer.seal_now()
    seen = {one.subject: one for one in doctor.examine(home, looks.ALL)}
    assert {
        "database",
        "clock",
        "disk",
        "fsync",
        "rights",
        "signing-key",
        "seals",
        "retention",
        "backup",
        "leftovers",
    } <= set(seen)
    assert [one for one in seen.values() if one.status == doctor.STOP and one.subject not in ("disk", "database")] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("shift", "status"), [(timedelta(hours=-1), "stop"), (timedelta(days=40), "look"), (timedelta(0), "ok")]
)
def test_the_clock_is_compared_with_the_journal(home, shift, status):
    entry()
    (one,) = found(home, doctor.clock, datetime.now(UTC) + shift)
    assert one.status == status and bool(one.what_to_do) == (status != "ok")


@pytest.mark.django_db
@pytest.mark.parametrize(("age", "status"), [(0, "ok"), (60, "look"), (3600, "stop")])
def test_entries_that_wait_for_their_seal(home, age, status):
    sealer.seal_now()
    entry()
    (one,) = found(home, doctor.seals, datetime.now(UTC) + timedelta(seconds=age))
    assert (one.status, one.figures["pending"]) == (status, 1)
    assert Entry.objects.filter(position__isnull=True).count() == 1


def test_keys_that_others_may_read(tmp_path):
    (tmp_path / "keys").mkdir(mode=0o700)
    key = tmp_path / "keys" / "journal.key"
    key.touch(mode=0o600)
    assert found(tmp_path, doctor.rights)[0].status == "ok"
    key.chmod(0o640)
    (one,) = found(tmp_path, doctor.rights)
    assert one.status == "stop" and "journal.key" in one.message and "chmod" in one.what_to_do


def test_a_home_that_others_may_read(tmp_path):
    tmp_path.chmod(0o755)
    (one,) = found(tmp_path, doctor.rights)
    assert one.status == "stop" and tmp_path.name in one.message and "chmod" in one.what_to_do


def test_a_full_disk(tmp_path, monkeypatch):
    usage = doctor.shutil.disk_usage(tmp_path)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: usage._replace(free=100_000_000))
    assert found(tmp_path, doctor.disk)[0].status == "stop"


def test_a_slow_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "fsync_ms", lambda folder: [80.0, 90.0])
    assert found(tmp_path, doctor.disk)[1].status == "look"


def test_fsync_leaves_no_file(tmp_path):
    assert all(time > 0 for time in doctor.fsync_ms(tmp_path, rounds=2))
    assert not list(tmp_path.iterdir())


def test_the_age_of_the_backup(tmp_path):
    assert found(tmp_path, doctor.backups)[0].status == "look"
    made = backup.Made(tmp_path / "x", 1, "ab", 1, 1, NOW, True)
    record.note(tmp_path, made)
    assert found(tmp_path, doctor.backups, NOW + timedelta(hours=25))[0].status == "ok"
    assert found(tmp_path, doctor.backups, NOW + timedelta(hours=27))[0].status == "look"
    (tmp_path / record.NAME).write_text("{")
    assert found(tmp_path, doctor.backups)[0].status == "look"


def test_what_an_interruption_left(tmp_path):
    part = tmp_path / "lists" / "x.part"
    part.parent.mkdir()
    part.touch()
    assert found(tmp_path, doctor.leftovers, NOW + timedelta(hours=2))[0].status == "look"
    os.utime(part)
    assert found(tmp_path, doctor.leftovers, datetime.now(UTC))[0].status == "ok"
    (tmp_path / ".restoring").mkdir()
    assert found(tmp_path, doctor.leftovers)[0].status == "stop"


@pytest.mark.parametrize(
    "error",
    [
        Unavailable("The token is not there.", "Plug it in.", code="token"),
        OperationalError("secret host"),
        OSError(5, "I/O"),
    ],
)
def test_what_cannot_be_looked_at_is_a_stop_and_not_the_end(tmp_path, error):
    def broken(patient):
        raise error

    seen = list(doctor.examine(tmp_path, [("broken", broken), ("rights", doctor.rights)]))
    assert [one.subject for one in seen] == ["broken", "rights"]
    assert seen[0].status == "stop" and "secret" not in seen[0].message


def test_doctor_from_the_command_line(run_xenia, tmp_path):
    run_xenia("setup")
    done = run_xenia("doctor")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(line["schema"] == "xenia/doctor/1" for line in lines)
    stops = [line for line in lines if line["status"] == "stop"]
    assert done.returncode == int(bool(stops)), done.stderr
    (tmp_path / "home" / "keys" / "master.secret").chmod(0o644)
    assert run_xenia("doctor").returncode == 1


def test_doctor_speaks_even_where_the_database_is_broken(run_xenia, tmp_path):
    run_xenia("setup")
    for path in (tmp_path / "home").glob("xenia.sqlite3*"):
        path.unlink()
    (tmp_path / "home" / "xenia.sqlite3").write_bytes(b"this is no database" * 1000)
    done = run_xenia("doctor")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert {line["subject"]: line["status"] for line in lines}["database"] == "stop"
    assert {"disk", "rights"} <= {line["subject"] for line in lines}
