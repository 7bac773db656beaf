"""The bytes that are hashed: pinned, because what is sealed can never change."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenia.errors import BadInput
from xenia.journal import canonical

from .reader import content_hash, sha256

HEADER = {
    "actor": "account:01900000-0000-7000-8000-000000000001",
    "id": "01900000-0000-7000-8000-0000000000ab",
    "kind": "crossing.decided",
    "legal_basis": 'Act "7" Art. 3\\4',
    "node": "hq",
    "occurred_at": "2026-11-21T08:00:00.000000Z",
    "origin": "hq/UTO-AP1/L3",
    "owner": "UTO-BG",
    "purpose": "border-first-line",
    "recorded_at": "2026-11-21T08:00:00.250000Z",
    "reference": "external:",
    "retention_class": "crossing",
    "schema": 1,
}
BODY = {"z": [1, -2, True, None], "a": {"naïve": 1} and {"b": 'Ünï 😀 \x07\n"\\/'}, "Z": ""}


def test_the_bytes_of_a_header_are_those_of_the_reference():
    expected = (
        '{"actor":"account:01900000-0000-7000-8000-000000000001","format":"xenia/entry/1",'
        '"id":"01900000-0000-7000-8000-0000000000ab","kind":"crossing.decided","legal_basis":"Act \\"7\\" Art. 3\\\\4",'
        '"node":"hq","occurred_at":"2026-11-21T08:00:00.000000Z","origin":"hq/UTO-AP1/L3","owner":"UTO-BG",'
        '"purpose":"border-first-line","recorded_at":"2026-11-21T08:00:00.250000Z","reference":"external:",'
        '"retention_class":"crossing","schema":1}'
    )
    assert canonical.header_bytes(**HEADER) == expected.encode()
    assert canonical.header_bytes(**HEADER) == canonical.json_bytes({**HEADER, "format": "xenia/entry/1"})


def test_the_hashes_of_the_example_in_the_reference(project):
    body = canonical.json_bytes({"direction": "entry", "lane": "L3", "decision": "admitted"})
    assert body == b'{"decision":"admitted","direction":"entry","lane":"L3"}'
    salt, subject = bytes(range(16)), bytes(range(16, 32))
    content = canonical.content_hash(salt, b"case 12", b"", subject, body)
    leaf = canonical.leaf_hash(canonical.header_bytes(**HEADER), content)
    assert content == content_hash(salt, b"case 12", b"", subject, body)
    assert leaf == sha256(b"\x00", sha256(canonical.header_bytes(**HEADER)), content)
    told = (project / "docs" / "reference" / "journal.md").read_text(encoding="utf-8")
    assert content.hex() in told and leaf.hex() in told


def test_a_body_is_written_as_rfc_8785_says():
    assert canonical.json_bytes(BODY).decode() == '{"Z":"","a":{"b":"Ünï 😀 \\u0007\\n\\"\\\\/"},"z":[1,-2,true,null]}'


def test_times_are_utc_with_six_digits():
    at = datetime(2026, 11, 21, 12, 0, tzinfo=timezone(timedelta(hours=4)))
    assert canonical.moment(at) == "2026-11-21T08:00:00.000000Z"
    assert canonical.moment(datetime(2026, 11, 21, 8, 0, 0, 5, tzinfo=UTC)) == "2026-11-21T08:00:00.000005Z"


@pytest.mark.parametrize(
    "body",
    [
        {"a": 1.0},
        {"a": float("nan")},
        {"a": 1 << 53},
        {"ключ": 1},
        {"a\n": 1},
        {1: 1},
        {"a": b""},
        {"a": {1}},
        {"a": "\ud800"},
        {"a": object()},
    ],
)
def test_what_has_no_one_spelling_is_refused(body):
    with pytest.raises(BadInput) as refused:
        canonical.json_bytes(body)
    assert refused.value.code == "bad-body"


def test_bottomless_bodies_are_refused():
    body: dict = {}
    body["a"] = body
    with pytest.raises(BadInput):
        canonical.json_bytes(body)


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-canonical.INTEGER_LIMIT, canonical.INTEGER_LIMIT) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcXYZ_-1", max_size=4), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text("abc", max_size=3), plain))
def test_reading_gives_back_what_was_written_and_order_does_not_matter(body):
    written = canonical.json_bytes(body)
    assert json.loads(written) == body
    assert canonical.json_bytes(dict(reversed(body.items()))) == written
