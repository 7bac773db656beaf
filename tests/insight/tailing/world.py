"""Entries of crossings as the lanes write them, many and quickly; and what the warehouse says of them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from xenia.frontier import kinds
from xenia.identity import kinds as identity
from xenia.identity.models import PURPOSE
from xenia.insight.tailing import flushing, following
from xenia.journal import sealer
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.journal.ids import uuid7

ACT = Act("account:00000000-0000-7000-8000-000000000001", "UTO-BG", "border-first-line", "", "check:1", "hq/UTO-AP1/L1")
NATIONS = ("UTO", "ARC", "MOL", "PAN")


@dataclass
class Crossing:
    """What was appended: the subject, the entry of the decision, and the row that it must come to."""

    subject: UUID
    entry: UUID
    at: datetime
    number: str
    said: dict[str, Any] = field(default_factory=dict)


def cross(at: datetime, number: str = "UX1234567", born: str = "1991-06-08", **said: Any) -> Crossing:
    """An identity, its check and the decision, each with its entry."""
    subject, check = uuid7(), uuid7()
    hits = said.pop("hits", [])
    outcome = said.pop("outcome", "admitted")
    document = {"type": "P", "issuing_state": "UTO", "number": number, "expiry_date": "", "lines": []}
    claim = {
        "names": [],
        "birth_date": born,
        "sex": said.pop("sex", "F"),
        "nationality": "UTO",
        "documents": [document],
    }
    body = {
        "crossing": str(uuid7()), "check": str(check), "identity": str(subject), "direction": "entry", "post": "UTO-AP1",
        "lane": "L1", "local_date": at.date().isoformat(), "zone": "UTC", "reasons": [], "verdict": "clear",
        "checked_at": at.isoformat(), "border": "air", "nationality": "ARC", "document_type": "P", "category": "visa-exempt",
        "purpose_of_travel": "", "carrier": "", "flight": "", "basis": "", "exception": "", "may_stay_until": "", "group": "",
        "seconds": 19, "referral_seconds": None, "sealed": "", **said,
    }  # fmt: skip
    lines = [
        [
            {"register": r, "source": "", "subject": str(uuid7()), "band": b, "groups": [], "shown": s}
            for r, b, s in hits
        ]
    ]
    checked = {
        "check": str(check), "identity": str(subject), "direction": "entry", "verdict": "clear", "rules_version": 1,
        "questions": 1, "registers": [], "lines": lines,
    }  # fmt: skip
    with writing():
        about = {"identity": str(subject), "source": "TD3", "claim": claim}
        append(identity.CLAIMED, about, ACT, subjects=[subject], occurred_at=at, sealed_for=(subject, PURPOSE))
        append(kinds.CHECKED, checked, ACT, subjects=[subject], occurred_at=at)
        kind = kinds.ADMITTED if outcome == "admitted" else kinds.REFUSED
        entry = append(kind, body, ACT, subjects=[subject], occurred_at=at)
    return Crossing(subject, entry, at, number, body)


def take_back(one: Crossing) -> None:
    """The decision is reversed."""
    body = {"crossing": one.said["crossing"], "reverses": str(one.entry), "identity": str(one.subject)}
    with writing():
        append(kinds.TAKEN_BACK, body, ACT, subjects=[one.subject], occurred_at=one.at + timedelta(seconds=30))


def many(
    number: int, seed: int = 3, since: datetime = datetime(2026, 9, 1, tzinfo=UTC), days: int = 60
) -> list[Crossing]:
    """Crossings at random times of two months, some of one person, some refused."""
    chance, made = random.Random(seed), []
    for _ in range(number):
        refused = chance.random() < 0.1
        made.append(
            cross(
                since + timedelta(minutes=chance.randint(0, days * 1440)),
                f"UX{chance.randint(0, number // 2):07}",
                nationality=chance.choice(NATIONS),
                outcome="refused" if refused else "admitted",
                direction="entry" if refused else chance.choice(["entry", "exit"]),
                reasons=["H", "E"] if refused else [],
                post=chance.choice(["UTO-AP1", "UTO-BG"]),
            )
        )
    return made


def follow(span: int = 1000) -> int:
    """Seal and follow all of it; how many positions."""
    sealer.seal_now()
    done = 0
    while moved := following.step(span):
        done += moved
    return done


def rows(*, files_only: bool = False) -> list[tuple[Any, ...]]:
    """Every fact of crossings that a question would see, sorted."""
    house = flushing.house()
    if files_only:
        house = type(house)(house.folder, list)
    with house.alone(), house.open() as connection:
        return sorted(connection.execute("SELECT * FROM crossing").fetchall(), key=repr)


def total() -> int:
    """How many facts of crossings a question would see."""
    return len(rows())
