from __future__ import annotations

import json
import re
import time
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client

from tests import people
from xenia.access import actions, passkeys, second_factor
from xenia.access.models import Account
from xenia.journal.models import Entry
from xenia.site import settings as site_settings


def kinds() -> list[str]:
    return [kind for kind in Entry.objects.order_by("id").values_list("kind", flat=True) if kind.startswith("access.")]


NOW = int(time.time()) // 30


@pytest.fixture(autouse=True)
def _half_minute(monkeypatch) -> None:
    """One step of the authenticator app for all tests: none fails because a step ended in the middle of it."""
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.yield_hotp_counters_from_time", lambda: [NOW])


def code(secret: str, step: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, NOW + step))


def session_of(client: Client) -> dict:
    return dict(client.session.items())


@pytest.fixture
def demo(settings) -> None:
    settings.XENIA_DEMO = True


def test_the_right_password_signs_in_and_is_journalled(world: people.World, demo: None) -> None:
    account = world.person("ada", "first-line-officer")
    client = Client()
    answer = people.sign_in(client, "ada")
    assert answer.status_code == 302 and answer["Location"] == "/"
    assert client.session["_auth_user_id"] == str(account.pk)
    entry = Entry.objects.get(kind="access.signed_in")
    assert entry.actor == f"account:{account.pk}"
    assert json.loads(bytes(entry.body)) == {"account": str(account.pk), "second_factor": False}


def test_the_name_is_read_whatever_its_case(world: people.World, demo: None) -> None:
    world.person("ada", "first-line-officer")
    client = Client()
    people.sign_in(client, "  ADA ")
    assert "_auth_user_id" in client.session


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("ada", "wrong"),
        ("nobody", people.PASSWORD),
        ("operator", ""),
        ("operator", "operator"),
        ("", ""),
        ("a\0da", "x"),
    ],
)
def test_nobody_else_gets_in(world: people.World, demo: None, username: str, password: str) -> None:
    world.person("ada", "first-line-officer")
    client = Client()
    answer = people.sign_in(client, username, password)
    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session


def test_an_unknown_name_and_a_wrong_password_look_the_same(world: people.World, demo: None) -> None:
    world.person("ada", "first-line-officer")
    first = people.sign_in(Client(), "ada", "wrong").content.decode()
    second = people.sign_in(Client(), "bob", "wrong").content.decode()
    assert blind(first, "ada") == blind(second, "bob")


def blind(page: str, name: str) -> str:
    main = page[page.index("<main") : page.index("</main>")]
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", main.replace(f'"{name}"', '""'))


def test_a_failure_names_the_account_but_never_what_was_typed(world: people.World, demo: None) -> None:
    account = world.person("ada", "first-line-officer")
    people.sign_in(Client(), "ada", "secret-typed-here")
    people.sign_in(Client(), "my-real-password-in-the-wrong-field", "x")
    known, unknown = Entry.objects.filter(kind="access.sign_in_failed").order_by("id")
    assert json.loads(bytes(known.body))["account"] == str(account.pk)
    assert json.loads(bytes(unknown.body))["account"] is None
    assert not AccessAttempt.objects.filter(username__contains="password").exists()
    for entry in (known, unknown):
        assert b"typed" not in bytes(entry.body) and b"password-in" not in bytes(entry.body)


def test_five_failures_lock_the_account_from_that_address_and_say_until_when(world: people.World, demo: None) -> None:
    world.person("ada", "first-line-officer")
    client = Client()
    for _ in range(4):
        assert people.sign_in(client, "ada", "wrong").status_code == 200
    answer = people.sign_in(client, "ada", "wrong")
    assert answer.status_code == 429
    assert re.search(r"again in 1[45] minutes", answer.content.decode())
    assert people.sign_in(client, "ada").status_code == 429, "the right password does not open a locked account"
    assert "_auth_user_id" not in client.session
    assert "access.locked_out" in kinds()


def test_another_address_is_not_locked_out(world: people.World, demo: None) -> None:
    world.person("ada", "first-line-officer")
    for _ in range(5):
        people.sign_in(Client(REMOTE_ADDR="203.0.113.7"), "ada", "wrong")
    assert people.sign_in(Client(REMOTE_ADDR="203.0.113.7"), "ada").status_code == 429
    assert people.sign_in(Client(REMOTE_ADDR="198.51.100.9"), "ada").status_code == 302


def test_an_administrator_lifts_the_lock_out(world: people.World, demo: None) -> None:
    account = world.person("ada", "first-line-officer")
    for _ in range(5):
        people.sign_in(Client(), "ada", "wrong")
    administrator = world.client("root", "administrator")
    page = administrator.get(f"/accounts/{account.pk}/").content.decode()
    assert "locked out until" in page
    assert administrator.post(f"/accounts/{account.pk}/unlock/").status_code == 302
    assert people.sign_in(Client(), "ada").status_code == 302
    assert "access.unlocked" in kinds()


def test_the_session_key_changes_at_sign_in(world: people.World, demo: None) -> None:
    world.person("ada", "first-line-officer")
    client = Client()
    client.get("/sign-in/")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = session.session_key
    people.sign_in(client, "ada")
    assert client.session.session_key != session.session_key
    assert not Session.objects.filter(pk=session.session_key).exists(), "the planted session is gone"


def test_signing_out_ends_the_session_on_the_server(world: people.World, demo: None) -> None:
    client = world.client("ada", "first-line-officer")
    key = client.session.session_key
    assert client.get("/own/place/").status_code == 200
    client.post("/sign-out/")
    stolen = Client()
    stolen.cookies["sessionid"] = key
    assert stolen.get("/own/place/").status_code == 302
    assert kinds()[-1] == "access.signed_out"


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "http://testserver@evil.example/",
    ],
)
def test_no_way_out_of_the_site_after_sign_in(world: people.World, demo: None, to: str) -> None:
    world.person("ada", "first-line-officer")
    answer = people.sign_in(Client(), "ada", next=to)
    assert answer.status_code == 302 and answer["Location"] == "/"


def test_the_way_back_within_the_site_is_kept(world: people.World, demo: None) -> None:
    world.person("ada", "first-line-officer")
    client = Client()
    sent = client.get("/own/place/?x=1")
    assert sent["Location"] == "/sign-in/?next=%2Fown%2Fplace%2F%3Fx%3D1"
    assert people.sign_in(client, "ada", next="/own/place/?x=1")["Location"] == "/own/place/?x=1"


def test_an_idle_officer_is_signed_out_and_told_so(world: people.World, demo: None, settings) -> None:
    client = world.client("ada", "first-line-officer")
    session = client.session
    session["seen_at"] = int(time.time()) - settings.XENIA_IDLE_MINUTES * 60 - 61
    session.save()
    answer = client.get("/own/place/")
    assert answer.status_code == 302 and "ended=idle" in answer["Location"]
    assert "nothing happened for a while" in client.get(answer["Location"]).content.decode()
    assert json.loads(bytes(Entry.objects.get(kind="access.signed_out").body))["why"] == "idle"


def test_the_longest_time_signed_in_ends_even_a_busy_session(world: people.World, demo: None, settings) -> None:
    client = world.client("ada", "first-line-officer")
    session = client.session
    session["signed_in_at"] = int(time.time()) - settings.XENIA_SESSION_HOURS * 3600 - 1
    session.save()
    assert "ended=limit" in client.get("/own/place/")["Location"]


def test_a_request_writes_that_the_officer_is_here_at_most_once_a_minute(world: people.World, demo: None) -> None:
    client = world.client("ada", "first-line-officer")
    seen = client.session["seen_at"]
    client.get("/own/place/")
    assert client.session["seen_at"] == seen
    session = client.session
    session["seen_at"] = seen - 61
    session.save()
    client.get("/own/place/")
    assert client.session["seen_at"] >= seen


def test_a_page_of_a_signed_in_officer_costs_two_queries(
    world: people.World, demo: None, django_assert_num_queries
) -> None:
    client = world.client("ada", "first-line-officer")
    client.get("/own/place/")
    with django_assert_num_queries(2):  # the session, the counters
        client.get("/own/place/")


def test_an_htmx_request_without_session_is_sent_to_the_sign_in_page(world: people.World) -> None:
    answer = Client().get("/work/newer/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"].startswith("/sign-in/?next=%2F")


def test_a_closed_account_is_out_at_its_next_request(world: people.World, demo: None) -> None:
    client = world.client("ada", "first-line-officer")
    assert client.get("/own/place/").status_code == 200
    actions.close_account(world.operator, world.made["ada"].pk, "left the service")
    assert client.get("/own/place/").status_code == 302
    assert people.sign_in(Client(), "ada").status_code == 200


def test_an_initial_password_must_be_changed_first(world: people.World, demo: None) -> None:
    made = actions.make_account(world.operator, "eve", "Eve", authority="UTO-BG")
    actions.give_role(world.operator, made.account.pk, "first-line-officer")
    client = Client()
    people.sign_in(client, "eve", made.initial_password)
    assert client.get("/own/place/")["Location"] == "/own/password/"
    assert "made by somebody else" in client.get("/own/password/").content.decode()
    fresh = "another-meadow-43-lantern"
    same = client.post(
        "/own/password/",
        {"oldpassword": made.initial_password, "password1": made.initial_password, "password2": made.initial_password},
    )
    assert "differs from the old one" in same.content.decode()
    short = client.post(
        "/own/password/", {"oldpassword": made.initial_password, "password1": "short", "password2": "short"}
    )
    assert short.status_code == 200 and Account.objects.get(username="eve").password_is_initial
    done = client.post("/own/password/", {"oldpassword": made.initial_password, "password1": fresh, "password2": fresh})
    assert done["Location"] == "/"
    assert client.get("/own/place/").status_code == 200, "and the session goes on"
    assert people.sign_in(Client(), "eve", made.initial_password).status_code == 200
    assert people.sign_in(Client(), "eve", fresh).status_code == 302
    assert "access.password_changed" in kinds()


def test_changing_the_password_ends_other_sessions(world: people.World, demo: None) -> None:
    here, elsewhere = world.client("ada", "first-line-officer"), world.client("ada")
    fresh = "another-meadow-43-lantern"
    here.post("/own/password/", {"oldpassword": people.PASSWORD, "password1": fresh, "password2": fresh})
    assert here.get("/own/place/").status_code == 200
    assert elsewhere.get("/own/place/").status_code == 302


@pytest.mark.django_db(transaction=True)  # allauth tells of the new factor when it is committed
def test_a_role_that_asks_for_it_enrols_a_second_factor_first(world: people.World) -> None:
    client = world.client("ada", "second-line-officer")
    assert client.get("/own/place/")["Location"] == "/own/second-factor/"
    page = client.get("/own/second-factor/enrol/").content.decode()
    secret = client.session["mfa.totp.secret"]
    assert secret in page and "data:image/svg+xml" in page
    assert client.post("/own/second-factor/enrol/", {"code": "000000"}).status_code == 200
    assert client.post("/own/second-factor/enrol/", {"code": code(secret)}).status_code == 302
    assert client.get("/own/place/").status_code == 200
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored and second_factor.Adapter().decrypt(stored) == secret
    assert "access.second_factor_added" in kinds()


def test_a_role_that_does_not_ask_needs_none(world: people.World) -> None:
    assert world.client("ada", "first-line-officer").get("/own/place/").status_code == 200


def enrolled(world: people.World, username: str) -> str:
    client = world.client(username, "second-line-officer")
    client.get("/own/second-factor/enrol/")
    secret = client.session["mfa.totp.secret"]
    client.post("/own/second-factor/enrol/", {"code": code(secret)})
    return secret


def test_with_a_second_factor_the_password_alone_opens_nothing(world: people.World) -> None:
    secret = enrolled(world, "ada")
    client = Client()
    assert people.sign_in(client, "ada")["Location"] == "/sign-in/code/"
    assert "_auth_user_id" not in client.session
    assert client.get("/own/place/").status_code == 302
    assert client.post("/sign-in/code/", {"code": code(secret)}).status_code == 302
    assert client.get("/own/place/").status_code == 200
    last = Entry.objects.filter(kind="access.signed_in").order_by("id").last()
    assert json.loads(bytes(last.body))["second_factor"] is True


def test_a_code_works_once(world: people.World) -> None:
    secret = enrolled(world, "ada")
    once = code(secret)
    for expected in (302, 200):
        client = Client()
        people.sign_in(client, "ada")
        assert client.post("/sign-in/code/", {"code": once}).status_code == expected


def test_wrong_codes_lock_out_like_wrong_passwords(world: people.World) -> None:
    secret = enrolled(world, "ada")
    client = Client()
    people.sign_in(client, "ada")
    for _ in range(4):
        assert client.post("/sign-in/code/", {"code": "000000"}).status_code == 200
    assert client.post("/sign-in/code/", {"code": "000000"}).status_code == 429
    assert client.post("/sign-in/code/", {"code": code(secret)}).status_code == 429
    assert "_auth_user_id" not in client.session


def test_an_officer_does_not_take_off_a_factor_that_the_role_asks_for(world: people.World) -> None:
    secret = enrolled(world, "ada")
    client = Client()
    people.sign_in(client, "ada")
    client.post("/sign-in/code/", {"code": code(secret)})
    client.post("/own/second-factor/remove/")
    assert Authenticator.objects.filter(type="totp").exists()


def test_an_administrator_takes_it_off_when_the_telephone_is_lost(world: people.World) -> None:
    enrolled(world, "ada")
    actions.remove_second_factor(world.operator, world.made["ada"].pk)
    client = Client()
    people.sign_in(client, "ada")
    assert client.get("/own/place/")["Location"] == "/own/second-factor/"


@pytest.mark.parametrize(
    "path", ["/signup/", "/accounts/signup/", "/password/reset/", "/passkey/signup/", "/email/", "/admin/"]
)
def test_what_allauth_offers_and_nobody_needs_is_not_there(world: people.World, path: str) -> None:
    assert Client().get(path).status_code == 404


def test_passwords_are_kept_with_argon2() -> None:
    assert site_settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


@pytest.mark.parametrize(("name", "fits"), [("Blue key", True), ("x" * 64, True), ("x" * 65, False), ("", False)])
def test_the_name_of_a_passkey_is_short(name: str, fits: bool) -> None:
    held = SimpleNamespace(wrap=lambda: SimpleNamespace(name="Before"))
    assert passkeys.EditForm({"name": name}, instance=held).is_valid() is fits
