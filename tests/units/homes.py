"""A centre that serves, and units in homes of their own: real processes on this machine."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from tests.browser.authority import free_ports

PROJECT = Path(__file__).resolve().parents[2]


def environ(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XENIA_", "DJANGO_", "SERVING_"))}
    own = {
        "XENIA_HOME": str(home),
        "XENIA_STATE": "UTO",
        "XENIA_LOG": "WARNING",
        "DJANGO_SETTINGS_MODULE": "xenia.site.settings",
        "PYTHONPATH": f"{PROJECT / 'src'}{os.pathsep}{PROJECT}",
        "PYTHONUTF8": "1",
    }
    return kept | own | opening(home) | more


_openings = tempfile.TemporaryDirectory(prefix="xenia-openings-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None)
"""In memory, on no disk: what opens the units that were enrolled here."""


def opening(home: Path) -> dict[str, str]:
    """What a process at this home reads to open it: the enrolment code, as whoever enrolled it has it on paper."""
    path = Path(_openings.name) / hashlib.sha256(str(home).encode()).hexdigest()
    return {"XENIA_OPENING": str(path)} if path.exists() else {}


def opens_with(home: Path, **words: str) -> None:
    """From now on processes at this home open it with these words."""
    (Path(_openings.name) / hashlib.sha256(str(home).encode()).hexdigest()).write_text(json.dumps(words))


def opens_like(copy: Path, home: Path) -> None:
    """A copy of a unit is opened with what opens the unit."""
    opens_with(copy, **json.loads(Path(opening(home)["XENIA_OPENING"]).read_text()))


def program(home: Path, *words: str, **more: str) -> list[dict[str, Any]]:
    """The lines that `tests.units.lane` printed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.units.lane", *words],
        env=environ(home, **more),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def xenia(home: Path, *words: str, fails: bool = False, opened: bool = True) -> dict[str, Any]:
    """What a command of Xenia answered; with `fails`, what it said of its failure; without `opened`, as nobody opens a unit for it."""
    around = environ(home) if opened else {**environ(home), "XENIA_OPENING": ""}
    done = subprocess.run(
        [sys.executable, "-m", "xenia", *words], env=around, capture_output=True, text=True, check=False
    )
    assert bool(done.returncode) == fails, done.stderr[-3000:]
    if fails:
        return {"said": done.stderr}
    if words[:2] == ("unit", "enrol"):
        opens_with(home, code=words[3])
    return json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else {}


@dataclass
class Centre:
    """The centre, its pages and its door."""

    home: Path
    port: int = 0
    people: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def prepare(self, at: int = 0) -> None:
        """`at`: the port at which units reach the door, where a line lies between."""
        self.port, door = free_ports(1)[0], free_ports(1)[0]
        self.door = door
        self.people = program(self.home, "centre", f"https://127.0.0.1:{at or door}")[-1]

    def start(self) -> None:
        log = (self.home / "served.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "xenia", "serve", "--bind", f"127.0.0.1:{self.port}", "--exchange", f"127.0.0.1:{self.door}"],
            env=environ(self.home), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                urlopen(f"{self.url}/sign-in/", timeout=2).close()
                return
            except (URLError, OSError):
                time.sleep(0.2)
        raise AssertionError((self.home / "served.log").read_text()[-3000:])

    def stop(self, *, kill: bool = False) -> None:
        if self.process is not None:
            if kill:
                os.killpg(self.process.pid, 9)
            else:
                self.process.terminate()
            self.process.wait(20)
            self.process = None

    def unit(self, name: str) -> dict[str, Any]:
        return next(one for one in xenia(self.home, "unit", "list")["units"] if one["unit"] == name)
