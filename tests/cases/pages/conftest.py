"""Officers of a migration authority, a partner state, and readmission cases made through the engine."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.people import World, build
from xenia.access.standing import Standing
from xenia.cases import actions
from xenia.cases.models import Case
from xenia.exchange.models import Partner
from xenia.site.demo import portraits

APPLICATION: dict[str, Any] = {
    "category": "own_national",
    "person": {"surname": "Qvistgaard", "given_names": "Anselm", "nationality": "AZE", "birth_date": "1990-04-02"},
    "document": {"type": "P", "number": "AX7654321", "issuing_state": "AZE"},
    "interview_requested": True,
}


@pytest.fixture
def world(db: None, settings: Any) -> World:
    """A state that is a party to agreements, and the authority of another that it knows."""
    settings.XENIA_STATE = "CHE"
    made = build()
    Partner.objects.create(address="AZE/SMS", name="Migration Service", state="AZE", opened_at=timezone.now())
    return made


def browser(world: World, name: str, role: str, authority: str) -> Client:
    """A browser in which the second factor was shown as well."""
    client = world.client(name, role, authority=authority)
    session = client.session
    session["second_factor"] = True
    session.save()
    return client


@pytest.fixture
def officer(world: World) -> Client:
    """The browser of a case officer."""
    return browser(world, "officer", "case-officer", "UTO-MG")


@pytest.fixture
def lead(world: World) -> Client:
    """The browser of the head of the unit."""
    return browser(world, "lead", "case-lead", "UTO-MG")


@pytest.fixture
def standing(world: World) -> Standing:
    """The case officer, for the engine's own actions."""
    return world.standing("officer", "case-officer", authority="UTO-MG")


@pytest.fixture
def case(standing: Standing) -> Case:
    """A draft of an application."""
    return actions.start(
        standing, "readmission", side="requesting", profile="CH-AZ", counterpart="AZE/SMS", form=APPLICATION
    )


def photographed(standing: Standing, case: Case) -> None:
    """The photograph without which no application is sent."""
    picture = portraits.photograph("Qvistgaard Anselm")
    actions.attach(standing, case.pk, "photograph", "p.png", "image/png", picture)
