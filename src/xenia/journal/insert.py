"""Rows into a table with one statement, past Django's models: an entry is written with every act, so it must cost little."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

AT_ONCE = 200

Value = str | int | bytes | datetime | UUID | None


def _adapted(value: Value) -> Any:
    """The value as SQLite's tables keep it; PostgreSQL's driver knows all of these."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


def rows(table: str, columns: Sequence[str], values: Sequence[Sequence[Value]]) -> None:
    """Inserts rows; one statement per 200. `table` and `columns` are our own names, never input."""
    one = f"({','.join(['%s'] * len(columns))})"
    for start in range(0, len(values), AT_ONCE):
        part = values[start : start + AT_ONCE]
        flat: list[Any] = [value for row in part for value in row]
        if connection.vendor == "sqlite":
            flat = [_adapted(value) for value in flat]
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table} ({','.join(columns)}) VALUES {','.join([one] * len(part))}", flat)
