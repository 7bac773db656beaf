"""PostgreSQL's own part: what it must be set to, how far the other follows, copying, promoting, rewinding."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import psycopg
from django.db import connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from xenia.errors import BadInput, Conflict, Unavailable
from xenia.site.keeping.snapshot import tool

WAITS: Final = "xenia-waits"
PROMOTE_S: Final = 60
NEEDED: Final = """
SELECT current_setting('wal_level') IN ('replica', 'logical'), current_setting('max_wal_senders')::int > 1,
  current_setting('max_replication_slots')::int > 0, current_setting('fsync') = 'on',
  current_setting('full_page_writes') = 'on', current_setting('synchronous_commit') IN ('on', 'remote_apply'),
  current_setting('wal_log_hints') = 'on' OR current_setting('data_checksums') = 'on',
  current_setting('statement_timeout') = '0'"""
WORDS: Final = (
    "wal_level = replica",
    "max_wal_senders = 10",
    "max_replication_slots = 10",
    "fsync = on",
    "full_page_writes = on",
    "synchronous_commit = on",
    "wal_log_hints = on",
    "statement_timeout = 0",
)
"""What is to be set, in the order of `NEEDED`. A statement timeout would let a commit pass that the other does not have."""


def missing(link: psycopg.Connection[Any] | None = None) -> list[str]:
    """The settings that the server asked lacks, as they should be."""
    if link is not None:
        row: Any = link.execute(NEEDED).fetchone()
    else:
        with connection.cursor() as cursor:
            cursor.execute(NEEDED)
            row = cursor.fetchone()
    return [word for word, good in zip(WORDS, row, strict=True) if not good]


def rows(query: str, *values: str | int) -> list[dict[str, Any]]:
    """What our own database says, by name."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        names = [one.name for one in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


FOLLOWERS: Final = """
SELECT application_name AS name, coalesce(state, '') AS state, coalesce(sync_state, '') AS sync_state,
  pg_wal_lsn_diff(pg_current_wal_flush_lsn(), flush_lsn)::bigint AS lag_bytes,
  coalesce(extract(epoch FROM flush_lag), 0)::float AS lag_s, reply_time AS last_contact
FROM pg_stat_replication ORDER BY application_name"""
RECEIVER: Final = """
SELECT coalesce(status, '') AS status, pg_wal_lsn_diff(latest_end_lsn, pg_last_wal_replay_lsn())::bigint AS lag_bytes,
  extract(epoch FROM now() - last_msg_receipt_time)::float AS silent_s, last_msg_receipt_time AS last_contact
FROM pg_stat_wal_receiver"""


def is_copy() -> bool:
    """Whether our database follows another."""
    return bool(rows("SELECT pg_is_in_recovery() AS it")[0]["it"])


def require(name: str) -> None:
    """No commit is acknowledged before that server has it; with "" none waits for anybody. On disk, for all connections."""
    wanted = f'FIRST 1 ("{name}")' if name else ""
    quoted = wanted.replace("'", "''")
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{quoted}'")
        cursor.execute("SELECT pg_reload_conf()")


def call_ourselves(name: str) -> None:
    """Connections of this process that are opened from now on bear this name in the database."""
    connection.settings_dict.setdefault("OPTIONS", {})["application_name"] = name


def wait_for_nobody() -> None:
    """Commits of this program wait for no other server. Before its first connection; for the command that says just that."""
    connection.settings_dict.setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=local"


def position() -> str:
    """Up to where our own log is written."""
    return str(rows("SELECT pg_current_wal_insert_lsn() AS at")[0]["at"])


def replayed(lsn: str) -> bool:
    """Whether our copy holds everything up to there."""
    return bool(rows("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn AS it", lsn)[0]["it"])


def clients() -> int:
    """How many others than processes that wait are connected as we are."""
    query = """SELECT count(*) AS it FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user
        AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND application_name <> %s"""
    return int(rows(query, WAITS)[0]["it"])


def promote() -> int:
    """Our copy is a database of its own from now on, all that came replayed; its timeline. Raises `Unavailable` (`not-promoted`)."""
    done = rows("SELECT pg_promote(true, %s) AS it", PROMOTE_S)[0]["it"]
    if not done or is_copy():
        raise Unavailable("PostgreSQL did not end following.", "Look at its log.", code="not-promoted")
    rows("SELECT 1 AS it FROM pg_switch_wal()")
    return timeline()


def timeline() -> int:
    """The timeline that our database writes on, or follows."""
    name = rows("SELECT pg_walfile_name(pg_current_wal_insert_lsn()) AS it")[0]["it"]
    return int(name[:8], 16)


def parsed(address: str) -> dict[str, str]:
    """An address as its parts. Raises `BadInput` (code `bad-address`)."""
    try:
        found = {name: str(value) for name, value in conninfo_to_dict(address).items() if value is not None}
    except psycopg.Error as error:
        raise BadInput(
            "That is no address of PostgreSQL.", "Use postgresql://USER@HOST:PORT/NAME.", code="bad-address"
        ) from error
    if not found.get("host"):
        raise BadInput("The address names no host.", "Use postgresql://USER@HOST:PORT/NAME.", code="bad-address")
    return found


def reached(parts: Mapping[str, str]) -> psycopg.Connection[Any]:
    """A connection to the other server's database. Raises `Unavailable` (code `no-peer-database`)."""
    try:
        return psycopg.connect(make_conninfo("", **parts), autocommit=True, connect_timeout=10)
    except psycopg.Error as error:
        raise Unavailable(
            f"The other server's PostgreSQL cannot be reached: {type(error).__name__}.",
            "Look at the address, its pg_hba.conf and the line.",
            code="no-peer-database",
        ) from error


def slot_of(name: str) -> str:
    """The replication slot of a server."""
    return "xenia_" + name.replace("-", "_")


def _ensure_slot(parts: Mapping[str, str], name: str) -> None:
    with reached(parts) as link:
        there = link.execute("SELECT 1 FROM pg_replication_slots WHERE slot_name = %s", [slot_of(name)]).fetchone()
        if there is None:
            link.execute("SELECT pg_create_physical_replication_slot(%s, true)", [slot_of(name)])


def copy(address: str, folder: Path, name: str) -> None:
    """A copy of the other server's database in an empty folder, ready to follow it as `name`.

    Raises `BadInput` (`bad-address`, `not-empty-folder`), `Conflict` (`first-not-ready`), `Unavailable` (`no-peer-database`,
    `tool-missing`, `copy-failed`).
    """
    if not folder.is_dir() or any(folder.iterdir()):
        raise BadInput(
            f"{folder} is no empty folder.",
            "Make one that PostgreSQL's account owns, mode 700.",
            code="not-empty-folder",
        )
    parts = parsed(address)
    with reached(parts) as link:
        lacking = missing(link)
    if lacking:
        raise Conflict(
            f"The first server's PostgreSQL lacks: {'; '.join(lacking)}.",
            "Set it in its postgresql.conf and restart it.",
            code="first-not-ready",
        )
    _ensure_slot(parts, name)
    told = {one: value for one, value in parts.items() if one not in ("password", "dbname")}
    words = ["-D", str(folder), "-d", make_conninfo("", **told, application_name=name)]
    words += ["-R", "-X", "stream", "-S", slot_of(name), "--checkpoint=fast", "--no-password"]
    _run("pg_basebackup", words, folder, parts)


def rewind(address: str, folder: Path, name: str, config: str = "") -> None:
    """Make a stopped database that was ahead, or went another way, follow the other server as `name`.

    `config`: its postgresql.conf, where that lies elsewhere; one that was not stopped in order is recovered with it first.
    Raises `BadInput` (`bad-address`), `Conflict` (`still-running`), `Unavailable` (`no-peer-database`, `tool-missing`, `copy-failed`).
    """
    if not (folder / "PG_VERSION").exists():
        raise BadInput(f"{folder} is no folder of PostgreSQL.", "Name its data directory.", code="bad-input")
    if _runs(folder):
        raise Conflict("PostgreSQL runs in that folder.", "Stop it first.", code="still-running")
    parts = parsed(address)
    with reached(parts) as link:
        _checkpoint(link)
    _ensure_slot(parts, name)
    told = {one: value for one, value in parts.items() if one != "password"}
    source = make_conninfo("", **told, application_name=name)
    words = ["-D", str(folder), f"--source-server={source}", "-R", *([f"--config-file={config}"] if config else [])]
    _run("pg_rewind", words, folder, parts)
    with (folder / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        file.write(f"primary_slot_name = '{slot_of(name)}'\n")


def _checkpoint(link: psycopg.Connection[Any]) -> None:
    """Until a server that was promoted has made a checkpoint, its files say the old timeline, and pg_rewind finds nothing to do."""
    try:
        link.execute("CHECKPOINT")
    except psycopg.errors.InsufficientPrivilege as error:
        raise Conflict(
            "The role that rewinding uses may not make a checkpoint.",
            "At the server that serves: GRANT pg_checkpoint TO it.",
            code="first-not-ready",
        ) from error


def _runs(folder: Path) -> bool:
    try:
        number = int((folder / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        os.kill(number, 0)
    except (OSError, ValueError, IndexError):
        return False
    return True


def _run(program: str, words: list[str], folder: Path, parts: Mapping[str, str]) -> None:
    """One of PostgreSQL's programs, as the account that owns the folder; the password goes by the environment."""
    owner = folder.stat()
    as_owner: dict[str, Any] = {}
    if os.geteuid() == 0 and owner.st_uid != 0:
        as_owner = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
    kept = {one: value for one, value in os.environ.items() if not one.startswith(("PG", "XENIA_"))}
    done = subprocess.run(
        [tool(program), *words], env=kept | {"PGPASSWORD": parts.get("password", "")}, cwd=folder, stdin=subprocess.DEVNULL,
        capture_output=True, check=False, **as_owner,
    )  # fmt: skip
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().splitlines()
        raise Unavailable(
            f"{program} failed: {told[-1] if told else 'it said nothing'}",
            "Put it right and run the command again; empty the folder first where a copy was begun.",
            code="copy-failed",
        )
