"""A unit is stolen: over a thousand invented names and numbers were in it, and nothing on its disk gives one of them away."""

from __future__ import annotations

import os
import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.units import stolen
from tests.units.at_pages import Person, Served, until
from tests.units.down.places import booth, enrolled, holds_whole, look
from tests.units.homes import Centre, environ, program, xenia
from xenia.formats.dates import PartialDate
from xenia.matching.keys import name_keys
from xenia.site.soak import scanning

WORDS = {kind: stolen.planted(kind, count) for kind, count in
         (("L", stolen.LISTED), ("A", stolen.ALERTED), ("C", stolen.CROSSING))}  # fmt: skip
NAMES = [name for rows in WORDS.values() for name, _paper in rows]
NUMBERS = [paper for rows in WORDS.values() for _name, paper in rows]
OFFICERS = [name for name, _paper in stolen.planted("O", stolen.OFFICERS)]
SURNAMES = frozenset(name for name, _paper in WORDS["L"])


def _scanner() -> scanning.Scanner:
    """Every name and number as text in any case and encoding; the search keys of listed names as SQLite writes them, and turned round."""
    wanted = scanning.needles([*NAMES, *NUMBERS, *OFFICERS])
    for name in SURNAMES:
        for key in name_keys([f"Tamriko {name}"], None):
            raw = key.to_bytes(8, "big", signed=True)
            wanted |= {raw: f"key of {name}", raw[::-1]: f"key of {name}"}
    return scanning.Scanner(wanted)


def _streams(data: bytes) -> Iterator[bytes]:
    """What lies in the data deflated, wherever such a stream begins."""
    for head in (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda", b"\x1f\x8b\x08"):
        at = data.find(head)
        while at >= 0:
            with suppress(zlib.error):
                yield zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(data[at : at + (4 << 20)], 16 << 20)
            at = data.find(head, at + 1)


def _found(scanner: scanning.Scanner, *folders: Path) -> Counter[str]:
    """How often each word was found, in files as they are and in what is deflated in them."""
    found: Counter[str] = Counter()
    for folder in folders:
        found.update(one.word for one in scanner.folder(folder))
        for path in folder.rglob("*"):
            if path.is_file():
                for plain in _streams(path.read_bytes()):
                    found.update(one.word for one in scanner.scan(path.name, [plain]))
    return found


def _does(home: Path, *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.units.stolen", *words], env=environ(home), capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]


def _processes(group: int) -> Iterator[bytes]:
    """What the system shows of each process of a group: words and environment."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and os.getpgid(int(folder.name)) == group:
            yield (folder / "cmdline").read_bytes() + b"\x00" + (folder / "environ").read_bytes()


def _of_alerts() -> scanning.Scanner:
    """As `_scanner`, of the alerts that officers entered."""
    wanted = scanning.needles([word for pair in WORDS["A"] for word in pair])
    for name, _paper in WORDS["A"]:
        for key in name_keys([f"{name} Tamriko"], PartialDate.parse("1980-01-02")):
            wanted |= {key.to_bytes(8, "big", signed=True): f"key of {name}"}
    return scanning.Scanner(wanted)


def _tells_of_alerts_without_names(unit: Path, opened: Path) -> None:
    """Where the policy withholds names, alerts come as keys: the booth says possible, and even who opens all of it finds nobody."""
    opened.mkdir()
    assert look(unit, "down")["held"]["live:alerts"]
    _name, paper = WORDS["A"][0]
    (shown,) = booth(unit, "check", paper, "QUELLFURT", "AMANDINE", "1971-01-01")
    assert [(hit["band"], hit["name"], hit["ask_the_centre"]) for hit in shown["answer"]] == [("POSSIBLE", "", True)]
    assert "Possible: ask the centre" in shown["page"] and (shown["admit"], shown["refer"]) == (False, True)
    _does(unit, "plain", str(opened))
    found = _found(_of_alerts(), opened)
    assert not found, found.most_common(20)


def test_nothing_on_a_stolen_disk_gives_a_name_or_number_away(centre: Centre, tmp_path: Path) -> None:
    unit, temporary, opened = tmp_path / "unit", tmp_path / "temporary", tmp_path / "opened"
    temporary.mkdir()
    opened.mkdir()
    assert len(NAMES) + len(NUMBERS) + len(OFFICERS) >= 980
    _does(centre.home, "officers")
    _does(centre.home, "alerts")
    enrolled(centre, unit)
    _tells_of_alerts_without_names(unit, tmp_path / "withheld")
    holds_whole(centre, unit, "alerts-csv")
    (tmp_path / "list.csv").write_bytes(stolen.csv())
    assert xenia(centre.home, "lists", "load", "alerts", str(tmp_path / "list.csv"))["state"] == "published"
    came = look(unit, "down")
    assert came["held"]["lists:alerts-csv"] and came["trouble"] == "", came
    assert booth(unit, "check", WORDS["L"][0][1], WORDS["L"][0][0], "TAMRIKO", "1980-01-02")[0]["verdict"] != "clear"
    _does(unit, "crossings")
    program(unit, "up")

    served = Served(unit, temporary=temporary)
    served.start()
    try:
        somebody = Person(served.url)
        until(lambda: somebody.opens("/sign-in/").status_code == 200, served)
        assert served.process is not None
        shown = b"\x00".join(_processes(os.getpgid(served.process.pid)))
        assert b"XENIA_HOME" in shown
    finally:
        served.stop(kill=True)  # as a power cut does: whatever was under way lies there as it was
    assert (unit / "xenia.sqlite3-wal").exists()

    scanner = _scanner()
    left = _found(scanner, unit, temporary)
    assert not left, left.most_common(20)
    assert not list(scanner.scan("processes", [shown]))
    _does(unit, "plain", str(opened))
    there = _found(scanner, opened)
    assert all(there[name] for name in SURNAMES) and all(there[paper] for _name, paper in WORDS["L"])
    assert all(there[name] for name in OFFICERS)
    assert sum(there[f"key of {name}"] for name in SURNAMES)
    alerted = _found(_of_alerts(), opened)
    assert all(alerted[name] and alerted[paper] and alerted[f"key of {name}"] for name, paper in WORDS["A"])
    key = subprocess.run(
        [sys.executable, "-c", KEY], env=environ(unit), capture_output=True, text=True, check=True
    ).stdout.split()
    raw = scanning.Scanner({needle: "key" for text in key for needle in (bytes.fromhex(text), text.encode())})
    assert not list(raw.folder(unit)) and not list(raw.folder(temporary)) and not list(raw.scan("processes", [shown]))


KEY = """
from xenia.site import setup
setup.start_django(); setup.ensure(lambda text: None)
from xenia.journal import at_rest
print(at_rest.key().hex(), at_rest.subkey("database").hex(), at_rest.subkey("door").hex())
"""
