"""A post with two lanes, its officers, and documents of invented people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from xenia.access import actions as access
from xenia.access import place_actions, standing
from xenia.access.standing import Standing
from xenia.journal import actions as journal
from xenia.registers.live import actions as live
from xenia.site import setup
from xenia.site.demo import scenario
from xenia.site.demo.people import Person

POST = "UTO-T1"
OFFICERS = {
    "first": "first-line-officer",
    "other": "first-line-officer",
    "second": "second-line-officer",
    "third": "second-line-officer",
    "editor": "alert-editor",
    "approver": "second-approver",
}


@pytest.fixture
def post(db: None) -> Iterator[str]:
    """Policy, operator, one post with lanes L1 (entry) and L2 (both), and one officer per role."""
    setup._fill(lambda text: None)
    operator = access.operator_standing("operator")
    place_actions.make_authority(operator, "UTO-BG", "Border Guard", kind="border")
    place_actions.make_post(operator, POST, "Testing", authority="UTO-BG", zone="Asia/Tbilisi", border="air")
    for lane, direction in (("L1", "entry"), ("L2", "both")):
        place_actions.make_lane(operator, POST, lane, direction=direction)
    for name, role in OFFICERS.items():
        made = access.make_account(
            operator, name, name.title(), authority="UTO-BG", password="amber-birch-cedar-delta-7"
        )
        access.give_role(operator, made.account.pk, role, post=POST)
    yield POST


@pytest.fixture
def at_lane(post: str) -> Callable[..., Standing]:
    """The standing of an officer at a lane: `at_lane("first")`."""

    def stand(name: str, lane: str | None = "L1") -> Standing:
        return standing.by_name(name, post, lane)

    return stand


@pytest.fixture
def alert(post: str) -> Callable[..., str]:
    """Enters an alert without the two persons that it takes elsewhere: `alert(person, "REF-B")`."""

    def enter(one: Person, category: str, **more: object) -> str:
        act = access.operator_standing("operator").act("alert-management", "external:test", owner="UTO-BG")
        body = {
            "category": category,
            "names": [{"surname": one.surname, "given_names": one.given_names, "kind": "main"}],
            "birth_dates": [one.born.isoformat()],
            "sex": one.sex,
            "nationalities": [one.nationality],
            "reason": "Invented",
            **more,
        }
        with journal.writing():
            return str(live.put("alerts", f"T-{one.number}", body, act, now=datetime.now(UTC), category=category))

    return enter


def today() -> date:
    """The local day of the post."""
    from zoneinfo import ZoneInfo

    return datetime.now(UTC).astimezone(ZoneInfo("Asia/Tbilisi")).date()


def person(
    number: str = "UX1234567", surname: str = "Halvorsen", given: str = "Tessa Mirande", **more: object
) -> Person:
    """An invented traveller with a passport that is valid for years: of the area, so that no visa and no days are asked about."""
    fields = {
        "born": date(1991, 6, 8),
        "sex": "F",
        "expires": today() + timedelta(days=1500),
        "nationality": "D",
        **more,
    }
    return Person(
        surname, given, str(fields["sex"]), fields["born"], str(fields["nationality"]), number, fields["expires"]
    )  # type: ignore[arg-type]


def passport(one: Person) -> str:
    """The lines that a reader types."""
    return "\n".join(scenario.passport(one))
