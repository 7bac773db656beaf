"""PostgreSQL servers of a soak or a test: made in a folder, started, killed as a power cut would, gone afterwards."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg

from xenia.errors import Unavailable

PLACES: Final = Path("/usr/lib/postgresql")
NETWORK: Final = "10.99.0.0/16"
SETTINGS: Final = (
    "wal_level=replica", "max_wal_senders=10", "max_replication_slots=10", "fsync=on", "full_page_writes=on",
    "synchronous_commit=on", "wal_log_hints=on", "wal_keep_size=1GB", "hot_standby=on", "hot_standby_feedback=on", "max_wal_size=1GB",
    "shared_buffers=32MB", "wal_receiver_status_interval=1s",
)  # fmt: skip
READY_S: Final = 120.0


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, the newest version first; None where there is none."""
    found = sorted(PLACES.glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    return next((one for one in found if (one / "initdb").exists() and (one / "pg_rewind").exists()), None)


def _account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: the account to use instead; None when we are not root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


@dataclass
class Database:
    """A PostgreSQL server in `folder`, which must be its own. `namespace`: the network it lives in, "" for the machine's."""

    folder: Path
    host: str
    port: int
    namespace: str = ""
    password: str = field(default_factory=lambda: secrets.token_hex(16))
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        """Its data directory."""
        return self.folder / "data"

    @property
    def address(self) -> str:
        """How programs reach it."""
        return f"postgresql://xenia:{self.password}@{self.host}:{self.port}/xenia"

    def _words(self, program: str, *words: str) -> list[str]:
        place, who = programs(), _account()
        assert place is not None
        inside = ["ip", "netns", "exec", self.namespace] if self.namespace else []
        other = ["setpriv", f"--reuid={who.pw_uid}", f"--regid={who.pw_gid}", "--clear-groups"] if who else []
        return [*inside, *other, str(place / program), *words]

    def make_folder(self) -> None:
        """An empty data directory that its account owns."""
        who = _account()
        for path in (self.folder, self.data):
            path.mkdir(mode=0o700, exist_ok=True)
            if who is not None:
                os.chown(path, who.pw_uid, who.pw_gid)

    def make(self) -> None:
        """A fresh one. Raises `Unavailable` (code `soak-server`)."""
        self.make_folder()
        secret = self.folder / "password"
        secret.write_text(self.password, encoding="ascii")
        who = _account()
        if who is not None:
            os.chown(secret, who.pw_uid, who.pw_gid)
        words = ["-D", str(self.data), "-U", "xenia", "--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8"]
        done = subprocess.run(
            self._words("initdb", *words, "--locale=C.UTF-8", "--no-sync"), cwd=self.folder, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise Unavailable(f"initdb: {done.stderr.strip()[-500:]}", "Look at the disk.", code="soak-server")
        with (self.data / "postgresql.conf").open("a", encoding="ascii") as file:  # also for pg_rewind's own recovery
            file.writelines(f"{one.replace('=', ' = ')}\n" for one in SETTINGS)
        with (self.data / "pg_hba.conf").open("a", encoding="ascii") as file:
            file.write(
                f"host all,replication all {NETWORK} scram-sha-256\nhost replication all {NETWORK} scram-sha-256\n"
            )

    def start(self) -> None:
        """Its process, until it answers. Raises `Unavailable` (code `soak-server`)."""
        settings = (
            f"port={self.port}", f"listen_addresses={self.host}", f"unix_socket_directories={self.folder}", *SETTINGS,
        )  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self._words("postgres", "-D", str(self.data), *(one for name in settings for one in ("-c", name))),
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        ready = self._words("pg_isready", "-q", "-h", self.host, "-p", str(self.port))
        until = time.monotonic() + READY_S
        while time.monotonic() < until and self.process.poll() is None:
            if subprocess.run(ready, check=False).returncode == 0:
                return
            time.sleep(0.1)
        said = (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-800:]
        raise Unavailable(f"postgres: {said}", "Look at its log.", code="soak-server")

    def create(self) -> None:
        """The database itself."""
        words = ["-h", self.host, "-p", str(self.port), "-U", "xenia", "xenia"]
        subprocess.run(self._words("createdb", *words), env=os.environ | {"PGPASSWORD": self.password}, check=True)

    def kill(self) -> None:
        """End all its processes at once, without a word to them."""
        if self.process is None:
            return
        number = self.process.pid
        try:
            below = Path(f"/proc/{number}/task/{number}/children").read_text(encoding="ascii").split()
        except OSError:
            below = []
        for one in (number, *map(int, below)):
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def stop(self) -> None:
        """End it as its administrator would."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(60)
            self.process = None
        except subprocess.TimeoutExpired:
            self.kill()

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What it says, asked by its socket, which no network namespace hides. Raises `psycopg.Error`."""
        where = {
            "host": str(self.folder),
            "port": self.port,
            "user": "xenia",
            "dbname": "xenia",
            "password": self.password,
        }
        with psycopg.connect(**where, autocommit=True, connect_timeout=10) as link:  # type: ignore[arg-type]
            return link.execute(query, values).fetchall()

    def remove(self) -> None:
        """It and its folder are gone."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
