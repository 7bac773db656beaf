"""Invented persons and the questions about them."""

from itertools import islice
from pathlib import Path
from random import Random

import pytest

from xenia.errors import BadInput
from xenia.site.bench import tables
from xenia.site.bench.people import listed, mrz_text, people
from xenia.site.bench.questions import CLASSES


def test_the_same_seed_gives_the_same_people() -> None:
    assert list(people(50, 7)) == list(people(50, 7))
    assert list(people(50, 7)) != list(people(50, 8))


def test_a_longer_register_begins_with_the_shorter_one() -> None:
    assert list(people(20, 7)) == list(islice(people(40, 7), 20))


def test_every_class_of_questions_occurs_and_its_names_are_not_empty() -> None:
    rng = Random(1)
    seen = set()
    for person in people(400, 1):
        record = listed(person, rng)
        for label, alter in CLASSES.items():
            claim = alter(person, record, rng)
            if claim is not None:
                seen.add(label)
                assert claim.surname
    assert seen == set(CLASSES)


def test_a_record_has_the_parts_that_a_list_file_keeps() -> None:
    person = next(iter(people(1, 1)))
    body = listed(person, Random(1)).body()
    assert {"names", "birth_dates", "sex", "nationalities"} <= set(body)


def test_names_come_as_a_document_prints_them() -> None:
    assert mrz_text("Çağlar O'Brien-Weiß Cəfər") == "CAGLAR OBRIEN WEISS CEFER"


def test_name_tables_make_cultures_of_their_own(tmp_path: Path) -> None:
    head = "Country,Gender,Localized Name,Romanized Name\n"
    rows = [f"XA,{sex},Имя{n},Imya{chr(97 + n)}\n" for sex in "MF" for n in range(9)]
    (tmp_path / tables.FORENAMES).write_text(head + "".join(rows), encoding="utf-8")
    rows = [f"XA,,Семья{n},Semya{chr(97 + n)}\n" for n in range(9)]
    (tmp_path / tables.SURNAMES).write_text(head + "".join(rows), encoding="utf-8")
    (culture,) = tables.cultures(tmp_path)
    person = next(people(1, 1, (culture,)))
    assert person.name()[0].startswith("Semya")
    assert person.native_name()[0].startswith("Семья")


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no name tables"):
        tables.cultures(tmp_path)
