"""A small installation: one border authority with one lane, two officers of data protection, an auditor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.db import transaction

from tests.people import PASSWORD
from xenia.access import actions as access
from xenia.access import epochs, standing
from xenia.access.models import Authority, Lane, Post
from xenia.access.standing import Standing
from xenia.frontier import actions as frontier
from xenia.frontier.check import Typed

GUARD, POST, LANE = "UTO-BG", "UTO-PM1", "L1"
PEOPLE = {
    "first": ("first-line-officer", POST),
    "second": ("second-line-officer", POST),
    "dpo": ("data-protection-officer", None),
    "dpo2": ("data-protection-officer", None),
    "auditor": ("auditor", None),
    "editor": ("alert-editor", None),
    "approver": ("second-approver", None),
    "admin": ("administrator", None),
}


@dataclass
class World:
    """Standings by short name, and what officers do."""

    operator: Standing

    def of(self, name: str) -> Standing:
        post = PEOPLE[name][1]
        return standing.by_name(name, post, LANE if post else None)

    def check(self, surname: str, given_names: str, number: str, *, birth_date: str = "1974-08-12", state: str = "UTO"):
        """The traveller's document typed at the lane, as an officer does."""
        typed = Typed(
            surname=surname, given_names=given_names, document_number=number, issuing_state=state, nationality=state,
            birth_date=birth_date, sex="F", document_code="P", expiry_date="2031-01-01",
        )  # fmt: skip
        return frontier.check_typed(self.of("first"), LANE, typed, "entry")


def build() -> World:
    access.install("operator")
    operator = access.operator_standing("operator")
    with transaction.atomic():
        Authority.objects.get_or_create(code="UTO", defaults={"name": "Utopia", "kind": "state"})
        Authority.objects.get_or_create(
            code=GUARD, defaults={"name": "Border Guard", "parent_id": "UTO", "kind": "border"}
        )
        Post.objects.get_or_create(
            code=POST,
            defaults={"name": "Port Meridian", "authority_id": GUARD, "zone": "Asia/Tbilisi", "border": "air"},
        )
        Lane.objects.get_or_create(post_id=POST, code=LANE, defaults={"direction": "both"})
        epochs.bump("accounts")
    for username, (role, post) in PEOPLE.items():
        made = access.make_account(operator, username, username.title(), authority=GUARD, password=PASSWORD)
        access.give_role(operator, made.account.pk, role, post=post)
    return World(operator)


@pytest.fixture
def world(db) -> World:
    """The installation inside the test's transaction."""
    return build()


@pytest.fixture
def lasting_world(transactional_db) -> World:
    """The installation committed, for what happens after a commit and in other threads."""
    return build()


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)
