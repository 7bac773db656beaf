"""A post with officers, travellers of invented names, and crossings at chosen days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from tests.frontier.conftest import POST, at_lane, post
from xenia.access import actions as access
from xenia.formats.dates import PartialDate
from xenia.identity.claim import Claimed, Document, Name
from xenia.journal import actions as journal
from xenia.journal.ids import uuid7
from xenia.registers.stays import actions
from xenia.registers.stays.actions import Movement

__all__ = ["POST", "at_lane", "post"]

ZONE = "Asia/Tbilisi"


def traveller(surname: str = "LIND", given: str = "ASTA", number: str = "XA1234567", **more: object) -> Claimed:
    """Somebody on a passport of Utopia's neighbour."""
    claimed = Claimed(
        (Name(surname, given),),
        PartialDate.parse("1990-05-17"),
        "F",
        "XXB",
        (Document("P", "XXB", number),),
    )
    return replace(claimed, **more)  # type: ignore[arg-type]


def move(claimed: Claimed, on: str, hour: int = 10, **more: object) -> Movement:
    """A crossing at that local day and hour."""
    day = date.fromisoformat(on)
    at = datetime.combine(day, time(hour), ZoneInfo(ZONE)).astimezone(UTC)
    return replace(Movement(uuid7(), uuid7(), claimed, at, day, ZONE, POST), **more)  # type: ignore[arg-type]


@pytest.fixture
def act(post: str) -> object:
    """What the lane acts as."""
    return access.operator_standing("operator").act("border-first-line", "check:test", owner="UTO-BG")


@pytest.fixture
def enter(act) -> Callable[..., UUID]:
    """Records an entry and gives back the movement: `enter(traveller(), "2026-01-01")`."""

    def record(claimed: Claimed, on: str, hour: int = 10, **more: object) -> Movement:
        made = move(claimed, on, hour, **more)
        with journal.writing():
            actions.record_entry(made, act)
        return made

    return record


@pytest.fixture
def leave(act) -> Callable[..., actions.Matched]:
    """Records an exit and gives back what it matched."""

    def record(claimed: Claimed, on: str, hour: int = 18, **more: object) -> actions.Matched:
        with journal.writing():
            return actions.record_exit(move(claimed, on, hour, **more), act)

    return record


@pytest.fixture
def officers(post: str, at_lane: Callable[..., object]) -> dict[str, object]:
    """The second-line officer who proposes, another, and the supervisor who approves."""
    operator = access.operator_standing("operator")
    made = access.make_account(operator, "boss", "Boss", authority="UTO-BG", password="amber-birch-cedar-delta-7")
    access.give_role(operator, made.account.pk, "shift-supervisor", post=POST)
    return {"second": at_lane("second", None), "third": at_lane("third", None), "boss": at_lane("boss", None)}
