"""Partners are pinned by the operator at set-up and changed by two persons; keys rotate with overlap."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.exchange.node import bodies
from tests.exchange.pair import NOW, Other, take
from xenia.access import actions
from xenia.errors import BadInput, Conflict, NotAllowed, NotFound
from xenia.exchange import changes, jose, own, partners, setting_up
from xenia.exchange.models import Partner, PartnerKey
from xenia.journal import clock
from xenia.work import proposals

pytestmark = pytest.mark.django_db


def test_new_keys_take_two_persons_and_the_old_ones_stay_good_until_revoked(
    other: Other, world: Any, seen: Any
) -> None:
    admin, officer = world.standing("admin", "administrator"), world.standing("dpo", "data-protection-officer")
    fresh = Other(thread=other.thread)
    made = changes.propose_card(admin, fresh.card(), "https", "Yearly change of keys")
    shown = proposals.show(officer, made.pk)
    assert fresh.signs[2] in [line.after for line in shown.lines]
    with pytest.raises(NotAllowed):
        proposals.approve(admin, made.pk)
    with clock.at(NOW):
        proposals.approve(officer, made.pk)
    assert take(other.packed(other.message())).kind == "accepted"
    fresh.number = other.number
    assert take(fresh.packed(fresh.message())).kind == "accepted"
    gone = changes.propose_revocation(admin, other.address, [other.signs[2]], "Old")
    with clock.at(NOW):
        proposals.approve(officer, gone.pk)
    with pytest.raises(BadInput):
        take(other.packed(other.message()))
    assert take(fresh.packed(fresh.message())).kind == "accepted"


def test_an_end_takes_two_persons(other: Other, world: Any) -> None:
    admin, officer = world.standing("admin", "administrator"), world.standing("dpo", "data-protection-officer")
    proposals.approve(officer, changes.propose_end(admin, other.address, "Agreement ended").pk)
    assert Partner.objects.get().closed_at is not None
    with pytest.raises(Conflict):
        partners.open_partner(other.address)


def test_set_up_pins_new_partners_only(other: Other, world: Any) -> None:
    with pytest.raises(Conflict) as problem:
        partners.trust(partners.read_card(other.card()), world.operator.act("operation", "set-up"))
    assert problem.value.code == "partner-known"


def test_a_key_belongs_to_one_partner(other: Other, world: Any) -> None:
    card = json.loads(other.card()) | {"address": "XXC/RET"}
    with pytest.raises(BadInput):
        partners.trust(partners.read_card(json.dumps(card)), world.operator.act("operation", "set-up"))
    assert Partner.objects.count() == 1 and PartnerKey.objects.count() == 2


@pytest.mark.parametrize(
    "more",
    [
        {"format": "xenia/partner/0"}, {"address": "xxb"}, {"url": "http://127.0.0.1"}, {"sign": []}, {"tls": ["pem"]},
        {"sign": [{"kty": "EC", "crv": "P-256", "x": "a", "y": "b"}]}, {"name": 7}, {"box": None},
        {"sign": [{"kty": "oct", "k": "AAAA"}]},
    ],
)  # fmt: skip
def test_odd_cards_are_refused(other: Other, more: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        partners.read_card(Other().card(**more))


def test_a_card_with_a_private_key_is_refused() -> None:
    from tests.exchange.pair import key

    private, public, _ = key()
    with pytest.raises(BadInput):
        partners.read_card(Other().card(sign=[{**public, "d": private.as_dict(private=True)["d"]}]))


def test_own_keys_stand_beside_each_other_until_the_new_one_is_taken_into_use(world: Any) -> None:
    before = own.current("sign")
    made = setting_up.new_key(world.operator, "sign")
    assert own.current("sign") == before and [one["kid"] for one in own.card()["sign"]] == [before, made]
    setting_up.use_key(world.operator, "sign", made)
    assert own.current("sign") == made and own.private("sign", before) is not None
    with pytest.raises(NotFound):
        setting_up.use_key(world.operator, "sign", "unknown")
    with pytest.raises(BadInput):
        setting_up.new_key(world.operator, "../journal")
    card = own.card()
    assert card["fingerprints"] == [own.fingerprint(pem.encode()) for pem in card["tls"]]
    assert "PRIVATE" not in json.dumps(card) and all("d" not in key for key in card["sign"])


def test_an_old_key_of_our_own_leaves_the_card_by_two_persons_and_still_opens(world: Any) -> None:
    admin, officer = world.standing("admin", "administrator"), world.standing("dpo", "data-protection-officer")
    old = own.current("box")
    made, spare = setting_up.new_key(world.operator, "box"), setting_up.new_key(world.operator, "box")
    for keys, code in (([f"box:{old}"], "key-in-use"), (["box:unknown"], "no-key"), (["../x:y"], "no-key"), ([], "no-key-chosen")):  # fmt: skip
        with pytest.raises((BadInput, Conflict, NotFound)) as problem:
            changes.propose_retirement(admin, keys, "Yearly change of keys")
        assert problem.value.code == code
    setting_up.use_key(world.operator, "box", made)
    proposed = changes.propose_retirement(admin, [f"box:{old}", f"box:{spare}"], "Yearly change of keys")
    assert [line.after for line in proposals.show(officer, proposed.pk).lines] == sorted([f"box:{old}", f"box:{spare}"])
    with pytest.raises(NotAllowed):
        proposals.approve(admin, proposed.pk)
    assert len(own.card()["box"]) == 3
    proposals.approve(officer, proposed.pk)
    assert [one["kid"] for one in own.card()["box"]] == [made]
    token = jose.encrypt(b"{}", own.public("box", old), old)
    assert jose.decrypt(token, lambda kid: own.private("box", kid)) == b"{}"
    assert sorted(one["key"] for one in bodies("exchange.own-set") if one["change"] == "retired") == sorted([f"box:{old}", f"box:{spare}"])  # fmt: skip
    for change in (lambda: setting_up.use_key(world.operator, "box", old), lambda: own.check_retiring("box", old)):
        with pytest.raises(Conflict) as problem:
            change()
        assert problem.value.code == "key-retired"


def test_a_key_taken_into_use_meanwhile_is_not_retired(world: Any) -> None:
    admin, officer = world.standing("admin", "administrator"), world.standing("dpo", "data-protection-officer")
    made = setting_up.new_key(world.operator, "sign")
    proposed = changes.propose_retirement(admin, [f"sign:{made}"], "Not needed")
    setting_up.use_key(world.operator, "sign", made)
    with pytest.raises(Conflict):
        proposals.approve(officer, proposed.pk)
    assert own.current("sign") == made and len(own.card()["sign"]) == 2


def test_the_command_line_asks_a_second_person_where_there_is_one(world: Any, settings: Any) -> None:
    settings.XENIA_DEMO = False
    assert not changes.takes_two(world.operator)
    world_demo = settings.XENIA_DEMO
    settings.XENIA_DEMO = True  # an account with a known password is made in demonstrations only
    officer = world.standing("dpo", "data-protection-officer")
    assert not changes.takes_two(world.operator)
    settings.XENIA_DEMO = world_demo
    assert changes.takes_two(world.operator) and changes.takes_two(officer)
    actions.close_account(world.operator, officer.account, "Left")
    assert not changes.takes_two(world.operator)


def test_what_we_are_is_set_by_the_operator(world: Any) -> None:
    setting_up.introduce(world.operator, authority="UTO-MG", name="Invented", url="https://127.0.0.1:8443")
    assert (own.address(), own.name(), own.url()) == ("UTO/MG", "Invented", "https://127.0.0.1:8443")
    for more in ({"authority": "NONE"}, {"url": "http://127.0.0.1"}):
        with pytest.raises((NotFound, BadInput)):
            setting_up.introduce(world.operator, **more)
