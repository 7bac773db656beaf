"""Packs of entries: what goes in comes out to the byte, and nothing else is taken. `test_hostile.py` has what is no pack."""

from __future__ import annotations

import json
import os
import random
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.units.forging import Parts
from xenia.errors import BadInput
from xenia.journal import canonical
from xenia.journal.ids import uuid7
from xenia.units.protocol import packs, records
from xenia.units.protocol.records import Record
from xenia.units.protocol.shape import DataKey

NOW = records.micros(datetime(2026, 11, 22, 9, 30, tzinfo=UTC))
SUBJECT = UUID("01900000-0000-7000-8000-000000000002").bytes


def made(body: bytes | None = b'{"a":1}', **more: object) -> Record:
    one = Record(
        uuid4(), "crossing.admitted", 2, "UTO-BG", "unit-1/UTO-PM1/L1", f"account:{uuid4()}", "border-first-line",
        "Reg. (EU) 2016/399 Art. 8", "external:said by the traveller", "crossing", NOW - 5_000, NOW, b"s" * 16, b"",
        SUBJECT, body, b"",
    )  # fmt: skip
    one = replace(one, **more)  # type: ignore[arg-type]
    if one.body is None:
        return replace(one, salt=b"", key=b"", subjects=b"", reference="external:", content=b"c" * 32)
    return replace(one, content=records.content_of(one.reference, one.salt, one.key, one.subjects, one.body))


def both(entries: list[Record], keys: list[DataKey] = []) -> list[Record]:  # noqa: B006 - never changed
    """What comes out of a pack of these; the keys that came with it are the ones that they need."""
    found, came = packs.unpack(packs.pack(entries, keys))
    assert {one.id: one for one in came} == {
        one.id: one for one in keys if one.id.bytes in {entry.key for entry in entries}
    }
    return list(found)


def sealed(key: DataKey, plain: bytes) -> Record:
    prefix = b"\x01" + key.id.bytes
    return made(prefix + b"n" * 12 + AESGCM(key.key).encrypt(b"n" * 12, plain, prefix), key=key.id.bytes)


def key(**more: object) -> DataKey:
    one = DataKey(uuid7(), uuid7(), "identity", datetime.now(UTC), os.urandom(32))
    return replace(one, **more)  # type: ignore[arg-type]


def test_what_is_packed_comes_out_the_same() -> None:
    several = [made(), made(None), made(b"\x01sealed", key=b"k" * 16, subjects=b""), made("é".encode(), schema=1)]
    assert both(several) == several


def test_what_was_sealed_travels_open_and_comes_out_sealed_alike() -> None:
    one, other, unneeded = key(), key(id=uuid4()), key()
    plain = json.dumps({"identity": str(one.subject), "name": "SPECIMEN " * 30}).encode()
    several = [
        sealed(one, plain),
        sealed(other, b"{}"),
        sealed(one, plain),
        made(b"\x01" + one.id.bytes + b"x", key=one.id.bytes),
    ]
    assert both(several, [one, other, unneeded]) == several
    assert plain not in (several[0].body or b"")
    assert len(packs.pack(several[:1], [one])) < 330 < 450 < len(packs.pack(several[:1]))


def test_sealed_with_another_key_than_the_one_that_came_it_travels_sealed() -> None:
    one = sealed(key(), b"{}")
    wrong = key(id=UUID(bytes=one.key))
    found, came = packs.unpack(packs.pack([one], [wrong]))
    assert (list(found), list(came)) == ([one], [wrong])


def test_a_crossing_takes_few_bytes() -> None:
    """Of four entries 64 bytes are salts, 40 ids; a fifth of what the same takes as it is stored."""
    draw, entries, keys = random.Random(3), [], []
    for number in range(60):
        check, identity = uuid7(), uuid7()
        keys.append(key(subject=identity))
        name = "".join(draw.choice("ABCDEFGHIJKLMNOP") for _letter in range(12))
        at = f"2026-11-22T09:{number:02}:30.{draw.randrange(10**6):06}+00:00"
        about = {
            "subjects": identity.bytes,
            "reference": f"check:{check}",
            "salt": os.urandom(16),
            "actor": "account:1",
        }
        claim = json.dumps(
            {"claim": {"number": f"UX{draw.randrange(10**7)}", "surname": name}, "identity": str(identity)}
        )
        body = json.dumps({"check": str(check), "checked_at": at, "identity": str(identity), "crossing": str(uuid7())})
        for one in (sealed(keys[-1], claim.encode()), *(made(body.encode()) for _entry in range(3))):
            one = replace(one, **about, id=uuid7())
            entries.append(
                replace(
                    one, content=records.content_of(one.reference, one.salt, one.key, one.subjects, one.body or b"")
                )
            )
    assert both(entries, keys) == entries
    stored = sum(len(one.body or b"") + 16 * 5 + len(one.legal_basis) + len(one.reference) for one in entries)
    assert len(packs.pack(entries, keys)) / 60 < 300 < stored / 60 / 3


IDS = st.sampled_from(
    [str(UUID(int=number)) for number in range(3)] + [str(uuid7()), str(uuid4()), str(uuid4()).upper()]
)
TIMES = st.sampled_from(
    ["2026-11-22T10:34:32.166926+00:00", "2026-19-22T10:34:32.166926+00:00", "2026-02-29T10:34:32.166926+00:00",
     "1970-01-01T00:00:00.000000+00:00", "2026-11-22T10:34:32.166926+01:00", "2026-11-22T24:00:00.000000+00:00"]
)  # fmt: skip
TEXTS = st.lists(st.one_of(IDS, TIMES, st.text(max_size=9), st.just("\x01 "), st.just("\x00")), max_size=5).map("".join)
BODIES = st.one_of(
    st.binary(max_size=40), TEXTS.filter(lambda text: "\ud800" not in text).map(lambda text: text.encode())
)


@given(st.lists(st.tuples(BODIES, st.booleans(), st.integers(0, 10**16)), min_size=1, max_size=9))
@settings(max_examples=300, deadline=None)
def test_any_content_comes_out_the_same(parts: list[tuple[bytes, bool, int]]) -> None:
    one = key()
    several = [
        replace(sealed(one, body) if closed else made(body), recorded=at, occurred=at - at % 7)
        for body, closed, at in parts
    ]
    assert both(several, [one]) == several


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=80), st.integers(1, 32767))
@settings(max_examples=60, deadline=None)
def test_any_header_comes_out_the_same(text: str, schema: int) -> None:
    several = [made(kind=text, actor=text, schema=schema), made(purpose=text, reference=f"check:{text}"), made()]
    several = [
        replace(one, content=records.content_of(one.reference, one.salt, one.key, one.subjects, one.body or b""))
        for one in several
    ]
    assert both(several) == several


def test_the_leaf_is_the_one_of_the_journal() -> None:
    one = made()
    header = canonical.header_bytes(
        actor=one.actor, id=str(one.id), kind=one.kind, legal_basis=one.legal_basis, node="unit-1",
        occurred_at="2026-11-22T09:29:59.995000Z", origin=one.origin, owner=one.owner, purpose=one.purpose,
        recorded_at="2026-11-22T09:30:00.000000Z", reference="external:", retention_class="crossing", schema=2,
    )  # fmt: skip
    assert one.leaf("unit-1") == canonical.leaf_hash(header, one.content)
    assert one.leaf("unit-2") != one.leaf("unit-1")


def test_the_free_text_of_a_reference_is_bound_to_the_leaf() -> None:
    assert made().leaf("u") != made(reference="external:said by somebody else").leaf("u")


@pytest.mark.parametrize("broken", [b"", b"XUP2", b"\x00" * 40, b"XUP1" + b"\x00" * 40, b"XUP2" + b"\xff" * 40])
def test_what_is_no_pack_is_refused(broken: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        packs.unpack(broken)
    assert refused.value.code == "bad-pack"


def test_a_pack_changed_anywhere_is_refused_or_gives_other_leaves_or_says_the_same() -> None:
    """Changed before it is compressed, so that no checksum helps."""
    one = key(made_at=records.at(NOW))
    several = [
        made(),
        made(None),
        made(b"\x01sealed", key=b"k" * 16),
        sealed(one, json.dumps({"a": str(uuid7())}).encode()),
    ]
    leaves = [entry.leaf("u") for entry in several]
    opened = Parts.of(packs.pack(several, [one]))
    whole = [json.dumps(opened.headers).encode(), opened.texts, bytes(opened.marks), opened.raw]
    draw, refused, alike = random.Random(5), 0, 0
    for _try in range(1500):
        changed = [bytearray(part) for part in whole]
        part = draw.choices(range(4), [len(part) for part in whole])[0]
        changed[part][draw.randrange(len(changed[part]))] ^= 1 << draw.randrange(8)
        headers, texts, marks, raw = changed
        try:
            found, keys = packs.unpack(Parts(bytes(headers), bytes(texts), marks, bytes(raw)).pack())
        except BadInput as error:
            assert error.code == "bad-pack"
            refused += 1
        else:
            if [entry.leaf("u") for entry in found] == leaves:
                alike += 1
                assert list(found) == several
                assert [known.key for known in keys] == [one.key]
    assert 150 < refused < 1300 and alike < 150


def test_subjects_out_of_order_or_twice_are_refused() -> None:
    with pytest.raises(BadInput):
        packs.unpack(packs.pack([made(subjects=SUBJECT + SUBJECT)]))
