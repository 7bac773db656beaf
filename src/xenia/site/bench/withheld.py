"""Measures how well persons are found in the same invented register where it lies as keys only, as at units that hold no names."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time, process_time_ns
from typing import Any

from xenia.matching import withheld
from xenia.registers.lists import keyed
from xenia.registers.lists.file import ListFile
from xenia.registers.lists.subjects import subject_bytes
from xenia.site.bench.search import Asked

_SECRET = b"bench-search-holds-no-documents!"
_ALL = keyed.What(frozenset(), frozenset({"*"}), "")
_TRIED = 100_000


@dataclass
class _Class:
    asked: int = 0
    hit: int = 0
    right: int = 0


def measured(file: ListFile, asked: list[Asked], folder: Path) -> dict[str, Any]:
    """Recall by class of question, share of strangers that are stopped, bytes and CPU; and how quickly keys can be guessed.

    `hit`: somebody of the list is told of; `right`: it is the one who was meant. Either sends the traveller to second line.
    """
    with TemporaryDirectory(dir=folder) as place:
        path, began = Path(place) / "keys.list", process_time()
        meta = {"register": file.meta["register"], "source": file.meta["source"], "number": "1"}
        built = keyed.write(path, file.records(), meta, _SECRET, _ALL, lambda *_: None)
        build_s = process_time() - began
        keys = ListFile.open(path)
        keys.document_secret = _SECRET
        try:
            found = _asked(keys, asked)
        finally:
            keys.close()
    size = round(built.size_bytes / max(1, file.count))
    return {"bytes_per_person": size, "build_cpu_s": round(build_s, 1), **found, "guesses_per_s_per_core": _guesses()}


def _asked(file: ListFile, asked: list[Asked]) -> dict[str, Any]:
    classes: dict[str, _Class] = {}
    strangers, times = Counter[bool](), []
    for one in asked:
        began = process_time_ns()
        found = keyed.search(file, one.claim.whole_names(), one.claim.birth, (), lambda body: True)
        times.append(process_time_ns() - began)
        if one.record_id is None:
            strangers[found is not None] += 1
            continue
        kind = classes.setdefault(one.label, _Class())
        kind.asked += 1
        kind.hit += found is not None
        kind.right += found is not None and found.record_id == _called(file, one.record_id)
    whole = _Class(*(sum(getattr(kind, name) for kind in classes.values()) for name in ("asked", "hit", "right")))
    times.sort()
    return {
        "all": _shares(whole),
        "classes": {label: _shares(kind) for label, kind in classes.items()},
        "strangers": {"asked": strangers.total(), "stopped": round(strangers[True] / max(1, strangers.total()), 4)},
        "cpu_ms": {"mean": _ms(sum(times) / len(times)), "p99": _ms(times[int(len(times) * 0.99)])},
    }


def _called(file: ListFile, record_id: str) -> str:
    return keyed.pseudonym(_SECRET, subject_bytes(file.place, record_id))


def _shares(one: _Class) -> dict[str, Any]:
    return {"asked": one.asked, "hit": round(one.hit / one.asked, 3), "right": round(one.right / one.asked, 3)}


def _ms(nanoseconds: float) -> float:
    return round(nanoseconds / 1e6, 2)


def _guesses() -> int:
    """How many traits a thief who has the secret tries in a second, with one core and this program."""
    began = process_time()
    for number in range(_TRIED):
        withheld.name_key(_SECRET, f"Y{1930 + number % 90}|{number}")
    return round(_TRIED / (process_time() - began))
