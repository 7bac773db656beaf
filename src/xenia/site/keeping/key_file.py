"""Data keys in a backup of their own, so that they can be kept for days while the other backups are kept for months.

An older backup restored with a newer file of data keys does not bring back anybody who was erased in between:
the key is not in the newer file, and what it sealed stays unreadable.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from xenia import __version__
from xenia.errors import BadInput
from xenia.journal import at_rest
from xenia.site.keeping.archive import members, packing
from xenia.site.keeping.backup import DATA_KEY_TABLE, FORMAT, Made, file_sha256, written_whole
from xenia.site.keeping.sealing import Key

NAME = "data-keys.jsonl"
BATCH = 1000
Row = tuple[UUID, UUID, str, bytes, datetime]
"""Id, subject, purpose, wrapped key, when it was made."""


class _Lines(io.RawIOBase):
    """The rows as lines of JSON, made as they are read."""

    def __init__(self, rows: Iterable[Row]) -> None:
        super().__init__()
        self._rows, self._held, self.count = iter(rows), b"", 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._held:
            self._held = self._next()
        count = min(len(buffer), len(self._held))
        buffer[:count], self._held = self._held[:count], self._held[count:]
        return count

    def _next(self) -> bytes:
        row = next(self._rows, None)
        if row is None:
            return b""
        self.count += 1
        key_id, subject, purpose, wrapped, made_at = row
        return (
            json.dumps(
                [key_id.hex, subject.hex, purpose, bytes(wrapped).hex(), made_at.astimezone(UTC).isoformat()]
            ).encode()
            + b"\n"
        )


def back_up_keys(rows: Iterable[Row], target: Path, key: Key) -> Made:
    """Write the data keys alone to `target`. Raises as `backup.back_up`."""
    made_at = datetime.now(UTC)
    lines = _Lines(rows)
    with written_whole(target) as file, packing(file, key) as packer:
        packer.add_json(
            "about.json",
            {"format": FORMAT, "xenia": __version__, "made_at": made_at.isoformat(), "database": "data-keys"},
        )
        packer.add(NAME, io.BufferedReader(lines, 256 * 1024))
    return Made(target, target.stat().st_size, file_sha256(target), 1, lines.count, made_at, True)


@dataclass(frozen=True)
class KeyFile:
    """A file of data keys and what opens it."""

    path: Path
    key: Key

    def rows(self) -> Iterator[Row]:
        """The rows. Run to the end, the file is proved; so use them inside one transaction. Raises `BadInput`."""
        seen = False
        with self.path.open("rb") as file:
            for member in members(file, self.key):
                if member.name != NAME:
                    for _ in member.pieces:
                        pass
                    continue
                seen = True
                for line in _lines(member.pieces):
                    key_id, subject, purpose, wrapped, made_at = json.loads(line)
                    yield UUID(key_id), UUID(subject), purpose, bytes.fromhex(wrapped), datetime.fromisoformat(made_at)
        if not seen:
            raise BadInput(
                "This file holds no data keys.",
                "Choose one made with xenia backup --data-keys-only.",
                code="backup-unknown",
            )

    def into_sqlite(self, database: Path) -> None:
        """Put the keys into the table of this file; keys that are there stay."""
        with closing(at_rest.connect(database)) as link, link:
            link.executemany(
                f"INSERT OR IGNORE INTO {DATA_KEY_TABLE} (id, subject, purpose, wrapped, made_at) VALUES (?, ?, ?, ?, ?)",
                ((i.hex, s.hex, p, w, m.strftime("%Y-%m-%d %H:%M:%S.%f")) for i, s, p, w, m in self.rows()),
            )

    def into_postgresql(self, link: psycopg.Connection[Any]) -> None:
        """The same for a centre, in the transaction of `link`."""
        with link.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {DATA_KEY_TABLE} (id, subject, purpose, wrapped, made_at) VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                self.rows(),
            )


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    held = b""
    for piece in pieces:
        *whole, held = (held + piece).split(b"\n")
        yield from whole
    if held:
        yield held
