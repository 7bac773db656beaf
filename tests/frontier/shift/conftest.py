"""A post with lanes, its officers and two supervisors; travellers decided at times that a test names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.frontier.conftest import POST, alert, at_lane, passport, person, post
from xenia.access import actions as access
from xenia.access import standing
from xenia.access.standing import Standing
from xenia.frontier import actions
from xenia.frontier.models import Check, Crossing

__all__ = ["alert", "at_lane", "post"]
ZONE = "Asia/Tbilisi"
PASSWORD = "amber-birch-cedar-delta-7"


@pytest.fixture
def supervisors(post: str) -> tuple[Standing, Standing]:
    """Two supervisors of the post."""
    operator = access.operator_standing("operator")
    for name in ("sup", "next"):
        made = access.make_account(operator, name, f"Supervisor {name}", authority="UTO-BG", password=PASSWORD)
        access.give_role(operator, made.account.pk, "shift-supervisor", post=POST)
    return standing.by_name("sup", post), standing.by_name("next", post)


@pytest.fixture
def sup(supervisors: tuple[Standing, Standing]) -> Standing:
    """The supervisor of the post."""
    return supervisors[0]


@pytest.fixture
def client_of(client, supervisors: tuple[Standing, Standing]):
    """A browser in which the supervisor has signed in."""

    def signed_in(name: str = "sup"):
        client.post("/sign-in/", {"login": name, "password": PASSWORD})
        session = client.session
        session["second_factor"], session["post"] = True, POST
        session.save()
        return client

    return signed_in


@dataclass
class Travellers:
    """Makes crossings: really decided, then set to another time where a test needs one."""

    at_lane: Callable[..., Standing]
    number: int = 0

    def admitted(
        self, at: datetime | None = None, *, lane: str = "L1", direction: str = "entry", **more: object
    ) -> Crossing:
        """One traveller let through."""
        self.number += 1
        one = person(f"UX{1000000 + self.number}", "Quorndale", "Ida", **more)
        standing_ = self.at_lane("first", lane)
        check = actions.check_text(standing_, lane, passport(one), direction)
        crossing = Crossing.objects.get(id=actions.admit(standing_, check.id))
        return self.move(crossing, at) if at else crossing

    def referred(self, note: str = "Doubt.") -> Check:
        """One traveller sent to second line."""
        self.number += 1
        one = person(f"UX{1000000 + self.number}", "Quorndale", "Ida")
        standing_ = self.at_lane("first")
        check = actions.check_text(standing_, "L1", passport(one), "entry")
        actions.refer(standing_, check.id, note)
        return Check.objects.get(id=check.id)

    def move(self, crossing: Crossing, at: datetime) -> Crossing:
        """The same crossing and its check at another time."""
        day = at.astimezone(ZoneInfo(ZONE)).date()
        Crossing.objects.filter(id=crossing.id).update(decided_at=at, local_date=day)
        Check.objects.filter(id=crossing.check_made_id).update(read_at=at - timedelta(seconds=20), local_date=day)
        crossing.refresh_from_db()
        return crossing


@pytest.fixture
def travellers(at_lane: Callable[..., Standing]) -> Travellers:
    """Makes crossings at the post."""
    return Travellers(at_lane)


@pytest.fixture
def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)
