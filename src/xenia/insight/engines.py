"""Other engines over the same files of facts: ClickHouse inside this process (chDB) and PostgreSQL, which check DuckDB.

Each takes a rendered statement and gives rows. Nothing leaves through here: rows go into a cube, and out by `release()`.
"""

from __future__ import annotations

import importlib
import json
import tempfile
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

    def __init__(
        self, facts: Sequence[tuple[Fact, Sequence[Path]]], *, memory_bytes: int = 6 << 30, threads: int = 2
    ) -> None:
        session: Any = importlib.import_module("chdb.session")  # checked the same where it is not installed
        self._session = session.Session()
        for said in (
            "prefer_column_name_to_alias = 1",  # SUM(n) AS n is the sum of the column
            "output_format_json_quote_64bit_integers = 0",
            "session_timezone = 'UTC'",
            f"max_memory_usage = {memory_bytes}",
            f"max_threads = {threads}",
        ):
            self._session.query(f"SET {said}")
        for fact, files in facts:
            self._view(fact, files)

    def _view(self, fact: Fact, files: Sequence[Path]) -> None:
        if not files:
            return
        columns = ", ".join(f"`{name}` {CLICKHOUSE_TYPES[kind]}" for name, kind in fact.columns.items())
        place, columns = (
            one.replace("\\", "\\\\").replace("'", "\\'")
            for one in (f"{files[0].parent}/{{{','.join(one.name for one in files)}}}", columns)
        )
        self._session.query(f"CREATE VIEW {fact.name} AS SELECT * FROM file('{place}', Parquet, '{columns}')")

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

    def load(self, fact: Fact, files: Sequence[Path], kind: str = "TEMPORARY") -> None:
        """The rows of the files into a new table, temporary to this connection or UNLOGGED."""
        columns = ", ".join(f'"{name}" {self._types[of]}' for name, of in fact.columns.items())
        self._cursor.execute(f"CREATE {kind} TABLE {fact.name} ({columns})")
        names = ", ".join(f'"{name}"' for name in fact.columns)
        with self._cursor.copy(f"COPY {fact.name} ({names}) FROM STDIN (FORMAT csv, NULL '\\N')") as copy:
            for one in files:
                _put(copy, names, one)
        self._cursor.execute(f"ANALYZE {fact.name}")

    def rows(self, statement: Statement) -> list[tuple[Any, ...]]:
        """What the statement answers."""
        self._cursor.execute(statement.sql, statement.parameters or None)
        return list(self._cursor.fetchall())


def _put(copy: Any, names: str, file: Path, size: int = 1 << 20) -> None:
    with tempfile.TemporaryDirectory(prefix="xenia-facts-") as folder:
        text = Path(folder) / "facts.csv"
        connection = engine([file.parent, Path(folder)])
        try:
            place, to = (str(one).replace("'", "''") for one in (file, text))
            connection.execute(
                f"COPY (SELECT {names} FROM read_parquet('{place}')) TO '{to}' (FORMAT csv, HEADER false, NULLSTR '\\N')"
            )
        finally:
            connection.close()
        with text.open("rb") as lines:
            while piece := lines.read(size):
                copy.write(piece)
