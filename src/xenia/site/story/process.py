"""One side of a story as a process of its own: started, asked by JSON lines, ended by its number; never longer than its time."""

from __future__ import annotations

import json
import os
import queue
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from xenia.errors import Unavailable, XeniaError

WAIT_S = 60.0


class Side:
    """An installation of `state` in `home`; `ask` does one thing there. Use it in `with`.

    `source`: the folder that the process reads Xenia from, such as another release; None: the one that runs here.
    """

    def __init__(self, name: str, state: str, home: Path, source: Path | None = None) -> None:
        self.name, self.state, self.home, self.port = name, state, home, _free_port()
        self.source = source
        self._answers: queue.Queue[str] = queue.Queue()
        self._process: subprocess.Popen[str] | None = None
        self._number = 0

    def __enter__(self) -> Side:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def log(self) -> Path:
        """What the process said beside its answers."""
        return self.home.with_suffix(".log")

    def start(self) -> None:
        """Start the process on its home; it may have been there before."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("XENIA_", "DJANGO_"))}
        settings = {
            "XENIA_HOME": str(self.home),
            "XENIA_STATE": self.state,
            "XENIA_NODE": self.state.lower(),
            "XENIA_LOG": "WARNING",
            "PYTHONUTF8": "1",
            "PYTHONPATH": os.pathsep.join(one for one in (str(self.source or ""), *sys.path) if one),
        }
        with self.log.open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "xenia.site.story.side", str(self.port)],
                env=kept | settings,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
            )
        self._answers = queue.Queue()  # what an earlier process still says is not for this one
        threading.Thread(target=_listen, args=(self._process, self._answers), daemon=True).start()

    def ask(self, do: str, **what: Any) -> dict[str, Any]:
        """What the side answers. Raises `XeniaError` with the side's own code, or `Unavailable` where it is gone or silent."""
        self.send(do, **what)
        return self.answer()

    def send(self, do: str, **what: Any) -> None:
        """Ask without waiting: `answer` fetches it, so that both sides may work at once."""
        if self._process is None or self._process.stdin is None:
            raise self._gone("is not running")
        self._number += 1
        try:
            self._process.stdin.write(json.dumps({"n": self._number, "do": do, **what}) + "\n")
            self._process.stdin.flush()
        except OSError:
            raise self._gone("has ended") from None

    def answer(self, wait_s: float = WAIT_S) -> dict[str, Any]:
        """The answer to what was sent last."""
        try:
            line = self._answers.get(timeout=wait_s)
        except queue.Empty:
            raise self._gone(f"did not answer within {wait_s:.0f} s") from None
        if not line:
            raise self._gone("has ended")
        found: dict[str, Any] = json.loads(line)
        if "error" in found:
            raise XeniaError(f"{self.name}: {found['what']}", found.get("remedy", ""), code=found["error"])
        return found

    def stop(self) -> None:
        """End the process: asked first, then by its number."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        try:
            process.stdin.close()
            process.wait(5)
        except (OSError, subprocess.TimeoutExpired):
            process.kill()
            process.wait(10)

    def kill(self) -> None:
        """End the process as a power cut does; `start` begins again on the same home and port."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)
        self._process = None

    def _gone(self, how: str) -> Unavailable:
        said = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-12:]
        return Unavailable(
            f"The side {self.name} {how}.", "It said last:\n" + "\n".join(said) if said else "", code="story-side"
        )


def _listen(process: subprocess.Popen[str], answers: queue.Queue[str]) -> None:
    """Its lines as they come, then an empty one: it has ended."""
    assert process.stdout is not None
    for line in process.stdout:
        answers.put(line)
    answers.put("")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
