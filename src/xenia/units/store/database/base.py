"""Django's SQLite backend with SQLCipher in the place of SQLite, and the key said before anything else.

All that differs is the module that connects. Where nobody has opened the store, a connection raises `store-locked`.
"""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3._functions import register as register_functions  # type: ignore[import-untyped]
from django.utils.asyncio import async_unsafe
from django.utils.dateparse import parse_date, parse_datetime, parse_time
from sqlcipher3 import dbapi2 as Database  # type: ignore[import-untyped]  # noqa: N812 - Django's name for it

from xenia.journal import at_rest

Database.register_converter("bool", b"1".__eq__)
for _name, _parse in (("date", parse_date), ("time", parse_time), ("datetime", parse_datetime), ("timestamp", parse_datetime)):  # fmt: skip
    Database.register_converter(_name, base.decoder(_parse))
Database.register_adapter(decimal.Decimal, str)
Database.register_adapter(datetime.date, base.adapt_date)
Database.register_adapter(datetime.datetime, base.adapt_datetime)


class Cursor(Database.Cursor):  # type: ignore[misc]
    """Takes Django's placeholders: `%s`, and `%(name)s` with a mapping."""

    def execute(self, query: str, params: Any = None) -> Any:
        """One statement."""
        if params is None:
            return super().execute(query)
        return super().execute(_converted(query, params), params)

    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:
        """One statement for each row of values."""
        rows = iter(param_list)
        first = next(rows, None)
        return super().executemany(_converted(query, first), chain(() if first is None else (first,), rows))


def _converted(query: str, params: Any) -> str:
    if isinstance(params, Mapping):
        return query % {name: f":{name}" for name in params}
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


class DatabaseWrapper(base.DatabaseWrapper):
    """Connections to the encrypted database."""

    Database = Database

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """As Django's own, after the key. Raises `Unavailable` (code `store-locked`)."""
        key = at_rest.pragma()
        connection = Database.connect(**conn_params)
        connection.execute(key)
        register_functions(connection)
        for command in ("PRAGMA foreign_keys = ON", "PRAGMA legacy_alter_table = OFF", *self.init_commands):  # type: ignore[attr-defined]
            if command.strip():
                connection.execute(command)
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor that takes Django's placeholders."""
        return self.connection.cursor(factory=Cursor)
