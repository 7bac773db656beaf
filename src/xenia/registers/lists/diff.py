"""What changed between two versions of a list: added, changed, removed, record by record, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from xenia.registers.lists.file import ListFile
from xenia.registers.lists.subjects import subject_bytes

Change = Literal["added", "changed", "removed"]
CHANGES: tuple[Change, ...] = ("added", "changed", "removed")


def differences(old: ListFile | None, new: ListFile) -> Iterator[tuple[Change, str]]:
    """Each record that is not the same in both, with its record_id. Both are of the same register and source.

    Records lie in the same order in every version, so both files are read once, side by side.
    """
    place, end = new.place, (b"\xff" * 17, "", "")
    befores = _keyed(old, place) if old is not None else iter(())
    afters = _keyed(new, place)
    before, after = next(befores, end), next(afters, end)
    while before is not end or after is not end:
        if before[0] == after[0]:
            if before[2] != after[2]:
                yield "changed", after[1]
            before, after = next(befores, end), next(afters, end)
        elif before[0] < after[0]:
            yield "removed", before[1]
            before = next(befores, end)
        else:
            yield "added", after[1]
            after = next(afters, end)


def _keyed(file: ListFile, place: str) -> Iterator[tuple[bytes, str, str]]:
    for record_id, packed in file.packed():
        yield subject_bytes(place, record_id), record_id, packed
