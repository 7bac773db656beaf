"""Other engines over the same files of facts: ClickHouse inside this process (chDB) and PostgreSQL, which check DuckDB.

Each takes a rendered statement and gives rows. Nothing leaves through here: rows go into a cube, and out by `release()`.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from xenia.insight.declarations import Fact
from xenia.insight.dialects import ClickHouse, Dialect, PostgreSQL, Statement
from xenia.insight.warehouse import engine

CLICKHOUSE_TYPES = {
    "timestamp": "DateTime64(6, 'UTC')", "date": "Date32", "text": "String", "whole": "Nullable(Int32)", "key": "Nullable(UInt64)",
}  # fmt: skip
POSTGRESQL_TYPES = {"timestamp": "TIMESTAMP", "date": "DATE", "text": "TEXT", "whole": "INTEGER", "key": "NUMERIC(20)"}


class ChDB:
    """ClickHouse in this process, over Parquet files. Needs the package `chdb` (requirements/bench.txt)."""

    dialect: Dialect = ClickHouse()

    def __init__(self, fact: Fact, files: Sequence[Path], *, memory_bytes: int = 6 << 30, threads: int = 2) -> None:
        from chdb import session  # type: ignore[import-not-found,unused-ignore]

        self._session = session.Session()
        for said in (
            "prefer_column_name_to_alias = 1",  # SUM(n) AS n is the sum of the column
            "output_format_json_quote_64bit_integers = 0",
            "session_timezone = 'UTC'",
            f"max_memory_usage = {memory_bytes}",
            f"max_threads = {threads}",
        ):
            self._session.query(f"SET {said}")
        columns = ", ".join(f"`{name}` {CLICKHOUSE_TYPES[kind]}" for name, kind in fact.columns.items())
        place = "{" + ",".join(str(one) for one in files) + "}" if len(files) > 1 else str(files[0])
        self._session.query(
            f"CREATE VIEW {fact.name} AS SELECT * FROM file('{place}', Parquet, '{columns.replace(chr(39), chr(92) + chr(39))}')"
        )

    def rows(self, statement: Statement) -> list[tuple[Any, ...]]:
        """What the statement answers."""
        values = {
            f"p{number}": one.isoformat() if isinstance(one, date) else one
            for number, one in enumerate(statement.parameters)
        }
        told = json.loads(str(self._session.query(statement.sql, "JSONCompact", params=values)))
        return [tuple(row) for row in told["data"]]

    def close(self) -> None:
        """Give the memory back."""
        self._session.close()


class Postgres:
    """A table of facts in a database, through a connection of psycopg or of Django."""

    dialect: Dialect = PostgreSQL()

    def __init__(self, cursor: Any, types: Mapping[str, str] = POSTGRESQL_TYPES) -> None:
        self._cursor, self._types = cursor, types

    def load(self, fact: Fact, files: Sequence[Path]) -> None:
        """The rows of the files into a new table, temporary to this connection."""
        columns = ", ".join(f'"{name}" {self._types[kind]}' for name, kind in fact.columns.items())
        self._cursor.execute(f"CREATE TEMPORARY TABLE {fact.name} ({columns})")
        names = ", ".join(f'"{name}"' for name in fact.columns)
        with self._cursor.copy(f"COPY {fact.name} ({names}) FROM STDIN (FORMAT csv, NULL '\\N')") as copy:
            for one in files:
                self._put(copy, fact, one)
        self._cursor.execute(f"ANALYZE {fact.name}")

    def _put(self, copy: Any, fact: Fact, file: Path, many: int = 50_000) -> None:
        names = ", ".join(f'"{name}"' for name in fact.columns)
        connection = engine([file.parent])
        try:
            connection.execute(f"SELECT {names} FROM read_parquet(?)", [str(file)])
            while rows := connection.fetchmany(many):
                text = io.StringIO()
                csv.writer(text).writerows([["\\N" if one is None else one for one in row] for row in rows])
                copy.write(text.getvalue())
        finally:
            connection.close()

    def rows(self, statement: Statement) -> list[tuple[Any, ...]]:
        """What the statement answers."""
        self._cursor.execute(statement.sql, statement.parameters or None)
        return list(self._cursor.fetchall())
