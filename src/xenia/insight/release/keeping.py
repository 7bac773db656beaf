"""What has left, written down before it leaves: one line each, and of a publication the whole table as it was counted.

    MEMORY/released.jsonl          one line for each table that left, in order
    MEMORY/published/<name>.json   of each publication: members, counts, which cells are hidden; readable by its owner only

MEMORY lies beside the installation's own warehouse, and in the folder of any other (`remembered.py`).

A release that could not be written down does not leave. A line that a power cut or a full disk left unfinished never left, and
is cut off before the next is written. A whole line that cannot be read is a fault: then nothing is published until it is mended,
because what left before could be taken from what leaves now.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from xenia.errors import Unavailable
from xenia.insight.question import Question, from_told
from xenia.insight.release import remembered
from xenia.insight.release.tables import Counts, Mask
from xenia.insight.warehouse import Warehouse, write_whole


@dataclass(frozen=True)
class Earlier:
    """A publication as it left: `counts` with all totals, `hidden` where nothing was shown; `line`: what was noted of it."""

    at: str
    question: Question
    members: tuple[tuple[str, ...], ...]
    counts: Counts
    hidden: Mask
    line: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


def lines(warehouse: Warehouse, grade: str = "", who: str = "") -> list[Mapping[str, Any]]:
    """What left, the oldest first; with `grade` or `who` at least what left in it or to them: only those lines are read, of a log of years.

    Raises `Unavailable` (`release-log`) where a whole line that is read cannot be, or one does not say its grade and to whom.
    """
    remembered.settle(warehouse)
    if not warehouse.log.is_file():
        return []
    whole, _newline, _cut_off = _read(warehouse.log).rpartition(b"\n")
    try:
        found = [json.loads(one) for one in whole.split(b"\n") if one and _is_wanted(one, grade, who)]
    except ValueError:
        raise _damaged(warehouse.log) from None
    if any("grade" not in one or "who" not in one for one in found):
        raise _damaged(warehouse.log)
    return found


def _is_wanted(line: bytes, grade: str, who: str) -> bool:
    """Told from the bytes that `note` writes."""
    for name, wanted in (("grade", grade), ("who", who)):
        begins = f'"{name}": '.encode()
        if begins not in line:
            return True  # not as it was written: reading it says so
        if wanted and begins + json.dumps(wanted).encode() not in line:
            return False
    return True


def published(warehouse: Warehouse, asked: Question) -> list[Mapping[str, Any]]:
    """The lines of publications of counts, the oldest first: of the same question the last, and all before it that hid anything.

    One that hid nothing tells nothing of the days after it that the last doesn't tell; hidden cells of three days may betray each other.
    Of the same days the last only. Also the last that counts just the same, though it was put without an end and another day stands for it since.
    Raises `Unavailable` (`release-log`).
    """
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    newest: dict[str, Mapping[str, Any]] = {}
    alike = None
    for line in lines(warehouse, grade="publication"):
        if line["grade"] == "publication" and line.get("kept"):
            mark = _mark(line)
            found.pop(key := (mark, _marked(from_told(line["question"]))), None)
            found[key] = newest[mark] = line
            if counts_the_same(line, asked):
                alike = line
    every = [line for (mark, _days), line in found.items() if line.get("hidden") or line is newest[mark]]
    return every if alike is None or any(one is alike for one in every) else [*every, alike]


def last(warehouse: Warehouse, asked: Question) -> Earlier | None:
    """The last publication of this question; None where there is none. Raises `Unavailable` (`release-log`)."""
    for line in reversed(published(warehouse, asked)):
        if is_to(line, asked) or counts_the_same(line, asked):
            return as_it_left(warehouse, line)
    return None


def counts_the_same(line: Mapping[str, Any], asked: Question) -> bool:
    """Whether it counted what the question counts, up to the same day."""
    return _marked(from_told(line["question"])) == _marked(asked)


def is_to(line: Mapping[str, Any], asked: Question) -> bool:
    """Whether it was published to this question."""
    return _mark(line) == _marked(asked)


def _mark(line: Mapping[str, Any]) -> str:
    return _marked(from_told(line.get("asked") or line["question"]))


def _marked(asked: Question) -> str:
    return json.dumps(canonical(asked).told())


def canonical(asked: Question) -> Question:
    """The same question with its conditions in one order, so that two ways to write it are one."""
    where = tuple(sorted(set(asked.where), key=lambda one: (one.dimension, one.without, one.values)))
    return Question(asked.measure, asked.by, where, asked.since, asked.until)


def keep(
    warehouse: Warehouse, asked: Question, members: tuple[tuple[str, ...], ...], counts: Counts, hidden: Mask
) -> str:
    """Write a publication down; gives its name for the line. Raises `Unavailable` (`warehouse-disk`)."""
    told = {
        "question": asked.told(),
        "members": [list(one) for one in members],
        "counts": counts.ravel().tolist(),
        "hidden": np.flatnonzero(hidden.ravel()).tolist(),
    }
    data = json.dumps(told).encode()
    name = hashlib.sha256(data).hexdigest()[:32]
    path = _place(warehouse, name)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _full(error) from None
    write_whole(path, data)
    path.chmod(0o600)
    return name


def note(warehouse: Warehouse, line: Mapping[str, Any]) -> None:
    """Add a line, on the disk when this returns. Raises `Unavailable` (`warehouse-disk`)."""
    remembered.settle(warehouse)
    with warehouse.noting():
        data, new = json.dumps(line).encode() + b"\n", not warehouse.log.exists()
        try:
            descriptor = os.open(warehouse.log, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                _append(descriptor, data)
            finally:
                os.close(descriptor)
            if new:
                remembered.synced(warehouse.memory)
        except OSError as error:
            raise _full(error) from None


def _append(descriptor: int, data: bytes) -> None:
    """The line behind the last whole one; where that fails, the file ends as it did."""
    begins = _end_of_whole_lines(descriptor)
    os.ftruncate(descriptor, begins)
    written = 0
    try:
        while written < len(data):
            written += os.pwrite(descriptor, data[written:], begins + written)
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, begins)
        raise


def _end_of_whole_lines(descriptor: int, step: int = 65_536) -> int:
    end = os.fstat(descriptor).st_size
    while end:
        begin = max(end - step, 0)
        found = os.pread(descriptor, end - begin, begin).rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        end = begin
    return 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _full(error) from None


def as_it_left(warehouse: Warehouse, line: Mapping[str, Any]) -> Earlier:
    """The publication of a line. Raises `Unavailable` (`release-log`)."""
    path = _place(warehouse, str(line["kept"]))
    try:
        told = json.loads(path.read_bytes())
        members = tuple(tuple(one) for one in told["members"])
        shape = tuple(len(one) + 1 for one in members)
        hidden = np.zeros(int(np.prod(shape)), dtype=bool)
        hidden[told["hidden"]] = True
        counts = np.array(told["counts"], dtype=np.int64).reshape(shape)
        return Earlier(str(line["at"]), from_told(told["question"]), members, counts, hidden.reshape(shape), line)
    except (OSError, ValueError, KeyError):
        raise _damaged(path) from None


def _place(warehouse: Warehouse, name: str) -> Path:
    return warehouse.memory / remembered.TABLES / f"{name}.json"


def _damaged(path: Path) -> Unavailable:
    return Unavailable(
        _("What was released before cannot be read: %(name)s.") % {"name": path.name},
        "Take the file from a backup; until then nothing more may leave.",
        code="release-log",
    )


def _full(error: OSError) -> Unavailable:
    return Unavailable(
        _("What leaves could not be written down: %(why)s. It did not leave.") % {"why": error.strerror},
        "Make room on the warehouse's disk.",
        code="warehouse-disk",
    )
