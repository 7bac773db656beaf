"""Finding live records for a batch of questions with at most three queries for all registers together."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from xenia.access import epochs
from xenia.registers.live import actions
from xenia.registers.live.actions import Live
from xenia.registers.live.models import LiveRecord
from xenia.registers.port import Probe


@dataclass(frozen=True)
class LiveFound:
    """Per probe and register: live records that share keys. `laid_over`: records of lists that these replace or hide."""

    by_probe: Sequence[Mapping[str, Sequence[Live]]]
    laid_over: frozenset[tuple[str, str, str]] = field(default=frozenset())


MOST = 300
_cache: tuple[int, frozenset[tuple[str, str, str]]] | None = None
_lock = threading.Lock()


def laid_over() -> frozenset[tuple[str, str, str]]:
    """(register, source, record id) of every list record that a live one replaces or hides; kept until the epoch moves."""
    global _cache
    epoch = epochs.read()["live"]
    with _lock:
        if _cache is None or _cache[0] != epoch:
            rows = LiveRecord.objects.exclude(source="").values_list("register", "source", "record_id")
            _cache = (epoch, frozenset(rows))
        return _cache[1]


def find(probes: Sequence[Probe], registers: Sequence[str]) -> LiveFound:
    """Live records of these registers that share a name or document key with each probe."""
    wanted = [_wanted(probe) for probe in probes]
    every = {key for keys in wanted for _, key in keys}
    if len(probes) == 1:
        shared, records = actions.matching_records(registers, every)
    else:
        shared = actions.matching_keys(registers, every)
        records = actions.load(shared)
    opened = {live.row.id: live for live in records}
    return LiveFound([_mine(keys, shared, opened) for keys in wanted], laid_over())


def _wanted(probe: Probe) -> set[tuple[str, int]]:
    found = {("n", key) for key in probe.name_keys}
    for _, keys in probe.documents:
        found |= {("d", keys.exact), ("f", keys.folded)}
    return found


def _mine(
    wanted: set[tuple[str, int]], shared: Mapping[UUID, set[tuple[str, int]]], opened: Mapping[UUID, Live]
) -> dict[str, list[Live]]:
    mine: dict[str, list[Live]] = {}
    counted = sorted(((len(keys & wanted), record) for record, keys in shared.items()), reverse=True)
    for count, record in counted[:MOST]:
        if count and record in opened:
            mine.setdefault(opened[record].row.register, []).append(opened[record])
    return mine
