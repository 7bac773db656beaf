"""Packs of entries: what goes in comes out to the byte, and nothing else is taken."""

from __future__ import annotations

import json
import random
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xenia.errors import BadInput
from xenia.journal import canonical
from xenia.units.protocol import records
from xenia.units.protocol.records import Record
from xenia.units.protocol.words import WORDS

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


def test_what_is_packed_comes_out_the_same() -> None:
    several = [made(), made(None), made(b"\x01sealed", key=b"k" * 16, subjects=b""), made("é".encode(), schema=1)]
    assert list(records.unpack(records.pack(several))) == several


@given(
    st.lists(st.tuples(st.binary(max_size=40), st.text(max_size=20), st.integers(0, 10**15)), min_size=1, max_size=6)
)
@settings(max_examples=60, deadline=None)
def test_any_content_comes_out_the_same(parts: list[tuple[bytes, str, int]]) -> None:
    several = [made(body, kind=kind, recorded=at, occurred=at) for body, kind, at in parts]
    assert list(records.unpack(records.pack(several))) == several


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


@pytest.mark.parametrize("broken", [b"", b"XUP1", b"\x00" * 40, zlib.compress(b"XUP1\x00\x00\x00\x02{}")])
def test_what_is_no_pack_is_refused(broken: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        records.unpack(broken)
    assert refused.value.code == "bad-pack"


def _repacked(plain: bytes) -> bytes:
    squeezed = zlib.compressobj(9, zlib.DEFLATED, 15, 9, zlib.Z_DEFAULT_STRATEGY, WORDS)
    return squeezed.compress(plain) + squeezed.flush()


def test_a_pack_changed_anywhere_is_refused_or_gives_other_leaves() -> None:
    several = [made(), made(None), made(b"\x01sealed", key=b"k" * 16)]
    leaves = [one.leaf("u") for one in several]
    plain = zlib.decompressobj(15, zdict=WORDS).decompress(records.pack(several))
    draw, refused = random.Random(5), 0
    for _try in range(600):
        changed = bytearray(plain)
        changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
        try:
            found = records.unpack(_repacked(bytes(changed)))
        except BadInput as error:
            assert error.code == "bad-pack"
            refused += 1
        else:
            assert [one.leaf("u") for one in found] != leaves
    assert 100 < refused < 600


def test_more_than_a_pack_may_hold_is_refused_before_it_is_unpacked() -> None:
    bomb = _repacked(b"XUP1" + b"\x00" * (records.MOST_BYTES + 10))
    assert len(bomb) < 100_000
    with pytest.raises(BadInput):
        records.unpack(bomb)


def test_subjects_out_of_order_or_twice_are_refused() -> None:
    with pytest.raises(BadInput):
        records.unpack(records.pack([made(subjects=SUBJECT + SUBJECT)]))


def test_a_column_too_many_or_too_short_is_refused() -> None:
    plain = zlib.decompressobj(15, zdict=WORDS).decompress(records.pack([made()]))
    length = int.from_bytes(plain[4:8], "big")
    table = json.loads(plain[8 : 8 + length])
    for wrong in (
        {**table, "kind": []},
        {**table, "schema": [True]},
        {**table, "kind": [7]},
        {**table, "body": [10**9]},
    ):
        head = json.dumps(wrong).encode()
        with pytest.raises(BadInput):
            records.unpack(_repacked(b"XUP1" + len(head).to_bytes(4, "big") + head + plain[8 + length :]))
