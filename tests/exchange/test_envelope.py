"""One spelling only: what is not exactly a message is none."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenia.errors import BadInput
from xenia.exchange import envelope
from xenia.exchange.envelope import Message, Receipt
from xenia.journal.canonical import json_bytes

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SAID = Message(
    id=uuid4(), thread=uuid4(), number=2, after=1, case_ref="A-1", reply_to=None, sender="UTO/MIG", recipient="ARC/RET",
    type="test/note", version=1, created=AT, expires=AT + timedelta(days=1), purpose="readmission",
    legal_basis="Agreement 3", classification="restricted", priority="normal", body={"name": "Ünal"},
)  # fmt: skip
TEXT = st.text(st.characters(blacklist_categories=("Cs",)), max_size=20)
BODY = st.dictionaries(
    st.text("abcdef_", min_size=1, max_size=6),
    st.recursive(
        TEXT | st.integers(-(2**53) + 1, 2**53 - 1) | st.booleans() | st.none(), lambda one: st.lists(one, max_size=3)
    ),  # fmt: skip
    max_size=4,
)


@given(BODY)
def test_what_is_written_is_read_again(body: dict[str, Any]) -> None:
    said = replace(SAID, body=body)
    assert envelope.read_message(said.to_bytes()) == said


def test_a_receipt_is_read_again() -> None:
    made = Receipt(uuid4(), "refused", AT, "0" * 64, "ARC/RET", "UTO/MIG", "not-wanted", "No such case.")
    assert envelope.read_receipt(made.to_bytes()) == made


@pytest.mark.parametrize(
    "more",
    [
        {"format": "xenia/message/0"}, {"id": "1"}, {"id": SAID.id.hex}, {"number": 0}, {"number": True}, {"after": 2},
        {"from": "uto/mig"}, {"to": ""}, {"type": "test"}, {"type": "test/Note"}, {"version": 0}, {"version": "1"},
        {"created": "2026-03-02"}, {"expires": "2026-03-01T09:00:00.000000Z"}, {"priority": "now"}, {"body": []},
        {"purpose": "a\nb"}, {"attachments": [{}]}, {"attachments": [{"sha256": "0", "size": 1, "type": "a/b"}]},
        {"case_ref": "x" * 121}, {"unknown": 1}, {"reply_to": ""},
    ],
)  # fmt: skip
def test_odd_fields_are_refused_without_being_repeated(more: dict[str, Any]) -> None:
    shown = {**json.loads(SAID.to_bytes()), **more}
    with pytest.raises(BadInput) as problem:
        envelope.read_message(json_bytes(shown))
    assert problem.value.code == "bad-message" and "xxx" not in str(problem.value)


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"[]", b"null", b"{", b"\xff", SAID.to_bytes() + b" ", SAID.to_bytes().replace(b":2,", b":2.0,", 1),
        SAID.to_bytes()[:-1] + b',"version":1}', b"[" * 100_000, b'{"a":' * 50_000, b'"' + b"\\" * 99,
        b'{"body":"' + b"a" * (envelope.MESSAGE_LIMIT + 1) + b'"}', SAID.to_bytes().replace("Ünal".encode(), b"\\u00dcnal"),
    ],
)  # fmt: skip
def test_odd_bytes_are_refused(raw: bytes) -> None:
    with pytest.raises(BadInput) as problem:
        envelope.read_message(raw)
    assert problem.value.code == "bad-message"


def test_a_body_with_a_fraction_cannot_be_signed() -> None:
    with pytest.raises(BadInput):
        replace(SAID, body={"price": 1.5}).to_bytes()
