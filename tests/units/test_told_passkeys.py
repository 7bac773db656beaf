"""Passkeys that were enrolled at the centre, at a unit: they open there without a line, and nothing else does."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.test import Client

from tests import people
from tests.units import officers
from tests.units.officers import AT, at_a_centre, being_a_unit, heard
from tests.units.passkey import MAKER, Key
from xenia.access import actions, told_passkeys
from xenia.access.models import Account, Assignment, ToldPasskey
from xenia.errors import BadInput, XeniaError
from xenia.journal import arriving, clock
from xenia.journal.arriving import Came
from xenia.journal.models import Entry
from xenia.units import saying
from xenia.units.down import passkeys
from xenia.units.models import Unit

pytestmark = pytest.mark.django_db
DOMAIN, HOST = "border.example", "unit-1.border.example"


@dataclass
class Here:
    """The unit, the passkeys of its officers, and what came down. `later`: when ada's was removed at the centre."""

    keys: dict[str, Key]
    came: officers.Came
    raw: bytes
    later: bytes
    home: Path

    def take(self, raw: bytes) -> None:
        path = self.home / "passkeys"
        path.write_bytes(raw)
        passkeys.take(None, path)  # type: ignore[arg-type]
        assert not path.exists()


def _enrol(account: Account, key: Key) -> Authenticator:
    return WebAuthn.add(account, "Blue key of Ada", key.enrolled()).instance


def _raw(unit: Unit) -> bytes:
    ((_item, path),) = passkeys.offer(unit)
    return path.read_bytes()


@pytest.fixture
def here(settings: Any, tmp_path: Path) -> Iterator[Here]:
    settings.XENIA_RP_ID, settings.ALLOWED_HOSTS = DOMAIN, ["*"]
    keys = {name: Key(DOMAIN) for name in ("ada", "chief", "elsewhere")}

    def centre(world: people.World) -> dict[str, Any]:
        world.person("ada", "first-line-officer", post=AT)
        world.person("chief", "shift-supervisor", post=AT)
        world.person("elsewhere", "analyst")
        rows = {name: _enrol(world.made[name], key) for name, key in keys.items()}
        known = officers.unit(world)
        came, raw = officers.offered(known), _raw(known)
        rows["ada"].delete()
        return {"came": came, "raw": raw, "later": _raw(known)}

    with being_a_unit(settings, tmp_path):
        settings.XENIA_RP_ID = DOMAIN
        made = Here(keys=keys, home=tmp_path, **at_a_centre(centre))
        settings.XENIA_RP_ID = ""  # the unit need not know it
        made.came.take(tmp_path)
        heard()
        made.take(made.raw)
        yield made


def _client() -> Client:
    return Client(headers={"host": HOST})


def _challenge(client: Client, at: str = "/sign-in/passkey/") -> str:
    answer = client.get(at, secure=True, headers={"accept": "application/json", "x-requested-with": "XMLHttpRequest"})
    return str(answer.json()["request_options"]["publicKey"]["challenge"])


def _post(client: Client, shown: Any, at: str = "/sign-in/passkey/") -> Any:
    return client.post(at, {"credential": json.dumps(shown)}, secure=True, headers={"origin": f"https://{HOST}"})


def _account(name: str = "ada") -> Account:
    return Account.objects.get(username=name)


def _in(here: Here, client: Client, name: str = "ada", **odd: Any) -> Any:
    return _post(client, here.keys[name].shows(_challenge(client), _account(name), **odd))


def _who(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def _entries(kind: str) -> list[dict[str, Any]]:
    return [json.loads(bytes(one.body)) for one in Entry.objects.filter(kind=kind).order_by("id")]


def test_a_passkey_of_the_centre_opens_the_unit(here: Here) -> None:
    client = _client()
    assert _in(here, client).status_code == 302
    assert _who(client) == str(_account().pk) and client.session["second_factor"] is True
    assert not Authenticator.objects.exists()
    (used,) = _entries(told_passkeys.USED)
    name = told_passkeys.name_of(here.keys["ada"].id)
    assert used["credential"] == name and ToldPasskey.objects.get(pk=name).count == here.keys["ada"].count
    assert _entries("access.signed_in")[-1] == {"account": str(_account().pk), "second_factor": True}
    assert Entry.objects.get(kind=told_passkeys.USED).actor == f"account:{_account().pk}"


def test_what_comes_down_is_of_those_who_work_there_and_says_no_more_than_it_must(here: Here) -> None:
    said = json.loads(here.raw)
    assert {one["account"] for one in said["keys"]} == {str(_account(name).pk) for name in ("ada", "chief")}
    assert all(frozenset(one) == told_passkeys.PARTS for one in said["keys"])
    raw = b"".join(base64.b64decode(one["data"]) for one in said["keys"])
    assert MAKER not in raw and raw.startswith(bytes(16)) and here.keys["elsewhere"].id not in raw
    assert b"Blue key" not in here.raw


def test_without_a_domain_none_comes_down(here: Here, settings: Any) -> None:
    account = _account()
    _enrol(account, here.keys["ada"])
    settings.XENIA_RP_ID = ""
    assert told_passkeys.told([account.pk]) == []
    settings.XENIA_RP_ID = DOMAIN
    assert len(told_passkeys.told([account.pk])) == 1


def test_the_same_answer_opens_nothing_a_second_time(here: Here) -> None:
    client = _client()
    shown = here.keys["ada"].shows(_challenge(client), _account())
    assert _post(client, shown).status_code == 302
    client.post("/sign-out/", secure=True)
    for again in (client, _client()):
        _post(again, shown)
        assert _who(again) is None
        _challenge(again)
        _post(again, shown)
        assert _who(again) is None


def _other_handle(here: Here, client: Client) -> Any:
    return here.keys["ada"].shows(_challenge(client), _account("chief"))


ODD: dict[str, Callable[[Here, Client], Any]] = {
    "foreign origin": lambda here, client: here.keys["ada"].shows(
        _challenge(client), _account(), origin="https://unit-1.border.example.evil.test"
    ),
    "no tls": lambda here, client: here.keys["ada"].shows(_challenge(client), _account(), origin=f"http://{HOST}"),
    "foreign domain": lambda here, client: here.keys["ada"].shows(_challenge(client), _account(), domain="other.example"),
    "other challenge": lambda here, client: here.keys["ada"].shows("AAAA", (_challenge(client), _account())[1]),
    "owner not asked": lambda here, client: here.keys["ada"].shows(_challenge(client), _account(), verified=False),
    "signed by another": lambda here, client: here.keys["ada"].shows(
        _challenge(client), _account(), by=here.keys["chief"]
    ),
    "handle of another": _other_handle,
    "not of this unit": lambda here, client: here.keys["elsewhere"].shows(_challenge(client), _account()),
}  # fmt: skip


@pytest.mark.parametrize("what", ODD)
def test_what_is_not_proved_opens_nothing(here: Here, what: str) -> None:
    client = _client()
    _post(client, ODD[what](here, client))
    assert _who(client) is None and _entries(told_passkeys.USED) == []
    assert len(_entries("access.sign_in_failed")) == 1
    assert set(ToldPasskey.objects.values_list("count", flat=True)) == {1}


@pytest.mark.parametrize(
    "shown", [None, 7, [], {}, {"rawId": "%%%"}, {"rawId": "AAAA"}, {"rawId": None, "response": 3}]
)
def test_what_is_no_answer_of_a_passkey_opens_nothing(here: Here, shown: Any) -> None:
    client = _client()
    _challenge(client)
    assert _post(client, shown).status_code < 500 and _who(client) is None
    _challenge(client)
    held = here.keys["ada"].shows("AAAA", _account())
    assert _post(client, {"rawId": held["rawId"], "response": shown}).status_code < 500 and _who(client) is None


def test_a_copy_that_signed_less_opens_nothing(here: Here) -> None:
    assert _in(here, _client(), count=40).status_code == 302
    for count in (3, 40):
        copy = _client()
        _in(here, copy, count=count)
        assert _who(copy) is None
    assert "passkey-copy" in [one["factor"] for one in _entries("access.sign_in_failed")]
    assert len(_entries(told_passkeys.USED)) == 1


def test_one_that_was_removed_at_the_centre_opens_nothing_and_its_count_stays(here: Here) -> None:
    _in(here, _client(), count=12)
    here.take(here.later)
    client = _client()
    _in(here, client)
    assert _who(client) is None
    row = ToldPasskey.objects.get(account=_account().pk)
    assert (bytes(row.data), row.count) == (b"", 12)
    assert _in(here, chief := _client(), "chief").status_code == 302 and _who(chief)
    here.take(here.raw)  # named again, with the count of long ago
    assert ToldPasskey.objects.get(account=_account().pk).count == 12
    _in(here, copy := _client(), count=5)
    assert _who(copy) is None
    passkeys.gone(frozenset())
    _in(here, none := _client(), "chief")
    assert _who(none) is None


def test_who_is_closed_or_waits_for_the_lease_does_not_come_in(here: Here) -> None:
    actions.Account.objects.filter(username="ada").update(is_active=False)
    client = _client()
    _in(here, client)
    assert _who(client) is None
    shown = here.keys["chief"].shows(_challenge(late := _client()), _account("chief"))
    heard(hours=-1)
    _post(late, shown)
    assert _who(late) is None and _entries(told_passkeys.USED) == []


def test_a_locked_workplace_is_opened_by_it(here: Here) -> None:
    client = _client()
    _in(here, client)
    client.post("/lock/", secure=True)
    at = "/locked/passkey/"
    shown = here.keys["ada"].shows(_challenge(client, at), _account())
    assert _post(client, shown, at).status_code == 302
    assert client.get("/own/place/", secure=True).status_code == 200 and len(_entries(told_passkeys.USED)) == 2
    client.post("/lock/", secure=True)
    _post(client, here.keys["chief"].shows(_challenge(client, at), _account("chief")), at)  # hands the lane over
    assert _who(client) == str(_account("chief").pk)


@pytest.mark.parametrize(
    ("host", "says", "offers"),
    [(HOST, "", True), (DOMAIN, "", True), ("unit-1.elsewhere.test", DOMAIN, False), ("127.0.0.1", "name, not a number", False)],
)  # fmt: skip
def test_the_sign_in_page_says_where_they_work_and_offers_the_pin_everywhere(
    here: Here, host: str, says: str, offers: bool
) -> None:
    page = Client().get("/sign-in/", secure=True, headers={"host": host}).content.decode()
    assert says in page and ("data-passkey" in page) == offers
    assert 'name="password"' in page and "PIN" in page
    ToldPasskey.objects.all().delete()
    page = Client().get("/sign-in/", secure=True, headers={"host": host}).content.decode()
    assert "asskey" not in page.replace("passkeys.js", "")


def test_a_unit_with_passkeys_of_its_own_and_no_domain_goes_on_with_those(here: Here) -> None:
    _enrol(_account("chief"), Key(HOST))
    client = _client()
    options = client.get("/sign-in/passkey/", secure=True, headers={"accept": "application/json"}).json()
    assert options["request_options"]["publicKey"]["rpId"] == HOST


def _row(**more: Any) -> dict[str, Any]:
    return {"account": str(uuid4()), "data": "AAAA", "count": 0, **more}


@pytest.mark.parametrize(
    "said",
    [
        {}, {"format": "xenia/passkeys/2"}, {"unit": "unit-9"}, {"keys": {}}, {"keys": [_row()]}, {"keys": [7]},
        {"domain": "evil example"}, {"count": -1}, {"count": True}, {"count": 2**32}, {"more": 1}, {"twice": True},
    ],
)  # fmt: skip
def test_what_is_no_list_of_passkeys_changes_nothing(here: Here, said: dict[str, Any]) -> None:
    before, good = list(ToldPasskey.objects.order_by("pk").values()), json.loads(here.raw)
    for name in ("count", "more"):
        if name in said:
            good["keys"][0][name] = said[name]
    if "twice" in said:
        good["keys"].append(good["keys"][0])
    wrong = b"[]" if not said else json.dumps(good | {k: v for k, v in said.items() if k in good}).encode()
    with pytest.raises(BadInput) as refused:
        path = here.home / "wrong"
        path.write_bytes(wrong)
        passkeys.take(None, path)  # type: ignore[arg-type]
    assert refused.value.code == "bad-passkeys"
    assert list(ToldPasskey.objects.order_by("pk").values()) == before


# At the centre, what the unit wrote.


@pytest.fixture
def came(here: Here, settings: Any) -> tuple[Authenticator, Came]:
    """The unit's entry of a use with count 9, at a centre that knows the passkey by count 1."""
    _in(here, _client(), count=9)
    entry = Entry.objects.get(kind=told_passkeys.USED)
    settings.XENIA_RP_ID = DOMAIN
    fresh = here.keys["ada"]
    fresh.count = 1
    return _enrol(_account(), fresh), Came(entry, json.loads(bytes(entry.body)))


def test_the_centre_learns_the_highest_count(came: tuple[Authenticator, Came]) -> None:
    row, said = came
    told_passkeys.used(said)
    row.refresh_from_db()
    assert told_passkeys.count_of(row) == 9
    row.data[told_passkeys.COUNT] = 30
    row.save()
    told_passkeys.used(said)  # one that comes late takes nothing back
    row.refresh_from_db()
    assert told_passkeys.count_of(row) == 30


def test_a_unit_may_say_it_of_whoever_works_there(came: tuple[Authenticator, Came]) -> None:
    entry, now = came[1].entry, clock.now()
    unit = Unit.objects.create(
        name=officers.NODE, label="", post=AT, owner=entry.owner, state="active", invited_by=uuid4(), invited_at=now
    )
    assert saying.overreach(unit, entry, saying.known(unit, [entry]), now, does=True) == ""
    Assignment.objects.filter(account=_account()).delete()
    assert saying.overreach(unit, entry, saying.known(unit, [entry]), now, does=True) == "foreign-author"
    assert arriving.doing(entry.kind) is not None


@pytest.mark.parametrize("what", ["count", "hash", "signature", "domain", "author", "credential", "shape", "data"])
def test_a_unit_cannot_make_the_centre_believe_in_a_use_that_was_not(
    came: tuple[Authenticator, Came], settings: Any, what: str
) -> None:
    """A count made up would shut the officer's real passkey out."""
    row, said = came
    body, raw = dict(said.body), bytearray(base64.b64decode(said.body["authenticator_data"]))
    raw[33:37] = (4_000_000_000).to_bytes(4)
    if what == "count":
        body["authenticator_data"] = base64.b64encode(raw).decode()
    elif what == "hash":
        body["client_data_sha256"] = "00" * 32
    elif what == "signature":
        body["signature"] = base64.b64encode(b"\x30\x06\x02\x01\x01\x02\x01\x01").decode()
    elif what == "domain":
        settings.XENIA_RP_ID = "other.example"
    elif what == "author":
        said.entry.actor = f"account:{_account('chief').pk}"
    elif what == "credential":
        body["credential"] = "00" * 32
    elif what == "data":
        body["authenticator_data"] = "%%%"
    else:
        body["signature"] = "%%%"
    with pytest.raises(XeniaError) as refused:
        told_passkeys.used(Came(said.entry, body))
    assert refused.value.code == ("no-passkey" if what in ("author", "credential") else "bad-passkey-use")
    row.refresh_from_db()
    assert told_passkeys.count_of(row) == 1
