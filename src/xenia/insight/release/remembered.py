"""The memory of what left outlives the facts: of the installation's own warehouse it lies beside it, `HOME/released/`.

Facts follow from the journal and may be deleted and made again; what everybody has read does not, and the next publication is
held against it. What an earlier version wrote into the warehouse, or a backup of one brought back, is taken over at first use: it
is whole in its new place before it leaves the old one, so that a process killed in between only begins again.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from xenia.errors import Unavailable
from xenia.insight.warehouse import Warehouse, write_whole

LOG: Final = "released.jsonl"
TABLES: Final = "published"


def settle(warehouse: Warehouse) -> None:
    """Take over what lies with the facts, once. Raises `Unavailable` (`release-log`, `warehouse-disk`)."""
    if warehouse.memory == warehouse.folder or not _is_anything(warehouse.folder):
        return
    with warehouse.noting():
        take_over(warehouse.folder, warehouse.memory)
        shutil.rmtree(warehouse.folder / TABLES, ignore_errors=True)
        (warehouse.folder / LOG).unlink(missing_ok=True)


def take_over(old: Path, memory: Path) -> None:
    """What left by the memory in one folder is known by that in another too; nobody else writes there meanwhile.

    Raises `Unavailable` (`release-log`, `warehouse-disk`): then both are as they were.
    """
    if not _is_anything(old):
        return
    try:
        memory.mkdir(mode=0o700, parents=True, exist_ok=True)
        (memory / TABLES).mkdir(mode=0o700, exist_ok=True)
        for table in sorted((old / TABLES).glob("*.json")):
            if not (memory / TABLES / table.name).exists():
                write_whole(memory / TABLES / table.name, table.read_bytes())
        synced(memory / TABLES)
        said, here = _whole_lines(old / LOG), _whole_lines(memory / LOG)
        if not set(said) <= set(here):
            lines = _in_order(*sorted((said, here), key=len, reverse=True))
            write_whole(memory / LOG, b"".join(one + b"\n" for one in lines))
        synced(memory)
    except OSError as error:
        raise Unavailable(
            _("What left before cannot be taken over: %(why)s.") % {"why": error.strerror},
            _("Make room on its disk."),
            code="warehouse-disk",
        ) from None


def _in_order(base: list[bytes], other: list[bytes]) -> list[bytes]:
    """The lines of both in the order in which they left; those of one moment in that of the longer."""
    known = set(base)
    more = [one for one in other if one not in known]
    try:
        return sorted([*base, *more], key=lambda line: str(json.loads(line)["at"])) if more else base
    except (ValueError, KeyError, TypeError):
        raise Unavailable(
            "What was released before cannot be read: a line is damaged.",
            "Take the file from a backup; until then nothing more may leave.",
            code="release-log",
        ) from None


def _whole_lines(log: Path) -> list[bytes]:
    """Without a last one that was cut off: it never left."""
    if not log.exists():
        return []
    whole, _newline, _cut_off = log.read_bytes().rpartition(b"\n")
    return [one for one in whole.split(b"\n") if one]


def _is_anything(folder: Path) -> bool:
    return (folder / LOG).exists() or (folder / TABLES).is_dir()


def synced(folder: Path) -> None:
    """Make what was renamed in the folder last."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
