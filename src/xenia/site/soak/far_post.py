"""A far post for soaks and benches: its place and people, made at the centre, and travellers who are checked and admitted."""

from __future__ import annotations

import random
from collections.abc import Callable
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


def people() -> dict[str, str]:
    """Make the people; their ids by name. At a centre only: a unit is told who may work there."""
    from xenia.access import actions as access

    operator, made = access.operator_standing("operator"), {}
    for name, role in PEOPLE.items():
        account = access.make_account(operator, name, name.title(), authority=AUTHORITY, password=PASSWORD).account
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
