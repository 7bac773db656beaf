from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pypdf
import pytest

from xenia import letters
from xenia.errors import NotFound, Unavailable
from xenia.letters import press
from xenia.letters.glyphs import printable, printable_data

HOSTILE = [
    '#read("/etc/passwd")',
    "#panic(1) \\ [brackets] {braces} $math$ *bold* _under_ `raw` <label> @ref = heading",
    '"; #import "@preview/x:1.0.0"',
    "// comment /* more */ \\u{0041}",
]


@pytest.fixture(autouse=True)
def sample() -> None:
    letters.register("test", Path(__file__).parent / "typ")


def made(words: str = "Words.", language: str = "en", title: str = "A title", **more: Any) -> pypdf.PdfReader:
    data = {
        "foot": "Foot",
        "fields": [["Surname", "Strand"], ["Number", "UX1234567", True]],
        "words": words,
        "headings": ["What", "How many"],
        "rows": [["Admitted", 12], ["Refused", 3]],
        "signs": ["Officer", "Person"],
        **more,
    }
    return pypdf.PdfReader(io.BytesIO(letters.pdf("test/sample", data, language=language, title=title)))


def text(reader: pypdf.PdfReader) -> str:
    return " ".join("".join(page.extract_text() for page in reader.pages).split())


def test_a_letter_is_accessible_and_says_its_title_and_language() -> None:
    reader = made(title="Refusal of entry")
    root = reader.trailer["/Root"]
    assert reader.metadata is not None and reader.metadata.title == "Refusal of entry"
    assert root["/Lang"] == "en" and root["/MarkInfo"]["/Marked"]
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data().decode()
    shown = text(reader)
    for words in ("Strand", "UX1234567", "Admitted", "12", "Officer"):
        assert words in shown


@pytest.mark.parametrize("hostile", HOSTILE)
def test_data_is_never_read_as_markup(hostile: str) -> None:
    shown = text(made(words=hostile, title=hostile, foot=hostile, fields=[[hostile, hostile], ["x", hostile, True]]))
    assert "root:" not in shown
    wanted = "".join(hostile.split())
    assert "".join(shown.split()).count(wanted) >= 4


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("az", "Əliyev Şəhriyar ğüöçİı"),
        ("ru", "Отказ во въезде"),
        ("ka", "უარი შესვლაზე"),
        ("fr", "Refus d’entrée à l’œil nu"),
    ],
)
def test_each_script_is_shown(language: str, words: str) -> None:
    assert words in text(made(words=words, language=language, title=words))


def test_arabic_runs_from_right_to_left() -> None:
    reader = made(words="رفض الدخول", language="ar", title="رفض الدخول")
    assert reader.trailer["/Root"]["/Lang"] == "ar"
    shown = text(reader)
    assert "رفض" in shown and "الدخول" in shown
    first, second = places(reader, "Surname"), places(made(), "Surname")
    assert first > second + 100, "the labels stand on the right"


@pytest.mark.parametrize(("paper", "mm"), [("a4", 210), ("roll-80", 80), ("roll-58", 58)])
def test_a_letter_is_as_wide_as_its_paper(paper: str, mm: int) -> None:
    data = {
        "foot": "Foot",
        "fields": [],
        "words": "Words.",
        "headings": ["What"],
        "rows": [["x"]],
        "signs": ["Officer"],
    }
    reader = pypdf.PdfReader(io.BytesIO(letters.pdf("test/sample", data, language="en", title="x", paper=paper)))
    assert round(float(reader.pages[0].mediabox.width) / 72 * 25.4) == mm
    assert all(one in text(reader) for one in ("Words.", "Officer", "Foot"))


def places(reader: pypdf.PdfReader, words: str) -> float:
    found: list[float] = []

    def visit(piece: str, _cm: Any, tm: Any, _font: Any, _size: Any) -> None:
        if words[:4] in piece:
            found.append(float(tm[4]) or float(_cm[4]))

    reader.pages[0].extract_text(visitor_text=visit)
    return found[0]


def test_signs_that_no_font_has_become_latin_letters() -> None:
    assert printable("王小明") == "WangXiaoMing"
    assert printable("a\u202eb\u0000c\u200bd") == "abcd"
    assert printable("é") == "é"
    assert printable_data({"a": ["\u202ex", None, 3, True], "b": {"c": "\t"}}) == {
        "a": ["x", None, 3, True],
        "b": {"c": " "},
    }
    assert "Wang" in text(made(words="王小明"))


def test_every_sign_of_the_list_can_be_printed() -> None:
    from xenia.letters.glyphs import shown

    signs = "".join(chr(point) for point in sorted(shown()))
    assert "ə" in signs and "ж" in signs
    assert made(words=signs).pages, "one sign without a glyph stops the letter"


def test_an_unknown_letter_is_not_found() -> None:
    for name in ("test/none", "none/sample", "../x", "test/../sample"):
        with pytest.raises(NotFound):
            letters.pdf(name, {}, language="en", title="x")


@pytest.mark.parametrize(
    "template",
    ['#read("/etc/passwd")', '#read("../../conftest.py")', '#import "@preview/cetz:0.3.0"', "#while true { v(1pt) }"],
)
def test_a_template_reaches_nothing_and_ends(template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "typ"
    folder.mkdir()
    (folder / "bad.typ").write_text(f'#import "house.typ": *\n#show: letter\n{template}\n')
    monkeypatch.setitem(press._folders, "bad", folder)
    monkeypatch.setattr(press, "LONGEST_S", 5.0)
    with pytest.raises(Unavailable):
        letters.pdf("bad/bad", {}, language="en", title="x")


def test_a_folder_is_registered_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        letters.register("test", Path("/tmp"))
