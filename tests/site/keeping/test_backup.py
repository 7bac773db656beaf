"""A backup sets up a fresh machine; a damaged one sets up nothing."""

import errno
import io
import json
import os
import random
import sqlite3
import subprocess
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from xenia.errors import BadInput, Conflict, Unavailable
from xenia.site.keeping import backup, restore, sealing, snapshot
from xenia.site.keeping.archive import members

KEY = sealing.Key(sealing.RAW, bytes(32))


def silent(text):
    pass


@pytest.fixture
def home(tmp_path):
    """A home with a small database, keys, a list file and things that don't belong into a backup."""
    home = tmp_path / "home"
    for folder in ("keys", "lists", "blobs/aa/bb", "run", "static", "backups"):
        (home / folder).mkdir(parents=True, mode=0o700)
    with closing(sqlite3.connect(home / "xenia.sqlite3")) as link:
        link.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA secure_delete=ON; CREATE TABLE one (a TEXT); CREATE TABLE journal_datakey (id TEXT PRIMARY KEY, subject TEXT, purpose TEXT, wrapped BLOB, made_at TEXT);"
        )
        link.executemany("INSERT INTO one VALUES (?)", [(f"row {n}",) for n in range(5000)])
        link.execute("INSERT INTO journal_datakey VALUES ('k1', 's1', 'identity', x'DEADBEEF', '2026-01-01 00:00:00')")
        link.commit()
    (home / "keys" / "journal.key").write_text("secret")
    (home / "keys" / "journal.key").chmod(0o600)
    (home / "lists" / "a.sqlite3").write_bytes(random.Random(1).randbytes(700_000))
    (home / "blobs" / "aa" / "bb" / "blob").write_bytes(b"blob")
    for name in ("run/x.sock.txt", "static/look.css", "backups/old.backup", "lists/b.part", "serving.lock"):
        (home / name).write_text("not for the backup")
    return home


@pytest.fixture
def source(home):
    return backup.Source(home, {"ENGINE": "django.db.backends.sqlite3", "NAME": str(home / "xenia.sqlite3")})


@pytest.fixture
def made(source, tmp_path):
    return backup.back_up(source, tmp_path / "x.backup", KEY, say=silent)


@pytest.fixture
def proved(monkeypatch):
    """The journal of these invented homes is no journal; its check has tests of its own below."""
    monkeypatch.setattr(restore, "_verified", lambda home, url, about, words=None: {"whole": True})


def test_a_fresh_folder_gets_everything_back(made, home, tmp_path, proved):
    target = tmp_path / "fresh"
    done = restore.restore(made.path, restore.Target(target), KEY, say=silent)
    assert done.rows == 5001 and done.files == 4
    assert snapshot.sqlite_rows(target / "xenia.sqlite3") == {"one": 5000, "journal_datakey": 1}
    names = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert names == {"xenia.sqlite3", "keys/journal.key", "lists/a.sqlite3", "blobs/aa/bb/blob"}
    assert (target / "lists" / "a.sqlite3").read_bytes() == (home / "lists" / "a.sqlite3").read_bytes()
    assert (target / "keys" / "journal.key").stat().st_mode & 0o077 == 0
    assert not (home / "spare").exists() or not any((home / "spare").iterdir())


def test_the_backup_shows_nothing_and_is_the_owners_only(made):
    data = made.path.read_bytes()
    assert b"row 1" not in data and b"secret" not in data and b"xenia.sqlite3" not in data
    assert made.path.stat().st_mode & 0o077 == 0


def test_it_is_made_while_somebody_writes(source, home, tmp_path, proved):
    with closing(sqlite3.connect(home / "xenia.sqlite3", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO one VALUES ('not committed')")
        made = backup.back_up(source, tmp_path / "x.backup", KEY, say=silent)
        writer.execute("COMMIT")
    done = restore.restore(made.path, restore.Target(tmp_path / "fresh"), KEY, say=silent)
    assert done.rows == 5001


def test_a_home_with_data_is_not_overwritten(made, home, tmp_path, proved):
    with pytest.raises(Conflict) as caught:
        restore.restore(made.path, restore.Target(home), KEY, say=silent)
    assert caught.value.code == "home-in-use"
    (home / "lists" / "a.sqlite3").write_bytes(b"changed")
    done = restore.restore(made.path, restore.Target(home), KEY, say=silent, replace=True)
    assert done.moved_aside is not None and (done.moved_aside / "lists" / "a.sqlite3").read_bytes() == b"changed"
    assert (home / "lists" / "a.sqlite3").stat().st_size == 700_000


def test_a_home_that_holds_fresh_keys_only_counts_as_empty(made, tmp_path, proved):
    target = tmp_path / "fresh"
    (target / "keys").mkdir(parents=True)
    (target / "keys" / "secret.key").write_text("made by looking")
    restore.restore(made.path, restore.Target(target), KEY, say=silent)
    assert sorted(path.name for path in (target / "keys").iterdir()) == ["journal.key"]
    assert not list(target.glob("replaced-*"))


def test_every_damage_is_named_and_leaves_nothing(made, tmp_path, proved):
    whole, picks, target = made.path.read_bytes(), random.Random(7), tmp_path / "fresh"
    for _ in range(25):
        data = bytearray(whole)
        if picks.random() < 0.5:
            data = data[: picks.randrange(len(data))]
        else:
            data[picks.randrange(len(data))] ^= 1 << picks.randrange(8)
        made.path.write_bytes(data)
        with pytest.raises(BadInput) as caught:
            restore.restore(made.path, restore.Target(target), KEY, say=silent)
        assert caught.value.code in ("backup-damaged", "backup-unknown", "backup-key")
        assert not target.exists()


def test_damage_leaves_a_standing_home_as_it_was(made, home, proved):
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()}
    made.path.write_bytes(made.path.read_bytes()[:-10])
    with pytest.raises(BadInput):
        restore.restore(made.path, restore.Target(home), KEY, say=silent, replace=True)
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()} == before


def test_rows_that_do_not_fit_restore_nothing(made, tmp_path, proved, monkeypatch):
    monkeypatch.setattr(snapshot, "sqlite_rows", lambda path: {"one": 4999, "journal_datakey": 1})
    with pytest.raises(Unavailable, match="one has 4999"):
        restore.restore(made.path, restore.Target(tmp_path / "fresh"), KEY, say=silent)
    assert not (tmp_path / "fresh").exists()


def test_a_journal_that_does_not_verify_restores_nothing(made, tmp_path):
    with pytest.raises(Unavailable) as caught:
        restore.restore(made.path, restore.Target(tmp_path / "fresh"), KEY, say=silent)
    assert caught.value.code == "restore-failed"
    assert not (tmp_path / "fresh").exists()


def test_a_backup_never_overwrites_a_file(made, source):
    with pytest.raises(Conflict) as caught:
        backup.back_up(source, made.path, KEY, say=silent)
    assert caught.value.code == "file-exists"


def test_a_full_disk_leaves_no_file(source, tmp_path, monkeypatch):
    @contextmanager
    def full(file, key):
        raise OSError(errno.ENOSPC, "No space left on device")
        yield

    monkeypatch.setattr(backup, "packing", full)
    with pytest.raises(Unavailable) as caught:
        backup.back_up(source, tmp_path / "y.backup", KEY, say=silent)
    assert caught.value.code == "disk-full"
    assert not list(tmp_path.glob("y.backup*"))


def test_data_keys_can_be_left_out(source, tmp_path, proved):
    made = backup.back_up(source, tmp_path / "x.backup", KEY, say=silent, data_keys=False)
    inside = b"".join(b"".join(member.pieces) for member in members(io.BytesIO(made.path.read_bytes()), KEY))
    assert bytes.fromhex("DEADBEEF") not in inside
    done = restore.restore(made.path, restore.Target(tmp_path / "fresh"), KEY, say=silent)
    assert not done.data_keys and done.rows == 5000


# The whole way, as a person goes it


def lines(done: subprocess.CompletedProcess[str]):
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_backup_and_restore_from_the_command_line(run_xenia, tmp_path):
    lines(run_xenia("setup"))
    (made,) = lines(run_xenia("backup", "one.backup"))
    assert made["schema"] == "xenia/backup/1" and Path(made["file"]) == tmp_path / "one.backup"
    key = tmp_path / "home" / "keys" / "backup.key"
    assert key.stat().st_mode & 0o077 == 0
    (tmp_path / "kept.key").write_text(key.read_text())
    (done,) = lines(run_xenia("restore", "one.backup", "--key", "kept.key", XENIA_HOME=str(tmp_path / "other")))
    assert done["rows"] == made["rows"] and done["journal"]["whole"] is True
    (verified,) = lines(run_xenia("journal", "verify", XENIA_HOME=str(tmp_path / "other")))
    assert verified["whole"] is True
    refused = run_xenia("restore", "one.backup", "--key", "kept.key", XENIA_HOME=str(tmp_path / "other"))
    assert refused.returncode == 1 and "holds data" in refused.stderr
    again = run_xenia("restore", "one.backup", "--key", "kept.key", "--replace", XENIA_HOME=str(tmp_path / "other"))
    assert again.returncode == 0 and list((tmp_path / "other").glob("replaced-*"))


def test_data_keys_apart_from_the_command_line(run_xenia, tmp_path):
    lines(run_xenia("setup"))
    (tmp_path / "words").write_text("seven otters by the fjord\n")
    lines(run_xenia("backup", "a.backup", "--without-data-keys", "--passphrase", "words"))
    lines(run_xenia("backup", "k.backup", "--data-keys-only", "--passphrase", "words"))
    into = str(tmp_path / "other")
    (done,) = lines(
        run_xenia("restore", "a.backup", "--into", into, "--data-keys", "k.backup", "--passphrase", "words")
    )
    assert done["data_keys"] is True and done["home"] == into
    swapped = run_xenia(
        "restore", "a.backup", "--into", str(tmp_path / "third"), "--data-keys", "a.backup", "--passphrase", "words"
    )
    assert swapped.returncode == 1 and not (tmp_path / "third").exists()


@pytest.mark.parametrize("arguments", [("none.backup",), ("words",)])
def test_what_is_no_backup_is_said_plainly(run_xenia, tmp_path, arguments):
    (tmp_path / "words").write_text("this is no backup")
    done = run_xenia("restore", *arguments, "--into", str(tmp_path / "other"), "--passphrase", "words")
    assert done.returncode == 1 and "Traceback" not in done.stderr and done.stderr.startswith("xenia: ")
    assert not (tmp_path / "other").exists()


# A centre


@pytest.mark.django_db(transaction=True)
def test_a_centre_comes_back_into_an_empty_database(tmp_path, home, proved):
    if connection.vendor != "postgresql":
        pytest.skip("Only with PostgreSQL.")
    database = {**settings.DATABASES["default"], "NAME": connection.settings_dict["NAME"]}
    made = backup.back_up(backup.Source(home, database), tmp_path / "c.backup", KEY, say=silent)
    empty = {**database, "NAME": f"{database['NAME']}_fresh_{os.getpid()}"}
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{empty["NAME"]}"')
        cursor.execute(f'CREATE DATABASE "{empty["NAME"]}"')
    try:
        target = restore.Target(tmp_path / "fresh", "postgresql://x", empty)
        done = restore.restore(made.path, target, KEY, say=silent)
        assert done.rows == made.rows
        with pytest.raises(Conflict):
            restore.restore(made.path, restore.Target(tmp_path / "third", "postgresql://x", empty), KEY, say=silent)
        assert not (tmp_path / "third").exists()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{empty["NAME"]}" WITH (FORCE)')
