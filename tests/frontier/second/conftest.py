"""A referral with a hit, at a post with officers; an asylum authority and a police beside the border's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from tests.frontier.conftest import alert, at_lane, passport, person, post
from xenia.access import actions as access
from xenia.access import place_actions, standing
from xenia.access.models import Account
from xenia.access.standing import Standing
from xenia.frontier import actions
from xenia.frontier.models import Check
from xenia.journal import actions as journal
from xenia.registers.live import actions as live
from xenia.site.demo.people import Person
from xenia.work.models import WorkItem

__all__ = ["alert", "at_lane", "post"]

PASSWORD = "amber-birch-cedar-delta-7"
OTHERS = {
    "asyl": ("asylum-officer", "UTO-AS"),
    "pol": ("police-officer", "UTO-PO"),
    "sup": ("shift-supervisor", "UTO-BG"),
    "aud": ("auditor", "UTO-BG"),
}


@pytest.fixture
def others(post: str) -> str:
    """An asylum authority and a police, each with an officer; a supervisor and an auditor of the border."""
    operator = access.operator_standing("operator")
    place_actions.make_authority(operator, "UTO-AS", "Zufluchtsamt", kind="asylum")
    place_actions.make_authority(operator, "UTO-PO", "Gendarmerie", kind="police")
    for name, (role, authority) in OTHERS.items():
        made = access.make_account(operator, name, name.title(), authority=authority, password=PASSWORD)
        access.give_role(operator, made.account.pk, role, post=None)
    return post


@pytest.fixture
def at_desk(others: str) -> Callable[[str], Standing]:
    """The standing of somebody who stands at no post."""

    def stand(name: str) -> Standing:
        return standing.of(Account.objects.get(username=name).pk)

    return stand


@pytest.fixture
def lost(post: str) -> Callable[..., str]:
    """Enters a report of a lost document without the two persons that it takes elsewhere."""

    def enter(one: Person) -> str:
        act = access.operator_standing("operator").act("alert-management", "external:test", owner="UTO-BG")
        body = {
            "documents": [{"type": "P", "issuing_state": "UTO", "number": one.number}],
            "status": "stolen",
            "event_on": "2026-03-14",
            "owner": "ZBUREAU",
            "reference": "R-77",
        }
        with journal.writing():
            return str(
                live.put("lost_documents", f"D-{one.number}", body, act, now=datetime.now(UTC), category="stolen")
            )

    return enter


@dataclass
class Referred:
    """One traveller who was referred."""

    item: WorkItem
    check: Check


@pytest.fixture
def refer(at_lane: Callable[..., Standing]) -> Callable[..., Referred]:
    """Checks and refers somebody at lane L1."""

    def send(one: Person | None = None, by: str = "first", direction: str = "entry", note: str = "Calm.") -> Referred:
        officer = at_lane(by)
        view = actions.check_text(officer, "L1", passport(one or person()), direction)
        item = actions.refer(officer, view.id, note)
        return Referred(WorkItem.objects.get(id=item), Check.objects.get(id=view.id))

    return send


def browser(name: str, post: str | None = None, lane: str | None = None, **more: Any) -> Client:
    """A browser in which this officer has signed in, with the second factor done."""
    client = Client(**more)
    client.post("/sign-in/", {"login": name, "password": PASSWORD})
    session = client.session
    session["second_factor"], session["post"], session["lane"] = True, post, lane
    session.save()
    return client
