"""A PostgreSQL server of a bench's own: in a temporary folder, on a loopback port, as durable as a real one, gone afterwards."""

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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from xenia.errors import Unavailable

WAIT_S: Final = 60.0


def programs() -> Path | None:
    """The folder of initdb and postgres, the newest version first; None where there is none."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    if on_path := shutil.which("initdb"):
        places.append(Path(on_path).resolve().parent)
    return next((one for one in places if (one / "initdb").exists() and (one / "postgres").exists()), None)


@contextmanager
def database(found: Path) -> Iterator[str]:
    """A `postgresql://` address of an empty database on a server of its own. Raises `Unavailable` (code `bench-database`)."""
    folder = Path(tempfile.mkdtemp(prefix="xenia-bench-postgres-"))
    process: subprocess.Popen[bytes] | None = None
    try:
        password, port = secrets.token_hex(16), _free_port()
        user = _user()
        _initialised(found, folder, password, user)
        process = subprocess.Popen(
            [found / "postgres", "-D", folder / "data", "-p", str(port), "-c", "listen_addresses=127.0.0.1",
             "-c", f"unix_socket_directories={folder}"],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **user,
        )  # fmt: skip
        _until_up(process, password, port)
        yield f"postgresql://xenia:{password}@127.0.0.1:{port}/postgres"
    finally:
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGINT)  # its fast way down, which waits for no client
            process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _user() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then another account, as `subprocess` takes it."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return {"user": entry.pw_name, "group": entry.pw_gid, "extra_groups": []}


def _initialised(found: Path, folder: Path, password: str, user: dict[str, Any]) -> None:
    secret = folder / "password"
    secret.touch(mode=0o600)
    secret.write_text(password, encoding="ascii")
    for path in (folder, secret) if user else ():
        shutil.chown(path, user["user"])
    done = subprocess.run(
        [found / "initdb", "-D", folder / "data", "-U", "xenia", "--auth=scram-sha-256", f"--pwfile={secret}",
         "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
        cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **user,
    )  # fmt: skip
    if done.returncode:
        raise _failed(done.stderr.strip()[-300:])


def _until_up(process: subprocess.Popen[bytes], password: str, port: int) -> None:
    import psycopg

    end = time.monotonic() + WAIT_S
    while True:
        try:
            psycopg.connect(host="127.0.0.1", port=port, user="xenia", password=password, dbname="postgres").close()
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > end:
                raise _failed(str(error)) from error
            time.sleep(0.1)
        else:
            return


def _failed(what: str) -> Unavailable:
    return Unavailable(
        f"PostgreSQL did not start: {what}", "Set XENIA_DATABASE to a server of yours.", code="bench-database"
    )
