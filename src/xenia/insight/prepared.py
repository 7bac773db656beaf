"""Answers kept beside the warehouse, equal to asking anew: what the engine said to a question of the files as they are.

    DIR/prepared/<name>.json    rows as the engine gave them; readable by the owner only, as exact as the facts beside them

The name comes from the question and from which files count, so that a new, rewritten or removed file leaves every old answer behind.
Facts that wait beside the files are counted anew each time and added, where the measure adds up. Nothing leaves from here: rows
become a cube, and go out by `release()`. Deleting the folder loses nothing but time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xenia.errors import Unavailable
from xenia.insight.declarations import Fact
from xenia.insight.dialects import KEY
from xenia.insight.question import Question
from xenia.insight.warehouse import Warehouse, _source, write_whole

FOLDER = "prepared"
MOST = 300  # answers kept; the longest unused go
MOST_ROWS = 20_000  # of an answer that is kept

Row = tuple[Any, ...]


def name_of(warehouse: Warehouse, asked: Question) -> str:
    """Which answer it is: another for every question and every set of files."""
    files = sorted((one.fact, one.name, one.digest) for one in warehouse.known() if one.fact == asked.fact.name)
    return hashlib.sha256(json.dumps([repr(asked.counted), asked.told(), files]).encode()).hexdigest()[:40]


def source(warehouse: Warehouse, fact: Fact) -> str:
    """The facts that lie in files, without what waits beside them: for SQL on an open engine."""
    places = [str(warehouse.place(one.fact, one.name)) for one in warehouse.known() if one.fact == fact.name]
    return f"({_source(fact, places, with_fresh=False)}) AS files"


def find(warehouse: Warehouse, name: str) -> list[Row] | None:
    """The rows of an answer; None where it was not kept."""
    path = _place(warehouse, name)
    try:
        rows = [tuple(one) for one in json.loads(path.read_bytes())]
    except (OSError, ValueError):
        return None
    with contextlib.suppress(OSError):
        os.utime(path)
    return rows


def keep(warehouse: Warehouse, name: str, rows: Sequence[Row]) -> None:
    """Keep an answer. A full disk is no fault here: it is asked anew the next time."""
    if len(rows) > MOST_ROWS:
        return
    path = _place(warehouse, name)
    with contextlib.suppress(Unavailable, OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, json.dumps([[_plain(one) for one in row] for row in rows]).encode())
        path.chmod(0o600)
        kept = sorted(path.parent.glob("*.json"), key=lambda one: one.stat().st_mtime)
        for old in kept[:-MOST]:
            old.unlink(missing_ok=True)


def forget(warehouse: Warehouse) -> None:
    """Remove all answers: of persons who are forgotten they hold counts, and what is left of a pseudonym in a key."""
    shutil.rmtree(warehouse.folder / FOLDER, ignore_errors=True)


def together(width: int, first: Sequence[Row], second: Sequence[Row]) -> list[Row]:
    """Rows of counts of two disjoint sets of facts as those of both."""
    found: dict[tuple[Any, ...], list[int]] = {}
    for row in (*first, *second):
        where = (*("" if one is None else one for one in row[:width]), row[width])
        counted = found.setdefault(where, [0, 0])
        counted[0] += int(row[width + 2] or 0)
        counted[1] = (counted[1] + int(row[width + 3] or 0)) % KEY
    return [(*where, number, number, key) for where, (number, key) in found.items()]


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | float | str) else str(value)


def _place(warehouse: Warehouse, name: str) -> Path:
    return warehouse.folder / FOLDER / f"{name}.json"
