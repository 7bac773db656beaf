"""Answers kept beside the warehouse, equal to asking anew: what the engine said to a question of the files as they are.

    DIR/prepared/<name>.npz             members and numbers of the cells, as exact as the facts beside them
    DIR/prepared/choices-<fact>.json    what can be chosen from (`members.py`): shown to everybody, but of nobody who is forgotten
    DIR/prepared/.since                 a word made with the folder: choices found under another are of before a forgetting

The name comes from the question and from which files count, so that a new, rewritten or removed file leaves every old answer behind.
Facts that wait beside the files are counted anew each time and added, where the measure adds up or none of them is meant.
Nothing leaves from here: numbers become a cube, and go out by `release()`. All of it is readable by the owner only. Deleting the
folder loses nothing but time.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import secrets
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xenia.errors import Unavailable
from xenia.insight import dialects, turns
from xenia.insight.declarations import Fact
from xenia.insight.question import Question
from xenia.insight.warehouse import Warehouse, _source, write_whole

FOLDER = "prepared"
MOST = 300  # answers kept; the longest unused go
MOST_BYTES = 100 << 20  # of all of them: the biggest table is 1.2 MB
CHOICES = "choices-"
SINCE = ".since"


@dataclass(frozen=True)
class Answer:
    """An answer as it is kept: the members of each breakdown without totals, and numbers by name, one for each cell."""

    members: tuple[tuple[str, ...], ...]
    numbers: Mapping[str, NDArray[Any]]


def name_of(warehouse: Warehouse, asked: Question, what: str = "") -> str:
    """Which answer it is: another for every question, way to ask it and set of files. `what`: for another answer to the same question."""
    said = dialects.render(asked, dialects.DuckDB(), "files")
    told = [what, said.sql, said.parameters, asked.told(), files_of(warehouse, asked.fact)]
    return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()[:40]


def files_of(warehouse: Warehouse, fact: Fact) -> str:
    """A word for the files of a fact that count."""
    files = sorted((one.name, one.digest) for one in warehouse.known() if one.fact == fact.name)
    return hashlib.sha256(json.dumps([fact.name, files]).encode()).hexdigest()


def source(warehouse: Warehouse, fact: Fact) -> str:
    """The facts that lie in files, without what waits beside them: for SQL on an open engine."""
    places = [str(warehouse.place(one.fact, one.name)) for one in warehouse.known() if one.fact == fact.name]
    return f"({_source(fact, places, with_fresh=False)}) AS files"


def find(warehouse: Warehouse, name: str) -> Answer | None:
    """An answer; None where it was not kept."""
    path = _place(warehouse, name)
    try:
        with np.load(path, allow_pickle=False) as kept:
            numbers = {one: kept[one] for one in kept.files}
        members = json.loads(numbers.pop("members").tobytes())
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    with contextlib.suppress(OSError):
        os.utime(path)
    return Answer(tuple(tuple(one) for one in members), numbers)


def keep(
    warehouse: Warehouse, name: str, members: Sequence[Sequence[str]], numbers: Mapping[str, NDArray[Any]]
) -> None:
    """Keep an answer. A full disk is no fault here: it is asked anew the next time."""
    said = np.frombuffer(json.dumps([list(one) for one in members]).encode(), dtype=np.uint8)
    data = io.BytesIO()
    small: dict[str, Any] = {one: _small(values) for one, values in numbers.items()}
    np.savez(data, members=said, **small)
    path = _place(warehouse, name)
    with contextlib.suppress(Unavailable, OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, data.getvalue())
        _clear(path.parent)


def _clear(folder: Path) -> None:
    """Put away the longest unused answers, and those of earlier forms."""
    room, number = MOST_BYTES, 0
    seen = [(one.stat(), one) for one in folder.iterdir() if not one.name.startswith((".", CHOICES))]
    for told, one in sorted(seen, key=lambda each: each[0].st_mtime, reverse=True):
        if one.suffix == ".npz":
            room, number = room - told.st_size, number + 1
        if one.suffix == ".json" or room < 0 or number > MOST:
            one.unlink(missing_ok=True)


def _small(values: NDArray[Any]) -> NDArray[Any]:
    """Whole numbers in as few bytes as hold them all."""
    if values.dtype.kind != "i" or not values.size or values.min() < 0:
        return values
    return values.astype(np.min_scalar_type(int(values.max())))


def forget(warehouse: Warehouse) -> None:
    """Remove all answers and choices: of persons who are forgotten they hold counts, and what is left of a pseudonym in a key."""
    shutil.rmtree(warehouse.folder / FOLDER, ignore_errors=True)


def since(warehouse: Warehouse) -> str:
    """A word that is another one after every `forget`; made where there is none. Raises `Unavailable` (`warehouse-disk`)."""
    path = warehouse.folder / FOLDER / SINCE
    with contextlib.suppress(FileNotFoundError):
        return path.read_text()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise turns.unwritable(error) from None
    made = secrets.token_hex(16)
    write_whole(path, made.encode())
    return made


def choices(warehouse: Warehouse, fact: str) -> Mapping[str, Any] | None:
    """What `keep_choices` kept last; None where there is nothing, or persons were forgotten since it was asked."""
    folder = warehouse.folder / FOLDER
    try:
        told: dict[str, Any] = json.loads((folder / f"{CHOICES}{fact}.json").read_bytes())
        return told if told["since"] == (folder / SINCE).read_text() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_choices(warehouse: Warehouse, fact: str, told: Mapping[str, Any], begun: str) -> None:
    """Keep what was asked after `since` said `begun`, unless it says something else now. A full disk is no fault here."""
    with contextlib.suppress(Unavailable):
        if since(warehouse) == begun:
            path = warehouse.folder / FOLDER / f"{CHOICES}{fact}.json"
            write_whole(path, json.dumps({**told, "since": begun}).encode())


def looked_at(warehouse: Warehouse, fact: str) -> None:
    """Note that somebody was shown the choices."""
    with contextlib.suppress(OSError):
        os.utime(warehouse.folder / FOLDER / f"{CHOICES}{fact}.json")


def last_look(warehouse: Warehouse, fact: str) -> float:
    """When the choices were shown last, or kept; 0 where there are none."""
    try:
        return (warehouse.folder / FOLDER / f"{CHOICES}{fact}.json").stat().st_mtime
    except OSError:
        return 0.0


def _place(warehouse: Warehouse, name: str) -> Path:
    return warehouse.folder / FOLDER / f"{name}.npz"
