"""A small demo of its own in a folder that is thrown away: a centre and the post without a line, as processes. For the story and for tests."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from xenia.errors import Unavailable
from xenia.site.demo import neighbour, post, relay, scenes
from xenia.site.demo.post import Plan

STARTS_S: Final = 300.0
ENDS_S: Final = 60.0
LOOKS_S: Final = 0.3


@dataclass
class Bare:
    """The two while they run. `centre`, `unit`: their homes; `passwords`: at the centre, by user name."""

    centre: Path
    bind: str
    process: subprocess.Popen[bytes]

    @property
    def plan(self) -> Plan:
        """How the post stands beside the centre. Raises `Unavailable` (code `demo-silent`) before it was made."""
        plan = post.read(self.centre)
        if plan is None:
            raise self._silent("has not begun")
        return plan

    @property
    def unit(self) -> Path:
        """The home of the post's machine."""
        return Path(self.plan.home)

    @property
    def passwords(self) -> dict[str, str]:
        """Of the officers at the centre, by user name."""
        found: dict[str, str] = json.loads((self.centre / "demo-sign-ins.json").read_text(encoding="utf-8"))
        return found

    def stand(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """How the post stands, as the centre and as its own machine know it."""
        return scenes.done(self.centre, "stand"), scenes.done(self.unit, "stand")

    def until(self, what: str, true: Any, wait_s: float = STARTS_S) -> tuple[dict[str, Any], dict[str, Any]]:
        """How it stands once `true(centre, unit)`. Raises `Unavailable` (code `demo-silent`) that says `what` did not come."""
        end = time.monotonic() + wait_s
        while True:
            centre, unit = self.stand()
            if true(centre, unit):
                return centre, unit
            if time.monotonic() > end or self.process.poll() is not None:
                raise self._silent(f"did not come to this: {what}. Last: {centre}, {unit}")
            time.sleep(LOOKS_S)

    def line(self, word: str) -> None:
        """Make the line `open` or `cut`. Raises `Unavailable` (code `demo-silent`)."""
        if not relay.ask(Path(self.plan.wish), word):
            raise self._silent("does not obey at the line")

    def wait(self) -> None:
        """Until the post's machine serves and its lists are there. Raises `Unavailable` (code `demo-silent`)."""
        end = time.monotonic() + STARTS_S
        while time.monotonic() < end and self.process.poll() is None:
            plan = post.read(self.centre)
            with socket.socket() as probe:
                if plan is not None and probe.connect_ex(("127.0.0.1", int(plan.pages.rpartition(":")[2]))) == 0:
                    break
            time.sleep(LOOKS_S)
        else:
            raise self._silent("did not come up")
        self.until("a line, nothing waits, five lists", lambda centre, unit: _is_ready(unit))

    def _silent(self, how: str) -> Unavailable:
        logs = [self.centre.with_name("said.log"), Path(f"{self.centre}-korun.log")]
        said = "\n".join(path.read_text(encoding="utf-8", errors="replace")[-1500:] for path in logs if path.exists())
        return Unavailable(f"The demonstration {how}.", f"It said last:\n{said}", code="demo-silent")


def _is_ready(unit: dict[str, Any]) -> bool:
    return bool(unit["line"] == "up" and unit["waiting"] == 0 and len(unit["lists"]) >= 5)


@contextmanager
def running(folder: Path) -> Iterator[Bare]:
    """Within it both run on homes below `folder`; ended whatever happens. `wait` says when they are ready."""
    home, bind = folder / "demo", f"127.0.0.1:{_free_port()}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XENIA_", "SERVING_", "DJANGO_"))}
    own = {"XENIA_HOME": str(home), "XENIA_DEMO": "1", "XENIA_LOG": "WARNING", "PYTHONUTF8": "1"}
    own["PYTHONPATH"] = os.pathsep.join(one for one in sys.path if one)
    with (folder / "said.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "xenia", "demo", "--bare", "--bind", bind],
            env=kept | own,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=neighbour.ends_with_its_parent,
        )
    try:
        yield Bare(home, bind, process)
    finally:
        process.terminate()
        try:
            process.wait(ENDS_S)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait(ENDS_S)


def _free_port() -> int:
    """A port for the centre's pages; those beside it that doors and the post need are free too."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        beside = (port + 2, port + neighbour.APART, port + 2 + neighbour.APART)
        if beside[-1] < 65536 and all(_is_free(one) for one in beside):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
