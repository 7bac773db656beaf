"""Notices as JSON: odd names, odd dates, pages and arrays; a page of several is not taken for the whole list."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenia.formats.lists import notices_json
from xenia.formats.lists.reasons import REASONS
from xenia.formats.lists.records import BadList, Limits, Record, Refused

NOTICE = {"entity_id": "2099/1", "name": "TESTOV", "forename": "IVAN", "date_of_birth": "1978/03/11", "sex_id": "M"}


def read(data: Any) -> list[Record | Refused]:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(notices_json.read(io.BytesIO(raw)))


def one(**more: Any) -> Record:
    return next(found for found in read([NOTICE | more]) if isinstance(found, Record))


def test_the_invented_notices_are_read(project: Path) -> None:
    path = project.parent / "shared/samples/names/synthetic_notices.json"
    if not path.is_file():
        pytest.skip("the samples are not there")
    found = read(path.read_bytes())
    records = {one.record_id: one.body for one in found if isinstance(one, Record)}
    assert len(records) == 8
    assert [(one.record_id, one.reason, one.value) for one in found if isinstance(one, Refused)] == [
        ("2099/1006", "impossible-date", "2001/02/29")
    ]
    assert records["2099/1006"]["birth_dates"] == ["2001"]
    assert records["2099/1001"]["birth_dates"] == ["1985"]
    assert records["2099/1001"]["nationalities"] == ["SYR", "LBN"]
    for nobody in ("2099/1003", "2099/1004", "2099/1006"):
        assert records[nobody]["names"][0]["given_names"] == ""
    assert "Height" not in records["2099/1000"]["description"]
    assert "Height m: 1.72" in records["2099/1001"]["description"]


@pytest.mark.parametrize(
    "shape",
    [
        [NOTICE],
        NOTICE,
        {"notices": [NOTICE]},
        {"total": 1, "_embedded": {"notices": [NOTICE]}},
        [{"total": 1, "_embedded": {"notices": [NOTICE]}}],
    ],
)
def test_one_notice_comes_in_many_shapes(shape: Any) -> None:
    (record,) = read(shape)
    assert isinstance(record, Record)
    assert (record.record_id, record.body["birth_dates"], record.body["offences"]) == ("2099/1", ["1978-03-11"], "")


def test_several_pages_are_one_list() -> None:
    pages = [{"total": 2, "_embedded": {"notices": [NOTICE | {"entity_id": f"2099/{n}"}]}} for n in (1, 2)]
    assert len(read(pages)) == 2
    with pytest.raises(BadList) as error:
        read(pages[0])
    assert error.value.code == "list-cut"
    assert "2 notices and holds 1" in error.value.message


@pytest.mark.parametrize(
    ("told", "births"),
    [("1978/03", ["1978-03"]), ("1978/00/00", ["1978"]), ("1978", ["1978"]), (None, []), ("-", []), ("sometime", [])],
)
def test_a_date_is_as_exact_as_it_is_told(told: str | None, births: list[str]) -> None:
    assert one(date_of_birth=told).body["birth_dates"] == births


def test_charges_colour_and_other_names_are_kept() -> None:
    body = one(
        arrest_warrants=[
            {"charge": "theft", "issuing_country_id": "FR"},
            {"charge": "x", "charge_translation": "fraud"},
        ],
        _links={"self": {"href": "https://notices.example/v1/red/2099-1"}},
        name_at_birth="PROOVIN",
        aliases=[{"name": "TESTOFF", "forename": "Vanya"}],
    ).body
    assert (body["offences"], body["warrant"], body["colour"]) == ("theft; fraud", "FRA", "red")
    assert [(name["full"], name["kind"]) for name in body["names"][1:]] == [
        ("PROOVIN", "birth"),
        ("Vanya TESTOFF", "alias"),
    ]
    assert one(colour="Yellow").body["colour"] == "yellow"
    assert one(colour="pink").body["colour"] == ""


@pytest.mark.parametrize(
    ("notice", "reason"),
    [
        ({"entity_id": None}, "record-id-missing"),
        ({"name": None, "forename": "-"}, "nothing-known"),
        ({"name": "X" * 5_000}, "value-too-long"),
        ({"name": "A\u0000B"}, "control-character"),
    ],
)
def test_a_notice_that_says_nothing_is_refused(notice: dict[str, Any], reason: str) -> None:
    (refused,) = read([NOTICE | notice])
    assert isinstance(refused, Refused)
    assert refused.reason == reason
    assert reason in REASONS


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "list-cut"),
        (json.dumps([NOTICE]).encode()[:-3], "list-cut"),
        (b"[]", "list-empty"),
        (b"{}", "list-json"),
        (b'"text"', "list-json"),
        (b"[" * 200_000, "list-json"),
        (b'{"a":' * 100_000, "list-json"),
        (b"[" + b"9" * 10_000 + b"]", "list-json"),
        (b"[NaN]", "list-json"),
        (b"\xff\xfe\xff", "list-json"),
        (json.dumps([NOTICE]).encode().replace(b"TESTOV", b"\xff\xfe"), "list-json"),
        (json.dumps([{"total": 1, "notices": [NOTICE]}, NOTICE]).encode(), "list-json"),
        (json.dumps([{"total": 2, "notices": [NOTICE]}, {"total": {}, "notices": [NOTICE]}]).encode(), "list-json"),
    ],
)
def test_what_is_no_list_of_notices_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(BadList) as error:
        read(raw)
    assert error.value.code == code


def test_a_total_that_is_no_number_says_nothing() -> None:
    assert len(read([{"total": {"value": 1}, "notices": [NOTICE]}])) == 1


def test_other_names_are_no_more_than_a_record_holds_and_lists_in_lists_are_passed_over() -> None:
    nested: Any = "DEEP"
    for _ in range(900):
        nested = [nested]
    (found,) = read(
        [NOTICE | {"aliases": ",".join(f"NAME{n}" for n in range(1_000)), "eyes_colors_id": ["BRO", nested]}]
    )
    assert isinstance(found, Record)
    assert len(found.body["names"]) <= Limits().values + 2
    assert "Eyes: BRO" in found.body["description"] and "DEEP" not in found.body["description"]


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_KEYS = st.sampled_from([*NOTICE, "nationalities", "arrest_warrants", "aliases", "_links", "height", "name_at_birth"])


@given(st.lists(st.dictionaries(_KEYS, _VALUES, max_size=6), min_size=1, max_size=4))
def test_any_notice_gets_a_record_or_a_reason(notices: list[dict[str, Any]]) -> None:
    for found in read([{"entity_id": "1", **notice} for notice in notices]):
        assert isinstance(found, Record) or found.reason in REASONS
