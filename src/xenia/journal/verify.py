"""Verification: every sealed entry against its leaf, every stretch of leaves against a signed head, heads against kept ones.

Streams by position with bounded memory. What each kind of finding means: docs/reference/journal.md.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from django.db.models import Max

from xenia.journal import kinds, signing
from xenia.journal.findings import Findings
from xenia.journal.heads import SignedHead
from xenia.journal.marks import Mark, marks
from xenia.journal.memory import KeysSeen, Memory, named
from xenia.journal.models import Entry, Head, Leaf
from xenia.journal.node import node as own_node
from xenia.journal.stream import Hashed
from xenia.journal.tree import Frontier
from xenia.journal.window import Pair, Window

NOTHING = bytes(32)
HEADER = "the header or the body hash was altered"
BODY = "the body was altered, or another part that is erased with it"
GUESSES = 8
"""Up to so many positions where entry and leaf disagree, every choice between them is tried against the signed root."""
LONG = 5000
WITHOUT_KEPT = (
    "Without a kept head (--head FILE) these cannot be seen: entries cut off the end together with their leaves and heads;"
    " a journal written anew and signed with a stolen signing key."
)
PAST_KEPT = (
    "Past position {} (the newest kept head) these cannot be seen: entries cut off the end together with their leaves and"
    " heads; entries written anew and signed with a stolen signing key."
)


@dataclass
class Report:
    """What verification saw. `nodes`: entries, erased bodies, heads and the newest size, by node."""

    findings: Findings = field(default_factory=Findings)
    nodes: dict[str, dict[str, int]] = field(default_factory=dict)
    cannot_see: list[str] = field(default_factory=list)
    pending: int = 0
    seconds: float = 0.0

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def to_json(self) -> dict[str, Any]:
        """As `xenia journal verify` prints it."""
        return {
            "whole": self.is_whole,
            "nodes": self.nodes,
            "pending": self.pending,
            "findings": [finding.to_json() for finding in self.findings.kept],
            "findings_left_off": self.findings.left_off,
            "cannot_see": self.cannot_see,
            "seconds": round(self.seconds, 3),
        }


def verify(kept: Sequence[SignedHead] = ()) -> Report:
    """Verifies the journals of all nodes in this database. `kept`: heads that were kept elsewhere, of any node.

    Writes nothing. Entries that are not sealed yet are counted, not verified. This node comes first: what it says was
    erased is gone from the entries of other nodes too.
    """
    began, report = time.perf_counter(), Report()
    keys = KeysSeen(report.findings)
    here = own_node()
    first = Memory(here, report.findings, keys)
    for node in sorted(_nodes() | {head.node for head in kept}, key=lambda name: (name != here, name)):
        memory = first if node == here else Memory(node, report.findings, keys, first)
        _Verifier(node, [head for head in kept if head.node == node], report, keys, memory).run()
    first.close()
    own = signing.present_key()
    sizes = {node: int(counted["size"]) for node, counted in report.nodes.items()}
    keys.finish(here, signing.thumbprint(own) if own else None, sizes)
    report.pending = Entry.objects.filter(position__isnull=True).count()
    report.seconds = time.perf_counter() - began
    return report


def _nodes() -> set[str]:
    found: set[str] = set()
    for model in (Entry, Leaf, Head):
        rows = model._default_manager.order_by("node").values_list("node", flat=True)
        last = rows.first()
        while last is not None:  # from name to name along the index
            found.add(last)
            last = rows.filter(node__gt=last).first()
    return found


class _Verifier:
    """Verification of one node. `frontier`: the tree of the leaves read so far, or of the last head that vouches for them."""

    def __init__(self, node: str, kept: Sequence[SignedHead], report: Report, keys: KeysSeen, memory: Memory) -> None:
        self.node, self.kept, self.report, self.keys = node, kept, report, keys
        self.findings = report.findings
        self.memory = memory
        self.window = Window(node, self.findings, self.memory)
        self.frontier = Frontier()
        self.fitted = True

    def run(self) -> None:
        """Adds what this node gives to the report."""
        self.window.committed = present = self._present()  # before the heads: what is sealed meanwhile has one too
        heads = covered = 0
        inside: list[Mark] = []
        for mark in marks(self.node, self.kept, self.findings):
            if mark.is_kept and mark.size > present:
                self._truncated(mark, present)
            elif mark.is_kept:
                inside.append(mark)
            else:
                heads, covered = heads + 1, mark.size
                self.keys.used(self.node, mark.key_id, mark.size)
                self._stretch(mark, inside)
                inside = []
        for mark in inside:  # kept heads past the newest stored one
            self._stretch(mark, [])
        self._uncovered(covered, present)
        self.memory.finish(covered)
        self.report.nodes[self.node] = {"size": covered, "erased": self.memory.erased, "heads": heads}
        newest = max((head.size for head in self.kept), default=0)
        self.report.cannot_see.append(f"{self.node}: {PAST_KEPT.format(newest) if newest else WITHOUT_KEPT}")

    def _present(self) -> int:
        ends = (
            model._default_manager.filter(node=self.node).aggregate(at=Max("position"))["at"] for model in (Entry, Leaf)
        )
        return max(end or 0 for end in ends)

    def _truncated(self, mark: Mark, present: int) -> None:
        what = f"a kept head covers {mark.size} entries, the journal ends at {present}"
        self.findings.add("truncated", self.node, present + 1, what, last=mark.size)

    def _uncovered(self, covered: int, present: int) -> None:
        if present > covered:
            self.findings.add(
                "uncovered", self.node, covered + 1, "no signed head covers these positions", last=present
            )
            self._tell([pair for pair in self.window.again(covered, min(present, covered + LONG)) if _is_odd(pair)])
        strays = Entry.objects.filter(node=self.node, position__lt=1)
        for entry, position in strays.values_list("id", "position"):
            self.findings.add(
                "inserted", self.node, position, "an entry stands before the first position", entry=str(entry)
            )

    def _stretch(self, mark: Mark, inside: Sequence[Mark]) -> None:
        """From the last mark to this one: leaves against its root and those of kept heads, entries against their leaves."""
        anchor, odd = self.frontier.copy(), []
        add, saw = self.frontier.add, self.memory.saw
        fits = True
        for stop in (*inside, mark):
            for pair in self.window.pairs(self.frontier.size, stop.size):
                _, entry, leaf = pair
                if (
                    entry is None
                    or leaf is None
                    or entry.leaf != leaf.hash
                    or not entry.is_intact
                    or entry.id != leaf.id
                ):
                    odd.append(pair)
                    add(_stored(pair))
                    continue
                add(leaf.hash)
                if entry.is_erased or entry.kind in kinds.LASTING:
                    saw(entry)
            if stop is not mark and self.frontier.root() != stop.root:
                fits = False
        if self.frontier.root() == mark.root:
            self.fitted = True
            self._tell(odd)
            if not fits:
                self._rewritten(inside)
        else:
            self._settle(anchor, mark, inside, odd)

    def _settle(self, anchor: Frontier, mark: Mark, inside: Sequence[Mark], odd: Sequence[Pair]) -> None:
        """The leaves don't give the signed root: find out which of them were altered, or say which batch was."""
        differing = [pair for pair in odd if _stored(pair) != _computed(pair)]
        for chosen in _choices([pair[0] for pair in differing], mark.size - anchor.size):
            grown, fits = self._grown(anchor, mark, inside, chosen)
            if grown.root() == mark.root:
                self.frontier, self.fitted = grown, True
                self._tell_leaves([pair for pair in differing if pair[0] in chosen])
                self._tell([pair for pair in odd if pair[0] not in chosen])
                if not fits:
                    self._rewritten(inside)
                return
        self._unsettled(anchor.size + 1, mark)
        self._tell(odd)

    def _grown(
        self, anchor: Frontier, mark: Mark, inside: Sequence[Mark], chosen: frozenset[int]
    ) -> tuple[Frontier, bool]:
        """The tree from `anchor` on, with the entry's own leaf at the chosen positions; whether the kept heads inside fit."""
        grown, fits = anchor.copy(), True
        roots = {kept.size: kept.root for kept in inside}
        for pair in self.window.again(anchor.size, mark.size):
            grown.add(_computed(pair) if pair[0] in chosen else _stored(pair))
            if pair[0] in roots and grown.root() != roots[pair[0]]:
                fits = False
        return grown, fits

    def _unsettled(self, first: int, mark: Mark) -> None:
        if mark.is_kept:
            self._rewritten([mark])
        elif self.fitted:
            what = "these leaves are not those that the head was signed over: entries and leaves were altered together"
            self.findings.add("batch-altered", self.node, first, what, last=mark.size)
        else:
            what = "nor do these leaves fit their heads: likely entries were deleted, inserted or reordered with their leaves"
            self.findings.add("batch-altered", self.node, first, what, last=mark.size, join=True)
        self.fitted = False
        if mark.frontier is not None:
            self.frontier = mark.frontier.copy()

    def _rewritten(self, inside: Sequence[Mark]) -> None:
        what = "the entries up to here fit their own heads, but not a kept head: they were written and signed anew"
        self.findings.add("rewritten", self.node, 1, what, last=inside[0].size)

    def _tell_leaves(self, altered: Sequence[Pair]) -> None:
        for position, entry, leaf in altered:
            if entry is not None:
                what = (
                    "the leaf kept for this entry is gone"
                    if leaf is None
                    else "the leaf kept for this entry was altered"
                )
                self.findings.add("leaf-altered", self.node, position, what, entry=named(entry.id))
                self.memory.saw(entry)
                if not entry.is_intact:
                    self._edited(position, entry, BODY)

    def _tell(self, odd: Sequence[Pair]) -> None:
        """What is wrong at positions where the leaf is the one that was signed, or at least nothing better is known."""
        for position, entry, leaf in odd:
            if entry is None and leaf is None:
                self.findings.add("missing", self.node, position, "neither entry nor leaf stands here", join=True)
            elif entry is None or leaf is None:
                if leaf is not None:
                    self.memory.sealed_at(leaf.id, position)
                if entry is not None:
                    self._tell_leaves([(position, entry, None)])
            elif entry.id != leaf.id and entry.leaf == leaf.hash:
                self.findings.add(
                    "leaf-altered", self.node, position, "the leaf names another entry", entry=named(entry.id)
                )
                self.memory.saw(entry)
            elif entry.id != leaf.id:
                self.memory.sealed_at(leaf.id, position)
                self.memory.stands_at(entry.id, position)
            else:
                self._edited(position, entry, HEADER if entry.leaf != leaf.hash else BODY)

    def _edited(self, position: int, entry: Hashed, what: str) -> None:
        self.findings.add("edited", self.node, position, what, entry=named(entry.id))


def _is_odd(pair: Pair) -> bool:
    _, entry, leaf = pair
    return entry is None or leaf is None or entry.leaf != leaf.hash or not entry.is_intact or entry.id != leaf.id


def _stored(pair: Pair) -> bytes:
    """The leaf that the table of leaves gives for a position, else the entry's own, else nothing."""
    _, entry, leaf = pair
    if leaf is not None and isinstance(leaf.hash, bytes):
        return leaf.hash
    return (entry.leaf if entry is not None else None) or NOTHING


def _computed(pair: Pair) -> bytes:
    """The leaf that the entry itself gives, else the stored one."""
    _, entry, _ = pair
    return (entry.leaf if entry is not None else None) or _stored(pair)


def _choices(positions: Sequence[int], length: int) -> Iterator[frozenset[int]]:
    """Where to believe the entry instead of the stored leaf: everywhere, then every other choice if there are few."""
    if not positions:
        return
    yield frozenset(positions)
    if len(positions) <= GUESSES and length <= LONG:
        for count in range(1, len(positions)):
            yield from map(frozenset, combinations(positions, count))
