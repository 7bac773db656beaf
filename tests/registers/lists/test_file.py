"""The list file: what is put in is found by name, number and id, and nothing else is."""

from __future__ import annotations

import random
import sqlite3
import threading
from pathlib import Path
from uuid import uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.registers.lists.worlds import SECRET, built, paper, person, vehicle, visa
from xenia import matching
from xenia.errors import Unavailable
from xenia.formats.dates import PartialDate
from xenia.formats.lists.records import DOCUMENT_FIELDS, PERSON_FIELDS, Record, Refused
from xenia.registers.lists import codec
from xenia.registers.lists.build import build
from xenia.registers.lists.diff import differences
from xenia.registers.lists.file import BadListFile, ListFile, file_hash
from xenia.registers.lists.hits import hits
from xenia.registers.lists.subjects import record_subject

BORN = PartialDate.parse("1980-01-02")


def exact(number: str, kind: str = "P") -> matching.DocumentKeys:
    return matching.document_keys(SECRET, "UTO", kind, number)


def test_a_person_is_found_by_name_and_by_document(tmp_path: Path) -> None:
    records = [person(n) for n in range(50)]
    made, file = built(tmp_path / "a.list", records)
    assert made.counts == {"person": 50, "document": 0}
    assert (file.count, file.persons) == (50, 50)
    found = file.search_names(matching.query_keys(["Zorbek7 Tamriko"], BORN))
    assert ("A-7", records[7].body) in found
    assert file.search_document(exact("X0000007")) == [("A-7", records[7].body)]
    assert file.search_document(exact("X0000099")) == []
    assert file.get("A-7") == records[7].body
    assert file.get("A-77") is None


def test_a_visa_is_found_by_sticker_and_by_passport(tmp_path: Path) -> None:
    records = [visa(n) for n in range(50)]
    made, file = built(tmp_path / "a.list", records)
    assert made.counts == {"person": 0, "document": 0, "visa": 50}
    assert file.search_document(exact("X0000007")) == [("V:UTO:U00000007", records[7].body)]
    assert file.search_document(exact("U00000007", "V")) == [("V:UTO:U00000007", records[7].body)]
    assert list(differences(file, file)) == []


def test_a_vehicle_is_found_by_plate_and_vin(tmp_path: Path) -> None:
    records = [vehicle(n) for n in range(50)]
    _, file = built(tmp_path / "a.list", records)
    vin = matching.document_keys(SECRET, "", "VIN", "XEN-00000000000007")
    assert file.search_document(exact("ab7", "PLATE")) == [("VIN::XEN00000000000007", records[7].body)]
    assert file.search_document(vin) == [("VIN::XEN00000000000007", records[7].body)]


def test_hits_carry_their_reasons_and_only_hits_are_read(tmp_path: Path) -> None:
    _, file = built(tmp_path / "a.list", [person(1, "Mammadbeyli", "Gulnar"), person(2, "Qurbanoglu", "Samir")])
    claim = matching.Claim(surname="MAMMADBEYLI", given_names="GULNAR", birth=BORN)
    found = hits(file, claim, matching.query_keys(claim.whole_names(), BORN))
    assert [one.record_id for one in found] == ["A-1"]
    assert found[0].match.band is matching.Band.EXACT
    assert found[0].match.features


def test_documents_are_found_one_by_one_and_in_a_batch(tmp_path: Path) -> None:
    records = [paper(n) for n in range(200)]
    _, file = built(tmp_path / "d.list", records)
    assert file.search_document(exact("U00000123")) == [("P:UTO:U00000123", records[123].body)]
    batch = file.search_documents([exact("U00000005"), exact("U00000009"), exact("U99999999")])
    assert {key: found[0][0] for key, found in batch.items()} == {
        exact("U00000005"): "P:UTO:U00000005",
        exact("U00000009"): "P:UTO:U00000009",
    }


def test_a_name_that_everybody_bears_is_still_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xenia.registers.lists.file.STOP_RECORDS", 3)
    _, file = built(tmp_path / "a.list", [person(n, "Aliyev", "Ali", "") for n in range(20)])
    keys = matching.query_keys(["Aliyev Ali"], None)
    assert len(file.near(keys, limit=100)) == 20
    assert len(file.near(keys, limit=5)) == 5


def test_the_same_question_gives_the_same_order(tmp_path: Path) -> None:
    records = [person(n, "Aliyev", "Ali") for n in range(30)]
    _, one = built(tmp_path / "a.list", records)
    random.Random(1).shuffle(records)
    _, two = built(tmp_path / "b.list", records)
    keys = matching.query_keys(["Aliyev Ali"], BORN)
    assert [n.record_id for n in one.near(keys)] == [n.record_id for n in two.near(keys)]
    assert file_hash(tmp_path / "a.list") == file_hash(tmp_path / "b.list")


def test_the_second_record_of_an_id_is_refused(tmp_path: Path) -> None:
    refused: list[Refused] = []
    twice = [person(1), person(2), Record("A-1", "person", person(3).body, 9)]
    made = build(tmp_path / "a.list", twice, {}, secret=SECRET, refuse=refused.append)
    assert made.counts["person"] == 2
    assert [(one.line, one.reason, one.record_id) for one in refused] == [(9, "same-record-id", "A-1")]
    file = ListFile.open(tmp_path / "a.list")
    assert file.search_document(exact("X0000003")) == []


def test_a_subject_is_found_and_is_named_as_by_uuid5(tmp_path: Path) -> None:
    from uuid import NAMESPACE_URL

    _, file = built(tmp_path / "a.list", [person(n) for n in range(300)], source="src")
    for n in (0, 1, 150, 299):
        subject = record_subject("alerts", "src", f"A-{n}")
        assert subject == uuid5(NAMESPACE_URL, f"xenia:alerts:src:A-{n}")
        found = file.find_subject(subject.bytes)
        assert found is not None
        assert found[0] == f"A-{n}"
    assert file.find_subject(record_subject("alerts", "src", "A-300").bytes) is None


def test_hidden_records_are_found_by_nothing(tmp_path: Path) -> None:
    _, file = built(tmp_path / "a.list", [person(n) for n in range(9)])
    file.hidden_key, file.hidden = hash, frozenset({hash("A-4")})
    assert file.get("A-4") is None
    assert file.search_document(exact("X0000004")) == []
    names = file.search_names(matching.query_keys(["Zorbek4 Tamriko"], BORN))
    assert "A-4" not in [record_id for record_id, _ in names]


def test_versions_are_compared_record_by_record(tmp_path: Path) -> None:
    _, old = built(tmp_path / "a.list", [person(n) for n in range(100)])
    changed = person(50, "Otherwise")
    _, new = built(
        tmp_path / "b.list", [*(person(n) for n in range(10, 50)), changed, *(person(n) for n in range(51, 105))]
    )
    found = list(differences(old, new))
    assert sorted(r for c, r in found if c == "removed") == sorted(f"A-{n}" for n in range(10))
    assert sorted(r for c, r in found if c == "added") == sorted(f"A-{n}" for n in range(100, 105))
    assert [r for c, r in found if c == "changed"] == ["A-50"]
    assert list(differences(new, new)) == []
    assert {c for c, _ in differences(None, new)} == {"added"}


def test_an_empty_list_is_a_list(tmp_path: Path) -> None:
    made, file = built(tmp_path / "a.list", [])
    assert made.counts == {"person": 0, "document": 0}
    assert file.near(matching.query_keys(["Ada Okafor"], None)) == []
    assert file.get("A-1") is None


def test_what_is_no_list_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.list"
    for content in (b"", b"hello", b"SQLite format 3\x00" + b"x" * 4096):
        path.write_bytes(content)
        with pytest.raises(BadListFile):
            ListFile.open(path)
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE meta(name, value)")
    connection.commit()
    with pytest.raises(BadListFile):
        ListFile.open(path)
    with pytest.raises(BadListFile):
        ListFile.open(tmp_path / "missing.list")


def test_a_build_that_stops_leaves_nothing_and_can_be_repeated(tmp_path: Path) -> None:
    def some() -> object:
        yield person(1)
        raise RuntimeError("stopped")

    path = tmp_path / "a.list"
    path.with_name("a.list.part").write_bytes(b"left over")
    with pytest.raises(RuntimeError):
        build(path, some(), {}, secret=SECRET)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
    built(path, [person(1)])
    assert [one.name for one in tmp_path.iterdir()] == ["a.list"]


def test_a_full_disk_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Path) -> sqlite3.Connection:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("xenia.registers.lists.build._fresh", full)
    with pytest.raises(Unavailable) as error:
        built(tmp_path / "a.list", [person(1)])
    assert error.value.code == "disk-full"


def test_many_threads_read_one_file(tmp_path: Path) -> None:
    _, file = built(tmp_path / "a.list", [person(n) for n in range(500)])
    wrong: list[object] = []

    def read(seed: int) -> None:
        numbers = random.Random(seed)
        for _ in range(200):
            n = numbers.randrange(500)
            found = file.search_document(exact(f"X{n:07}"))
            if [record_id for record_id, _ in found] != [f"A-{n}"]:
                wrong.append(found)

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
names = st.fixed_dictionaries(
    {
        "surname": texts,
        "given_names": texts,
        "full": texts.filter(bool),
        "script": st.sampled_from(["Latn", "Arab"]),
        "kind": st.sampled_from(["main", "alias"]),
        "quality": st.sampled_from(["", "low"]),
    }
)
LISTS = {
    "names": st.lists(names, max_size=3),
    "birth_dates": st.lists(texts.filter(bool), max_size=2),
    "nationalities": st.lists(texts.filter(bool), max_size=2),
}
LISTS["documents"] = st.lists(
    st.fixed_dictionaries({"type": texts, "issuing_state": texts, "number": texts}), max_size=2
)
persons = st.fixed_dictionaries({name: LISTS.get(name, texts) for name in PERSON_FIELDS})
papers = st.fixed_dictionaries(
    dict.fromkeys(DOCUMENT_FIELDS, texts) | {"status": st.sampled_from(["", "lost", "stolen", "burnt"])}
)


@given(persons)
def test_a_person_is_unpacked_as_it_was_packed(body: dict[str, object]) -> None:
    kept: dict[int, str] = {}

    def share(text: str) -> int:
        number = codec.text_number(text)
        kept[number] = text
        return number

    assert codec.unpack("A", "person", codec.pack("A", "person", body, share), kept.__getitem__) == body


@given(papers, st.text(max_size=20))
def test_a_document_is_unpacked_as_it_was_packed(body: dict[str, object], record_id: str) -> None:
    own = f"{body['type']}:{body['issuing_state']}:{body['number']}"
    for identity in (record_id, own):
        packed = codec.pack(identity, "document", body, lambda text: -1)
        if body["number"] and ":" not in f"{body['type']}{body['issuing_state']}":
            assert codec.unpack(identity, "document", packed, str) == body
