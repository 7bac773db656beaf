"""A consistent picture of the database while it is served, and its way back.

SQLite: `VACUUM INTO` under one read transaction; the copy holds no free page, thus nothing that was deleted.
PostgreSQL: `pg_dump` in its custom format from an exported snapshot, in which the rows are counted too.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql

from xenia.errors import Conflict, Unavailable
from xenia.journal import at_rest

SQLITE, POSTGRESQL = "database/xenia.sqlite3", "database/dump.pgcustom"
PG_FOLDERS = tuple(f"/usr/lib/postgresql/{version}/bin" for version in range(18, 14, -1))


@dataclass(frozen=True)
class Picture:
    """`member`: its name in the backup; `rows`: how many each table holds; `stream`: the bytes."""

    member: str
    rows: Mapping[str, int]
    stream: IO[bytes]


@contextmanager
def sqlite_picture(database: Path, spare: Path, without: Sequence[str] = ()) -> Iterator[Picture]:
    """A copy of the database file beside it, removed afterwards; tables named in `without` come empty."""
    spare.unlink(missing_ok=True)
    try:
        os.close(os.open(spare, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(at_rest.connect(database, read_only=True, timeout=60)) as source:
            source.execute("VACUUM INTO ?", (str(spare),))
        _empty_sqlite(spare, without)
        with spare.open("rb") as stream:
            yield Picture(SQLITE, sqlite_rows(spare), stream)
    except at_rest.errors() as error:
        raise Unavailable(
            "The database could not be copied.",
            f"Look at disk space and at xenia doctor ({type(error).__name__}).",
            code="backup-failed",
        ) from error
    finally:
        for leftover in (spare, spare.with_name(f"{spare.name}-journal")):
            leftover.unlink(missing_ok=True)


def _empty_sqlite(path: Path, tables: Sequence[str]) -> None:
    if not tables:
        return
    with closing(at_rest.connect(path, isolation_level=None)) as copy:
        copy.execute("PRAGMA secure_delete=ON")
        for table in tables:
            copy.execute(f'DELETE FROM "{table}"')
        copy.execute("VACUUM")


def sqlite_rows(path: Path) -> dict[str, int]:
    """Rows per table of the file."""
    with closing(at_rest.connect(path, still=True)) as link:
        names = [
            name
            for (name,) in link.execute(
                "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            )
        ]
        return {name: link.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}


@contextmanager
def postgresql_picture(settings: Mapping[str, Any], without: Sequence[str] = ()) -> Iterator[Picture]:
    """The running output of pg_dump; an error of pg_dump is raised when the block ends."""
    program = tool("pg_dump")
    with psycopg.connect(**connection_of(settings)) as link:
        link.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = link.execute("SELECT pg_export_snapshot()").fetchone()
        rows = postgresql_rows(link)
        rows.update(dict.fromkeys(without, 0))
        command = [program, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={row[0] if row else ''}"]
        command += [f"--exclude-table-data={table}" for table in without]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment_of(settings)
        ) as dump:
            if dump.stdout is None or dump.stderr is None:  # pragma: no cover - both were asked for
                raise Unavailable("pg_dump gave no output.", code="backup-failed")
            yield Picture(POSTGRESQL, rows, dump.stdout)
            told = dump.stderr.read().decode(errors="replace")
            if dump.wait() != 0:
                raise Unavailable(
                    "pg_dump failed.",
                    told.strip().splitlines()[-1] if told.strip() else "Look at the server's log.",
                    code="backup-failed",
                )


def postgresql_rows(link: psycopg.Connection[Any]) -> dict[str, int]:
    """Rows per table of the schema `public`, in the transaction of `link`."""
    names = [
        name
        for (name,) in link.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    ]
    counts = {}
    for name in names:
        row = link.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
        counts[name] = int(row[0]) if row else 0
    return counts


def postgresql_restore(settings: Mapping[str, Any], dump: Path, *, replace: bool) -> None:
    """Fills the database in one transaction, or leaves it as it was.

    Raises `Conflict` where it holds tables and may not be replaced.
    """
    with psycopg.connect(**connection_of(settings)) as link:
        if postgresql_rows(link) and not replace:
            raise Conflict("The database holds tables.", "Name an empty one, or use --replace.", code="home-in-use")
    command = [tool("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    command += ["--clean", "--if-exists"] if replace else []
    done = subprocess.run(
        [*command, f"--dbname={settings['NAME']}", str(dump)],
        env=environment_of(settings),
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        told = done.stderr.decode(errors="replace").strip().splitlines()
        raise Unavailable(
            "pg_restore failed; the database is as it was.",
            told[-1] if told else "Look at the server's log.",
            code="restore-failed",
        )


def postgresql_empty(settings: Mapping[str, Any]) -> None:
    """Takes a restore back that did not verify."""
    with psycopg.connect(**connection_of(settings)) as link:
        link.execute("DROP SCHEMA public CASCADE")
        link.execute("CREATE SCHEMA public")


def connection_of(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Django's settings as psycopg takes them."""
    parts = {
        "dbname": settings["NAME"],
        "user": settings["USER"],
        "password": settings["PASSWORD"],
        "host": settings["HOST"],
        "port": settings["PORT"],
    }
    return {name: value for name, value in parts.items() if value}


def environment_of(settings: Mapping[str, Any]) -> dict[str, str]:
    """Django's settings as PostgreSQL's own programs take them, the password never on a command line."""
    parts = {
        "PGDATABASE": settings["NAME"],
        "PGUSER": settings["USER"],
        "PGPASSWORD": settings["PASSWORD"],
        "PGHOST": settings["HOST"],
        "PGPORT": settings["PORT"],
    }
    return {**os.environ, **{name: str(value) for name, value in parts.items() if value}}


def tool(name: str) -> str:
    """The path of one of PostgreSQL's programs; the newest where several are installed. Raises `Unavailable`."""
    for folder in (*PG_FOLDERS, None):
        found = shutil.which(name, path=folder)
        if found:
            return found
    raise Unavailable(f"{name} is not installed.", "apt-get install postgresql-client", code="tool-missing")
