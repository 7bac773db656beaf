"""A far post for soaks and benches: its place and people at centre and unit alike, and travellers who are checked and admitted."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

AUTHORITY: Final = "UTO-BG"
POST: Final = "UTO-PM1"
LANE: Final = "L1"
PEOPLE: Final = {"admin": "administrator", "chief": "shift-supervisor", "ada": "first-line-officer"}
PASSWORD: Final = "amber-birch-cedar-delta-7"  # noqa: S105 - of invented people in an installation that is thrown away


def place() -> None:
    """The authority, its post and a lane."""
    from xenia.access import actions as access
    from xenia.access import place_actions

    operator = access.operator_standing("operator")
    place_actions.make_authority(operator, AUTHORITY, "Border Guard", kind="border")
    place_actions.make_post(operator, POST, "Far Pass", authority=AUTHORITY, zone="Asia/Tbilisi", border="land")
    place_actions.make_lane(operator, POST, LANE, direction="both")


def people(ids: Mapping[str, str]) -> dict[str, str]:
    """Make the people, under the ids that they have elsewhere where given; their ids by name."""
    from xenia.access import actions as access
    from xenia.access.models import Account

    operator, made = access.operator_standing("operator"), {}
    for name, role in PEOPLE.items():
        account = access.make_account(operator, name, name.title(), authority=AUTHORITY, password=PASSWORD).account
        if name in ids:
            Account.objects.filter(pk=account.pk).update(id=UUID(ids[name]))
            account.pk = UUID(ids[name])
        access.give_role(operator, account.pk, role, post=None if role == "administrator" else POST)
        made[name] = str(account.pk)
    return made


def traveller(chance: random.Random, after_check: Callable[[UUID], Any] = lambda check: None) -> UUID:
    """One own national is checked on entry and admitted by the officer at the lane; the check."""
    from xenia.access import standing
    from xenia.frontier import actions, checking
    from xenia.site.demo import people as crowd
    from xenia.site.demo import scenario

    here = standing.by_name("ada", POST, LANE)
    person = replace(crowd.person(chance, date.today()), nationality="UTO", issuer="UTO")
    view = checking.check_text(here, LANE, "\n".join(scenario.passport(person)), "entry")
    after_check(view.id)
    actions.admit(here, view.id)
    return view.id
