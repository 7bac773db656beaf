"""A PostgreSQL server of our own for one test run: in a temporary folder, on a loopback port, gone afterwards."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

# Speed over safety: the data are thrown away.
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=2GB", "autovacuum_naptime=1h")


def find_programs() -> Path | None:
    """The folder of initdb and postgres, the newest version first; None where there is none."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    if on_path := shutil.which("initdb"):
        places.append(Path(on_path).resolve().parent)
    return next((place for place in places if (place / "initdb").exists() and (place / "postgres").exists()), None)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root: the account to use instead; None when we are not root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


class Server:
    """`with Server(programs) as address:` gives a `postgresql://` address that may create databases."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._user = _server_user()
        self._folder = Path(tempfile.mkdtemp(prefix="xenia-postgres-"))
        self._password = secrets.token_hex(16)
        self._process: subprocess.Popen[bytes] | None = None

    def _identity(self) -> dict[str, object]:
        if self._user is None:
            return {}
        return {"user": self._user, "group": pwd.getpwnam(self._user).pw_gid, "extra_groups": []}

    def _initialise(self) -> Path:
        password = self._folder / "password"
        password.touch(mode=0o600)
        password.write_text(self._password, encoding="ascii")
        if self._user is not None:
            for path in (self._folder, password):
                shutil.chown(path, self._user)
        data = self._folder / "data"
        done = subprocess.run(
            [self._programs / "initdb", "-D", data, "-U", "xenia", "--auth=scram-sha-256", f"--pwfile={password}"]
            + ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **self._identity(),  # type: ignore[call-overload]
        )
        if done.returncode:
            raise RuntimeError(f"initdb: {done.stderr.strip()[-500:]}")
        return data

    def _start(self, data: Path, port: int) -> None:
        settings = (f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={self._folder}", *QUICK)
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", data, *(part for setting in settings for part in ("-c", setting))],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self._identity(),  # type: ignore[call-overload]
            )
        ready = [self._programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
        for _ in range(300):
            if self._process.poll() is not None:
                break
            if subprocess.run(ready, check=False).returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError((self._folder / "log").read_text(encoding="utf-8", errors="replace")[-500:])

    def __enter__(self) -> str:
        try:
            port = _free_port()
            self._start(self._initialise(), port)
        except BaseException:
            self._stop()
            raise
        return f"postgresql://xenia:{self._password}@127.0.0.1:{port}/xenia"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # PostgreSQL's "fast" stop: does not wait for clients
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait(timeout=30)
        shutil.rmtree(self._folder, ignore_errors=True)
