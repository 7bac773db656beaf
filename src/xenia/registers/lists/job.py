"""What the worker is told and what it answers: plain data, as JSON files in one folder per run. Pure.

job.json        the job
progress.json   step and rows, replaced now and then
result.json     counts and hash, or the error; written last
added.txt, changed.txt, removed.txt   record_ids, one JSON string a line, in order
refused.jsonl   refused rows, one a line
new.delta       the new list file as a difference to the one before, where that is worth it
report.jsonl    the first added, changed and removed records with name and what changed, one a line
look.json       headings and first rows of a file, for choosing its columns
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from xenia.formats.lists.records import Refused

Task = Literal["load", "diff", "rebuild", "look", "keyed"]

DELTA = "new.delta"
# A child that needs more than this is stopped: 4 GiB of address space, two hours of processor time.
MEMORY_BYTES = 4 << 30
CPU_S = 7_200
# Refused rows beyond this number are counted, not kept.
MOST_REFUSED = 1_000_000


@dataclass(frozen=True)
class Job:
    """One piece of work for the worker. Paths are absolute. `old`: the version to compare with.

    `out`: where the list file is to stand; for a dry run it is written without search keys and thrown away.
    `erase`: for `rebuild`, erasing keys of the records to leave out. `mapping`: for formats with columns of their own.
    `most_rows`: no more records than that are taken, to try a mapping; 0 is all. `look` only reads headings and first
    rows into look.json. `keyed`: `out` is what units get of the list `input` as keys (`keyed.py`), `laid_over` a file of what lies
    over it, `quiet` the words of records that units get nothing of, `noticed` the handling codes of those they do,
    `shown` and `said_as` their categories and the words for these, `old` the file of keys before.
    """

    task: Task
    folder: str
    register: str
    source: str
    kind: str
    format: str
    input: str
    old: str = ""
    out: str = ""
    dry_run: bool = False
    defaults: dict[str, str] = field(default_factory=dict)
    meta: dict[str, str] = field(default_factory=dict)
    erase: tuple[int, ...] = ()
    mapping: dict[str, Any] = field(default_factory=dict)
    most_rows: int = 0
    laid_over: str = ""
    quiet: tuple[str, ...] = ()
    noticed: tuple[str, ...] = ()
    shown: tuple[str, ...] = ("*",)
    said_as: tuple[str, ...] = ()
    memory_bytes: int = MEMORY_BYTES
    cpu_s: int = CPU_S

    def write(self) -> Path:
        """Writes job.json into the run's folder and gives its path."""
        path = Path(self.folder) / "job.json"
        write_json(path, asdict(self))
        return path

    @classmethod
    def read(cls, path: Path) -> Job:
        """The job that `write` wrote."""
        data = json.loads(path.read_text(encoding="utf-8"))
        words = ("erase", "quiet", "noticed", "shown", "said_as")
        return cls(**{**data, **{name: tuple(data[name]) for name in words}})


@dataclass(frozen=True)
class Result:
    """What the worker did. `counts`: records, added, changed, removed, refused, passed_over, noted, kept, before."""

    counts: dict[str, int]
    sha256: str = ""
    size_bytes: int = 0
    as_of: str = ""
    rules_version: int = 0


def write_json(path: Path, data: Any) -> None:
    """Replaces the file at once, owner-only; readers never see half of it."""
    fresh = path.with_name(path.name + ".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(data, file, ensure_ascii=False)
    fresh.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """The content of such a file, {} where there is none yet."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


@dataclass(frozen=True)
class Changes:
    """The record_ids and refused rows that a run left in its folder, read one by one."""

    folder: Path

    def ids(self, change: str) -> Iterator[str]:
        """The record_ids that were added, changed or removed, in ascending order."""
        path = self.folder / f"{change}.txt"
        if path.exists():
            with path.open(encoding="utf-8") as file:
                yield from (json.loads(line) for line in file)

    def report(self, change: str = "") -> Iterator[dict[str, Any]]:
        """What the first records that were added, changed or removed are: change, id, name, births, fields."""
        path = self.folder / "report.jsonl"
        if path.exists():
            with path.open(encoding="utf-8") as file:
                rows = (json.loads(line) for line in file)
                yield from (row for row in rows if not change or row["change"] == change)

    def refused(self) -> Iterator[Refused]:
        """The rows that were refused or passed over, in the order in which they were met."""
        path = self.folder / "refused.jsonl"
        if path.exists():
            with path.open(encoding="utf-8") as file:
                yield from (Refused(**json.loads(line)) for line in file)
