"""Invented lists for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from xenia.formats.lists.records import LIST_FIELDS, VEHICLE_FIELDS, VISA_FIELDS, Record
from xenia.registers.lists.build import Built, build
from xenia.registers.lists.file import ListFile

SECRET = b"s" * 32
HEADING = "record_id,category,surname,given_names,birth_date,documents,instruction_first"


def person(number: int, surname: str = "", given_names: str = "Tamriko", born: str = "1980-01-02") -> Record:
    surname = surname or f"Zorbek{number}"
    name = {
        "surname": surname,
        "given_names": given_names,
        "full": f"{given_names} {surname}",
        "script": "Latn",
        "kind": "main",
        "quality": "",
    }
    body = {
        "category": "REF-B",
        "names": [name],
        "birth_dates": [born] if born else [],
        "sex": "",
        "nationalities": ["UTO"],
        "documents": [{"type": "P", "issuing_state": "UTO", "number": f"X{number:07}"}],
        "reason": "",
        "instruction_first": "Do not decide alone. Call the second line.",
        "instruction_second": "",
        "handling": "",
        "valid_from": "",
        "valid_until": "2031-01-01",
        "review_on": "",
        "issuing_authority": "",
        "legal_basis": "",
        "decision": f"D-{number}",
        "source_id": "",
        "confidence": "",
        **dict.fromkeys(("colour", "offences", "description", "warrant", "contact"), ""),
    }
    return Record(f"A-{number}", "person", body)


def paper(number: int, status: str = "stolen") -> Record:
    text = f"U{number:08}"
    body = {
        "status": status,
        "event_on": "2025-01-01",
        "event_place": "",
        "owner": "",
        "reference": "",
        "type": "P",
        "issuing_state": "UTO",
        "number": text,
    }
    return Record(f"P:UTO:{text}", "document", body)


def visa(number: int, status: str = "issued") -> Record:
    body: dict[str, Any] = dict.fromkeys(VISA_FIELDS, "") | {name: [] for name in LIST_FIELDS if name in VISA_FIELDS}
    body |= {"sticker_number": f"U{number:08}", "issuing_state": "UTO", "type": "C", "status": status}
    body |= {"valid_from": "2026-01-10", "valid_until": "2026-07-09", "entries": "MULT", "days": 90, "ltv": False}
    body["documents"] = [{"type": "P", "issuing_state": "UTO", "number": f"X{number:07}"}]
    body["names"] = person(number).body["names"]
    return Record(f"V:UTO:U{number:08}", "visa", {name: body[name] for name in VISA_FIELDS})


def vehicle(number: int) -> Record:
    body = dict.fromkeys(VEHICLE_FIELDS, "") | {"plate": f"AB {number}", "plate_state": "UTO", "status": "stolen"}
    body |= {"vin": f"XEN{number:014}", "instruction_first": "Keep the vehicle and call the second line."}
    return Record(f"VIN::XEN{number:014}", "vehicle", body)


def built(path: Path, records: Iterable[Record], source: str = "test") -> tuple[Built, ListFile]:
    made = build(path, records, {"register": "alerts", "source": source}, secret=SECRET)
    return made, ListFile.open(path)


def csv_row(number: int, surname: str = "", more: str = "") -> str:
    surname = surname or f"Zorbek{number}"
    return f"A-{number},REF-B,{surname},Tamriko,1980-01-02,P:UTO:X{number:07},{more}"


def csv_list(*rows: str, end: str = "") -> bytes:
    return "\n".join([HEADING, *rows, f"#end,{len(rows)}{end}", ""]).encode()


def csv_numbers(numbers: Iterable[int]) -> bytes:
    return csv_list(*(csv_row(number) for number in numbers))


def documents_csv(numbers: Iterable[int]) -> bytes:
    rows = [f"P,UTO,U{number:08},stolen" for number in numbers]
    return "\n".join(["type,issuing_state,number,status", *rows, f"#end,{len(rows)}", ""]).encode()
