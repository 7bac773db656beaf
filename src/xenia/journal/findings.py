"""What verification finds, each with its place; runs of the same kind are told as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MOST = 1000
"""The most findings that are kept; the rest is counted."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. `position` to `last`: where; `entry`: the id it is about, "" if several or none.

    Kinds are listed in docs/reference/journal.md.
    """

    kind: str
    node: str
    position: int | None
    entry: str
    what: str
    last: int | None = None

    def to_json(self) -> dict[str, Any]:
        """As `xenia journal verify` prints it."""
        return {
            "kind": self.kind,
            "node": self.node,
            "position": self.position,
            "last": self.position if self.last is None else self.last,
            "entry": self.entry,
            "what": self.what,
        }


class Findings:
    """Collects findings. Neighbours of the same kind and words that come one after the other become one with a range."""

    def __init__(self) -> None:
        self.kept: list[Finding] = []
        self.left_off = 0

    def add(
        self,
        kind: str,
        node: str,
        position: int | None,
        what: str,
        *,
        entry: str = "",
        last: int | None = None,
        join: bool = False,
    ) -> None:
        """Notes a finding. `join`: it may become one with the one before it, if that ends right before `position`."""
        before = self.kept[-1] if self.kept else None
        if join and before and position is not None and (before.kind, before.node, before.what) == (kind, node, what):
            end = before.last if before.last is not None else before.position
            if end is not None and end + 1 == position:
                self.kept[-1] = Finding(kind, node, before.position, "", what, last if last is not None else position)
                return
        if len(self.kept) >= MOST:
            self.left_off += 1
            return
        self.kept.append(Finding(kind, node, position, entry, what, last))

    def __bool__(self) -> bool:
        return bool(self.kept)
