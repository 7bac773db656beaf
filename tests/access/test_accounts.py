from __future__ import annotations

import json
import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests import people
from xenia.access import actions, place_actions, standing
from xenia.access.models import Account, Assignment
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.journal.models import Entry


@pytest.fixture
def demo(settings) -> None:
    settings.XENIA_DEMO = True


def code_of(error: pytest.ExceptionInfo) -> str:
    return error.value.code


# Standing


def test_a_standing_holds_the_roles_of_its_post(world: people.World) -> None:
    account = world.person("ada")
    actions.give_role(world.operator, account.pk, "first-line-officer", post="UTO-AP1")
    actions.give_role(world.operator, account.pk, "second-line-officer", post="UTO-RD1")
    assert standing.of(account.pk, "UTO-AP1").roles == {"first-line-officer"}
    assert standing.of(account.pk, "UTO-RD1").roles == {"second-line-officer"}
    assert standing.of(account.pk).roles == frozenset()


def test_the_only_post_is_chosen_by_itself(world: people.World) -> None:
    account = world.person("ada", "first-line-officer", post="UTO-AP1")
    here = standing.of(account.pk, lane="L3")
    assert (here.post, here.lane, here.origin, here.zone) == ("UTO-AP1", "L3", "hq/UTO-AP1/L3", "Europe/Tirane")


def test_nobody_stands_at_a_post_of_others(world: people.World) -> None:
    account = world.person("ada", "first-line-officer", post="UTO-AP1")
    for post, lane in (("UTO-RD1", None), ("nowhere", None), ("UTO-AP1", "L9")):
        with pytest.raises(NotAllowed) as refused:
            standing.of(account.pk, post, lane)
        assert code_of(refused) == "not-your-post"


def test_a_role_without_post_holds_at_every_post_of_the_authority(world: people.World) -> None:
    account = world.person("ada", "first-line-officer")
    assert {place.code for place in standing.posts_of(account.pk)} == {"UTO-AP1", "UTO-RD1"}
    place_actions.make_post(world.operator, "UTO-MG1", "Office", authority="UTO-MG", zone="UTC", border="none")
    assert "UTO-MG1" not in {place.code for place in standing.posts_of(account.pk)}


def test_a_role_holds_for_its_time_only(world: people.World) -> None:
    account, now = world.person("ada"), timezone.now()
    actions.give_role(world.operator, account.pk, "first-line-officer", valid_from=now + timedelta(days=1))
    actions.give_role(
        world.operator,
        account.pk,
        "shift-supervisor",
        valid_from=now - timedelta(days=2),
        valid_to=now - timedelta(days=1),
    )
    assert standing.of(account.pk).roles == frozenset()


def test_an_ended_role_is_gone_at_once(world: people.World) -> None:
    here = world.standing("ada", "first-line-officer")
    assert here.may("frontier.check")
    actions.end_role(world.operator, Assignment.objects.get(account_id=here.account).pk)
    assert not standing.of(here.account).may("frontier.check")
    with pytest.raises(Conflict):
        actions.end_role(world.operator, Assignment.objects.get(account_id=here.account).pk)


def test_an_act_carries_who_what_for_and_by_what_right(world: people.World) -> None:
    here = world.standing("ada", "first-line-officer", lane="L1")
    act = here.act("border-first-line", "check:1")
    assert (act.actor, act.owner, act.origin) == (f"account:{here.account}", "UTO-BG", "hq/UTO-AP1/L1")
    assert act.legal_basis == "Reg. (EU) 2016/399 Art. 8"


@pytest.mark.parametrize("who", [UUID(int=9), None])
def test_an_unknown_or_closed_account_stands_nowhere(world: people.World, who: UUID | None) -> None:
    if who is None:
        who = world.person("ada", "first-line-officer").pk
        actions.close_account(world.operator, who, "left")
    with pytest.raises(NotFound):
        standing.of(who)


# Accounts and roles


def test_only_who_manages_accounts_makes_them(world: people.World) -> None:
    here = world.standing("ada", "first-line-officer")
    for act in (
        lambda: actions.make_account(here, "x1", "X", authority="UTO-BG"),
        lambda: actions.give_role(here, here.account, "administrator"),
        lambda: actions.unlock(here, here.account),
        lambda: actions.give_password(here, here.account),
        lambda: place_actions.make_lane(here, "UTO-AP1", "L8"),
        lambda: place_actions.make_authority(here, "X", "X", kind="border"),
    ):
        with pytest.raises(NotAllowed) as refused:
            act()
        assert code_of(refused) == "no-permission"


def test_an_administrator_does_not_raise_itself(world: people.World) -> None:
    administrator = world.standing("adm", "administrator", post=None)
    for act in (
        lambda: actions.give_role(administrator, administrator.account, "alert-editor"),
        lambda: actions.give_password(administrator, administrator.account),
        lambda: actions.remove_second_factor(administrator, administrator.account),
        lambda: actions.close_account(administrator, administrator.account, "x"),
    ):
        with pytest.raises(NotAllowed) as refused:
            act()
        assert code_of(refused) == "own-account"
    with pytest.raises(NotAllowed) as operator:
        actions.give_role(administrator, world.person("ada").pk, "operator")
    assert code_of(operator) == "operator-role"
    with pytest.raises(NotAllowed):
        actions.give_password(administrator, world.operator.account)


@pytest.mark.parametrize("username", ["", "x", "With Space", "../../etc", "a" * 65, "é", "-x"])
def test_odd_names_are_refused(world: people.World, username: str) -> None:
    with pytest.raises(BadInput):
        actions.make_account(world.operator, username, "X", authority="UTO-BG")


def test_the_initial_password_is_kept_nowhere(world: people.World) -> None:
    made = actions.make_account(world.operator, "eve", "Eve", authority="UTO-BG")
    assert re.fullmatch(r"[a-z2-9]{5}(-[a-z2-9]{5}){3}", made.initial_password)
    account = Account.objects.get(username="eve")
    assert account.password_is_initial and account.check_password(made.initial_password)
    for entry in Entry.objects.all():
        assert made.initial_password.encode() not in bytes(entry.body or b"")


def test_a_weak_password_is_refused_outside_the_demo(world: people.World, settings) -> None:
    with pytest.raises(BadInput):
        actions.make_account(world.operator, "eve", "Eve", authority="UTO-BG", password="short")
    settings.XENIA_DEMO = True
    assert (
        actions.make_account(world.operator, "eve", "Eve", authority="UTO-BG", password="short").initial_password == ""
    )


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (lambda w: actions.make_account(w.operator, "ada", "X", authority="UTO-BG"), Conflict),
        (lambda w: actions.make_account(w.operator, "new", "X", authority="NOWHERE"), NotFound),
        (lambda w: actions.give_role(w.operator, w.made["ada"].pk, "first-line-officer"), Conflict),
        (lambda w: actions.give_role(w.operator, w.made["ada"].pk, "king"), NotFound),
        (lambda w: actions.give_role(w.operator, w.made["ada"].pk, "auditor", post="NOWHERE"), NotFound),
        (
            lambda w: place_actions.make_post(w.operator, "UTO-AP1", "X", authority="UTO-BG", zone="UTC", border="air"),
            Conflict,
        ),
        (
            lambda w: place_actions.make_post(
                w.operator, "UTO-X", "X", authority="UTO-BG", zone="Mars/Base", border="air"
            ),
            BadInput,
        ),
        (
            lambda w: place_actions.make_post(w.operator, "UTO-X", "X", authority="UTO-BG", zone="UTC", border="moon"),
            BadInput,
        ),
        (lambda w: place_actions.make_lane(w.operator, "UTO-AP1", "L1"), Conflict),
        (lambda w: place_actions.make_lane(w.operator, "NOWHERE", "L1"), NotFound),
        (lambda w: place_actions.make_authority(w.operator, "UTO-BG", "X", kind="border"), Conflict),
        (lambda w: place_actions.make_authority(w.operator, "bad code", "X", kind="border"), BadInput),
    ],
)
def test_what_cannot_be_made_says_why(world: people.World, act, kind: type[Exception]) -> None:
    world.person("ada", "first-line-officer")
    with pytest.raises(kind) as refused:
        act(world)
    assert refused.value.what_to_do


def test_every_act_has_its_entry(world: people.World) -> None:
    account = world.person("ada", "first-line-officer")
    actions.close_account(world.operator, account.pk, "left")
    actions.open_account(world.operator, account.pk, "came back")
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert {
        "policy.changed",
        "authority.made",
        "post.made",
        "lane.made",
        "account.made",
        "assignment.given",
        "account.closed",
        "account.opened",
    } <= kinds
    made = Entry.objects.filter(kind="account.made").order_by("id").last()
    assert json.loads(bytes(made.body))["account"] == str(account.pk) and made.actor == world.operator.actor


def test_the_database_holds_the_shape(world: people.World) -> None:
    account, now = world.person("ada"), timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(account=account, role="x", valid_from=now, valid_to=now - timedelta(days=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.create(username="ada", display_name="X", authority_id="UTO-BG", created_at=now)


# Pages


def test_the_pages_make_an_account_and_give_it_a_role(world: people.World, demo: None) -> None:
    administrator = world.client("adm", "administrator")
    shown = administrator.post(
        "/accounts/new/", {"username": "Eve", "display_name": "Eve Adler", "authority": "UTO-BG"}
    )
    made = Account.objects.get(username="eve")
    initial = re.search(r"[a-z2-9]{5}(-[a-z2-9]{5}){3}", shown.content.decode())
    assert initial and made.check_password(initial.group())
    assert shown["Cache-Control"].startswith("max-age=0")
    assert initial.group() not in administrator.get(f"/accounts/{made.pk}/").content.decode()
    administrator.post(f"/accounts/{made.pk}/give-role/", {"role": "first-line-officer", "post": "UTO-AP1"})
    page = administrator.get("/accounts/?q=adler").content.decode()
    assert "First-line officer (UTO-AP1)" in page
    again = administrator.post(f"/accounts/{made.pk}/give-role/", {"role": "first-line-officer", "post": "UTO-AP1"})
    assert again.status_code == 422 and "already holds" in again.content.decode()
    held = Assignment.objects.get(account=made)
    assert administrator.post(f"/accounts/{made.pk}/end-role/", {"assignment": held.pk}).status_code == 302
    assert administrator.post(f"/accounts/{made.pk}/close/", {"reason": "left"}).status_code == 302
    assert not Account.objects.get(pk=made.pk).is_active


def test_an_odd_form_is_shown_again_with_its_errors(world: people.World, demo: None) -> None:
    administrator = world.client("adm", "administrator")
    answer = administrator.post("/accounts/new/", {"username": "no way", "display_name": "X", "authority": "UTO-BG"})
    assert answer.status_code == 422 and "There is a problem" in answer.content.decode()
    assert "<title>Error:" in answer.content.decode()


@pytest.mark.parametrize(
    "role", ["first-line-officer", "second-line-officer", "alert-editor", "auditor", "data-protection-officer"]
)
def test_other_roles_do_not_see_accounts(world: people.World, demo: None, role: str) -> None:
    client = world.client("x1", role)
    account = world.made["x1"]
    for path in ("/accounts/", "/accounts/new/", f"/accounts/{account.pk}/"):
        assert client.get(path).status_code == 403
    assert client.post(f"/accounts/{account.pk}/give-role/", {"role": "administrator"}).status_code == 403


def test_an_officer_chooses_lane_among_the_own_posts(world: people.World, demo: None) -> None:
    world.person("ada", "first-line-officer", post="UTO-AP1")
    client = world.client("ada")
    assert "Port Meridian" in client.get("/own/place/").content.decode()
    assert (
        client.post("/own/place/", {"post": "UTO-AP1", "lane": "L2", "next": "https://evil.example/"})["Location"]
        == "/"
    )
    assert client.session["lane"] == "L2"
    assert client.post("/own/place/", {"post": "UTO-RD1", "lane": ""}).status_code == 403
    assert client.session["post"] == "UTO-AP1"


def test_a_post_lost_since_sign_in_is_put_aside(world: people.World, demo: None) -> None:
    account = world.person("ada", "first-line-officer", post="UTO-AP1")
    client = world.client("ada")
    client.post("/own/place/", {"post": "UTO-AP1", "lane": "L2"})
    actions.end_role(world.operator, Assignment.objects.get(account=account).pk)
    assert client.get("/own/place/").status_code == 200


def test_the_policy_is_read_by_those_who_may(world: people.World, demo: None) -> None:
    auditor = world.client("aud", "auditor")
    page = auditor.get("/policy/?purpose=border-second-line").content.decode()
    assert "named for discreet and inquiry alerts" in page and "/policy/rows/" not in page
    assert auditor.get("/policy/rows/P1-02/").status_code == 403
    assert auditor.get("/policy/versions/1/").status_code == 200
    assert auditor.get("/policy/versions/7/").status_code == 404
    assert world.client("ada", "first-line-officer").get("/policy/").status_code == 403
