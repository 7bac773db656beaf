"""The scanner finds what it is planted with, wherever it stands."""

import base64
import random

import pytest

from xenia.site.soak.scanning import Scanner, needles

WORD = "Kovadimeru"


@pytest.mark.parametrize(
    "planted",
    [
        WORD.encode(), WORD.upper().encode(), WORD.lower().encode(), WORD.encode("utf-16-le"), WORD.upper().encode("utf-16-be"),
        WORD.encode().hex().encode(), *(base64.b64encode(b"x" * shift + WORD.encode() + b"yz") for shift in range(3)),
        b"P<UTO" + WORD.upper().encode() + b"<<",
    ],
)  # fmt: skip
@pytest.mark.parametrize("offset", [0, 1, 7, 8, 4093, 9990])
def test_every_form_is_found_at_every_place(planted, offset):
    noise = random.Random(offset).randbytes(20_000)
    data = noise[:offset] + planted + noise[offset:]
    scanner = Scanner(needles([WORD, "Otherwordly"]))
    for size in (len(data), 4096, 1000):
        found = list(scanner.scan("here", [data[at : at + size] for at in range(0, len(data), size)]))
        assert {one.word for one in found} == {WORD}
        assert len({one.offset for one in found}) == 1


def test_nothing_is_found_in_noise():
    assert not list(
        Scanner(needles([f"{WORD}{n}" for n in range(300)])).scan("x", [random.Random(1).randbytes(2_000_000)])
    )


def test_bytes_are_found_as_they_are_and_in_hexadecimal():
    key = random.Random(2).randbytes(60)
    scanner = Scanner(needles([], [key]))
    assert list(scanner.scan("x", [b"abc" + key])) and list(scanner.scan("x", [b"abc" + key.hex().encode()]))
    assert not list(scanner.scan("x", [key[:-1]]))


def test_a_file_and_its_name_are_looked_at(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / f"{WORD}.txt").write_text("nothing")
    (tmp_path / "b").write_text(f"says {WORD}")
    assert {one.where.split("/")[-1] for one in Scanner(needles([WORD])).folder(tmp_path)} == {f"{WORD}.txt", "b"}
