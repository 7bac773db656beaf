"""Entries about accounts that act before, or without, a standing: sign-in and its failures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.journal.node import node

PURPOSE = "operation"
BASIS = "national law, to be named by the installation"


def note(kind: str, account: UUID | None, authority: str | None, body: Mapping[str, Any], *, by: str = "") -> None:
    """Write one entry of this room in a transaction of its own; `by` is the actor where it is not the account."""
    actor = by or (f"account:{account}" if account else "system:sign-in")
    act = Act(actor, authority or node(), PURPOSE, BASIS, "sign-in", node())
    with writing():
        append(kind, {"account": str(account) if account else None, **body}, act)
