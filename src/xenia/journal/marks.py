"""The signed heads along a journal, stored and kept ones together, by size; those that are no good are told and left out."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xenia.journal import kinds, signing
from xenia.journal.findings import Findings
from xenia.journal.heads import SignedHead, of_row
from xenia.journal.models import Entry, Head, KeyRecord
from xenia.journal.tree import Frontier

AT_ONCE = 500


@dataclass(frozen=True)
class Mark:
    """A root that a good signature vouches for. `frontier`: the head's own, if it folds to the root (kept heads have none)."""

    size: int
    root: bytes
    key_id: str
    is_kept: bool
    frontier: Frontier | None = None


def marks(node: str, kept: Sequence[SignedHead], findings: Findings) -> Iterator[Mark]:
    """The good heads of a node by rising size, a kept one before a stored one of the same size."""
    good = [Mark(head.size, bytes.fromhex(head.root), head.key_id, True) for head in kept if _is_good(head, findings)]
    good.sort(key=lambda mark: mark.size)
    return heapq.merge(good, _stored(node, findings), key=lambda mark: (mark.size, not mark.is_kept))


def _is_good(head: SignedHead, findings: Findings) -> bool:
    if not head.is_signed():
        findings.add(
            "kept-head-invalid",
            head.node,
            head.size,
            "the kept head's own signature is wrong: the file is damaged or forged",
        )
        return False
    return head.size > 0


def _stored(node: str, findings: Findings) -> Iterator[Mark]:
    keys, after = _Keys(node, findings), -1
    while True:
        rows = list(Head.objects.filter(node=node, size__gt=after).order_by("size")[:AT_ONCE])
        if not rows:
            return
        after = rows[-1].size
        for row in rows:
            mark = _mark(row, keys, findings)
            if mark is not None:
                yield mark


def _mark(row: Head, keys: _Keys, findings: Findings) -> Mark | None:
    key = keys.get(row.key_id)
    if key is None:
        findings.add("unknown-key", row.node, row.size, f"the key {row.key_id} of this head is not known here")
        return None
    if row.size < 1 or not of_row(row, key).is_signed():
        findings.add("head-forged", row.node, row.size, "this head was altered: its signature is wrong")
        return None
    root = bytes(row.root)
    try:
        frontier: Frontier | None = Frontier.unpack(row.size, bytes(row.frontier))
    except ValueError:
        frontier = None
    if frontier is None or frontier.root() != root:
        findings.add(
            "head-altered", row.node, row.size, "the frontier kept with this head does not give its signed root"
        )
        frontier = None
    return Mark(row.size, root, row.key_id, False, frontier)


class _Keys:
    """Public keys by id: as recorded, else as introduced by an entry, else the installation's own. The id is their hash."""

    def __init__(self, node: str, findings: Findings) -> None:
        self._node, self._findings = node, findings
        self._known: dict[str, dict[str, str] | None] = {}

    def get(self, key_id: str) -> dict[str, str] | None:
        if key_id not in self._known:
            self._known[key_id] = self._found(key_id)
        return self._known[key_id]

    def _found(self, key_id: str) -> dict[str, str] | None:
        record = KeyRecord.objects.filter(pk=key_id).values_list("jwk", flat=True).first()
        key = _key(record, key_id)
        if key is None:
            what = (
                f"the record of the key {key_id} was altered"
                if record is not None
                else f"the record of the key {key_id} is gone"
            )
            self._findings.add("key-altered", self._node, None, what)
            key = self._introduced(key_id) or _key(json.dumps(signing.present_key()), key_id)
        return key

    def _introduced(self, key_id: str) -> dict[str, str] | None:
        for entry in Entry.objects.filter(node=self._node, kind=kinds.KEY_INTRODUCED.name, body__isnull=False):
            body = json.loads(bytes(entry.body or b"{}"))
            key = _key(json.dumps(body.get("public_key")), key_id)
            if key is not None:
                return key
        return None


def _key(text: str | None, key_id: str) -> dict[str, str] | None:
    try:
        key = json.loads(text or "null")
        return key if key and signing.thumbprint(key) == key_id else None
    except (ValueError, KeyError, TypeError):
        return None
