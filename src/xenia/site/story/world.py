"""Who works at one side of a story: a migration authority with its case officers, a border guard with a post. All invented."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

from django.conf import settings

from xenia.access import actions as access
from xenia.access import place_actions, standing
from xenia.access.models import Account
from xenia.access.standing import Standing
from xenia.cases import definition
from xenia.site.demo import people, scenario

LANE = "L1"
PEOPLE = {
    "officer": ("case-officer", "migration"),
    "lead": ("case-lead", "migration"),
    "second-lead": ("case-lead", "migration"),
    "consul": ("consular-officer", "migration"),
    "border": ("first-line-officer", "border"),
    "second-line": ("second-line-officer", "border"),
}


def authority(kind: str = "migration") -> str:
    """Code of the authority of this side: `AZE-MG`, `AZE-BG`."""
    return f"{settings.XENIA_STATE}-{'MG' if kind == 'migration' else 'BG'}"


def post() -> str:
    """Code of the one border post."""
    return f"{settings.XENIA_STATE}-AP1"


def build() -> None:
    """Authorities, post, lane and accounts, where they are missing."""
    if Account.objects.filter(username="officer").exists():
        return
    operator, state = access.operator_standing("operator"), settings.XENIA_STATE
    place_actions.make_authority(operator, authority(), f"Migration Service of {state}", kind="migration")
    place_actions.make_authority(operator, authority("border"), f"Border Guard of {state}", kind="border")
    zone = definition.calendar_of(state).zone
    place_actions.make_post(operator, post(), "Airport", authority=authority("border"), zone=zone, border="air")
    place_actions.make_lane(operator, post(), LANE, "entry")
    for name, (role, kind) in PEOPLE.items():
        made = access.make_account(
            operator, name, f"{name.title()} of {state}", authority=authority(kind), password=secrets.token_urlsafe(24)
        )
        access.give_role(operator, made.account.pk, role, post=post() if kind == "border" else None)


@cache
def _account(name: str) -> Account:
    return Account.objects.get(username=name)


def stand(name: str) -> Standing:
    """The standing of one of them; the border officers stand at their lane."""
    border = PEOPLE[name][1] == "border"
    return standing.of(_account(name).pk, post() if border else None, LANE if name == "border" else None)


def lines(who: Mapping[str, str], today: date) -> str:
    """The machine-readable lines of a travel document of the own state."""
    person = people.Person(
        who["surname"], who["given_names"], who["sex"][:1].upper(), date.fromisoformat(who["birth_date"]),
        who["nationality"], who["number"], today + timedelta(days=40), issuer=who["nationality"],
    )  # fmt: skip
    return "\n".join(scenario.passport(person))
