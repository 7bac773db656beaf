"""Proofs for others: that an entry is in the journal, and that the journal only grew since a head they kept.

Subtrees come from the frontiers of stored heads, where one passes by, and from leaves otherwise: a proof costs a few
hundred rows, however long the journal is. It is checked against the signed root before anybody gets it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from xenia.errors import BadInput, Conflict, NotFound
from xenia.journal import entries, heads
from xenia.journal.heads import SignedHead
from xenia.journal.models import Entry, Head, Leaf
from xenia.journal.tree import Frontier, Subtree, consistency, inclusion, node_hash

FORMAT = "xenia/proof/1"
FEW = 512
"""Subtrees up to so many leaves are computed from the leaves themselves."""


@dataclass(frozen=True)
class Proof:
    """That `entry` stands at `position` under `head`; with `since`, that `head` grew from that one. Hashes as bytes."""

    entry: Entry
    position: int
    path: tuple[bytes, ...]
    head: SignedHead
    since: SignedHead | None
    growth: tuple[bytes, ...]

    def to_json(self) -> dict[str, Any]:
        """As `xenia journal prove` prints it, without its schema. Holds no body and no external reference text."""
        proof: dict[str, Any] = {
            "format": FORMAT,
            "position": self.position,
            "header": entries.header(self.entry).decode(),
            "body_hash": bytes(self.entry.body_hash).hex(),
            "leaf": entries.leaf(self.entry).hex(),
            "path": [hash.hex() for hash in self.path],
            "head": self.head.to_json(),
        }
        if self.since is not None:
            proof["since"] = self.since.to_json()
            proof["growth"] = [hash.hex() for hash in self.growth]
        return proof


def prove(entry_id: UUID, since: SignedHead | None = None) -> Proof:
    """The proof of an entry under the newest head of its node.

    Raises `NotFound` (`no-entry`), `Conflict` (`not-sealed` yet; `head-foreign`: `since` is no ancestor of the newest
    head; `journal-altered`: run verify), `BadInput` (`bad-head`: `since` is of another node or not rightly signed).
    """
    entry = Entry.objects.filter(pk=entry_id).first()
    if entry is None:
        raise NotFound("There is no such entry.", "Give the id of an entry.", code="no-entry")
    if entry.position is None:
        raise Conflict("The entry is not sealed yet.", "Try again in a second.", code="not-sealed")
    head = heads.latest(entry.node)
    if since is not None:
        _ask(since, head)
    for subtree in (_quick(entry.node), _slow(entry.node)):
        path = inclusion(entry.position - 1, head.size, subtree)
        if includes(entries.leaf(entry), entry.position, path, head):
            break
    else:
        raise Conflict("The journal does not fit its newest head.", "Run xenia journal verify.", code="journal-altered")
    growth: list[bytes] = []
    if since is not None:
        growth = consistency(since.size, head.size, subtree)
        if not grows(since, head, growth):
            raise Conflict(
                "The journal did not grow from that head.", "Run xenia journal verify --head.", code="head-foreign"
            )
    return Proof(entry, entry.position, tuple(path), head, since, tuple(growth))


def _ask(since: SignedHead, head: SignedHead) -> None:
    if since.node != head.node or not since.is_signed():
        raise BadInput(
            "That head is of another node, or its signature is wrong.", "Give a head of this node.", code="bad-head"
        )
    if since.size > head.size:
        raise Conflict(
            "That head covers more than the journal holds.", "Run xenia journal verify --head.", code="head-foreign"
        )


def includes(leaf: bytes, position: int, path: list[bytes], head: SignedHead) -> bool:
    """Whether the audit path leads from the leaf at `position` to the head's root. Source: RFC 9162 section 2.1.3.2."""
    number, last, root = position - 1, head.size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if number & 1 or number == last:
            root = node_hash(step, root)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            root = node_hash(root, step)
        number, last = number >> 1, last >> 1
    return last == 0 and root.hex() == head.root


def grows(old: SignedHead, new: SignedHead, path: list[bytes]) -> bool:
    """Whether the consistency path leads from the old head's root to the new one's. Source: RFC 9162 section 2.1.4.2."""
    if old.size == 0 or old.size == new.size:
        return not path and (old.size == 0 or old.root == new.root)
    steps = list(path)
    if old.size & (old.size - 1) == 0:
        steps.insert(0, bytes.fromhex(old.root))
    if not steps:
        return False
    number, last = old.size - 1, new.size - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            after = node_hash(after, step)
        number, last = number >> 1, last >> 1
    return last == 0 and (before.hex(), after.hex()) == (old.root, new.root)


def _leaves(node: str, start: int, stop: int) -> Frontier:
    rows = Leaf.objects.filter(node=node, position__gt=start, position__lte=stop).order_by("position")
    tree = Frontier()
    for hash in rows.values_list("hash", flat=True).iterator(chunk_size=2000):
        tree.add(bytes(hash))
    return tree


def _slow(node: str) -> Subtree:
    return lambda start, stop: _leaves(node, start, stop).root()


def _quick(node: str) -> Subtree:
    def known(start: int, level: int) -> bytes | None:
        """The full subtree of 2**level leaves from `start`, if some stored head has it among its peaks."""
        end = start + (1 << level)
        if start >> level & 1:
            return None
        head = Head.objects.filter(node=node, size__gte=end, size__lt=end + (1 << level)).order_by("size").first()
        if head is None or len(bytes(head.frontier)) != 32 * head.size.bit_count():
            return None
        number = (head.size >> level + 1).bit_count()
        return bytes(head.frontier)[32 * number : 32 * number + 32]

    def subtree(start: int, stop: int) -> bytes:
        count = stop - start
        if count <= FEW:
            return _leaves(node, start, stop).root()
        level = (count - 1).bit_length()
        if count == 1 << level and (whole := known(start, level)) is not None:
            return whole
        middle = start + (1 << level - 1)
        return node_hash(subtree(start, middle), subtree(middle, stop))

    return subtree
