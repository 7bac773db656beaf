"""Released tables kept for a while, so that charts and files show what was released and nothing is asked twice.

    DIR/kept/<account>/<digest>.json    whom it was released to, and the table

Who did not get a table does not find it: two readers' tables held together are what `release()` keeps apart.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from xenia.errors import NotFound
from xenia.insight.question import from_told
from xenia.insight.release import Cell, Released
from xenia.insight.release.cells import Cells
from xenia.insight.warehouse import Warehouse, write_whole

FOLDER = "kept"
KEPT_S = 24 * 3600
DIGEST = re.compile(r"[0-9a-f]{64}")


def told(made: Released) -> dict[str, Any]:
    """A table as it is kept."""
    cells = made.cells
    return {
        "question": made.question.told(),
        "grade": made.grade,
        "cells": cells.told()
        if isinstance(cells, Cells)
        else [[list(one.members), one.shown, one.flag] for one in cells],
        "hidden": made.hidden,
        "parameters": dict(made.parameters),
        "notes": list(made.notes),
        "at": made.at.isoformat(),
        "digest": made.digest,
    }


def from_kept(said: dict[str, Any]) -> Released:
    """The table that `told` kept."""
    cells: Sequence[Cell] = (
        Cells.from_told(said["cells"])
        if isinstance(said["cells"], dict)
        else [Cell(tuple(members), shown, flag) for members, shown, flag in said["cells"]]
    )
    return Released(
        from_told(said["question"]), said["grade"], cells, said["hidden"], said["parameters"], tuple(said["notes"]),
        datetime.fromisoformat(said["at"]), said["digest"],
    )  # fmt: skip


def keep(warehouse: Warehouse, made: Released, who: UUID) -> Released:
    """The table, kept for whom it was released to."""
    write_whole(_place(warehouse, made.digest, who), json.dumps(told(made), ensure_ascii=False).encode())
    return made


def find(warehouse: Warehouse, digest: str, who: UUID) -> Released:
    """The table as it was released to this account. Raises `NotFound` (`table-gone`)."""
    if DIGEST.fullmatch(digest):
        try:
            return from_kept(json.loads(_place(warehouse, digest, who).read_text(encoding="utf-8")))
        except FileNotFoundError:
            pass
    raise NotFound("This table is not kept any more.", "Ask the question again.", code="table-gone")


def clean(warehouse: Warehouse, now_s: float | None = None) -> int:
    """Put away what was kept for longer than a day; how many files went."""
    went, limit = 0, (time.time() if now_s is None else now_s) - KEPT_S
    for path in _files(warehouse):
        try:
            if path.stat().st_mtime < limit:
                path.unlink()
                went += 1
        except FileNotFoundError:
            continue
    return went


def _files(warehouse: Warehouse) -> Iterator[Path]:
    folder = warehouse.folder / FOLDER
    return (path for path in folder.glob("*/*") if path.is_file())


def _place(warehouse: Warehouse, digest: str, who: UUID) -> Path:
    return warehouse.folder / FOLDER / str(who) / f"{digest}.json"
