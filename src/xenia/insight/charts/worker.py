"""The one long-lived process that draws charts: started when the first is wanted, watched, ended with the server.

One picture at a time; whoever asks waits for a turn. It is ended and started anew where a picture takes too long, where it
grows too big, and after so many pictures. It ends by itself when its input closes, so none outlives the server.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any, Final

from xenia.errors import Unavailable
from xenia.letters.glyphs import FONTS

log = logging.getLogger(__name__)

CHILD: Final = Path(__file__).parent / "child.py"
LONGEST_S: Final = 30.0
MEMORY_BYTES: Final = 1024**3
MOST_PICTURES: Final = 1000
MOST_WAIT_S: Final = 60.0
PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")


class Worker:
    """A process and the turn to use it."""

    def __init__(self, longest_s: float = LONGEST_S, memory_bytes: int = MEMORY_BYTES) -> None:
        self._turn = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._made = 0
        self.longest_s, self.memory_bytes = longest_s, memory_bytes

    @property
    def pid(self) -> int | None:
        """The process's id, where one runs."""
        process = self._process
        return process.pid if process and process.poll() is None else None

    def draw(self, job: Mapping[str, Any]) -> bytes:
        """The picture. Raises `Unavailable` (`chart-not-made`): it cannot be drawn, takes too long or too much memory."""
        if not self._turn.acquire(timeout=MOST_WAIT_S):
            raise _failed("busy")
        try:
            process = self._running()
            try:
                answer = self._ask(process, json.dumps(job).encode() + b"\n")
            except (OSError, ValueError, _TooMuch) as problem:
                self._end()
                raise _failed(str(problem) or type(problem).__name__) from None
            self._made += 1
            if self._made >= MOST_PICTURES:
                self._end()
        finally:
            self._turn.release()
        word, made = answer
        if word != "ok":
            raise _failed(made.decode(errors="replace")[:200])
        return made

    def close(self) -> None:
        """End the process; the next picture starts another."""
        with self._turn:
            self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():  # of a process that forked, the pipe is the parent's
            self._process = None
        if self._process is None or self._process.poll() is not None:
            # -I: neither the environment nor the current folder decides what is run.
            self._process = subprocess.Popen(
                [sys.executable, "-I", str(CHILD), str(FONTS)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                bufsize=0,
            )
            self._owner, self._made = os.getpid(), 0
        return self._process

    def _ask(self, process: subprocess.Popen[bytes], job: bytes) -> tuple[str, bytes]:
        if process.stdin is None or process.stdout is None:
            raise ValueError("no pipes")
        waiting = memoryview(job)
        while waiting:
            waiting = waiting[process.stdin.write(waiting) or 0 :]
        head, _end, rest = self._read_until(process, b"", lambda got: b"\n" in got).partition(b"\n")
        word, length = head.decode().split(" ")
        return word, self._read_until(process, rest, lambda got: len(got) >= int(length))

    def _read_until(self, process: subprocess.Popen[bytes], got: bytes, enough: Any) -> bytes:
        end, descriptor = time.monotonic() + self.longest_s, process.stdout.fileno()  # type: ignore[union-attr]
        while not enough(got):
            if time.monotonic() > end:
                raise _TooMuch("too long")
            if _resident_bytes(process.pid) > self.memory_bytes:
                raise _TooMuch("too much memory")
            if select.select([descriptor], [], [], 0.25)[0]:
                more = os.read(descriptor, 1 << 20)
                if not more:
                    raise _TooMuch("ended")
                got += more
        return got

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
        process.kill()
        process.wait()


class _TooMuch(Exception):
    """Time, memory, or the process itself is gone."""


def _failed(why: str) -> Unavailable:
    log.error("chart_not_made reason=%s", why)
    return Unavailable("The chart could not be drawn.", "The table holds the same figures.", code="chart-not-made")


def _resident_bytes(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE_BYTES
    except (OSError, IndexError, ValueError):
        return 0


WORKER: Final = Worker()
"""The process of this installation."""
atexit.register(WORKER.close)
