"""What `xenia doctor` looks at: one small function per subject, each says ok, look or stop, and what to do.

`look`: somebody should see to it in working hours. `stop`: do not rely on this installation until it is put right.
"""

from __future__ import annotations

import os
import shutil
import stat
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection

from xenia.errors import XeniaError

OK, LOOK, STOP = "ok", "look", "stop"
DISK_LOOK, DISK_STOP = (
    5_000_000_000,
    500_000_000,
)  # bytes; own choice: a busy airport's day, and room to shut down cleanly
FSYNC_LOOK_MS, FSYNC_ROUNDS = 30.0, 15  # own choice: two commits a check keep p95 under 50 ms only below this
BACKUP_LOOK = timedelta(hours=26)  # a nightly backup and two hours
CLOCK_BACK, CLOCK_LOOK = timedelta(minutes=5), timedelta(days=30)
SEAL_LOOK, SEAL_STOP = timedelta(seconds=10), timedelta(minutes=10)
LEFTOVER_AGE_S = 3600


@dataclass(frozen=True)
class Finding:
    """One line of the answer. `figures`: numbers for machines; none of them is about a person."""

    subject: str
    status: str
    message: str
    what_to_do: str = ""
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Patient:
    """What is looked at, and when."""

    home: Path
    now: datetime


Look = Callable[[Patient], Iterable[Finding]]


def database(patient: Patient) -> Iterator[Finding]:
    """It answers, has the settings that keep acknowledged data, and the tables of this version."""
    with connection.cursor() as cursor:
        settings = _sqlite_settings(cursor) if connection.vendor == "sqlite" else _postgresql_settings(cursor)
    version = ".".join(map(str, connection.get_database_version()))
    odd = [
        f"{name} is {found}, not {wanted}" for name, (found, wanted) in settings.items() if str(found).lower() != wanted
    ]
    figures = {"vendor": connection.vendor, "version": version} | {name: found for name, (found, _) in settings.items()}
    if odd:
        yield Finding(
            "database",
            STOP,
            "; ".join(odd) + ".",
            "Put the setting back: with it, a power cut may lose what was acknowledged.",
            figures,
        )
    else:
        yield Finding("database", OK, f"{connection.display_name} {version} answers.", figures=figures)
    missing = unmigrated()
    if missing:
        yield Finding(
            "tables",
            STOP,
            f"{missing} migrations are missing.",
            "Stop the server and run xenia setup.",
            {"missing": missing},
        )


def _sqlite_settings(cursor: Any) -> dict[str, tuple[Any, str]]:
    wanted = {"journal_mode": "wal", "synchronous": "2", "secure_delete": "1", "foreign_keys": "1"}
    found = {}
    for name, value in wanted.items():
        cursor.execute(f"PRAGMA {name}")
        found[name] = (cursor.fetchone()[0], value)
    return found


def _postgresql_settings(cursor: Any) -> dict[str, tuple[Any, str]]:
    found = {}
    for name, value in {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}.items():
        cursor.execute(f"SHOW {name}")
        found[name] = (cursor.fetchone()[0], value)
    return found


def unmigrated() -> int:
    """How many migrations of this version the database lacks."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def clock(patient: Patient) -> Iterator[Finding]:
    """It is not before the newest entry or head."""
    from xenia.journal.models import Entry, Head

    newest = [at for at in (Entry.objects.order_by("-id").values_list("recorded_at", flat=True).first(), Head.objects.order_by("-size").values_list("signed_at", flat=True).first()) if at]  # fmt: skip
    if not newest:
        yield Finding("clock", OK, "The journal is empty; nothing to compare the clock with.")
        return
    behind_s = (max(newest) - patient.now).total_seconds()
    figures = {"newest": max(newest).isoformat(), "now": patient.now.isoformat()}
    if behind_s > CLOCK_BACK.total_seconds():
        yield Finding(
            "clock",
            STOP,
            f"The clock is {behind_s:,.0f} s before the newest entry.",
            "Set it (timedatectl) before anybody works.",
            figures,
        )
    elif patient.now - max(newest) > CLOCK_LOOK:
        yield Finding(
            "clock",
            LOOK,
            f"The newest entry is {(patient.now - max(newest)).days} days old.",
            "Is the clock right? Was the installation asleep?",
            figures,
        )
    else:
        yield Finding("clock", OK, "The clock agrees with the journal.", figures=figures)


def disk(patient: Patient) -> Iterator[Finding]:
    """There is room, and a synced write is fast enough."""
    free = shutil.disk_usage(patient.home).free
    status = STOP if free < DISK_STOP else LOOK if free < DISK_LOOK else OK
    yield Finding(
        "disk",
        status,
        f"{free / 1e9:,.1f} GB free.",
        "" if status == OK else "Make room: old backups and replaced-* folders first.",
        {"free_bytes": free},
    )
    times = fsync_ms(patient.home)
    p50, worst = statistics.median(times), max(times)
    slow = p50 > FSYNC_LOOK_MS
    yield Finding(
        "fsync", LOOK if slow else OK, f"A synced write takes {p50:.1f} ms (worst of {len(times)}: {worst:.1f} ms).",
        "Use a disk with a protected write cache; every decision waits for it." if slow else "", {"p50_ms": round(p50, 2), "worst_ms": round(worst, 2)},
    )  # fmt: skip


def fsync_ms(folder: Path, rounds: int = FSYNC_ROUNDS) -> list[float]:
    """How long writing 4 KiB and syncing takes in this folder, each time in milliseconds."""
    path = folder / f"fsync-{os.getpid()}.part"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        times = []
        for _ in range(rounds):
            began = time.perf_counter()
            os.write(handle, b"\x00" * 4096)
            os.fsync(handle)
            times.append((time.perf_counter() - began) * 1000)
        return times
    finally:
        os.close(handle)
        path.unlink()


def rights(patient: Patient) -> Iterator[Finding]:
    """Only the owner may read the home, with the database in it, and the keys."""
    open_ones = [path for path in _private(patient.home) if stat.S_IMODE(path.lstat().st_mode) & 0o077]
    foreign = [path for path in _private(patient.home) if path.lstat().st_uid != os.geteuid()]
    names = ", ".join(path.name for path in open_ones[:5])
    if open_ones:
        yield Finding(
            "rights",
            STOP,
            f"Others may read: {names}.",
            f"chmod go= {patient.home}; chmod -R go= {patient.home / 'keys'}",
            {"count": len(open_ones)},
        )
    elif foreign:
        yield Finding(
            "rights",
            LOOK,
            f"{foreign[0].name} belongs to another user.",
            "Run xenia as the user that owns XENIA_HOME.",
            {"count": len(foreign)},
        )
    else:
        yield Finding("rights", OK, "Home and keys can be read by their owner only.")


def _private(home: Path) -> Iterator[Path]:
    yield home
    keys = home / "keys"
    if keys.is_dir():
        yield keys
        yield from (path for path in keys.iterdir() if path.is_file())


def signing_key(patient: Patient) -> Iterator[Finding]:
    """The key that seals is to be had, in its file or its token."""
    from django.conf import settings

    from xenia.journal import signing

    where = "PKCS#11 token" if settings.XENIA_PKCS11["MODULE"] else "key file"
    began = time.perf_counter()
    signing.sign(b"xenia doctor")
    yield Finding(
        "signing-key", OK, f"The {where} signs.", figures={"ms": round((time.perf_counter() - began) * 1000, 2)}
    )


def seals(patient: Patient) -> Iterator[Finding]:
    """Nothing waits long for its seal."""
    from xenia.journal.models import Entry

    pending = Entry.objects.filter(position__isnull=True)
    oldest = pending.order_by("id").values_list("recorded_at", flat=True).first()
    count = pending.count()
    age = patient.now - oldest if oldest else timedelta()
    status = STOP if age > SEAL_STOP else LOOK if age > SEAL_LOOK else OK
    what = "" if status == OK else "Is xenia serve (or xenia worker) running? Look at its log for the sealer."
    yield Finding(
        "seals",
        status,
        f"{count} entries wait for their seal, the oldest for {age.total_seconds():.0f} s.",
        what,
        {"pending": count, "oldest_s": int(age.total_seconds())},
    )


def leftovers(patient: Patient) -> Iterator[Finding]:
    """No half-written file is left of something that was interrupted."""
    limit = patient.now.timestamp() - LEFTOVER_AGE_S
    parts = [path for path in patient.home.rglob("*.part") if path.is_file() and path.stat().st_mtime < limit]
    if (patient.home / ".restoring").exists():
        yield Finding(
            "leftovers", STOP, "A restore was cut off.", "Run the restore again; nothing is complete before it says so."
        )
    elif parts:
        yield Finding(
            "leftovers",
            LOOK,
            f"{len(parts)} half-written files, such as {parts[0].name}.",
            "Nothing uses them; delete them.",
            {"count": len(parts)},
        )
    else:
        yield Finding("leftovers", OK, "No half-written files.")


def backups(patient: Patient) -> Iterator[Finding]:
    """The last backup is not too old, and the key that opens it exists."""
    from xenia.site.keeping import record

    last = record.last(patient.home)
    if last is None:
        yield Finding(
            "backup", LOOK, "There is no backup yet.", "Run xenia backup, and keep keys/backup.key elsewhere too."
        )
        return
    age = patient.now - last
    status = LOOK if age > BACKUP_LOOK else OK
    yield Finding(
        "backup",
        status,
        f"The last backup is {age.total_seconds() / 3600:,.0f} hours old.",
        "Run xenia backup every night." if status == LOOK else "",
        {"made_at": last.isoformat()},
    )


def _guarded(name: str, look: Look, patient: Patient) -> Iterator[Finding]:
    try:
        yield from look(patient)
    except XeniaError as error:
        yield Finding(name, STOP, error.message, error.what_to_do, {"code": error.code})
    except DatabaseError as error:
        yield Finding(
            name,
            STOP,
            "The database does not answer.",
            "Is it running, and may this user reach it?",
            {"error": type(error).__name__},
        )
    except OSError as error:
        yield Finding(
            name,
            STOP,
            f"The disk does not answer ({error.strerror}).",
            "Look at the disk and the rights of XENIA_HOME.",
            {"error": type(error).__name__},
        )


def examine(home: Path, looks: Iterable[tuple[str, Look]], now: datetime | None = None) -> Iterator[Finding]:
    """Every finding; a subject that cannot be looked at is a `stop` and does not end the rest."""
    patient = Patient(home, now or datetime.now(UTC))
    for name, look in looks:
        yield from _guarded(name, look, patient)
