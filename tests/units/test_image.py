"""A stick that makes a laptop a unit without any line: made by one person, let out by another, opened once, and heard later.

One stick and one story of processes, since each takes seconds to start. Its packages are one tiny one: the story runs the program that
is here. `xenia bench image` installs everything from the stick into an empty folder.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest

from tests.registers.lists.worlds import csv_numbers
from tests.units import stick
from tests.units.at_pages import Person, Served, until
from tests.units.down.places import look
from tests.units.homes import Centre, environ, opens_with, program, xenia
from tests.units.lane import LANE, POST
from xenia.commands import Call
from xenia.errors import BadInput
from xenia.site.demo import people as crowd
from xenia.site.demo import scenario
from xenia.units.image import commands, start

NAME, PIN = "uto-pm1-r1", "274081"


@dataclass
class Stick:
    """An image, its two codes and what the centre says of it."""

    folder: Path
    code: str
    release: str
    said: dict[str, Any]

    def copy(self, to: Path) -> Path:
        shutil.copytree(self.folder, to)
        return to


def _image(
    centre: Centre, wheels: Path, folder: Path, *more: str, name: str = NAME
) -> subprocess.CompletedProcess[str]:
    words = ["unit", "image", str(folder), "--post", POST, "--name", name, "--centre", centre.url, "--without-line"]
    return subprocess.run(
        [sys.executable, "-m", "tests.units.stick", str(wheels), *words, "--wheels", str(wheels), "--as", "admin", *more],
        env=environ(centre.home), capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    made = Centre(tmp_path_factory.mktemp("centre"))
    made.prepare()
    yield made
    made.stop(kill=True)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stick.small(tmp_path_factory.mktemp("few") / "wheels")


@pytest.fixture(scope="module")
def made(centre: Centre, wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Stick:
    """The stick of the story: a list is loaded at the centre, the image made, another person lets it out."""
    file, place = tmp_path_factory.mktemp("list") / "alerts.csv", tmp_path_factory.mktemp("sticks")
    file.write_bytes(csv_numbers(range(50)))
    assert xenia(centre.home, "lists", "load", "alerts", str(file))["state"] == "published"
    done = _image(centre, wheels, place / "one", "--lanes", "2", "--print-codes", "--call", "Duty desk 112")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert "units.approve" in xenia(centre.home, "unit", "approve", NAME, "--as", "admin", fails=True)["said"]
    release = xenia(centre.home, "unit", "approve", NAME, "--as", "chief")["code"]
    assert "already" in xenia(centre.home, "unit", "approve", NAME, "--as", "chief", fails=True)["said"]
    return Stick(place / "one", said["code"], release, said)


def _read(made: Stick, code: str = "", release: str | None = None, folder: Path | None = None) -> dict[str, Any]:
    plain = start.plain(code or made.code, start.CODE_LETTERS)
    other = made.release if release is None else release
    said, _keys = start.read_index(folder or made.folder, plain, start.plain(other, 10) if other else "")
    return said


def _other(code: str) -> str:
    """The code with its last letter changed."""
    return code[:-1] + ("2" if code[-1] != "2" else "3")


def test_the_codes_are_on_the_paper_and_not_on_the_stick(made: Stick) -> None:
    paper = Path(made.said["papers"])
    pages = [page.extract_text() for page in pypdf.PdfReader(paper).pages]
    assert len(pages) == 3 and made.code in pages[0] and "Duty desk 112" in pages[1]
    ada = next(one for one in made.said["officers"] if one["user"] == "ada")
    assert ada["code"] in pages[2]
    assert next(one for one in made.said["officers"] if one["user"] == "chief")["code"] == ""  # makes the own one
    secrets = [text.encode() for text in (made.code, made.code.replace("-", ""), ada["code"], made.release)]
    held = [path for path in made.folder.rglob("*") if path.is_file()]
    assert not [path for path in held if any(one in path.read_bytes() for one in secrets)]
    names = [b"Far Pass", b"X0000003", b"first-line-officer"]
    sealed = [path for path in held if path.parent.name == "sealed"]
    assert len(sealed) > 5 and not [path for path in sealed if any(one in path.read_bytes() for one in names)]
    guides = sorted(path.name for path in (made.folder / "guide").iterdir())
    assert guides == [f"field-guide-{one}.pdf" for one in ("ar", "az", "en", "fr", "ka", "ru")]
    assert {len(pypdf.PdfReader(made.folder / "guide" / one).pages) for one in guides} == {2}


def test_a_code_that_is_wrong_opens_nothing(made: Stick) -> None:
    assert _read(made)["unit"] == _read(made, release="")["unit"] == NAME
    for code, release in (
        (_other(made.code), made.release),
        (made.code, _other(made.release)),
        (_other(made.code), ""),
    ):
        with pytest.raises(start.Stopped, match="not the one of this stick"):
            _read(made, code, release)


def test_every_file_that_is_altered_is_found(made: Stick, tmp_path: Path) -> None:
    said, folder = _read(made), made.copy(tmp_path / "stick")
    start.take(folder, said, None, lambda count: None)
    found = 0
    for name, (size, sha256) in said["files"].items():
        path, other = folder / name, tmp_path / "to" / name
        raw = path.read_bytes()
        path.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]) if raw else b"x")
        with pytest.raises(start.Stopped, match="was altered"):
            start._one(path, other, name, size, sha256)
        found += not other.exists()
        path.write_bytes(raw)
    assert found == len(said["files"]) > 500
    for change, name in _changes(folder):
        raw = (folder / name).read_bytes() if (folder / name).exists() else None
        change()
        with pytest.raises(start.Stopped):
            start.take(folder, _read(made, folder=folder), None, lambda count: None)
        if raw is None:
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(raw)
    start.take(folder, _read(made, folder=folder), None, lambda count: None)


def _changes(folder: Path) -> list[tuple[Any, str]]:
    """What somebody might do to a stick beside altering a file, and where."""
    index, seal = folder / start.INDEX, folder / start.SEAL
    odd = ["program/src/sitecustomize.py", "wheels/more-1.0-py3-none-any.whl"]
    return [
        *(((folder / one).touch, one) for one in odd),
        ((folder / "sealed/0").unlink, "sealed/0"),
        (lambda: (folder / "program/more").symlink_to("/etc/hostname"), "program/more"),
        (lambda: index.write_bytes(index.read_bytes().replace(b'"until": "20', b'"until": "21')), start.INDEX),
        (lambda: index.write_bytes(index.read_bytes() + b" "), start.INDEX),
        (lambda: seal.write_text(json.dumps({**json.loads(seal.read_text()), "both": "0" * 64})), start.SEAL),
        (seal.unlink, start.SEAL),
    ]


def test_an_image_holds_for_its_hours(made: Stick) -> None:
    said = _read(made)
    since, end = datetime.fromisoformat(said["made_at"]), datetime.fromisoformat(said["until"])
    assert end - since == timedelta(hours=48)
    start.check_time(said, datetime.now(UTC))
    for odd, words in ((end + timedelta(seconds=1), "held until"), (since - timedelta(minutes=11), "Set it")):
        with pytest.raises(start.Stopped, match=words):
            start.check_time(said, odd)


def test_what_cannot_be_had_leaves_an_empty_folder_and_no_invitation(
    centre: Centre, wheels: Path, tmp_path: Path
) -> None:
    (tmp_path / "none").mkdir()
    done = _image(centre, wheels, tmp_path / "stick", "--wheels", str(tmp_path / "none"), name="uto-pm1-r9")
    assert done.returncode == 1 and "--wheels DIR" in done.stderr
    assert not any((tmp_path / "stick").iterdir()) and not (tmp_path / "stick-papers.pdf").exists()
    assert "uto-pm1-r9" not in [one["unit"] for one in xenia(centre.home, "unit", "list")["units"]]


@pytest.mark.parametrize(
    ("papers", "allowed", "code"), [("stick/p.pdf", False, "code-on-stick"), ("stick/p.pdf", True, ""), ("", False, "")]
)
def test_the_paper_lies_beside_the_stick(tmp_path: Path, papers: str, allowed: bool, code: str) -> None:
    (tmp_path / "stick").mkdir()
    options = argparse.Namespace(papers=str(tmp_path / papers) if papers else None, code_on_stick=allowed)
    call = Call(options, io.BytesIO(), io.StringIO(), io.StringIO())
    if code:
        with pytest.raises(BadInput) as refused:
            commands._papers(call, tmp_path / "stick", NAME)
        assert refused.value.code == code
    else:
        assert commands._papers(call, tmp_path / "stick", NAME) == tmp_path / (papers or "stick-papers.pdf")


def _open(home: Path, image: Path, code: str, release: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "xenia", "unit", "open", str(image)], env=environ(home), input=f"{code}\n{release}\n",
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_laptop_without_a_line_becomes_a_unit_and_is_heard_when_there_is_one(
    centre: Centre, made: Stick, tmp_path: Path
) -> None:
    home, image = tmp_path / "unit", made.copy(tmp_path / "image")
    home.mkdir()
    wrong = _open(home, image, made.code, _other(made.release))
    assert wrong.returncode == 1 and "altered" in wrong.stderr and not (home / "unit.json").exists()
    done = _open(home, image, made.code, made.release)
    assert done.returncode == 0, done.stderr[-3000:]
    opens_with(home, code=made.code)
    again = _open(home, image, made.code, made.release)
    assert again.returncode == 1 and "is a unit already" in again.stderr
    assert not list((home / "units" / "fetched").glob("*"))
    told = look(home, "hits", "X0000003", "X0000303")["hits"]
    assert len(told["X0000003"]) == 1 and told["X0000303"] == []  # keys only: who it is, the centre knows

    unit = Served(home)
    unit.start()
    try:
        ada = Person(unit.url)
        until(lambda: ada.opens("/sign-in/first/").status_code == 200, unit)
        code = next(one["code"] for one in made.said["officers"] if one["user"] == "ada")
        ada.sends("/sign-in/first/", login="ada", code=code, pin=PIN, pin_again=PIN)
        ada.opens("/sign-in/")
        assert ada.sends("/sign-in/", login="ada", password=PIN).url.path != "/sign-in/", ada.page.text
        ada.opens("/own/place/")
        ada.sends("/own/place/", post=POST, lane=LANE, next="/console/")
        _admitted(ada)
        assert (home / "units" / "contact.json").exists() and centre.unit(NAME)["state"] == "invited"
        _carried(centre, home, tmp_path / "waits")
        centre.start()
        until(lambda: not (home / "units" / "contact.json").exists(), unit)
        assert _crossings(centre.home) == 1
        assert (centre.unit(NAME)["state"], centre.unit(NAME)["aside"]) == ("active", 0)
    finally:
        unit.stop()


def _carried(centre: Centre, home: Path, file: Path) -> None:
    """Its first file shows the unit to the centre, which has never heard of it over a line."""
    waits = xenia(home, "unit", "export", str(file))
    taken = xenia(centre.home, "unit", "import", str(file), "--as", "admin")
    assert (taken["answer"], taken["gained"]) == ("received", waits["last"]) and centre.unit(NAME)["state"] == "active"
    assert xenia(home, "unit", "acknowledge", f"{file}.answer")["acknowledged"] == waits["last"]


def _admitted(ada: Person) -> None:
    """An own national is read and admitted at the unit's pages."""
    one = replace(crowd.person(random.Random(7), date.today()), nationality="UTO", issuer="UTO")
    ada.opens("/console/")
    shown = ada.sends("/console/read/", document=" ".join(scenario.passport(one)), direction="entry").text
    admits = re.search(r"/console/checks/[0-9a-f-]{36}/admit/", shown)
    assert admits, shown
    assert ada.sends(admits[0]).status_code == 200


def _crossings(home: Path) -> int:
    return int(program(home, "count")[-1]["crossings"])
