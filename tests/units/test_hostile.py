"""A unit with a valid key in wrong hands: it does nothing outside its own post, and whatever it tries is seen.

Each attack is one function: what it sends, and how that shows. `aside`: kept, did nothing, waits for a person. `stopped`: the
unit is quarantined. `noticed`: not taken at all, and a person is told.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction

from tests.frontier.conftest import POST, alert, at_lane, passport, person, post
from tests.units.forging import (
    NODE,
    Forger,
    Parts,
    Shift,
    again,
    everything,
    introduced,
    record,
    shift,
    squeezed,
    unit_with,
    varint,
)
from xenia.access import actions as access
from xenia.access import place_actions
from xenia.access.models import Account
from xenia.errors import BadInput
from xenia.frontier import actions, checking
from xenia.frontier.models import Check, Crossing
from xenia.identity.models import PURPOSE, Identity
from xenia.journal import signing
from xenia.journal.models import DataKey as KeyRow
from xenia.journal.models import Entry
from xenia.journal.verify import verify
from xenia.units import bounds, door, receiving, status, wire
from xenia.units.models import Aside, Unit
from xenia.units.protocol import packs, records, shape, up
from xenia.units.protocol.records import Record
from xenia.units.protocol.shape import DataKey
from xenia.work.models import WorkItem

__all__ = ["alert", "at_lane", "post"]
SEALED = ("identity.claimed", "check.kept")


@dataclass
class World:
    """A centre with a post, a traveller of its own, other authorities, and a forger with the key of an admitted unit."""

    forger: Forger
    shift: Shift
    own_check: Check
    own_crossing: Crossing
    people: dict[str, Account]

    @property
    def unit(self) -> Unit:
        return Unit.objects.get(name=NODE)

    def send(self, entries: Sequence[Record], **more: Any) -> list[bytes]:
        return [self.forger.send(entries, self.shift.keys, **more)]

    def body(self, kind: str) -> dict[str, Any]:
        """What an entry of the honest shift says."""
        return dict(self.shift.plain[self.shift.one(kind).id])

    def says(self, kind: str, **changed: Any) -> Record:
        """An entry of the honest shift, not sealed, that says something else."""
        one = self.shift.one(kind)
        body = json.dumps(self.body(kind) | changed).encode()
        return again(one, id=uuid4(), body=body, key=b"")


Attack = Callable[[World], list[bytes]]
ATTACKS: dict[str, list[tuple[str, Attack, str]]] = {}
"""Attacks by name, each with its cases: name, what is sent, how it shows."""


def attack(shows: str) -> Callable[[Attack], Attack]:
    def add(made: Attack) -> Attack:
        ATTACKS[made.__name__] = [("", made, shows)]
        return made

    return add


def many(shows: str, **cases: Any) -> Callable[[Callable[[World, Any], list[bytes]]], None]:
    """The same attack with several values."""

    def add(made: Callable[[World, Any], list[bytes]]) -> None:
        ATTACKS[made.__name__] = [(name, lambda w, v=value: made(w, v), shows) for name, value in cases.items()]  # type: ignore[misc]

    return add


@pytest.fixture
def world(at_lane: Callable[..., Any]) -> Iterator[World]:
    bounds.forget()
    operator, made = access.operator_standing("operator"), {}
    place_actions.make_authority(operator, "UTO-CU", "Customs", kind="border")
    place_actions.make_post(operator, "UTO-T2", "Elsewhere", authority="UTO-BG", zone="Asia/Tbilisi", border="land")
    for name, authority, at in (("customs", "UTO-CU", None), ("away", "UTO-BG", "UTO-T2"), ("gone", "UTO-BG", POST)):
        made[name] = access.make_account(
            operator, name, name, authority=authority, password="amber-birch-cedar-delta-7"
        ).account
        access.give_role(operator, made[name].pk, "first-line-officer", post=at)
    access.close_account(operator, made["gone"].pk, "left")
    Account.objects.filter(pk=made["gone"].pk).update(closed_at=datetime.now(UTC) - timedelta(hours=1))
    first = at_lane("first")
    view = checking.check_text(first, "L1", passport(person(number="UX9990001", surname="Ownsen")), "entry")
    actions.admit(first, view.id)

    def honest() -> None:
        seen = checking.check_text(first_at_unit(), "L1", passport(person()), "entry")
        actions.admit(first_at_unit(), seen.id)

    def first_at_unit() -> Any:
        return at_lane("first")

    private = ec.generate_private_key(ec.SECP256R1())
    unit = unit_with(private)
    unit_with(ec.generate_private_key(ec.SECP256R1()), "uto-t2-u2", "UTO-T2")
    made["operator"] = Account.objects.get(username="operator")
    made["second"] = Account.objects.get(username="second")
    yield World(Forger(unit, private), shift(honest), Check.objects.get(), Crossing.objects.get(), made)
    bounds.forget()


def test_the_honest_shift_counts(world: World) -> None:
    """Else every attack would be harmless for a reason of its own."""
    raw = world.send(world.shift.entries)[0]
    assert receiving.take_in(world.unit, raw, datetime.now(UTC)) == up.Answer(up.RECEIVED, len(world.shift.entries))
    assert not Aside.objects.exists() and not WorkItem.objects.filter(kind__startswith="unit.").exists()
    assert Crossing.objects.count() == 2 and Check.objects.filter(node=NODE).count() == 1


# Who says it


@many("aside unknown-author", stranger=f"account:{uuid4()}", words="account:../first", empty="", system="system:frontier",
      units="system:units", operator="operator")  # fmt: skip
def author_that_nobody_knows(w: World, actor: str) -> list[bytes]:
    return w.send([again(one, actor=actor) for one in w.shift.entries if one.kind not in HARMLESS])


@many("aside foreign-author", customs="customs", away="away")
def author_of_elsewhere(w: World, name: str) -> list[bytes]:
    return w.send(w.shift.all_as(actor=f"account:{w.people[name].pk}"))


@attack("aside closed-author")
def author_whose_account_was_closed(w: World) -> list[bytes]:
    return w.send([again(one, actor=f"account:{w.people['gone'].pk}") for one in does(w.shift)])


@many("aside foreign-purpose", asylum="asylum", lists="alert-management", none="", own="no-such-purpose")
def purpose_that_is_not_the_officers(w: World, purpose: str) -> list[bytes]:
    return w.send([again(one, purpose=purpose) for one in does(w.shift)])


# Where, and for whom


@many("aside foreign-place", post=f"{NODE}/UTO-T2/L1", unit="uto-t2-u2/UTO-T1/L1", centre="hq/UTO-T1/L1", hq="hq")
def place_of_others(w: World, origin: str) -> list[bytes]:
    return w.send(w.shift.all_as(origin=origin))


@many("aside foreign-place", nowhere="", unknown="no-such-node/UTO-T1/L1", close=f"{NODE}x/UTO-T1/L1")
def place_that_is_none(w: World, origin: str) -> list[bytes]:
    return w.send([again(one, origin=origin) for one in does(w.shift)])


@many("aside foreign-owner", other="UTO-CU", above="UTO", nobody="", unknown="ATL-BG")
def owner_that_is_another(w: World, owner: str) -> list[bytes]:
    return w.send([again(one, owner=owner) for one in does(w.shift)])


@many("aside time-to-come", hours=timedelta(hours=3), years=timedelta(days=9000))
def time_to_come(w: World, ahead: timedelta) -> list[bytes]:
    at = records.micros(datetime.now(UTC) + ahead)
    return w.send([again(one, occurred=at, recorded=at) for one in does(w.shift)])


@many("aside time-past", epoch=datetime(1970, 1, 2, tzinfo=UTC), first=datetime(1, 1, 2, tzinfo=UTC))
def time_long_past(w: World, when: datetime) -> list[bytes]:
    at = records.micros(when)
    return w.send([again(one, occurred=at, recorded=at) for one in does(w.shift)])


# Order, heads, signatures


@attack("aside gap")
def gap(w: World) -> list[bytes]:
    return w.send(w.shift.entries, first=40, head=w.forger.head(w.shift.entries, size=39 + len(w.shift.entries)))


@attack("stopped forked")
def other_content_under_old_numbers(w: World) -> list[bytes]:
    return _first_then(w, lambda first: w.send([record("lane.shown", {}), record("lane.shown", {})], first=1))


@attack("stopped forked")
def other_content_beside_what_is_known(w: World) -> list[bytes]:
    return _first_then(w, lambda first: w.send([*reversed(first), record("lane.shown", {})], first=1))


@attack("stopped forged")
def new_entries_under_an_old_head(w: World) -> list[bytes]:
    old = w.forger.head([record("lane.shown", {})])
    return w.send([record("lane.shown", {})], head=old)


@many("stopped forged", zeros="00" * 32, other="ab" * 32)
def wrong_root(w: World, root: str) -> list[bytes]:
    return w.send(w.shift.entries, head=w.forger.head(w.shift.entries, root=root))


@many("stopped forged", bare="", short="AAAA", zeros=signing.unpadded(bytes(64)), words="no signature")
def wrong_signature(w: World, signature: str) -> list[bytes]:
    return w.send(w.shift.entries, head=replace(w.forger.head(w.shift.entries), signature=signature))


@attack("stopped forged")
def head_of_another_key(w: World) -> list[bytes]:
    other = ec.generate_private_key(ec.SECP256R1())
    return w.send(w.shift.entries, head=w.forger.head(w.shift.entries, private=other))


@attack("stopped forged")
def head_of_another_key_under_our_name(w: World) -> list[bytes]:
    other = ec.generate_private_key(ec.SECP256R1())
    return w.send(w.shift.entries, head=w.forger.head(w.shift.entries, private=other, key_id=w.unit.key_id))


@many("stopped forged", other="uto-t2-u2", centre="hq")
def head_of_another_node(w: World, node: str) -> list[bytes]:
    return w.send(w.shift.entries, head=w.forger.head(w.shift.entries, node=node))


@many("stopped forged", other="uto-t2-u2", centre="hq")
def batch_of_another_node(w: World, node: str) -> list[bytes]:
    return w.send(w.shift.entries, node=node)


@many("stopped forged", more=99, fewer=1, none=0, past_53_bits=1 << 70)
def head_over_more_than_came(w: World, size: int) -> list[bytes]:
    return w.send(w.shift.entries, head=w.forger.head(w.shift.entries, size=size))


@many("stopped forged", zero=0, negative=-5)
def position_before_the_first(w: World, first: int) -> list[bytes]:
    head = w.forger.head(w.shift.entries, size=max(0, first + len(w.shift.entries) - 1))
    return w.send(w.shift.entries, first=first, head=head)


@many("stopped forged", centre="own_crossing", identity="own_check")
def entry_that_is_here_already(w: World, which: str) -> list[bytes]:
    here = Entry.objects.exclude(node=NODE).order_by("id")
    taken = here.first() if which == "own_crossing" else here.last()
    assert taken is not None
    return w.send([record("lane.shown", {}, id=taken.id)])


# What is no batch


@many("noticed bad-batch", empty=b"", short=b"\x00\x00", words=b"hello, centre", cut=b"\x00\x00\x00\x09{}", huge=b"\xff" * 8,
      zeros=bytes(4096), large=b"\x00\x00\x00\x02{}" + bytes(wire.LIMIT))  # fmt: skip
def bytes_that_are_no_batch(w: World, raw: bytes) -> list[bytes]:
    return [raw]


@many("noticed bad-batch", old={"format": "xenia/up/0"}, newer={"format": "xenia/up/9"}, extra={"more": 1}, node={"node": 5},
      first={"first": "1"}, truth={"first": True}, keys={"keys": []}, told={"told": []},
      endless={"first": float("inf")}, headless={"head": None})  # fmt: skip
def odd_cover(w: World, changed: dict[str, Any]) -> list[bytes]:
    return [w.forger.cover(w.shift.entries[:1], lambda cover: cover.update(changed))]


@many("noticed", text="x", map={}, endless=float("inf"), none=None, half="1.5")
def odd_size_of_a_head(w: World, size: Any) -> list[bytes]:
    return [w.forger.cover(w.shift.entries[:1], lambda cover: cover["head"].update(size=size))]


@many("noticed bad-batch", words="yesterday", first="0001-01-01T00:00:00.000000+1400", none="")
def odd_time_of_a_head(w: World, when: str) -> list[bytes]:
    return w.send(w.shift.entries, head=w.forger.head(w.shift.entries, signed_at=when))


@many("noticed bad-batch", list=b"[]", text=b'"xenia"', number=b"5", nothing=b"null", deep=b"[" * 100_000, digits=b"9" * 50_000,
      wide=b'{"a":' * 3000 + b"1" + b"}" * 3000, half=b'{"format":"xenia/up/1","node":"\xff"}')  # fmt: skip
def odd_json(w: World, said: bytes) -> list[bytes]:
    return [w.forger.cover(w.shift.entries[:1], lambda cover: said)]


@attack("noticed bad-batch")
def cover_past_its_limit(w: World) -> list[bytes]:
    return [w.forger.cover(w.shift.entries[:1], lambda cover: cover["told"].update(x="x" * wire.COVER_LIMIT))]


# Marks of an entry that is shown as it is: header, place of its time, form, subjects, key. Of one that is sealed with a key that
# nobody brings: header, place of its time, form, subjects, key, place of the key's id, length.
FORM, SUBJECTS, NAMED_KEY, LENGTH = 2, 3, 4, 6


def _shown(w: World, change: Callable[[Parts], None]) -> list[bytes]:
    return [w.forger.parts([record("lane.shown", {})], change)]


def _said(at: int, said: bytes) -> Callable[[Parts], None]:
    def change(parts: Parts) -> None:
        parts.marks[at : at + 1] = said

    return change


@many(
    "noticed bad-pack",
    longer=varint(120),
    past=varint(1 << 40),
    most=varint(records.MOST_BODY + 1),
    unending=b"\xff" * 12,
)
def length_that_lies(w: World, said: bytes) -> list[bytes]:
    return [w.forger.parts([record("lane.shown", b"sealed", key=b"k" * 16)], _said(LENGTH, said))]


@many("noticed bad-pack", more=varint(7), huge=varint(1 << 40), most=varint(records.MOST_SUBJECTS + 1))
def subjects_that_lie(w: World, said: bytes) -> list[bytes]:
    return _shown(w, _said(SUBJECTS, said))


@many("noticed bad-pack", none=bytes([shape.UNSEALED]), unknown=b"\x09", sealed=bytes([shape.CIPHER]), erased=b"\x00")
def form_that_lies(w: World, said: bytes) -> list[bytes]:
    return _shown(w, _said(FORM, said))


@many("noticed bad-pack", later=b"\x03", far=varint(1 << 40), new=b"\x02", named=b"\x01")
def key_that_was_never_sent(w: World, said: bytes) -> list[bytes]:
    return _shown(w, _said(NAMED_KEY, said))


@many(
    "noticed bad-pack",
    few=[],
    short=[["lane.shown"]],
    text="xx",
    none=None,
    map={"0": 1},
    numbers=[[1] * 8],
    deep=b"[" * 100_000,
)
def headers_that_do_not_fit(w: World, headers: Any) -> list[bytes]:
    return _shown(w, lambda parts: setattr(parts, "headers", headers))


def _header(w: World, at: int, said: Any) -> list[bytes]:
    return _shown(w, lambda parts: parts.headers[0].__setitem__(at, said))


@many("noticed bad-pack", old=0, negative=-1, huge=1 << 40, text="1", half=1.5, truth=True)
def schema_that_cannot_be(w: World, schema: Any) -> list[bytes]:
    return _header(w, len(shape.HEADER), schema)


@many("noticed bad-pack", nul="a\x00b", half="a\ud800", line="a\nb", long="x" * 501)
def text_that_is_none(w: World, text: str) -> list[bytes]:
    return _header(w, shape.HEADER.index("purpose"), text)


@many("noticed bad-pack", kind="kind", retention="retention_class")
def text_past_its_column(w: World, name: str) -> list[bytes]:
    return _header(w, shape.HEADER.index(name), "x" * 81)


@many("noticed bad-pack", id=b"check:\x01~\x00{}\x00", time=b"\x02~\x00{}\x00", nothing=b"\x01\x00{}\x00", control=b"a\x03\x00{}\x00",
      broken=b"\xff\x00{}\x00", one=b"{}\x00", three=b"a\x00{}\x00b\x00", open=b"a\x00{}")  # fmt: skip
def texts_that_are_none(w: World, texts: bytes) -> list[bytes]:
    return _shown(w, lambda parts: setattr(parts, "texts", texts))


@attack("noticed bad-pack")
def places_that_fill_the_memory(w: World) -> list[bytes]:
    """Two bytes become 36, some hundred thousand times, all of them the same id."""
    named = b"check:\x01 \x00" + b"\x01!" * 600_000 + b"\x00"
    return _shown(w, lambda parts: (setattr(parts, "texts", named), setattr(parts, "raw", bytes(60)))[0])


@many(
    "noticed bad-pack",
    after=1 << 62,
    before=(1 << 62) + 1,
    year_10000=2 * (records.micros(datetime(9999, 12, 31, tzinfo=UTC)) + 10**15),
)
def time_that_no_calendar_has(w: World, at: int) -> list[bytes]:
    def change(parts: Parts) -> None:
        begins = next(number for number, byte in enumerate(parts.raw) if byte < 0x80) + 1
        parts.raw = varint(at) + parts.raw[begins:]

    return _shown(w, change)


@attack("noticed bad-pack")
def zip_bomb(w: World) -> list[bytes]:
    raw = w.send([record("lane.shown", {})])[0]
    bomb = squeezed(bytes(records.MOST_BYTES * 4))
    lengths = (2).to_bytes(4, "big") + (2).to_bytes(4, "big") + len(bomb).to_bytes(4, "big")
    return [raw[: 4 + int.from_bytes(raw[:4], "big")] + shape.MAGIC + lengths + bomb]


@attack("noticed bad-pack")
def zip_bomb_of_little_lists(w: World) -> list[bytes]:
    """It would be some hundred times as large once it is read."""
    return _shown(w, lambda parts: setattr(parts, "headers", b"[" + b"[]," * 3_000_000 + b"0]"))


@many("noticed bad-pack", behind=b"more", pack=zlib.compress(b"XUP1"))
def something_behind_the_pack(w: World, more: bytes) -> list[bytes]:
    return [w.send([record("lane.shown", {})])[0] + more]


@attack("noticed bad-pack")
def one_entry_twice(w: World) -> list[bytes]:
    one = record("lane.shown", {})
    return w.send([one, one])


@attack("noticed bad-pack")
def more_entries_than_a_pack_has(w: World) -> list[bytes]:
    return w.send([record("lane.shown", {}) for _one in range(records.MOST_RECORDS + 1)])


@attack("noticed bad-pack")
def body_past_its_limit(w: World) -> list[bytes]:
    return w.send([record("lane.shown", b"x" * (records.MOST_BODY + 1))])


# What it says


@many("aside unknown-kind", unknown="policy.overthrown", shape="<script>", empty="", wide="x" * 80)
def kind_that_nobody_knows(w: World, kind: str) -> list[bytes]:
    return w.send([record(kind, {})])


@attack("aside unknown-schema")
def schema_of_the_future(w: World) -> list[bytes]:
    return w.send([again(one, schema=99) for one in does(w.shift)])


@many(
    "aside", text=b"no json", list=b"[]", number=b"5", deep=b"[" * 100_000, nan=b'{"check": NaN}', empty=b"", bare=b"{}"
)
def body_that_is_none(w: World, body: bytes) -> list[bytes]:
    return w.send([again(one, id=uuid4(), body=body, key=b"") for one in does(w.shift)])


@many(
    "aside centre-only", **{
        one.replace(".", "_").replace("-", "_"): one
        for one in (
            "policy.changed", "account.made", "account.closed", "assignment.given", "authority.made", "post.made", "unit.received",
            "unit.changed", "unit.invited", "list.version-published", "list.source-approved", "exchange.partner-changed",
            "exchange.received", "alert.entered", "alert.deleted", "register.entered", "proposal.approved", "case.moved",
            "reference.changed", "retention.run",
        )
    },
)  # fmt: skip
def what_only_a_centre_does(w: World, kind: str) -> list[bytes]:
    body = {"unit": str(w.unit.pk), "node": NODE, "from": "quarantined", "to": "active", "version": 2}
    return w.send([record(kind, body, actor=w.shift.entries[0].actor)])


@attack("aside")
def claim_over_an_identity_of_the_centre(w: World) -> list[bytes]:
    return w.send([w.says("identity.claimed", identity=str(w.own_check.identity))])


@many("aside not-its-own", check="check", identity="identity")
def check_of_the_centre(w: World, which: str) -> list[bytes]:
    changed = {"check": str(w.own_check.id), "identity": str(w.own_check.identity)}
    return w.send([w.says("check.kept", **{"check": changed["check"]} if which == "check" else changed)])


@many("aside odd-day", never_deleted="2999-01-01", deleted_at_once="1999-01-01")
def check_of_a_day_that_suits(w: World, day: str) -> list[bytes]:
    """Retention counts from it, and so do stays."""
    return w.send([w.says("check.kept", check=str(uuid4()), local_date=day)])


@attack("aside not-its-own")
def own_check_over_an_identity_of_the_centre(w: World) -> list[bytes]:
    return w.send([w.says("check.kept", check=str(uuid4()), identity=str(w.own_check.identity))])


@attack("aside no-check")
def crossing_of_a_check_of_the_centre(w: World) -> list[bytes]:
    return w.send([w.says("crossing.admitted", check=str(w.own_check.id), crossing=str(uuid4()))])


@many("aside no-check", dismissed="hit.dismissed", aside="check.put-aside", referred="check.referred")
def what_happens_to_a_check_of_the_centre(w: World, kind: str) -> list[bytes]:
    body = {"check": str(w.own_check.id), "subject": str(w.own_check.identity), "reason": "mine", "item": str(uuid4())}
    return w.send([again(w.says("crossing.admitted"), kind=kind, body=json.dumps(body).encode(), schema=1)])


@attack("aside no-crossing")
def taking_back_a_crossing_of_the_centre(w: World) -> list[bytes]:
    body = json.dumps({"crossing": str(w.own_crossing.id)}).encode()
    return w.send([again(w.says("crossing.admitted"), kind="crossing.taken-back", body=body, schema=1)])


# Keys, subjects, erasure


def _key(w: World, **more: Any) -> DataKey:
    said = {
        "id": uuid4(),
        "subject": w.own_check.identity,
        "purpose": "work",
        "made_at": datetime.now(UTC),
        "key": b"k" * 32,
    }
    return DataKey(**(said | more))


def _sealed_by(w: World, key: DataKey) -> list[bytes]:
    one = record("alert.silent-hit", b"\x01sealed", key=key.id.bytes, actor=w.shift.entries[0].actor)
    return [w.forger.send([one], [key])]


@attack("aside foreign-key")
def key_for_a_person_of_the_centre(w: World) -> list[bytes]:
    """The centre would seal its next note about the person with a key that the unit knows."""
    return _sealed_by(w, _key(w))


@attack("aside foreign-key")
def key_in_place_of_the_centres(w: World) -> list[bytes]:
    return _sealed_by(w, _key(w, purpose=PURPOSE))


@attack("aside foreign-key")
def other_bytes_under_a_key_of_the_centre(w: World) -> list[bytes]:
    here = KeyRow.objects.get(subject=w.own_check.identity, purpose=PURPOSE)
    return _sealed_by(w, _key(w, id=here.id, purpose=PURPOSE))


@attack("aside foreign-key")
def two_keys_for_one_subject(w: World) -> list[bytes]:
    keys = [_key(w, subject=UUID(int=7)), _key(w, subject=UUID(int=7), key=b"o" * 32)]
    first = [
        record("alert.silent-hit", b"\x01sealed", key=one.id.bytes, actor=w.shift.entries[0].actor) for one in keys
    ]
    w.shift.keys.append(keys[0])
    return [w.forger.send(first, keys)]


@attack("noticed bad-pack")
def one_key_twice(w: World) -> list[bytes]:
    key = _key(w, subject=UUID(int=7))
    raw = w.forger.send([record("alert.silent-hit", b"sealed", key=key.id.bytes)] * 2, [key])
    at, writer = 4 + int.from_bytes(raw[:4], "big"), packs._Writer({key.id.bytes: key})
    for _time in range(2):
        writer.sent.clear()  # it forgets that it has sent the key
        writer._entry(record("interview.noted", b"sealed", key=key.id.bytes))
    return [raw[:at] + writer.all([])]


@many("noticed bad-pack", short={"key": b"k"}, nul={"purpose": "a\x00"}, none={"purpose": ""}, long={"purpose": "x" * 81},
      line={"purpose": "a\nb"})  # fmt: skip
def key_that_is_none(w: World, changed: dict[str, Any]) -> list[bytes]:
    key = replace(_key(w, subject=UUID(int=7)), **changed)
    return [w.forger.send([record("interview.noted", b"\x01sealed", key=key.id.bytes)], [key])]


@attack("aside")
def body_sealed_with_a_key_of_the_centre(w: World) -> list[bytes]:
    here = KeyRow.objects.get(subject=w.own_check.identity, purpose=PURPOSE)
    return w.send([again(w.shift.one("check.kept"), key=here.id.bytes, body=b"\x01" + here.id.bytes + bytes(60))])


@attack("aside no-data-key")
def bodies_without_their_keys(w: World) -> list[bytes]:
    return [w.forger.send([one for one in w.shift.entries if one.kind in SEALED])]


@many("aside foreign-erasure", subject="subject.erased", retention="retention.erased")
def erasure_of_what_others_wrote(w: World, kind: str) -> list[bytes]:
    here = [str(one) for one in Entry.objects.exclude(node=NODE).values_list("id", flat=True)]
    return w.send([record(kind, {"entries": here, "subjects": [str(w.own_check.identity)]})])


@many(
    "aside foreign-erasure",
    list=b"[]",
    none=b"{}",
    words=b'{"entries": ["x"], "subjects": []}',
    text=b"no json",
    number=b'{"entries": 5}',
)
def erasure_that_cannot_be_read(w: World, body: bytes) -> list[bytes]:
    return w.send([record("subject.erased", body)])


@attack("aside no-body")
def crossings_without_bodies_explained_away(w: World) -> list[bytes]:
    gone = [again(one, body=None) for one in does(w.shift)]
    return w.send([*gone, record("subject.erased", {"entries": [str(one.id) for one in gone], "subjects": []})])


@attack("aside foreign-key")
def key_of_another_introduced(w: World) -> list[bytes]:
    return w.send([introduced(w.forger, "A" * 43)])


@attack("aside")
def reads_about_persons_of_the_centre_by_others(w: World) -> list[bytes]:
    about = w.own_check.identity.bytes
    return w.send([record("check.shown", {}, actor=f"account:{w.people['customs'].pk}", subjects=about)])


HARMLESS = {
    "frontier.checked",
    "search.asked",
    "check.shown",
    "lane.shown",
    "page.shown",
    "stay.entered",
    "stay.file_noted",
}


def does(shift: Shift) -> list[Record]:
    """Those entries of a shift that do something at the centre."""
    from xenia.journal.arriving import effect_of

    return [one for one in shift.entries if effect_of(one.kind)]


def _first_then(w: World, more: Callable[[list[Record]], list[bytes]]) -> list[bytes]:
    first = [record("lane.shown", {}), record("lane.shown", {})]
    raw = w.send(first)
    w.forger.took(first)
    return [*raw, *more(first)]


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_does_nothing_and_is_seen(world: World, name: str) -> None:
    for case, made, shows in ATTACKS[name]:
        keys, savepoint = list(world.shift.keys), transaction.savepoint()
        assert _seen(world, made, shows), case
        transaction.savepoint_rollback(savepoint)
        world.shift.keys[:], world.forger.sent[:] = keys, []
        bounds.forget()


def _seen(world: World, made: Attack, shows: str) -> bool:
    raws, codes = made(world), []
    before = everything(world.shift.keys)
    for raw in raws:
        try:
            receiving.take_in(world.unit, raw, datetime.now(UTC))
        except BadInput as error:
            codes.append(error.code)
    assert everything(world.shift.keys) == before
    how, _, code = shows.partition(" ")
    unit, aside = world.unit, list(Aside.objects.filter(settled_at=None))
    waiting = list(WorkItem.objects.filter(kind__startswith="unit.", answered_at=None).values_list("kind", flat=True))
    said = Entry.objects.filter(kind__in=("unit.turned-away", "unit.entry-aside"), node="hq").count()
    if how == "stopped":
        assert (unit.state, unit.trouble, waiting) == ("quarantined", code, ["unit.quarantined"])
    else:
        assert unit.state == "active" and waiting == ["unit.aside"]
        assert aside and {one.code for one in aside} == ({code} if code else {one.code for one in aside})
        assert bool(codes) == (how == "noticed")
        assert all(one.position == receiving.MESSAGE for one in aside) == (how == "noticed" or code == "gap")
    return said == max(1, len(aside)) and (how == "aside" or unit.received == len(world.forger.sent))


def test_there_are_at_least_fifty() -> None:
    assert len(ATTACKS) >= 50 and sum(len(cases) for cases in ATTACKS.values()) >= 180


def test_a_replay_changes_nothing(world: World) -> None:
    raw = world.send(world.shift.entries)[0]
    first = receiving.take_in(world.unit, raw, datetime.now(UTC))
    before = everything()
    assert [receiving.take_in(world.unit, raw, datetime.now(UTC)) for _again in range(3)] == [first] * 3
    assert everything() == before and world.unit.received == len(world.shift.entries)
    world.forger.took(world.shift.entries)
    overlapping = world.forger.send([*world.shift.entries, record("lane.shown", {})], first=1)
    assert receiving.take_in(world.unit, overlapping, datetime.now(UTC)).received == first.received + 1
    assert everything() == before and not Aside.objects.exists()


def test_a_key_of_its_own_is_taken_and_a_later_one_for_its_own_traveller(world: World) -> None:
    receiving.take_in(world.unit, world.send(world.shift.entries)[0], datetime.now(UTC))
    world.forger.took(world.shift.entries)
    own = Identity.objects.get(origin__startswith=f"{NODE}/").id
    key = _key(world, subject=own)
    receiving.take_in(world.unit, _sealed_by(world, key)[0], datetime.now(UTC))
    assert KeyRow.objects.filter(pk=key.id).exists() and not Aside.objects.exists()


def test_the_journal_verifies_and_tells_what_a_unit_left_out(world: World) -> None:
    gone = again(record("lane.shown", {}), body=None)
    said = record("subject.erased", {"entries": [], "subjects": []})
    receiving.take_in(world.unit, world.forger.send([introduced(world.forger), gone, said]), datetime.now(UTC))
    found = [one for one in verify().findings.kept if one.node == NODE]
    assert [(one.kind, one.position) for one in found] == [("body-removed", 2)]


def test_a_flood_of_odd_entries_stops_the_unit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MOST_ASIDE", 20)
    for _batch in range(5):
        some = [record("no.kind", {}) for _one in range(8)]
        receiving.take_in(world.unit, world.forger.send(some), datetime.now(UTC))
        world.forger.took(some)
    assert (world.unit.state, world.unit.trouble) == ("quarantined", "flooding")
    assert Aside.objects.count() == world.unit.received == 24  # what came after was not taken
    assert sorted(WorkItem.objects.filter(kind__startswith="unit.").values_list("kind", flat=True)) == [
        "unit.aside", "unit.quarantined",
    ]  # fmt: skip


@pytest.mark.parametrize("bound", ["MOST_ENTRIES", "MOST_BYTES"])
def test_a_flood_of_entries_waits_until_tomorrow(world: World, monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    monkeypatch.setattr(bounds, bound, {"MOST_ENTRIES": 10, "MOST_BYTES": 10 * bounds.EACH}[bound])
    now, answers = datetime.now(UTC).replace(hour=12), []
    for _batch in range(6):
        some = [record("lane.shown", {}) for _one in range(4)]
        answer = receiving.take_in(world.unit, world.forger.send(some), now)
        answers.append(answer.kind)
        if answer.kind == up.RECEIVED:
            world.forger.took(some)
    assert answers == [up.RECEIVED] * 3 + [up.BUSY] * 3
    assert world.unit.received == 12 and [one.code for one in Aside.objects.all()] == ["flooding"]
    tomorrow = now + timedelta(days=1)
    assert receiving.take_in(world.unit, world.forger.send([record("lane.shown", {})]), tomorrow).received == 13


def test_a_flood_of_odd_messages_leaves_one_note(world: World) -> None:
    for _message in range(30):
        with pytest.raises(BadInput):
            receiving.take_in(world.unit, b"nothing", datetime.now(UTC))
    assert Aside.objects.count() == WorkItem.objects.filter(kind__startswith="unit.").count() == 1
    assert Entry.objects.filter(kind="unit.turned-away").count() == 1


@pytest.mark.parametrize(
    "told",
    [
        {"version": "x" * 5000, "sealed": 1 << 80, "pending": "many", "battery": 1e9, "halted": "a\x00b", "disk_mb": None},
        {"version": "\ud800", "halted": ["forged"], "drift_ms": True, "disk_free_mb": {"a": 1}, "sealed": "<script>"},
        {f"word{number}": "x" * 100 for number in range(5000)},
    ],
)  # fmt: skip
def test_what_a_unit_says_of_itself_is_cut_to_size(world: World, told: dict[str, Any]) -> None:
    raw = wire.Parcel(NODE, 1, (), None, (), told).to_bytes() if "\ud800" not in told.values() else None
    if raw is None:
        said = json.dumps({"format": wire.UP, "node": NODE, "first": 1, "head": None, "told": told}).encode()
        raw = len(said).to_bytes(4, "big") + said
    assert receiving.take_in(world.unit, raw, datetime.now(UTC)).kind == up.RECEIVED
    kept = world.unit.told
    assert set(kept) <= set(status.WORDS) and len(json.dumps(kept)) < 200
    assert all(isinstance(kept[name], str) == (name in status.TEXTS) for name in kept)


@pytest.mark.parametrize(
    ("state", "answer"),
    [("waiting", up.BUSY), ("invited", up.BUSY), ("quarantined", up.HALTED), ("revoked", up.HALTED)],
)
def test_a_unit_that_is_not_at_work_brings_nothing(world: World, state: str, answer: str) -> None:
    Unit.objects.filter(name=NODE).update(state=state)
    before = everything()
    assert receiving.take_in(world.unit, world.send(world.shift.entries)[0], datetime.now(UTC)).kind == answer
    assert everything() == before and not Entry.objects.filter(node=NODE).exists()


def test_a_unit_that_was_stopped_a_moment_ago_brings_nothing(world: World) -> None:
    asked = world.unit
    Unit.objects.filter(name=NODE).update(state="quarantined")
    assert receiving.take_in(asked, world.send(world.shift.entries)[0], datetime.now(UTC)).kind == up.HALTED
    assert not Entry.objects.filter(node=NODE).exists() and world.unit.state == "quarantined"


# At the door


def _asked(
    world: World, method: str, path: str, *, length: int | str = 0, kind: str = wire.MEDIA_TYPE, query: str = ""
) -> str:
    """The code that the door of the exchange answers with, for a request with the unit's certificate."""
    import io

    from xenia.exchange import listener

    said: list[str] = []
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "CONTENT_LENGTH": str(length), "CONTENT_TYPE": kind, "QUERY_STRING": query,
        "wsgi.input": io.BytesIO(b""), listener.PEER: b"certificate",
    }  # fmt: skip
    answered = b"".join(listener._answer(environ, lambda status, headers: said.append(status)))
    return f"{said[-1].split()[0]} {answered[:40].decode(errors='replace')}"


@pytest.fixture
def at_door(world: World) -> World:
    from xenia.exchange.envelope import digest

    Unit.objects.filter(name=NODE).update(fingerprint=digest(b"certificate"), certificate="pem")
    return world


def test_a_unit_at_the_partners_path_is_turned_away_and_seen(at_door: World) -> None:
    assert _asked(at_door, "POST", "/exchange/1/message") == "403 unknown-certificate"
    assert [one.code for one in Aside.objects.all()] == ["odd-question"]


@pytest.mark.parametrize("path", ["/units/1/", "/units/1/down", "/units/1/../admin", "/units/1/up/"])
def test_a_unit_that_asks_for_what_is_not_there_is_seen(at_door: World, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        with pytest.raises(BadInput):
            _asked(at_door, method, path)
    assert [one.code for one in Aside.objects.all()] == ["odd-question"]


@pytest.mark.parametrize(
    ("length", "kind"),
    [(wire.LIMIT + 1, wire.MEDIA_TYPE), ("", wire.MEDIA_TYPE), ("²", wire.MEDIA_TYPE), (5, "text/html")],
)
def test_a_message_of_another_size_or_type_is_not_read(at_door: World, length: int | str, kind: str) -> None:
    with pytest.raises(BadInput):
        _asked(at_door, "POST", door.UP, length=length, kind=kind)
    assert [one.code for one in Aside.objects.all()] == ["bad-batch"]


@pytest.mark.parametrize("state", ["revoked", "invited"])
def test_a_certificate_that_is_not_pinned_does_not_come_in(at_door: World, state: str) -> None:
    """So does a partner's: it is among the certificates of no unit."""
    Unit.objects.filter(name=NODE).update(state=state)
    assert _asked(at_door, "POST", door.UP) == "403 unknown-certificate"
    assert not Aside.objects.exists() and not Entry.objects.filter(kind__startswith="unit.").exists()


@pytest.mark.parametrize("query", ["first=²", "first=-1", "first=9" * 9, "first=" + "9" * 400, "count=" + "9" * 12])
def test_an_item_that_is_not_offered_is_not_given(at_door: World, query: str) -> None:
    from xenia.errors import NotFound

    for name in ("0" * 64, "../../unit.json", "%2e%2e/keys/journal.key", ""):
        with pytest.raises(NotFound):
            _asked(at_door, "GET", f"/units/1/items/{name}", query=query)


def test_a_unit_that_was_released_goes_on_and_one_that_forked_does_not() -> None:
    for halted, after in ((up.HALTED, ""), (up.FORGED, ""), (up.FORKED, up.FORKED)):
        sending = up.Sending(halted=halted)
        assert sending.due(5, 0.0) is None
        sending.answered(up.Answer(up.HALTED, 0), 5, lambda *_: [], 0.0)
        assert sending.halted == (up.FORKED if halted == up.FORKED else up.HALTED)
        sending.answered(up.Answer(up.RECEIVED, 0), 5, lambda *_: [], 0.0)
        assert sending.halted == after and (sending.due(5, 0.0) is None) == bool(after)


def test_large_entries_of_an_honest_unit_go_in_several_batches() -> None:
    """Five hundred of them would be more than a centre reads at once, and hold up the queue for good."""
    some = [record("lane.shown", b"x" * (1 << 20)) for _one in range(20)]
    sizes = []
    while some:
        part = bounds.fitting(some)
        assert sum(len(one.body or b"") for one in part) <= bounds.FITS < records.MOST_BYTES
        sizes.append(len(part))
        some = some[len(part) :]
    assert sizes == [7, 7, 6]
