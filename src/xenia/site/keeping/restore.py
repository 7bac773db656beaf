"""Setting an installation up from a backup: everything is unpacked aside and proved before anything moves into place."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from xenia.errors import BadInput, Conflict, Unavailable, XeniaError
from xenia.site.keeping import snapshot
from xenia.site.keeping.archive import Member, members
from xenia.site.keeping.backup import FORMAT, sync_folder
from xenia.site.keeping.key_file import KeyFile
from xenia.site.keeping.sealing import Key
from xenia.units.store import entering
from xenia.units.store.opening import Words

STAGE = ".restoring"


@dataclass(frozen=True)
class Target:
    """Where to: a home folder and, for a centre, the address of its PostgreSQL database with Django's settings of it."""

    home: Path
    url: str = ""
    database: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Restored:
    """What was restored and what was proved: rows per table as backed up, the journal's own verification."""

    home: Path
    made_at: str
    files: int
    rows: int
    journal: Mapping[str, Any]
    moved_aside: Path | None
    data_keys: bool


def restore(
    backup: Path,
    target: Target,
    key: Key,
    *,
    say: Callable[[str], None],
    replace: bool = False,
    data_keys: Path | None = None,
) -> Restored:
    """Unpack, prove, move into place; on any error the target is as it was.

    Raises `Conflict` (`home-in-use`) where the target holds data and `replace` is not said, `BadInput` for a damaged
    backup or a wrong key, `Unavailable` (`restore-failed`) where rows or journal do not fit.
    """
    if holds_data(target.home) and not replace:
        raise Conflict(
            f"{target.home} holds data.", "Name another folder with --into, or use --replace.", code="home-in-use"
        )
    with _staged(target.home) as stage:
        about, counts = _unpack(backup, key, stage)
        say("The backup is complete and unchanged. Checking rows and journal ...")
        _still_gone(target.home, stage / "home")
        _still_known(target.home, stage / "home")
        keys = KeyFile(data_keys, key) if data_keys is not None else None
        words = entering.for_restored(stage / "home")
        if about["database"] == "sqlite":
            _same_rows(snapshot.sqlite_rows(stage / snapshot.SQLITE), counts["rows"])
            if keys is not None:
                keys.into_sqlite(stage / snapshot.SQLITE)
            (stage / snapshot.SQLITE).rename(stage / "home" / "xenia.sqlite3")
            journal = _verified(stage / "home", "", about, words)
            aside = _move_in(stage / "home", target.home)
        else:
            journal = _restore_centre(stage, target, about, counts, keys, replace=replace)
            aside = _move_in(stage / "home", target.home)
    return Restored(
        home=target.home, made_at=about["made_at"], files=len(counts["members"]), rows=sum(counts["rows"].values()),
        journal=journal, moved_aside=aside, data_keys=bool(about["data_keys"] or data_keys),
    )  # fmt: skip


def holds_data(home: Path) -> bool:
    """Whether the folder has a database, list files or blobs; fresh keys alone do not count."""
    return any((home / name).exists() for name in ("xenia.sqlite3", "lists", "blobs"))


@contextmanager
def _staged(home: Path) -> Iterator[Path]:
    """A folder inside the target, so that moving is renaming; gone afterwards, and the target too if it was made here."""
    fresh = not home.exists()
    stage = home / STAGE
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir(mode=0o700)
        (stage / "home").mkdir(mode=0o700)
        yield stage
    except OSError as error:
        raise Unavailable(
            f"The folder cannot be written ({error.strerror}).",
            "Look at its disk and rights. Nothing was restored.",
            code="restore-failed",
        ) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        if fresh and home.exists() and not any(home.iterdir()):
            home.rmdir()


def _unpack(backup: Path, key: Key, stage: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    small: dict[str, Any] = {}
    found: dict[str, str] = {}
    with backup.open("rb") as file:
        for member in members(file, key):
            if member.name in ("about.json", "counts.json"):
                small[member.name] = member.json()
            else:
                found[member.name] = _write(stage / member.name, member)
    about, counts = small.get("about.json"), small.get("counts.json")
    if about is None or counts is None or counts["members"] != found:
        raise BadInput(
            "The backup is not complete.", "Use another backup. Nothing was restored.", code="backup-damaged"
        )
    if about["format"] != FORMAT:
        raise BadInput(
            f"The backup has the form {about['format']}.",
            "Use the version of Xenia that made it, or a newer one.",
            code="backup-unknown",
        )
    return about, counts


def _write(path: Path, member: Member) -> str:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, member.mode or 0o600), "wb") as file:
        for piece in member.pieces:
            file.write(piece)
            digest.update(piece)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _still_gone(home: Path, fresh: Path) -> None:
    """Secrets of statistics that were destroyed here stay so, whatever the backup holds: see `insight/own_secrets.py`."""
    for mark in (home / "insight").glob("person-*.destroyed"):
        (fresh / "insight").mkdir(mode=0o700, exist_ok=True)
        (fresh / "insight" / mark.name).write_bytes(mark.read_bytes())
        (fresh / "insight" / f"{mark.stem}.key").unlink(missing_ok=True)


def _same_rows(found: Mapping[str, int], wanted: Mapping[str, int]) -> None:
    odd = sorted(name for name in {*found, *wanted} if found.get(name) != wanted.get(name))
    if odd:
        raise Unavailable(
            f"The table {odd[0]} has {found.get(odd[0])} rows, the backup had {wanted.get(odd[0])}.",
            "Use another backup. Nothing was restored.",
            code="restore-failed",
        )


def _verified(home: Path, url: str, about: Mapping[str, Any], words: Words | None = None) -> dict[str, Any]:
    """What `xenia journal verify` says about the unpacked installation, compared with the head inside the backup.

    `words`: what opens it, where it is a unit.
    """
    environment = {
        name: value for name, value in os.environ.items() if name not in ("XENIA_DATABASE", "XENIA_DATABASE_FILE")
    }
    environment |= {"XENIA_HOME": str(home), "DJANGO_SETTINGS_MODULE": "xenia.site.settings"} | (
        {"XENIA_DATABASE": url} if url else {}
    )
    command = [sys.executable, "-m", "xenia", "journal", "verify"]
    if about.get("head"):
        head = home.parent / "head.json"
        head.write_text(json.dumps(about["head"]), encoding="utf-8")
        command += ["--head", str(head)]
    with entering.handed(words) as (more, handles):
        done = subprocess.run(
            command,
            env=environment | more,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            pass_fds=handles,
        )
    if done.returncode != 0:
        told = done.stderr.strip().splitlines()
        raise Unavailable(
            "The journal in the backup does not verify.",
            told[-1] if told else "Use another backup.",
            code="restore-failed",
        )
    lines = done.stdout.strip().splitlines()
    return dict(json.loads(lines[-1])) if lines else {}


def _restore_centre(
    stage: Path,
    target: Target,
    about: Mapping[str, Any],
    counts: Mapping[str, Any],
    keys: KeyFile | None,
    *,
    replace: bool,
) -> dict[str, Any]:
    if target.database is None:
        raise BadInput(
            "This backup is of a centre on PostgreSQL.",
            "Name an empty database with --database.",
            code="restore-failed",
        )
    snapshot.postgresql_restore(target.database, stage / snapshot.POSTGRESQL, replace=replace)
    try:
        with psycopg.connect(**snapshot.connection_of(target.database)) as link:
            _same_rows(snapshot.postgresql_rows(link), counts["rows"])
            if keys is not None:
                keys.into_postgresql(link)
        return _verified(stage / "home", target.url, about)
    except XeniaError:
        snapshot.postgresql_empty(target.database)
        raise


def _still_known(home: Path, fresh: Path) -> None:
    """What was published since the backup was made stays known, and the next publication is held against it; a damaged memory does not."""
    from xenia.insight.release import remembered  # brings what proves publications along

    for old in (home / "released", home / "warehouse"):
        try:
            remembered.take_over(old, fresh / "released")
        except Unavailable as problem:
            if problem.code != "release-log":
                raise


def _move_in(fresh: Path, home: Path) -> Path | None:
    """Rename everything into the home, the database last; what stands in the way goes into `replaced-TIME`."""
    aside = home / f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    standing = [path for path in home.iterdir() if path.name != STAGE and not path.name.startswith("replaced-")]
    kept = holds_data(home)
    if standing:
        aside.mkdir(mode=0o700)
        for path in standing:
            path.rename(aside / path.name)
    for path in sorted(fresh.iterdir(), key=lambda one: one.name.startswith("xenia.sqlite3")):
        path.rename(home / path.name)
    sync_folder(home)
    if standing and not kept:
        shutil.rmtree(aside)
    return aside if kept else None
