"""A list as keys: nothing of anybody in the file, found all the same, one flag only; discreet and outdated records are not in it."""

from __future__ import annotations

import base64
from datetime import date
from pathlib import Path
from typing import Any

from tests.registers.lists import worlds
from tests.registers.lists.worlds import SECRET, paper, person
from xenia.formats.dates import PartialDate
from xenia.formats.lists.records import Record
from xenia.matching.numbers import document_keys
from xenia.registers.lists import keyed
from xenia.registers.lists.file import ListFile
from xenia.registers.lists.keyed import Found, What
from xenia.registers.lists.subjects import subject_bytes

QUIET = What(frozenset({"chk-d"}), frozenset({"open", "specific"}), "2026-06-01")
KEY = keyed.list_secret(SECRET, "alerts-csv")


def born(number: int) -> str:
    return date.fromordinal(date(1950, 1, 1).toordinal() + number * 17).isoformat()


def surname(number: int) -> str:
    return "Zor" + "".join("pftskhlrmn"[int(digit)] + "aeiou"[int(digit) % 5] for digit in f"{number:04}")


def planted(count: int) -> list[Record]:
    return [person(number, surname(number), f"Tamri{number:04}ko", born(number)) for number in range(count)]


def built(path: Path, records: list[Record], register: str = "alerts", what: What = QUIET) -> ListFile:
    keyed.write(
        path, records, {"register": register, "source": "alerts-csv", "number": "1"}, KEY, what, lambda *_: None
    )
    file = ListFile.open(path)
    file.document_secret = KEY
    return file


def asked(file: ListFile, name: str, birth: str = "", number: str = "", on: str = "2026-06-01") -> Found | None:
    papers = [document_keys(b"another", "UTO", "P", number)] if number else []

    def in_force(body: dict[str, Any]) -> bool:
        return (body.get("valid_from") or "") <= on <= (body.get("valid_until") or "9999")

    return keyed.search(file, [name] if name else [], PartialDate.parse(birth) if birth else None, papers, in_force)


def encodings(text: str) -> list[bytes]:
    plain = text.encode()
    forms = [plain, plain.upper(), plain.lower(), text.encode("utf-16-le"), text[::-1].encode(), plain.hex().encode()]
    shifted = [base64.b64encode(b" " * pad + plain).rstrip(b"=")[4:-4] for pad in range(3)]
    return [one for one in (*forms, *shifted) if len(one) > 4]


def held(words: list[str], raw: bytes) -> list[str]:
    """Those of the words that stand in the bytes in any of these forms."""
    beginnings = {raw[at : at + 5] for at in range(len(raw))}
    return [word for word in words if any(form[:5] in beginnings and form in raw for form in encodings(word))]


def test_nothing_of_a_thousand_persons_stands_in_the_file(tmp_path: Path) -> None:
    records = planted(1_000)
    whole = tmp_path / "whole"
    worlds.built(whole, records)
    built(tmp_path / "keys", records)
    raw, plain = (tmp_path / "keys").read_bytes(), whole.read_bytes()
    words = [
        text
        for record in records
        for text in (
            record.body["names"][0]["surname"],
            record.body["names"][0]["given_names"],
            record.body["birth_dates"][0],
            record.body["birth_dates"][0].replace("-", ""),
            record.body["documents"][0]["number"],
            record.record_id + '"',
            record.body["decision"] + '"',
        )
    ]
    in_keys, in_whole = (held(words, one) for one in (raw, plain))
    assert in_keys == [] and len(in_whole) >= 4_000
    assert KEY not in raw and KEY.hex().encode() not in raw and b"ZRPK" not in raw
    for name in ("rarity", "document_secret"):
        assert name.encode() not in raw and name.encode() in plain


def test_a_person_is_found_by_document_by_name_and_by_a_variant(tmp_path: Path) -> None:
    file = built(tmp_path / "keys", planted(300))
    one = keyed.pseudonym(KEY, subject_bytes(file.place, "A-77"))
    by_paper = asked(file, "", number="X0000077")
    assert by_paper and (by_paper.record_id, by_paper.strength) == (one, 5)
    name = f"{surname(77)} Tamri0077ko"
    found = asked(file, name, born(77))
    assert found and found.record_id == one
    variant = asked(file, name.replace("Z", "S").replace("k", "kk"), born(77))
    assert variant and variant.record_id == one
    swapped = asked(file, f"Tamri0077ko {surname(77)}", born(77))
    assert swapped and swapped.record_id == one
    other_year = asked(file, name, str(int(born(77)[:4]) - 1) + born(77)[4:])
    assert other_year and other_year.record_id == one
    assert asked(file, "Quellfurt Amandine", born(77)) is None
    assert asked(file, name, "1999-09-09", on="2032-01-01") is None  # out of force by then
    assert asked(file, "", number="X9999999") is None
    assert set(by_paper.body) == set(person(1).body)
    assert {name for name, value in by_paper.body.items() if value} == {"valid_until"}


def test_without_the_secret_nobody_is_found(tmp_path: Path) -> None:
    file = built(tmp_path / "keys", planted(50))
    file.document_secret = keyed.list_secret(b"another" * 5, "alerts-csv")
    assert asked(file, f"{surname(7)} Tamri0007ko", born(7), "X0000007") is None


def test_discreet_and_outdated_records_are_not_in_the_file(tmp_path: Path) -> None:
    records = planted(6)
    records[0].body["category"] = "CHK-D"
    records[1].body["handling"] = "discreet"
    records[2].body["valid_until"] = "2026-05-31"
    records[3].body["handling"] = "specific"
    file = built(tmp_path / "keys", records)
    assert (file.count, file.meta["records"]) == (3, "3")
    found = [asked(file, "", number=f"X{number:07}") is not None for number in range(6)]
    assert found == [False, False, False, True, True, True]
    named = [asked(file, f"{surname(n)} Tamri{n:04}ko", born(n)) for n in range(6)]
    own = [keyed.pseudonym(KEY, subject_bytes(file.place, f"A-{number}")) for number in range(6)]
    assert [one is not None and one.record_id == mine for one, mine in zip(named, own, strict=True)] == found


def test_documents_are_found_by_number_only(tmp_path: Path) -> None:
    file = built(tmp_path / "keys", [paper(number) for number in range(40)], "lost_documents")
    raw = (tmp_path / "keys").read_bytes()
    assert not any(form in raw for number in range(40) for form in encodings(f"U{number:08}"))
    assert asked(file, "", number="U00000003") and asked(file, "", number="U00000040") is None


def test_equal_content_gives_equal_files_whatever_their_order(tmp_path: Path) -> None:
    records = planted(30)
    built(tmp_path / "one", records)
    built(tmp_path / "two", records[::-1])
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
