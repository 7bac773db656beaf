"""The UN consolidated list: the published shape, and files that mean harm."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenia.formats.lists import un_xml
from xenia.formats.lists.countries import code_of
from xenia.formats.lists.records import BadList, Limits, Record, Refused, Told

PERSON = (
    "<INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>ADA</FIRST_NAME><SECOND_NAME>OKAFOR</SECOND_NAME>"
    "<REFERENCE_NUMBER>UTi.001</REFERENCE_NUMBER><GENDER>Female</GENDER><NATIONALITY><VALUE>Germany</VALUE></NATIONALITY>"
    "<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Ada the Tall; A. Okafor</ALIAS_NAME></INDIVIDUAL_ALIAS>"
    "{births}</INDIVIDUAL>"
)


def xml(inside: str) -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?><CONSOLIDATED_LIST dateGenerated="2026-01-31T00:00:00Z"><INDIVIDUALS>{inside}</INDIVIDUALS></CONSOLIDATED_LIST>'.encode()


def read(raw: bytes, **limits: int) -> list[Record | Refused]:
    return list(un_xml.read(io.BytesIO(raw), Limits(**limits)))


def person(births: str = "") -> Record:
    found = read(xml(PERSON.format(births=births)))
    assert len(found) == 1
    assert isinstance(found[0], Record)
    return found[0]


def code(raw: bytes, **limits: int) -> str:
    with pytest.raises(BadList) as error:
        read(raw, **limits)
    assert error.value.what_to_do
    return error.value.code


def birth(inside: str) -> list[str]:
    return person(f"<INDIVIDUAL_DATE_OF_BIRTH>{inside}</INDIVIDUAL_DATE_OF_BIRTH>").body["birth_dates"]


def test_an_individual_becomes_a_person() -> None:
    record = person()
    assert record.record_id == "UTi.001"
    assert [(n["full"], n["kind"], n["quality"]) for n in record.body["names"]] == [
        ("ADA OKAFOR", "main", ""),
        ("Ada the Tall", "alias", "low"),
        ("A. Okafor", "alias", "low"),
    ]
    assert (record.body["sex"], record.body["nationalities"]) == ("F", ["D"])


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1974-08-12</DATE>", ["1974-08-12"]),
        ("<TYPE_OF_DATE>EXACT</TYPE_OF_DATE><YEAR>1974</YEAR>", ["1974"]),
        ("<TYPE_OF_DATE>APPROXIMATELY</TYPE_OF_DATE><YEAR>1974</YEAR>", ["1974~"]),
        ("<TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1974</FROM_YEAR><TO_YEAR>1978</TO_YEAR>", ["1974/1978"]),
        ("<TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1978</FROM_YEAR><TO_YEAR>1974</TO_YEAR>", []),
        ("<TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1974-02-30</DATE>", []),
        ("<TYPE_OF_DATE />", []),
    ],
)
def test_birth_dates_keep_what_is_known_and_no_more(inside: str, expected: list[str]) -> None:
    assert birth(inside) == expected


def test_entities_are_passed_over_and_say_so() -> None:
    found = read(xml("<ENTITY><REFERENCE_NUMBER>UTe.1</REFERENCE_NUMBER></ENTITY>" + PERSON.format(births="")))
    refused = found[0]
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.record_id, refused.passed_over) == ("entity", "UTe.1", True)


def test_an_individual_without_a_name_is_refused() -> None:
    found = read(xml("<INDIVIDUAL><DATAID>7</DATAID><FIRST_NAME>na</FIRST_NAME></INDIVIDUAL>"))
    assert isinstance(found[0], Refused)
    assert found[0].reason == "nothing-known"


def test_the_published_list_is_read_whole(samples: Path) -> None:
    told = Told()
    with (samples / "names" / "un_consolidated_2018_cut.xml").open("rb") as stream:
        found = list(un_xml.read(stream, told=told))
    records = [one for one in found if isinstance(one, Record)]
    assert Counter(type(one).__name__ for one in found) == {"Record": 54, "Refused": 20}
    assert told.as_of.startswith("2018-10-29")
    assert len({one.record_id for one in records}) == 54
    dates = [date for one in records for date in one.body["birth_dates"]]
    assert sum("~" in date for date in dates) == 7
    assert sum("/" in date for date in dates) == 1
    assert sum(any(n["script"] == "Arab" for n in one.body["names"]) for one in records) > 40
    assert sum(bool(one.body["nationalities"]) for one in records) == 50


def test_a_doctype_is_refused_before_anything_is_expanded() -> None:
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "'
        + b"x" * 1000
        + b'"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    )
    assert code(bomb + b"<CONSOLIDATED_LIST>&b;</CONSOLIDATED_LIST>") == "list-xml"
    outside = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><CONSOLIDATED_LIST>&e;</CONSOLIDATED_LIST>'
    assert code(outside) == "list-xml"
    assert code(b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><CONSOLIDATED_LIST/>') == "list-xml"
    assert code(b"<!DOCTYPE CONSOLIDATED_LIST><CONSOLIDATED_LIST/>") == "list-xml"


def test_an_unknown_entity_is_no_xml() -> None:
    assert code(xml("<INDIVIDUAL><FIRST_NAME>&who;</FIRST_NAME></INDIVIDUAL>")) == "list-cut"


def test_a_list_cut_anywhere_is_refused_whole() -> None:
    whole = xml(PERSON.format(births=""))
    for length in range(0, len(whole) - 1, 7):
        assert code(whole[:length]) in ("list-cut", "list-xml")


def test_another_root_too_deep_too_long_too_many_parts() -> None:
    assert code(b"<html><INDIVIDUAL/></html>") == "list-xml"
    assert code(xml("<INDIVIDUAL>" + "<A>" * 40 + "</A>" * 40 + "</INDIVIDUAL>")) == "list-xml"
    assert code(xml("<INDIVIDUAL>" + "<A/>" * 6000 + "</INDIVIDUAL>")) == "list-xml"
    assert code(xml("<INDIVIDUAL><FIRST_NAME>" + "x" * 500_000 + "</FIRST_NAME></INDIVIDUAL>")) == "list-xml"
    assert code(xml(PERSON.format(births="")) + b" " * 2000, file_bytes=1000) == "list-too-large"
    assert code(xml("")) == "list-empty"


def test_a_tag_without_end_is_refused_before_it_fills_memory() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1, /) -> bytes:
            self.given += size
            assert self.given < 4_000_000, "still reading"
            return b'<CONSOLIDATED_LIST a="' if self.given == size else b"x" * size

    with pytest.raises(BadList) as error:
        list(un_xml.read(Endless()))  # type: ignore[arg-type]
    assert error.value.code == "list-xml"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Syrian Arab Republic ", "SYR"),
        ("Bahrain (citizenship revoked in Jan. 2015)", "BHR"),
        ("Germany", "D"),
        ("Atlantis", ""),
    ],
)
def test_country_names_become_codes(name: str, expected: str) -> None:
    assert code_of(name) == expected


@given(st.binary(max_size=300))
def test_any_bytes_get_an_answer(raw: bytes) -> None:
    for head in (b"", b"<CONSOLIDATED_LIST><INDIVIDUAL>"):
        try:
            read(head + raw)
        except BadList as error:
            assert error.code.startswith("list-")
