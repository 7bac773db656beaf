"""A real `xenia serve` in a process of its own, on a scratch home and a free port of this machine."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import PROJECT

WAIT_S = 120


def free_port() -> int:
    """A port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`start`, `kill`, `stop`; `run` runs a command beside it as a person would."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home, self.port = home, free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("XENIA_", "DJANGO_"))}
        self.environment = kept | {
            "XENIA_HOME": str(home),
            "XENIA_LOG": "ERROR",
            "PYTHONPATH": str(PROJECT / "src"),
            "PYTHONUTF8": "1",
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.log = home.parent / f"{home.name}.log"

    def start(self) -> Server:
        """Serving, once the socket for commands and the pages answer."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "xenia", "serve", "--bind", f"127.0.0.1:{self.port}"],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        self.wait_until_up()
        return self

    def wait_until_up(self) -> None:
        """Returns when the server answers pages and commands."""
        end = time.monotonic() + WAIT_S
        while not (self._answers() and self._takes_commands()):
            assert self.process is not None
            assert self.process.poll() is None and time.monotonic() < end, self.log.read_text()
            time.sleep(0.05)

    def _answers(self) -> bool:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            link.request("GET", "/health")
            return link.getresponse().status in (200, 503)  # 503: it answers, and says that the disk is small
        except (OSError, http.client.HTTPException):
            return False
        finally:
            link.close()

    def _takes_commands(self) -> bool:
        folder = os.open(self.home / "run", os.O_RDONLY) if (self.home / "run").is_dir() else None
        if folder is None:
            return False
        try:
            with socket.socket(socket.AF_UNIX) as link:
                return link.connect_ex(f"/proc/self/fd/{folder}/x.sock") == 0
        finally:
            os.close(folder)

    def workers(self) -> list[int]:
        """Process ids of the serving process's children: those that answer."""
        assert self.process is not None
        return [pid for pid in children(self.process.pid) if is_alive(pid)]

    def kill(self, pid: int) -> None:
        """As a power cut does."""
        os.kill(pid, 9)

    def stop(self) -> None:
        """Ended in order, by its process id."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(40)

    def popen(self, *words: str, cwd: Path | None = None, **more: object) -> subprocess.Popen[bytes]:
        """`xenia ...` begun."""
        return subprocess.Popen(
            [sys.executable, "-m", "xenia", *words], env=self.environment, cwd=cwd or self.home.parent, **more
        )  # type: ignore[call-overload]

    def run(
        self, *words: str, stdin: bytes = b"", cwd: Path | None = None, **settings: str
    ) -> subprocess.CompletedProcess[str]:
        """`xenia ...` done."""
        done = subprocess.run(
            [sys.executable, "-m", "xenia", *words],
            env=self.environment | settings, cwd=cwd or self.home.parent, input=stdin,
            capture_output=True, timeout=WAIT_S, check=False,
        )  # fmt: skip
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def children(pid: int) -> list[int]:
    """Process ids whose parent is `pid`."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rsplit(")", 1)[1].split()[1]) == pid:
                found.append(int(stat.parent.name))
        except (OSError, IndexError):
            continue
    return found


def is_alive(pid: int) -> bool:
    """Whether the process lives (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
