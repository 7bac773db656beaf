"""Visas and vehicles in our own CSV: what is taken, what is refused, and under which documents each is found."""

from __future__ import annotations

import io
from typing import Any

import pytest

from xenia.formats.lists.csv import KINDS, read
from xenia.formats.lists.reasons import REASONS
from xenia.formats.lists.records import VEHICLE_FIELDS, VISA_FIELDS, Record, Refused, papers

VISAS = "issuing_state,sticker_number,type,valid_from,valid_until,surname,given_names,documents,entries,days,territory,status,ltv"
VISA = "UTO,U12345678,C,2026-01-10,2026-07-09,QUARTERMAIN,ODILE,P:UTO:X1234567,MULT,90,UTO|XOM,issued,no"
VEHICLES = "plate_state,plate,vin,status,make,event_on,valid_from,valid_until"
VEHICLE = "UTO,AB 123,XEN1A00AA00000017,stolen,Utopia,2025-11,,"


def only(kind: str, heading: str, row: str) -> Any:
    (found,) = read(kind, io.BytesIO(f"{heading}\n{row}\n#end,1\n".encode()))
    return found


def test_a_visa_is_read_with_its_holder_and_found_by_sticker_and_passport() -> None:
    record = only("visa", VISAS, VISA)
    assert isinstance(record, Record)
    assert (record.record_id, record.kind) == ("V:UTO:U12345678", "visa")
    body = record.body
    assert body["names"][0]["full"] == "ODILE QUARTERMAIN"
    assert (body["type"], body["entries"], body["days"], body["status"]) == ("C", "MULT", 90, "issued")
    assert (body["territory"], body["ltv"]) == (["UTO", "XOM"], False)
    assert papers("visa", body) == [
        {"type": "P", "issuing_state": "UTO", "number": "X1234567"},
        {"type": "V", "issuing_state": "UTO", "number": "U12345678"},
    ]
    assert set(body) <= set(VISA_FIELDS)


def test_a_vehicle_is_read_and_found_by_plate_and_vin() -> None:
    record = only("vehicle", VEHICLES, VEHICLE)
    assert (record.record_id, record.kind) == ("VIN::XEN1A00AA00000017", "vehicle")
    assert papers("vehicle", record.body) == [
        {"type": "PLATE", "issuing_state": "UTO", "number": "AB 123"},
        {"type": "VIN", "issuing_state": "", "number": "XEN1A00AA00000017"},
    ]
    assert set(record.body) <= set(VEHICLE_FIELDS)
    assert only("vehicle", VEHICLES, "UTO,AB 123,,stolen,,,,").record_id == "PLATE:UTO:AB123"


@pytest.mark.parametrize(
    ("was", "becomes", "reason", "column"),
    [
        (",C,", ",Q,", "visa-type", "type"),
        ("2026-01-10", "2026-01", "full-date", "valid_from"),
        ("2026-01-10", "", "full-date", "valid_from"),
        ("2026-07-09", "2026-01-09", "backwards", "valid_until"),
        ("MULT", "many", "entries", "entries"),
        (",90,", ",ninety,", "days", "days"),
        (",90,", ",99999,", "days", "days"),
        ("issued", "good", "visa-status", "status"),
        (",no", ",perhaps", "yes-no", "ltv"),
        ("UTO|XOM", "U T O", "territory", "territory"),
        ("U12345678", "--", "document-number", "sticker_number"),
        ("P:UTO:X1234567", "X1234567", "document", "documents"),
    ],
)
def test_a_bad_visa_is_refused_and_still_says_which(was: str, becomes: str, reason: str, column: str) -> None:
    refused = only("visa", VISAS, VISA.replace(was, becomes, 1))
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.column) == (reason, column)
    assert reason in REASONS
    if column != "sticker_number":
        assert refused.record_id == "V:UTO:U12345678"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("UTO,,,stolen,,,,", "vehicle-missing"),
        ("UTO,AB 123,,gone,,,,", "vehicle-status"),
        ("UTOPIA,AB 123,,stolen,,,,", "state"),
        ("UTO,AB 123,,stolen,,2025-13,,", "date"),
        ("UTO,AB 123,,stolen", "columns"),
    ],
)
def test_a_bad_vehicle_is_refused(row: str, reason: str) -> None:
    refused = only("vehicle", VEHICLES, row)
    assert isinstance(refused, Refused)
    assert refused.reason == reason
    if row.startswith("UTO,AB"):
        assert refused.record_id == "PLATE:UTO:AB123"


def test_every_column_is_a_field_or_part_of_one() -> None:
    parts = {
        "surname",
        "given_names",
        "aliases",
        "weak_aliases",
        "birth_names",
        "native_names",
        "birth_date",
        "record_id",
    }
    for kind, fields in (("visa", VISA_FIELDS), ("vehicle", VEHICLE_FIELDS)):
        columns, _ = KINDS[kind]
        assert set(columns.required + columns.optional) - parts <= set(fields)
