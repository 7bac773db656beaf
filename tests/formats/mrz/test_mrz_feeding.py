"""Documents that follow each other in a file."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.formats.mrz.specimens import ID_FRA, MRV_A, MRV_B, SPECIMENS, TD1, TD2, TD3, TODAY
from xenia.formats import mrz


def layouts(text: str | bytes) -> list[str | None]:
    lines = text.splitlines(keepends=True)
    return [mrz.read(one, today=TODAY).layout for one in mrz.documents(lines)]


def test_documents_are_told_apart_by_the_width_of_their_lines() -> None:
    for some in permutations(SPECIMENS.values(), 3):
        text = "".join("".join(line + "\n" for line in lines) for lines in some)
        expected = [name for lines in some for name, known in SPECIMENS.items() if known == lines]
        assert layouts(text) == expected


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_every_line_end_will_do(end: str) -> None:
    text = end.join([*TD1, *TD3, *TD2, *MRV_A, *MRV_B, *ID_FRA]) + end
    documents = list(mrz.documents([text.encode()]))
    assert [mrz.read(one, today=TODAY).layout for one in documents] == ["TD1", "TD3", "TD2", "MRV-A", "MRV-B", "ID-FRA"]


def test_empty_lines_end_a_document() -> None:
    assert layouts("\n".join([TD3[0], "", *TD1, "", "", *TD3])) == [None, "TD1", "TD3"]


def test_a_zone_in_one_line_is_one_document() -> None:
    text = "\n".join(["".join(TD3), "".join(TD1), "".join(TD2), "".join(TD3)])
    assert layouts(text) == ["TD3", "TD1", "TD2", "TD3"]


def test_what_cannot_be_read_is_a_document_too() -> None:
    assert layouts("\n".join(["HELLO WORLD", *TD3, "?", *TD1, "END"])) == [None, "TD3", "TD1", None]


def test_a_first_line_without_its_fillers_stays_with_the_second() -> None:
    text = "\n".join([TD3[0].rstrip("<"), TD3[1], TD1[0], TD1[1], TD1[2].rstrip("<"), *TD2])
    assert layouts(text) == ["TD3", "TD1", "TD2"]


def test_lines_with_tabs_and_spaces_are_measured_without_them() -> None:
    assert layouts("\n".join(f"\t {line} \t" for line in [*TD1, *TD3])) == ["TD1", "TD3"]


def test_utf_16_is_read() -> None:
    data = "\n".join([*TD3, *TD1]).encode("utf-16")
    assert [mrz.read(one, today=TODAY).layout for one in mrz.documents(data.splitlines(keepends=True))] == [
        "TD3",
        "TD1",
    ]


def test_a_huge_line_is_one_unreadable_document() -> None:
    documents = list(mrz.documents(["P<UTO" * 1_000_000 + "\n", *TD3]))
    assert [len(one) < 2_000 for one in documents] == [True, True]
    reading = mrz.read(documents[0], today=TODAY)
    assert (reading.layout, "text-cut" in reading.warning_codes) == (None, True)


def test_nothing_gives_nothing() -> None:
    assert layouts("") == []
    assert layouts("\n\n \n") == []
