"""A machine comes with a code: what both sides prove, what is refused, and that bringing one in takes two persons."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client

from tests import people
from xenia.errors import Conflict, NotAllowed, XeniaError
from xenia.exchange import own, setting_up
from xenia.journal import clock, signing
from xenia.units import actions, codes, door, enrolling
from xenia.units.actions import Invited
from xenia.units.models import Unit

POST = "UTO-AP1"


@pytest.fixture
def world(db: None) -> people.World:
    made = people.build()
    setting_up.introduce(made.operator, authority="UTO-BG", url="https://127.0.0.1:9")
    return made


@pytest.fixture
def invited(world: people.World) -> Invited:
    return actions.invite(world.operator, "uto-ap1-u1", POST, "Booth")


def machine() -> dict[str, Any]:
    """What a machine shows of itself: fresh keys."""
    sign, tls = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    return {
        "format": enrolling.ASK,
        "key": signing.jwk(sign.public_key()),
        "certificate": own.self_signed(tls, "Invented unit", clock.now()).decode(),
        "machine": "booth\x07-pc",
        "nonce": "n" * 32,
    }


def ask(code: str, said: dict[str, Any], **more: Any) -> tuple[bytes, str]:
    known = codes.read(code)
    raw = json.dumps({**said, "code": known.id, **more}).encode()
    return enrolling.enrol(raw, codes.proof(known.key, "ask", raw), clock.now())


def test_both_sides_prove_that_they_know_the_code(invited: Invited) -> None:
    said = machine()
    answer, proof = ask(invited.code, said)
    key = codes.read(invited.code).key
    assert codes.proves(key, "answer", said["nonce"].encode() + answer, proof)
    assert not codes.proves(key, "answer", said["nonce"].encode() + answer.replace(b"UTO-AP1", b"UTO-RD1"), proof)
    assert not codes.proves(key, "ask", said["nonce"].encode() + answer, proof)
    unit = Unit.objects.get()
    assert (unit.state, unit.machine, unit.received) == ("waiting", "booth-pc", 0)
    assert json.loads(answer)["fingerprint"] == codes.fingerprint(unit.key_id, unit.fingerprint)


def test_asked_again_with_the_same_keys_it_gets_the_same(invited: Invited) -> None:
    said = machine()
    assert ask(invited.code, said)[0] == ask(invited.code, said)[0]
    with pytest.raises(NotAllowed) as refused:
        ask(invited.code, machine())
    assert refused.value.code == "unit-code"


@pytest.mark.parametrize("how", ["wrong", "late", "unknown", "worn"])
def test_a_code_that_is_not_good_says_nothing_of_why(invited: Invited, how: str) -> None:
    code, said = invited.code, machine()
    if how == "wrong":
        code = code[:-1] + ("2" if code[-1] != "2" else "3")
    elif how == "unknown":
        code = codes.new().text
    elif how == "late":
        Unit.objects.update(code_until=clock.now() - timedelta(seconds=1))
    else:
        Unit.objects.update(code_failures=enrolling.MOST_FAILURES)
    with pytest.raises(NotAllowed) as refused:
        ask(code, said)
    assert (refused.value.code, str(refused.value).partition(" Ask")[0]) == ("unit-code", enrolling.ONE_SENTENCE)
    assert Unit.objects.get().state == "invited"


def test_five_wrong_proofs_end_a_code(invited: Invited) -> None:
    code = invited.code[:-1] + ("2" if invited.code[-1] != "2" else "3")
    for _try in range(enrolling.MOST_FAILURES):
        with pytest.raises(NotAllowed):
            ask(code, machine())
    with pytest.raises(NotAllowed):
        ask(invited.code, machine())


@pytest.mark.parametrize("odd", [{"key": {}}, {"certificate": "x"}, {"nonce": 7}, {"format": "other"}, {"more": 1}])
def test_what_is_no_enrolment_changes_nothing(invited: Invited, odd: dict[str, Any]) -> None:
    with pytest.raises(XeniaError) as refused:
        ask(invited.code, machine(), **odd)
    assert refused.value.code in ("bad-enrolment", "bad-card")
    assert Unit.objects.get().state == "invited"


def test_who_gave_out_the_code_does_not_admit(world: people.World, invited: Invited) -> None:
    ask(invited.code, machine())
    with pytest.raises(NotAllowed) as refused:
        actions.admit(world.operator, invited.unit.pk)
    assert refused.value.code == "same-person"
    assert not door.certificates() or Unit.objects.get().state == "waiting"
    chief = world.standing("chief", "shift-supervisor")
    unit = actions.admit(chief, invited.unit.pk)
    assert (unit.state, unit.code_key, unit.code_id) == ("active", "", None)
    with pytest.raises(NotAllowed):
        ask(invited.code, machine())


def test_a_revoked_unit_is_not_let_in_and_its_name_not_given_again(world: people.World, invited: Invited) -> None:
    ask(invited.code, machine())
    actions.admit(world.standing("chief", "shift-supervisor"), invited.unit.pk)
    assert len(door.certificates()) == 1
    actions.revoke(world.operator, invited.unit.pk, "Stolen.")
    assert door.certificates() == {}
    with pytest.raises(Conflict) as refused:
        actions.invite(world.operator, "uto-ap1-u1", POST, "Again")
    assert refused.value.code == "unit-taken"


def test_a_forked_unit_is_not_released(world: people.World, invited: Invited) -> None:
    Unit.objects.update(state="quarantined", trouble="forked")
    chief = world.standing("chief", "shift-supervisor")
    with pytest.raises(Conflict) as refused:
        actions.release(chief, invited.unit.pk, "It looks well.")
    assert refused.value.code == "unit-forked"
    Unit.objects.update(trouble="forged")
    assert actions.release(chief, invited.unit.pk, "It looks well.").state == "active"


def signed_in(world: people.World, name: str, role: str) -> Client:
    client = world.client(name, role)
    session = client.session
    session["second_factor"] = True
    session.save()
    return client


def test_the_pages_take_a_unit_from_invitation_to_its_end(world: people.World) -> None:
    admin, chief = signed_in(world, "admin", "administrator"), signed_in(world, "chief", "shift-supervisor")
    assert "No unit yet." in admin.get("/units/").content.decode()
    assert chief.get("/units/new/").status_code == 403
    wrong = admin.post("/units/new/", {"name": "Not A Name", "post": POST})
    assert wrong.status_code == 422 and 'class="errors"' in wrong.content.decode()
    page = admin.post("/units/new/", {"name": "uto-ap1-u1", "post": POST, "label": "Booth 1"}).content.decode()
    code = re.search(r"(?:[0-9A-Z]{5}-){4}[0-9A-Z]{5}", page)
    assert code is not None
    unit = Unit.objects.get()
    assert code[0] not in admin.get(f"/units/{unit.pk}/").content.decode()
    answer = Client().post(
        "/units/enrol/", json.dumps({**machine(), "code": codes.read(code[0]).id}), content_type="application/json"
    )
    assert answer.status_code == 403
    ask(code[0], machine())
    shown = codes.fingerprint(*Unit.objects.values_list("key_id", "fingerprint").get())
    assert "colleague has to admit" in admin.get(f"/units/{unit.pk}/").content.decode()
    assert shown in chief.get(f"/units/{unit.pk}/").content.decode()
    assert admin.post(f"/units/{unit.pk}/admit/").status_code == 403
    assert chief.post(f"/units/{unit.pk}/admit/").status_code == 302
    assert admin.post(f"/units/{unit.pk}/quarantine/", {"reason": ""}).status_code == 422
    admin.post(f"/units/{unit.pk}/quarantine/", {"reason": "Its seal is broken."})
    assert admin.post(f"/units/{unit.pk}/release/", {"reason": "x"}).status_code == 403
    chief.post(f"/units/{unit.pk}/release/", {"reason": "Looked at."})
    unit.refresh_from_db()
    assert unit.state == "active"
    admin.post(f"/units/{unit.pk}/revoke/", {"reason": "Replaced."})
    unit.refresh_from_db()
    assert unit.state == "revoked"
    assert "Quarantine" not in admin.get(f"/units/{unit.pk}/").content.decode()
