"""Signing in at a unit without its centre: a code once, a PIN ever after; nothing once the lease is over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tests import coming, people
from tests.units import officers
from tests.units.officers import AT, at_a_centre, being_a_unit, heard, offered
from xenia.access import actions, policy, standing
from xenia.access.models import Account
from xenia.errors import BadInput, NotAllowed, Unavailable
from xenia.journal import clock
from xenia.journal.models import Entry
from xenia.units import lease, pins, sign_in_codes
from xenia.units.models import Line, Pin, SignInCode, Taken

pytestmark = pytest.mark.django_db
PIN, OTHER = "274081", "918273"


def _centre(world: people.World) -> dict[str, Any]:
    world.person("ada", "first-line-officer", post=AT)
    world.person("chief", "shift-supervisor", post=AT)
    admin = world.person("dan", "administrator")
    known = officers.unit(world)
    at = standing.of(admin.pk)
    ada = sign_in_codes.give(at, known.pk, world.made["ada"].pk).text
    chief = sign_in_codes.give(standing.of(world.made["chief"].pk, AT), known.pk, world.made["chief"].pk).text
    with_codes = offered(known)
    actions.close_account(world.operator, world.made["ada"].pk, "left")
    return {"ada": ada, "chief": chief, "came": with_codes, "closed": offered(known)}


@pytest.fixture
def here(settings: Any, tmp_path: Path) -> Iterator[SimpleNamespace]:
    with being_a_unit(settings, tmp_path):
        made = SimpleNamespace(**at_a_centre(_centre), home=tmp_path)
        made.came.take(tmp_path)
        heard()
        yield made


def _first(code: str, name: str = "ada", pin: str = PIN, again: str | None = None) -> Any:
    said = {"login": name, "code": code, "pin": pin, "pin_again": pin if again is None else again}
    return Client().post("/sign-in/first/", said)


def _in(name: str = "ada", pin: str = PIN) -> tuple[Client, Any]:
    client = Client()
    return client, people.sign_in(client, name, pin)


def _failures() -> list[str]:
    rows = Entry.objects.filter(kind="access.sign_in_failed").order_by("id")
    return [json.loads(bytes(one.body))["factor"] for one in rows]


def test_an_officer_chooses_a_pin_with_the_code_and_signs_in_with_it(here: SimpleNamespace) -> None:
    page = Client().get("/sign-in/").content.decode()
    assert "PIN" in page and "/sign-in/first/" in page and "inputmode" in page
    assert _first(here.ada.lower().replace("-", " ")).url == "/sign-in/"
    client, answer = _in()
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(Account.objects.get(username="ada").pk)
    assert client.session["second_factor"] is False
    assert client.get("/own/place/").status_code == 200
    entry = Entry.objects.get(kind="unit.pin-set")
    ada = Account.objects.get(username="ada")
    assert entry.actor == f"account:{ada.pk}"
    assert PIN not in str(list(Entry.objects.values_list("body", flat=True)))


def test_a_code_is_good_once_for_one_officer_and_for_days_only(here: SimpleNamespace) -> None:
    assert _first(here.ada, name="chief").status_code == 422
    assert _first(here.chief).status_code == 422
    assert _first(here.ada, name="nobody").status_code == 422
    assert _failures() == ["sign-in-code"] * 3 and not Pin.objects.exists()
    SignInCode.objects.update(until=clock.now() - timedelta(seconds=1))
    assert _first(here.ada).status_code == 422
    SignInCode.objects.update(until=clock.now() + timedelta(days=1))
    assert _first(here.ada).status_code == 302
    assert _first(here.ada, pin=OTHER).status_code == 422
    here.came.take(here.home)  # the centre has not heard yet that it was used
    assert _first(here.ada, pin=OTHER).status_code == 422
    assert _in()[1].status_code == 302


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        ("27408", "shape"), ("2740811234567", "shape"), ("27408a", "shape"), ("27408٣", "shape"), ("", "shape"),
        ("111111", "run"), ("123456", "run"), ("654321", "run"), ("890123", "run"), ("210987", "run"), ("000000", "run"),
        (PIN, ""), ("111112", ""), ("135791", ""), ("123457", ""), ("274081274081", ""),
    ],
)  # fmt: skip
def test_what_may_be_a_pin(pin: str, why: str) -> None:
    assert pins.why_not(pin) == why


def test_an_odd_pin_or_two_that_differ_use_no_code_up(here: SimpleNamespace) -> None:
    assert _first(here.ada, pin="123456").status_code == 422
    assert _first(here.ada, again=OTHER).status_code == 422
    assert not Pin.objects.exists() and SignInCode.objects.filter(used_at=None).count() == 2 and _failures() == []
    with pytest.raises(BadInput):
        pins.change(Account.objects.get(username="ada"), "123456")


def test_wrong_pins_are_written_down_and_lock_the_account_out(here: SimpleNamespace) -> None:
    _first(here.ada)
    for _try in range(4):
        assert _in(pin=OTHER)[1].status_code == 200
    assert _in(pin=OTHER)[1].status_code == 429
    assert _failures() == ["pin"] * 5
    assert Entry.objects.filter(kind="access.locked_out").count() == 1
    assert _in()[1].status_code == 429  # the right one does not help now


def test_wrong_codes_lock_the_account_out_too(here: SimpleNamespace) -> None:
    answers = [_first("00000-00000").status_code for _try in range(6)]
    assert answers[:4] == [422] * 4 and answers[-1] == 429
    assert _first(here.ada).status_code == 429


def test_a_password_opens_no_unit(here: SimpleNamespace) -> None:
    account = Account.objects.get(username="ada")
    account.set_password(people.PASSWORD)
    account.save()
    assert _in(pin=people.PASSWORD)[1].status_code == 200
    assert "_auth_user_id" not in _in(pin=people.PASSWORD)[0].session


def test_a_pin_opens_no_centre(here: SimpleNamespace, settings: Any) -> None:
    _first(here.ada)
    settings.XENIA_UNIT = {}
    assert "_auth_user_id" not in _in()[0].session


def test_a_pin_is_worth_nothing_under_the_key_of_another_unit(
    here: SimpleNamespace, settings: Any, tmp_path: Path
) -> None:
    _first(here.ada)
    held = Pin.objects.get()
    assert pins.check_password(pins._mixed(held.account, PIN), held.hash)
    settings.XENIA_HOME = tmp_path / "other"
    (tmp_path / "other").mkdir()
    assert not pins.check_password(pins._mixed(held.account, PIN), held.hash)
    assert pins._mixed(UUID(int=1), PIN) != pins._mixed(UUID(int=2), PIN)


def test_a_role_that_asks_for_two_factors_gets_no_further_with_a_pin_alone(here: SimpleNamespace) -> None:
    _first(here.chief, name="chief")
    client, answer = _in("chief")
    assert answer.status_code == 302 and client.session["second_factor"] is False
    assert client.get("/post/").url == "/own/second-factor/"
    assert client.get("/own/second-factor/enrol/").status_code == 200  # it enrols one of this unit's own


def test_an_officer_changes_the_pin_with_the_old_one(here: SimpleNamespace) -> None:
    _first(here.ada)
    client, _answer = _in()
    assert client.get("/own/password/").url == "/sign-in/pin/"
    said = {"now": "000001", "pin": OTHER, "pin_again": OTHER}
    assert client.post("/sign-in/pin/", said).status_code == 422
    assert client.post("/sign-in/pin/", said | {"now": PIN}).url == "/own/second-factor/"
    assert _in()[1].status_code == 200 and _in(pin=OTHER)[1].status_code == 302


def test_the_pin_opens_a_locked_workplace(here: SimpleNamespace) -> None:
    _first(here.ada)
    client, _answer = _in()
    client.post("/lock/")
    assert "PIN" in client.get("/locked/").content.decode()
    assert client.post("/locked/", {"password": OTHER}).status_code == 422
    assert client.post("/locked/", {"password": PIN}).status_code == 302


def test_whom_the_centre_closed_is_out_at_once_and_gets_in_no_more(here: SimpleNamespace) -> None:
    _first(here.ada)
    client, _answer = _in()
    assert client.get("/own/place/").status_code == 200
    here.closed.take(here.home)
    assert client.get("/own/place/").url.startswith("/sign-in/")
    assert _in()[1].status_code == 200 and "_auth_user_id" not in _in()[0].session
    assert _first(here.ada).status_code == 422


# Without the centre for too long


def _ask() -> None:
    policy.require_purpose(standing.by_name("ada", AT), "border-first-line", "check:1")


def test_once_the_lease_is_over_nobody_signs_in_and_nothing_is_asked_and_what_is_written_stays(
    here: SimpleNamespace,
) -> None:
    _first(here.ada)
    client, _answer = _in()
    _ask()
    with clock.at(clock.now() - timedelta(hours=73)):
        heard()  # the centre spoke 73 hours ago, for 72
    written = Entry.objects.count()
    page = Client().get("/sign-in/")
    assert page.status_code == 503 and "Too long without the centre" in page.content.decode()
    answer = people.sign_in(Client(), "ada", PIN)
    assert answer.status_code == 503
    assert client.get("/console/").status_code == 503 and client.get("/own/place/").status_code == 503
    assert client.get("/console/", headers={"HX-Request": "true"}).status_code == 503
    assert client.post("/api/v1/ask", "{}", content_type="application/json").json()["code"] == "lease-over"
    with pytest.raises(Unavailable) as refused:
        _ask()
    assert refused.value.code == "lease-over"
    assert Entry.objects.count() == written
    assert client.get("/health/live").status_code == 200
    heard()
    assert client.get("/own/place/").status_code == 200 and _in()[1].status_code == 302
    _ask()


def test_before_the_centre_has_spoken_the_page_says_so(settings: Any, tmp_path: Path) -> None:
    with being_a_unit(settings, tmp_path):
        page = Client().get("/sign-in/")
        assert page.status_code == 503 and "has not spoken yet" in page.content.decode()
        heard()
        assert Client().get("/sign-in/").status_code == 503  # it did not say yet who may work here


def test_officers_who_were_not_confirmed_for_longer_than_the_lease_do_not_sign_in(here: SimpleNamespace) -> None:
    _first(here.ada)
    Taken.objects.update(as_of=clock.now() - timedelta(hours=73))  # the list came again and again, the officers did not
    assert people.sign_in(Client(), "ada", PIN).status_code == 503
    found = lease.lapsed()
    assert found is not None and found.code == "lease-over"


def test_a_clock_that_was_set_back_does_not_lengthen_the_lease(here: SimpleNamespace) -> None:
    heard()
    with clock.at(datetime.now(UTC) - timedelta(hours=1)):
        assert "clock of this machine is wrong" in Client().get("/sign-in/").content.decode()
    with clock.at(datetime.now(UTC) - timedelta(minutes=5)):
        assert Client().get("/sign-in/").status_code == 200


def test_the_edges_of_a_lease() -> None:
    spoke = datetime(2026, 3, 1, 12, tzinfo=UTC)
    line = Line(manifest_at=spoke, lease_until=spoke + timedelta(hours=72))
    told = Taken(as_of=spoke, max_age_s=72 * 3600)
    fresh = Taken(as_of=spoke + timedelta(hours=1), max_age_s=72 * 3600)

    def code(officers_: Taken | None, hours: float) -> str:
        found = lease.judge(line, officers_, spoke + timedelta(hours=hours))
        return found.code if found else ""

    assert [code(fresh, hours) for hours in (0, 71.99, 72, 1000)] == ["", "", "lease-over", "lease-over"]
    assert code(told, 71.99) == "" and code(None, 1) == "no-lease"
    assert [code(told, -minutes / 60) for minutes in (9, 11)] == ["", "clock-behind"]
    assert lease.judge(None, told, spoke) is not None and lease.judge(Line(), told, spoke) is not None


# At the centre


def test_codes_are_given_for_officers_of_the_post_and_for_nobodys_second_person(db: None) -> None:
    world = people.build()
    ada, chief = world.person("ada", "first-line-officer", post=AT), world.person("chief", "shift-supervisor", post=AT)
    bob, admin = world.person("bob", "first-line-officer", post="UTO-RD1"), world.person("dan", "administrator")
    known, at = officers.unit(world), standing.of(admin.pk)
    first = sign_in_codes.give(at, known.pk, ada.pk).text
    again = sign_in_codes.give(at, known.pk, ada.pk).text
    held = SignInCode.objects.get()
    assert not pins.check_password(pins.plain_code(first), held.hash)
    assert pins.check_password(pins.plain_code(again), held.hash) and again.replace("-", "") not in held.hash
    with pytest.raises(BadInput) as nobody:
        sign_in_codes.give(at, known.pk, bob.pk)
    assert nobody.value.code == "unit-officer"
    with pytest.raises(NotAllowed) as refused:
        sign_in_codes.give(at, known.pk, chief.pk)
    assert refused.value.code == "second-person"
    with pytest.raises(NotAllowed) as not_hers:
        sign_in_codes.give(standing.of(ada.pk, AT), known.pk, chief.pk)
    assert not_hers.value.code == "no-permission"
    sign_in_codes.give(standing.of(chief.pk, AT), known.pk, chief.pk)
    sign_in_codes.give(standing.of(ada.pk, AT), known.pk, ada.pk)
    assert SignInCode.objects.count() == 2
    assert [one.pk for one in sign_in_codes.own_units(standing.of(chief.pk, AT))] == [known.pk]
    assert sign_in_codes.own_units(standing.of(bob.pk, "UTO-RD1")) == []


def test_a_code_that_was_used_at_the_unit_is_used_at_the_centre_and_another_units_word_does_not_count(db: None) -> None:
    world = people.build()
    ada, bob = (world.person(name, "first-line-officer", post=AT) for name in ("ada", "bob"))
    known = officers.unit(world)
    sign_in_codes.give(standing.of(ada.pk, AT), known.pk, ada.pk)
    code = SignInCode.objects.get()

    def begins(account: Account, name: str) -> None:
        held = SignInCode(pk=code.pk, account=account.pk)
        SignInCode.objects.filter(pk=code.pk).update(account=account.pk)
        coming.arrive(coming.away(lambda: pins.begin(account, held, PIN), name))
        SignInCode.objects.filter(pk=code.pk).update(account=ada.pk)

    begins(ada, "unit-2")
    assert SignInCode.objects.get().used_at is None
    before = offered(known)
    SignInCode.objects.update(account=ada.pk)
    coming.arrive(coming.away(lambda: pins.begin(ada, code, PIN), "unit-1"))
    assert SignInCode.objects.get().used_at is not None
    assert json.loads(before.raw)["codes"] and not json.loads(offered(known).raw)["codes"]
    assert bob.pk != ada.pk


def test_the_pages_of_the_centre_give_a_code_once(db: None) -> None:
    world = people.build()
    ada = world.person("ada", "first-line-officer", post=AT)
    world.person("chief", "shift-supervisor", post=AT)
    known = officers.unit(world)
    client = world.client("dan", "administrator")
    session = client.session
    session["second_factor"] = True
    session.save()
    page = client.get(f"/units/{known.pk}/officers/").content.decode()
    assert "Person Ada" in page and "makes the own code" in page
    shown = client.post(f"/units/{known.pk}/officers/{ada.pk}/code/")
    assert shown.status_code == 200 and shown["Cache-Control"] == "no-store"
    own = Client()
    people.sign_in(own, "ada")
    assert known.label in own.get("/units/mine/").content.decode()
    assert own.post(f"/units/{known.pk}/officers/{ada.pk}/code/").status_code == 200
    assert own.get(f"/units/{known.pk}/officers/").status_code == 403
    assert own.post(f"/units/{known.pk}/officers/{world.made['chief'].pk}/code/").status_code == 403
    assert client.get("/sign-in/first/").status_code == 404 and client.get("/sign-in/pin/").status_code == 404


def test_the_page_speaks_of_passkeys_only_where_somebody_has_one_at_this_unit(here: SimpleNamespace) -> None:
    page = Client().get("/sign-in/").content.decode()
    assert "passkey/" not in page and "Passkeys" not in page and "data-passkey" not in page
    Authenticator.objects.create(user_id=UUID(_id("ada")), type=Authenticator.Type.WEBAUTHN, data={"name": "Booth"})
    assert 'data-passkey="show"' in Client(headers={"host": "localhost"}).get("/sign-in/").content.decode()
    by_number = Client(headers={"host": "127.0.0.1"}).get("/sign-in/").content.decode()
    assert "Passkeys need a name" in by_number and "data-passkey" not in by_number


def _id(name: str) -> str:
    return str(Account.objects.values_list("pk", flat=True).get(username=name))
