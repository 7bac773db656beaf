"""What a unit tells its centre beyond what every node writes down: what a check keeps, and what is sealed of a crossing."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from xenia.frontier import kinds, record
from xenia.frontier.models import Check
from xenia.frontier.trip import Trip
from xenia.identity.models import PURPOSE
from xenia.journal import actions as journal
from xenia.journal import data_keys
from xenia.journal.act import Act
from xenia.journal.actions import Prepared
from xenia.journal.node import is_unit

CODES = ("direction", "verdict", "border", "nationality", "document_type", "category", "hits")
"""Columns of a check that travel as they are."""
VISA = ("visa", "visa_until", "visa_days")


def kept(check: Check, what: record.Kept, act: Act, now: datetime) -> list[Prepared]:
    """The entry of what a check keeps now, sealed for its person; nothing where this node is no unit.

    Written in the transaction of the change, whatever the registers found, so that its being there tells nothing.
    """
    if not is_unit():
        return []
    body = {
        "check": str(check.id),
        "identity": str(check.identity),
        "local_date": check.local_date.isoformat(),
        "group": str(check.group or ""),
        **{name: getattr(check, name) for name in CODES},
        "kept": record.to_json(what),
    }
    who = check.identity
    return [journal.prepare(kinds.KEPT, body, act, subjects=[who], occurred_at=now, sealed_for=(who, PURPOSE))]


def of_crossing(identity: UUID, what: record.Kept, said: Trip, details: Mapping[str, str]) -> str:
    """What a crossing keeps sealed, and the visa it was made on, under the identity's data key, in base64; else empty."""
    if not is_unit():
        return ""
    visa = {name: value for name in VISA if (value := what.entitled.get(name))}
    parts: dict[str, Any] = {"details": dict(details), "trip": said.sealed_part(), "entitled": visa}
    parts = {name: part for name, part in parts.items() if part}
    if not parts:
        return ""
    return b64encode(data_keys.seal(identity, PURPOSE, json.dumps(parts, ensure_ascii=False).encode())).decode()
