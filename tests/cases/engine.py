"""What the engine's tests share: the small procedure `permit`, people who work it, and times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests import people
from xenia.access.standing import Standing
from xenia.cases import actions, catalogue, clock
from xenia.cases.models import Case
from xenia.journal import clock as moment
from xenia.work import proposals

SMALL = Path(__file__).parent / "small"
PERMIT = SMALL / "permit"
PERSON: dict[str, Any] = {
    "surname": "Inventia",
    "given_names": "Mirabel",
    "birth_date": "1990-02-03",
    "nationality": "UTO",
    "document_number": "UX1234567",
}
FORM: dict[str, Any] = {"paid": True, "person": PERSON}
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def world(db: None) -> people.World:
    return people.build()


@pytest.fixture
def permit() -> Iterator[None]:
    with catalogue.reading(PERMIT):
        yield


@pytest.fixture
def officer(world: people.World) -> Standing:
    return world.standing("olga", "case-officer", authority="UTO-MG")


@pytest.fixture
def lead(world: people.World) -> Standing:
    return world.standing("lena", "case-lead", authority="UTO-MG")


def begin(who: Standing, at: datetime = MONDAY, **form: Any) -> Case:
    """A permit's case in draft."""
    with moment.at(at):
        return actions.start(who, "permit", form={**FORM, **form})


def filed(who: Standing, at: datetime = MONDAY, **form: Any) -> Case:
    """A permit's case that was filed."""
    case = begin(who, at, **form)
    return do(who, case, "file", at=at)


def do(who: Standing, case: Case, action: str, form: Any = None, at: datetime = MONDAY, **more: Any) -> Case:
    """One action at a time."""
    with moment.at(at):
        return actions.act(who, case.pk, action, form, **more).case


def decide(first: Standing, second: Standing, case: Case, action: str, form: Any, at: datetime = MONDAY) -> Case:
    """An action that takes two people."""
    with moment.at(at):
        done = actions.act(first, case.pk, action, form, reason="Looked at.")
        assert done.proposal is not None
        proposals.approve(second, done.proposal.pk)
    return Case.objects.get(pk=case.pk)


def sweep(at: datetime) -> int:
    """The worker at that time."""
    with moment.at(at):
        return clock.sweep(at)
