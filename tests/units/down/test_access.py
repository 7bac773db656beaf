"""Who may work at a unit, as its centre says: what is offered, what is taken, what a unit may not say itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import people
from tests.units import officers
from tests.units.officers import Came, at_a_centre, being_a_unit, offered
from xenia.access import actions, place_actions, policy, standing
from xenia.access.models import Account, Assignment, Authority, Lane, PolicyVersion, Post
from xenia.access.policy_actions import policy_hash
from xenia.errors import BadInput, NotAllowed
from xenia.journal.models import Entry
from xenia.units.down import access
from xenia.units.models import Pin, SignInCode

pytestmark = pytest.mark.django_db
AT, ELSEWHERE = "UTO-AP1", "UTO-RD1"


@pytest.fixture
def here(settings: Any, tmp_path: Path) -> Iterator[Path]:
    with being_a_unit(settings, tmp_path):
        yield tmp_path


def _said(came: Came) -> dict[str, Any]:
    return json.loads(came.raw)


def _staffed(world: people.World) -> Any:
    """A unit at a post with officers of all sorts."""
    world.person("ada", "first-line-officer", post=AT)
    world.person("bob", "first-line-officer", post=ELSEWHERE)
    world.person("cleo", "second-line-officer")
    world.person("dan", "administrator")
    world.person("eve", "police-officer", authority="UTO-PO")
    world.person("fay", "second-line-officer", authority="UTO-PO")
    return officers.unit(world)


def test_officers_of_the_post_and_those_who_work_at_lanes_everywhere_are_told_nobody_else(db: None) -> None:
    said = at_a_centre(lambda world: _said(offered(_staffed(world))))
    assert [one["username"] for one in said["accounts"]] == ["ada", "cleo"]
    assert {one["role"] for one in said["roles"]} == {"first-line-officer", "second-line-officer"}
    assert said["post"]["code"] == AT and [one["code"] for one in said["lanes"]] == ["L1", "L2", "L3"]
    assert {"UTO-BG", "UTO-PO", "installation"} <= {one["code"] for one in said["authorities"]}


def test_no_password_leaves_the_centre(db: None) -> None:
    def work(world: people.World) -> tuple[bytes, list[str]]:
        made = offered(_staffed(world))
        return made.raw, list(Account.objects.values_list("password", flat=True))

    raw, passwords = at_a_centre(work)
    assert len(passwords) > 5
    assert not [one for one in passwords if one.encode() in raw] and b"password" not in raw.split(b'"policy"')[0]


def test_an_offer_that_did_not_change_costs_one_question(db: None) -> None:
    def work(world: people.World) -> tuple[int, int, bool]:
        known = _staffed(world)
        first = offered(known)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            again = offered(known)
        actions.close_account(world.operator, world.made["ada"].pk, "gone")
        with CaptureQueriesContext(connection) as anew:
            changed = offered(known)
        return len(asked), len(anew), first == again and first.item.sha256 != changed.item.sha256

    cached, made, right = at_a_centre(work)
    assert (cached, right) == (1, True)
    assert made > 5


def test_a_role_that_runs_out_is_not_offered_any_more(db: None) -> None:
    def work(world: people.World) -> list[list[str]]:
        ada, now = world.person("ada"), datetime.now(UTC)
        actions.give_role(
            world.operator, ada.pk, "first-line-officer", post=AT, valid_from=now - timedelta(9), valid_to=now + timedelta(1)
        )  # fmt: skip
        known, found = officers.unit(world), []
        found.append([one["username"] for one in _said(offered(known))["accounts"]])
        Assignment.objects.filter(account=ada).update(valid_to=now - timedelta(seconds=1))  # the clock went on
        access._held[known.name] = (access._held[known.name][0], now, access._held[known.name][2])
        found.append([one["username"] for one in _said(offered(known))["accounts"]])
        return found

    assert at_a_centre(work) == [["ada"], []]


def test_two_units_of_one_post_have_files_of_their_own(db: None) -> None:
    def work(world: people.World) -> set[str]:
        one, other = _staffed(world), officers.unit(world, "unit-2")
        return {offered(one).item.sha256, offered(other).item.sha256}

    assert len(at_a_centre(work)) == 2


def test_what_was_taken_is_what_the_centre_says_under_the_same_ids(here: Path) -> None:
    def work(world: people.World) -> tuple[Came, dict[str, Any]]:
        known = _staffed(world)
        rows = {one.username: one.pk for one in Account.objects.all()}
        return offered(known), rows

    came, ids = at_a_centre(work)
    assert not Account.objects.filter(username="ada").exists()
    operator = Account.objects.get(username="operator")
    came.take(here)
    assert Account.objects.get(username="ada").pk == ids["ada"] and not Account.objects.filter(username="bob").exists()
    assert Account.objects.filter(kind="system").get() == operator
    stands = standing.by_name("ada", AT, "L2")
    assert stands.roles == {"first-line-officer"} and stands.authority == "UTO-BG" and stands.may("frontier.check")
    assert standing.by_name("cleo", AT).roles == {"second-line-officer"}
    assert standing.kind_of("UTO-PO") == "police"
    entry = json.loads(bytes(Entry.objects.get(kind="unit.access-taken").body))
    assert (entry["accounts"], entry["lanes"], entry["policy"], entry["sha256"]) == (2, 3, 1, came.item.sha256)
    assert not list(here.glob(came.item.sha256))  # names lie in the database only


def test_an_officer_who_is_closed_or_ended_is_gone_with_the_next_item(here: Path) -> None:
    def work(world: people.World) -> list[Came]:
        known = _staffed(world)
        found = [offered(known)]
        actions.close_account(world.operator, world.made["ada"].pk, "left")
        held = Assignment.objects.get(account=world.made["cleo"])
        actions.end_role(world.operator, held.pk)
        found.append(offered(known))
        actions.open_account(world.operator, world.made["ada"].pk, "back")
        found.append(offered(known))
        return found

    first, second, third = at_a_centre(work)
    first.take(here)
    ada = Account.objects.get(username="ada")
    Pin.objects.create(account=ada.pk, hash="x", set_at=datetime.now(UTC))
    second.take(here)
    assert set(Account.objects.filter(kind="person").values_list("is_active", flat=True)) == {False}
    assert not Assignment.held_now().filter(account__kind="person").exists()
    assert not Pin.objects.exists()
    with pytest.raises(Exception, match="closed"):
        standing.by_name("ada", AT)
    third.take(here)
    assert standing.by_name("ada", AT).roles == {"first-line-officer"}
    assert not Pin.objects.exists()  # whoever comes back needs a new code
    closed = [
        json.loads(bytes(one.body))["closed"] for one in Entry.objects.filter(kind="unit.access-taken").order_by("id")
    ]
    assert closed == [0, 2, 0]


def test_the_policy_in_force_is_the_centres(here: Path) -> None:
    def work(world: people.World) -> Came:
        known = _staffed(world)
        base = PolicyVersion.objects.get()
        content = json.loads(json.dumps(base.content))
        content["roles"]["first-line-officer"]["permissions"].remove("frontier.refuse")
        PolicyVersion.objects.create(
            number=7, content=content, hash=policy_hash(content), previous_hash=base.hash,
            reason="r", proposed_by="a", approved_by="b", made_at=datetime.now(UTC),
        )  # fmt: skip
        return offered(known)

    came = at_a_centre(work)
    assert policy.permits(frozenset({"first-line-officer"}), "frontier.refuse")
    came.take(here)
    assert policy.current().number == 7
    assert not policy.permits(frozenset({"first-line-officer"}), "frontier.refuse")


def test_a_lane_that_is_gone_is_closed_and_a_place_renamed(here: Path) -> None:
    def work(world: people.World) -> list[Came]:
        known = _staffed(world)
        found = [offered(known)]
        place_actions.close_lane(world.operator, AT, "L3")
        place_actions.change_post(world.operator, AT, name="Port Nadir", zone="Asia/Baku", border="sea")
        return [*found, offered(known)]

    first, second = at_a_centre(work)
    first.take(here)
    second.take(here)
    assert list(Lane.objects.filter(closed_at=None).order_by("code").values_list("code", flat=True)) == ["L1", "L2"]
    place = Post.objects.get()
    assert (place.name, place.zone, place.border) == ("Port Nadir", "Asia/Baku", "sea")


def _altered(came: Came, change: Any) -> Came:
    said = _said(came)
    change(said)
    raw = json.dumps(said).encode()
    return Came(replace(came.item, size=len(raw)), raw)


ALTERED: dict[str, Any] = {
    "another unit": lambda said: said.update(unit="unit-2"),
    "another post": lambda said: said["post"].update(code="UTO-RD1"),
    "another version": lambda said: said.update(format="xenia/access/2"),
    "a part missing": lambda said: said.pop("lanes"),
    "a part too many": lambda said: said.update(secrets=[]),
    "a field too many": lambda said: said["accounts"][0].update(password="x"),
    "an id that is none": lambda said: said["accounts"][0].update(id="7"),
    "a policy of another hash": lambda said: said["policy"].update(hash="0" * 64),
    "a time that is none": lambda said: said["roles"][0].update(valid_from="yesterday"),
    "an authority that is not there": lambda said: said["accounts"][0].update(authority="UTO-XX"),
    "a role of nobody": lambda said: said["roles"][0].update(account="0190b7a4-0000-7000-8000-000000000000"),
    "the operator's name": lambda said: said["accounts"][0].update(username="operator"),
    "two of one name": lambda said: said["accounts"][0].update(username=said["accounts"][1]["username"]),
    "lists of nothing": lambda said: said.update(accounts=None),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ALTERED)
def test_an_item_that_is_odd_changes_nothing(here: Path, what: str) -> None:
    came = at_a_centre(lambda world: offered(_staffed(world)))
    came.take(here)
    before = [
        list(one.objects.order_by("pk").values_list())
        for one in (Account, Assignment, Authority, Post, Lane, PolicyVersion)
    ]
    entries = Entry.objects.count()
    with pytest.raises(BadInput) as refused:
        _altered(came, ALTERED[what]).take(here)
    assert refused.value.code == "bad-access"
    after = [
        list(one.objects.order_by("pk").values_list())
        for one in (Account, Assignment, Authority, Post, Lane, PolicyVersion)
    ]
    assert after == before and Entry.objects.count() == entries


def test_the_units_own_operator_cannot_be_overwritten_by_its_id(here: Path) -> None:
    came = at_a_centre(lambda world: offered(_staffed(world)))
    own = Account.objects.get(username="operator")
    with pytest.raises(BadInput):
        _altered(came, lambda said: said["accounts"][0].update(id=str(own.pk))).take(here)
    assert Account.objects.get(pk=own.pk).username == "operator"


def test_a_unit_makes_no_accounts_roles_posts_or_policy(here: Path) -> None:
    came = at_a_centre(lambda world: offered(_staffed(world)))
    operator = actions.operator_standing("operator")
    made = actions.make_account(
        operator, "ada", "Not Ada", authority="installation"
    ).account  # before the centre has spoken
    came.take(here)
    made.refresh_from_db()
    assert not made.is_active and made.username.startswith("gone-")
    ada = Account.objects.get(username="ada")
    tries: list[Any] = [
        lambda: actions.make_account(operator, "zoe", "Zoe", authority="UTO-BG"),
        lambda: actions.give_role(operator, ada.pk, "shift-supervisor", post=AT),
        lambda: actions.give_password(operator, ada.pk),
        lambda: actions.close_account(operator, ada.pk, "x"),
        lambda: actions.end_role(operator, Assignment.objects.get(account=ada).pk),
        lambda: place_actions.make_post(operator, "UTO-X1", "X", authority="UTO-BG", zone="UTC", border="land"),
        lambda: place_actions.make_lane(operator, AT, "L9"),
        lambda: place_actions.make_authority(operator, "UTO-X", "X", kind="border"),
    ]
    for attempt in tries:
        with pytest.raises(NotAllowed) as refused:
            attempt()
        assert refused.value.code == "centre-only"
    assert not SignInCode.objects.exists()
