"""Files of a unit at its centre, and answers at the unit: nothing is taken of what is not exactly what it must be."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.frontier.conftest import alert, at_lane, post
from tests.units.forging import NODE, Forger, record, unit_with
from xenia.access import actions as access
from xenia.access.standing import Standing
from xenia.errors import XeniaError
from xenia.exchange import jose, own
from xenia.journal import canonical, sealer, signing
from xenia.journal.models import Entry
from xenia.journal.tree import Frontier
from xenia.units import bounds, card, carrying, sending, servers, serving
from xenia.units.models import Aside, Unit
from xenia.units.protocol import up
from xenia.units.protocol.records import Record

__all__ = ["alert", "at_lane", "post"]
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def forger(post: str) -> Forger:
    bounds.forget()
    private = ec.generate_private_key(ec.SECP256R1())
    return Forger(unit_with(private), private)


@pytest.fixture
def admin(post: str) -> Standing:
    operator = access.operator_standing("operator")
    made = access.make_account(operator, "admin", "Admin", authority="UTO-BG", password="amber-birch-cedar-delta-7")
    access.give_role(operator, made.account.pk, "administrator", post=None)
    return access.operator_standing("admin")


def shown(count: int) -> list[Record]:
    return [record("lane.shown", {"number": number}) for number in range(count)]


def signed(said: Any, private: ec.EllipticCurvePrivateKey) -> bytes:
    text = canonical.json_bytes(said)
    r, s = decode_dss_signature(private.sign(text, ec.ECDSA(hashes.SHA256())))
    key = signing.thumbprint(signing.jwk(private.public_key()))
    raw = signing.unpadded(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return json.dumps({"said": text.decode(), "key": key, "signature": raw}).encode()


def file_of(forger: Forger, *batches: bytes, private: ec.EllipticCurvePrivateKey | None = None, **more: Any) -> str:
    said = {
        "format": carrying.PARCELS, "node": NODE, "made": canonical.moment(NOW),
        "parcels": [base64.b64encode(one).decode() for one in batches], **more,
    }  # fmt: skip
    return sealed(signed(said, private or forger.private))


def sealed(plain: bytes) -> str:
    kid = own.current("box")
    return jose.encrypt(plain, own.public("box", kid), kid)


def test_batches_are_taken_in_order_and_journalled_with_their_carrier(forger: Forger, admin: Standing) -> None:
    first, second = shown(3), shown(2)
    one = forger.send(first)
    forger.took(first)
    done = carrying.take(admin, file_of(forger, one, forger.send(second)), datetime.now(UTC))
    assert (done.kind, done.received, done.gained) == (up.RECEIVED, 5, 5)
    entry = Entry.objects.get(kind="unit.backlog-imported")
    body = json.loads(bytes(entry.body or b""))
    assert (entry.actor, body["first"], body["received"], body["gained"]) == (admin.actor, 1, 5, 5)
    said = json.loads(json.loads(done.answer)["said"])
    assert (said["node"], said["kind"], said["received"], said["file"]) == (NODE, up.RECEIVED, 5, body["file"])


FILES: dict[str, tuple[str, Callable[[Forger], str]]] = {
    "gap": ("backlog-gap", lambda f: file_of(f, f.send(shown(2), first=9, head=f.head(shown(2), size=10)))),
    "empty": ("bad-backlog", lambda f: file_of(f)),
    "no-batch": ("bad-batch", lambda f: file_of(f, b"nothing")),
    "told-only": ("bad-backlog", lambda f: file_of(f, f.parcel(shown(1)).__class__(NODE, 1, (), None, (), {}).to_bytes())),
    "other-node": ("bad-backlog", lambda f: file_of(f, f.send(shown(1), node="uto-t2-u2"))),
    "other-key": ("bad-backlog", lambda f: file_of(f, f.send(shown(1)), private=ec.generate_private_key(ec.SECP256R1()))),
    "unknown-unit": ("no-such-unit", lambda f: file_of(f, f.send(shown(1)), node="nobody")),
    "odd-unit": ("no-such-unit", lambda f: file_of(f, f.send(shown(1)), node=["x"])),
    "old-format": ("bad-backlog", lambda f: file_of(f, f.send(shown(1)), format="xenia/unit-backlog/0")),
    "more": ("bad-backlog", lambda f: file_of(f, f.send(shown(1)), more=1)),
    "no-text": ("bad-backlog", lambda f: file_of(f, f.send(shown(1)), parcels=[5])),
    "no-base64": ("bad-backlog", lambda f: file_of(f, f.send(shown(1)), parcels=["*"])),
    "no-json": ("bad-backlog", lambda f: sealed(b"nothing")),
    "list": ("bad-backlog", lambda f: sealed(b"[]")),
    "deep": ("bad-backlog", lambda f: sealed(b"[" * 100_000)),
    "no-token": ("bad-token", lambda f: "nothing"),
    "altered": ("bad-token", lambda f: altered(file_of(f, f.send(shown(1))))),
}  # fmt: skip


def altered(token: str) -> str:
    at = len(token) // 2
    return token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_not_a_units_is_not_taken(forger: Forger, admin: Standing, name: str) -> None:
    code, made = FILES[name]
    with pytest.raises(XeniaError) as found:
        carrying.take(admin, made(forger), datetime.now(UTC))
    assert found.value.code == code
    assert Unit.objects.get(name=NODE).received == 0 and not Entry.objects.filter(node=NODE).exists()
    assert not Entry.objects.filter(kind="unit.backlog-imported").exists() and not Aside.objects.exists()


@pytest.mark.parametrize("state", ["waiting", "invited", "revoked"])
def test_a_unit_that_is_not_at_work_brings_no_files(forger: Forger, admin: Standing, state: str) -> None:
    Unit.objects.filter(name=NODE).update(state=state)
    with pytest.raises(XeniaError) as found:
        carrying.take(admin, file_of(forger, forger.send(shown(1))), datetime.now(UTC))
    assert found.value.code == "unit-state" and not Entry.objects.filter(node=NODE).exists()


def test_who_may_not_manage_units_takes_no_file(forger: Forger, at_lane: Callable[..., Standing]) -> None:
    with pytest.raises(XeniaError) as found:
        carrying.take(at_lane("first"), file_of(forger, forger.send(shown(1))), datetime.now(UTC))
    assert found.value.code == "no-permission" and not Entry.objects.filter(node=NODE).exists()


def test_a_file_of_a_quarantined_unit_is_answered_and_not_taken(forger: Forger, admin: Standing) -> None:
    Unit.objects.filter(name=NODE).update(state="quarantined")
    done = carrying.take(admin, file_of(forger, forger.send(shown(3))), datetime.now(UTC))
    assert (done.kind, done.received, done.gained) == (up.HALTED, 0, 0)


def test_a_forged_batch_in_a_file_stops_the_unit_and_what_follows(forger: Forger, admin: Standing) -> None:
    good, bad = shown(2), shown(2)
    one = forger.send(good)
    forger.took(good)
    forged = forger.send(bad, head=forger.head(bad, root="00" * 32))
    done = carrying.take(admin, file_of(forger, one, forged, forger.send(bad)), datetime.now(UTC))
    assert (done.kind, done.received) == (up.FORGED, 2)
    assert Unit.objects.get(name=NODE).state == "quarantined"


# At the unit. One installation is both here: the answer is signed with its own key, which the card pins.


@pytest.fixture
def at_unit(post: str, home: Any, settings: Any) -> Any:
    """This installation as a unit with sealed entries; what is needed to answer it."""
    settings.XENIA_NODE = "hq"
    card.write(
        card.Card("hq", "UTO", post, "U", "https://centre", "pem", signing.own_key(), {**own.public("box", own.current("box")), "kid": own.current("box")})
    )  # fmt: skip
    sending.forget()
    sealer.seal_now()
    yield access.operator_standing("operator")
    card.path().unlink()
    sending.forget()


def answer(last: int, **more: Any) -> bytes:
    from xenia.units import stored

    tree = Frontier()
    for leaf in stored.leaves("hq", 1, last):
        tree.add(leaf)
    said = {
        "format": carrying.ANSWER, "node": "hq", "kind": up.RECEIVED, "received": last, "file": "0" * 64,
        "root": tree.root().hex(), "made": canonical.moment(NOW), **more,
    }  # fmt: skip
    return carrying._signed(said)


def test_an_answer_moves_on_what_is_acknowledged_once(at_unit: Standing) -> None:
    last = sending.sealed("hq")
    assert carrying.acknowledge(at_unit, answer(3)) == 3 and sending.line().acknowledged == 3
    for old in (2, 3):
        with pytest.raises(XeniaError) as found:
            carrying.acknowledge(at_unit, answer(old))
        assert found.value.code == "answer-old" and sending.line().acknowledged == 3
    assert carrying.acknowledge(at_unit, answer(last)) == last - 3
    assert Entry.objects.filter(kind="unit.answer-taken").count() == 2


def test_an_answer_of_a_server_that_was_replaced_acknowledges_nothing(at_unit: Standing) -> None:
    servers.path().unlink(missing_ok=True)
    try:
        assert carrying.acknowledge(at_unit, answer(2, generation=3)) == 2
        for older in ({"generation": 2}, {}):
            with pytest.raises(XeniaError) as found:
                carrying.acknowledge(at_unit, answer(4, **older))
            assert (found.value.code, sending.line().acknowledged) == ("old-generation", 2)
        assert carrying.acknowledge(at_unit, answer(4, generation=3)) == 2
    finally:
        servers.path().unlink(missing_ok=True)


def test_a_centre_says_in_which_generation_it_answers(forger: Forger, admin: Standing) -> None:
    before = serving._ask
    serving.ask(lambda: serving.Now(5))
    try:
        done = carrying.take(admin, file_of(forger, forger.send(shown(1)), takes=["generation"]), datetime.now(UTC))
        assert json.loads(json.loads(done.answer)["said"])["generation"] == 5
    finally:
        serving.ask(before)


ANSWERS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "node": ("answer-of-another-unit", lambda: answer(3, node="uto-t1-u1")),
    "kind": ("bad-backlog-answer", lambda: answer(3, kind="fine")),
    "number": ("bad-backlog-answer", lambda: answer(3, received="3")),
    "negative": ("bad-backlog-answer", lambda: answer(3, received=-1)),
    "more": ("bad-backlog-answer", lambda: answer(3, more=1)),
    "generation": ("bad-backlog-answer", lambda: answer(3, generation=-1)),
    "format": ("bad-backlog-answer", lambda: answer(3, format="xenia/unit-backlog-answer/0")),
    "altered": ("bad-backlog-answer", lambda: answer(3).replace(b'received\\":3', b'received\\":4')),
    "key": ("bad-backlog-answer", lambda: signed(json.loads(json.loads(answer(3))["said"]), ec.generate_private_key(ec.SECP256R1()))),
    "words": ("bad-backlog-answer", lambda: b"yes"),
    "large": ("bad-backlog-answer", lambda: answer(3, file="x" * carrying.ANSWER_LIMIT)),
    "old-stop": ("answer-old", lambda: answer(0, kind=up.HALTED)),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_is_not_the_centres_changes_nothing(at_unit: Standing, name: str) -> None:
    code, made = ANSWERS[name]
    with pytest.raises(XeniaError) as found:
        carrying.acknowledge(at_unit, made())
    assert found.value.code == code
    assert (sending.line().acknowledged, sending.line().halted) == (0, "")


@pytest.mark.parametrize("other", ["past the end", "another root"])
def test_an_answer_that_tells_of_another_past_halts_the_unit(at_unit: Standing, other: str) -> None:
    last = sending.sealed("hq")
    said = answer(last, received=last + 50) if other == "past the end" else answer(last, root="ab" * 32)
    with pytest.raises(XeniaError) as found:
        carrying.acknowledge(at_unit, said)
    assert found.value.code == "unit-forked"
    assert (sending.line().acknowledged, sending.line().halted) == (0, up.FORKED)


def test_a_stop_that_answers_the_newest_file_halts_until_the_centre_takes_again(at_unit: Standing) -> None:
    carrying.export(at_unit)
    entry = Entry.objects.get(kind="unit.backlog-exported")
    digest = json.loads(bytes(entry.body or b""))["file"]
    assert carrying.acknowledge(at_unit, answer(0, kind=up.HALTED, file=digest)) == 0
    assert sending.line().halted == up.HALTED
    assert carrying.acknowledge(at_unit, answer(4, file=digest)) == 4
    assert sending.line().halted == ""
    with pytest.raises(XeniaError):  # the old stop again, carried by somebody who does not wish the unit well
        sealer.seal_now()
        carrying.acknowledge(at_unit, answer(sending.sealed("hq"), file=digest))
        carrying.acknowledge(at_unit, answer(0, kind=up.HALTED, file=digest))
    assert sending.line().halted == ""


def test_a_large_backlog_goes_in_several_files(at_unit: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrying, "MOST_BYTES", 1)
    monkeypatch.setattr(bounds, "FITS", 1)
    made = carrying.export(at_unit)
    assert (made.first, made.last, made.parcels) == (1, 1, 1) and made.left == sending.sealed("hq") - 1


def test_a_unit_without_the_centres_key_for_files_says_so(at_unit: Standing) -> None:
    raw = json.loads(card.path().read_text())
    del raw["box"]  # a card of an earlier version
    card.path().write_text(json.dumps(raw))
    with pytest.raises(XeniaError) as found:
        carrying.export(at_unit)
    assert found.value.code == "no-box-key"


def test_nothing_is_exported_that_the_centre_has(at_unit: Standing) -> None:
    carrying.acknowledge(at_unit, answer(sending.sealed("hq")))
    with pytest.raises(XeniaError) as found:
        carrying.export(at_unit)
    assert found.value.code == "nothing-waits"
