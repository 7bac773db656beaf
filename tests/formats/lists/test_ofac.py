"""The three files of OFAC: persons with aliases, dates and papers out of remarks; what does not belong together is refused."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from xenia.formats.lists import ofac
from xenia.formats.lists.records import BadList, Limits, Record, Refused, Told

REMARKS = (
    "DOB 03 Feb 1947; alt. DOB circa 1948; POB Port Meridian; nationality Korea, North; citizen Burma; Gender Male;"
    " Passport X1234567 (Colombia) expires 11 Mar 2021; alt. Passport Y99 issued 06 Mar 1999; Cedula No. 17181081"
    " (Colombia); a.k.a. 'EL PRUEBA'; Linked To: NOBODY."
)
SDN = f'1,"PRUEBA, Edgar","individual","TEST","Colonel",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"{REMARKS}"\r\n'
SHIP = '2,"MV NOTHING","vessel","TEST",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n'
FIRM = '3,"NOTHING LTD.",-0- ,"TEST",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n'
ALT = '1,10,"aka","PRUEBAS, Edgardo",-0- \r\n1,11,"aka","PROOVA, Ed","weak"\r\n2,12,"aka","MV SOMETHING",-0- \r\n'
ADD = (
    '1,20,"1 Example Street","Port Meridian","Utopia",-0- \r\n2,21,-0- ,-0- ,-0- ,-0- \r\n3,22,-0- ,-0- ,-0- ,-0- \r\n'
)


def read(sdn: str | bytes = SDN + SHIP + FIRM, alt: str = ALT, add: str = ADD) -> list[Record | Refused]:
    raw = sdn.encode("latin-1") if isinstance(sdn, str) else sdn
    return list(ofac.read(io.BytesIO(raw), io.BytesIO(alt.encode()), io.BytesIO(add.encode())))


def only_record(found: list[Record | Refused]) -> Record:
    (record,) = (one for one in found if isinstance(one, Record))
    return record


def test_a_person_is_read_with_aliases_dates_and_papers() -> None:
    record = only_record(read())
    body = record.body
    assert record.record_id == "1"
    assert [(name["full"], name["kind"], name["quality"]) for name in body["names"]] == [
        ("Edgar PRUEBA", "main", ""),
        ("Edgardo PRUEBAS", "alias", "good"),
        ("Ed PROOVA", "alias", "low"),
        ("EL PRUEBA", "alias", "low"),
    ]
    assert body["birth_dates"] == ["1947-02-03", "1948~"]
    assert body["nationalities"] == ["PRK", "MMR"]
    assert body["sex"] == "M"
    assert body["documents"] == [
        {"type": "P", "issuing_state": "COL", "number": "X1234567"},
        {"type": "P", "issuing_state": "", "number": "Y99"},
        {"type": "I", "issuing_state": "COL", "number": "17181081"},
    ]
    assert "1 Example Street" in body["description"]
    assert body["reason"] == "TEST"


def test_ships_and_organisations_are_passed_over() -> None:
    refused = [one for one in read() if isinstance(one, Refused)]
    assert [(one.reason, one.passed_over) for one in refused] == [("thing", True), ("entity", True)]


@pytest.mark.parametrize(
    ("said", "births"),
    [
        ("DOB 1947 to 1949", ["1947/1949"]),
        ("DOB 01 Jan 1947 to 31 Dec 1947", ["1947"]),
        ("DOB Feb 1947", ["1947-02"]),
        ("DOB circa Feb 1947", ["1947-02~"]),
    ],
)
def test_dates_of_birth_are_as_exact_as_they_are_told(said: str, births: list[str]) -> None:
    assert only_record(read(SDN.replace(REMARKS, said) + SHIP + FIRM)).body["birth_dates"] == births


def test_an_impossible_date_keeps_its_year_and_is_told() -> None:
    found = read(SDN.replace(REMARKS, "DOB 31 Feb 1947; nationality Atlantis") + SHIP + FIRM)
    assert only_record(found).body["birth_dates"] == ["1947"]
    noted = [(one.reason, one.value) for one in found if isinstance(one, Refused) and one.noted]
    assert noted == [("impossible-date", "31 Feb 1947"), ("unknown-country", "Atlantis")]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "cp1252"])
def test_letters_of_both_encodings_are_read(encoding: str) -> None:
    record = only_record(read((SDN.replace("PRUEBA,", "MUÑOZ,") + SHIP + FIRM).encode(encoding)))
    assert record.body["names"][0]["surname"] == "MUÑOZ"


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"sdn": SHIP + FIRM}, "list-cut"),
        ({"sdn": SDN + SHIP + FIRM[:20]}, "list-cut"),
        ({"alt": ALT[:-12]}, "list-cut"),
        ({"sdn": ALT, "alt": SDN}, "list-columns"),
        ({"sdn": "", "alt": "", "add": ""}, "list-empty"),
    ],
)
def test_files_that_are_cut_or_of_another_day_are_refused(parts: dict[str, str], code: str) -> None:
    with pytest.raises(BadList) as error:
        read(**parts)
    assert error.value.code == code


def test_a_bad_row_says_whose_it_is() -> None:
    found = read(SDN + SHIP + FIRM + '4,"PRUEBA, Uno","individual"\r\n', add=ADD + "4,23,-0- ,-0- ,-0- ,-0- \r\n")
    assert [(one.reason, one.record_id) for one in found if isinstance(one, Refused) and one.state == "refused"] == [
        ("columns", "4")
    ]


def test_a_file_without_end_is_stopped() -> None:
    with pytest.raises(BadList) as error:
        list(ofac.read(io.BytesIO(SDN.encode() * 50), io.BytesIO(b""), io.BytesIO(b""), Limits(file_bytes=4_000)))
    assert error.value.code == "list-too-large"


def test_the_sample_of_public_files_is_read(project: Path) -> None:
    samples = project.parent / "shared/samples/names"
    if not samples.is_dir():
        pytest.skip("the samples are not there")
    files = [(samples / f"ofac_{part}_cut.csv").open("rb") for part in ("sdn", "alt", "add")]
    told = Told()
    try:
        found = list(ofac.read(*files, told=told))
    finally:
        for file in files:
            file.close()
    records = [one for one in found if isinstance(one, Record)]
    assert len(records) == told.rows == 150
    assert [one for one in found if isinstance(one, Refused)] == []
    assert sum(bool(one.body["birth_dates"]) for one in records) == 148
    assert sum(len(one.body["documents"]) for one in records) == 101
    assert sum(len(one.body["names"]) for one in records) > 370
