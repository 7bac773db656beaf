"""`xenia serve` and `xenia worker`."""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import threading
from pathlib import Path

from xenia.commands import Call, Command
from xenia.errors import BadInput, Conflict

# The server's own lines go where ours go: as JSON to standard error, never to standard output.
LOGS = {"loggers": {"_granian": {"handlers": [], "propagate": True}, "granian.access": {"handlers": []}}}


def serve(call: Call) -> int:
    """Serve until stopped; sealing and chores go on in the same process."""
    from django.conf import settings
    from django.db import connection
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from xenia.site.keeping import sharing
    from xenia.site.settings import VALUES

    address, port = _where(call.options.bind or VALUES["BIND"])
    certificate, key = VALUES["TLS_CERTIFICATE"], VALUES["TLS_KEY"]
    if not certificate and address not in ("127.0.0.1", "::1", "localhost") and not VALUES["TLS"]:
        raise BadInput(
            "Beyond this machine Xenia is served behind TLS only.",
            "Set XENIA_TLS_CERTIFICATE and XENIA_TLS_KEY, or XENIA_TLS=1 behind a proxy that ends TLS.",
            code="tls-needed",
        )
    embedded = connection.vendor == "sqlite"
    if not embedded and call.options.workers > 1:
        sharing.share(settings.XENIA_HOME)
    with _alone(settings.XENIA_HOME, embedded):
        connection.close()
        os.environ["SERVING_XENIA"] = "1"
        Granian(
            "xenia.site.wsgi:application",
            address=address,
            port=port,
            interface=Interfaces.WSGI,
            workers=1 if embedded else call.options.workers,
            blocking_threads=VALUES["THREADS"],
            backpressure=256,
            log_access=False,
            log_level=LogLevels(VALUES["LOG"].lower()),
            log_dictconfig=LOGS,
            respawn_failed_workers=True,
            workers_kill_timeout=15,
            ssl_cert=Path(certificate) if certificate else None,
            ssl_key=Path(key) if key else None,
        ).serve()
    return 0


def _where(bind: str) -> tuple[str, int]:
    address, _, port = bind.rpartition(":")
    if not address or not port.isdigit() or not 0 < int(port) < 65536:
        raise BadInput(
            f"{bind!r} is no address to listen on.", "Use ADDRESS:PORT, such as 127.0.0.1:8000.", code="bad-setting"
        )
    return address.strip("[]"), int(port)


class _alone:  # noqa: N801 - reads as a phrase in `with`
    """One serving process per SQLite home."""

    def __init__(self, home: Path, needed: bool) -> None:
        self.path, self.needed = home / "serving.lock", needed

    def __enter__(self) -> None:
        self.file = self.path.open("a")
        if not self.needed:
            return
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Conflict(
                "Another process serves this installation.",
                "Stop it first, or set another XENIA_HOME.",
                code="already-serving",
            ) from None

    def __exit__(self, *_: object) -> None:
        self.file.close()


def _worker(call: Call) -> int:
    """Sealer and chores without the web: for a centre whose web processes run on other machines."""
    from django.db import connection

    from xenia.journal import sealer
    from xenia.site import serving

    if connection.vendor == "sqlite":
        raise Conflict(
            "On SQLite the serving process does this work itself.", "Run `xenia serve`.", code="already-serving"
        )
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    sealer.start()
    call.say("Sealing and doing chores. Stop with Ctrl-C.")
    serving.keep_at_it(stop)
    sealer.stop()
    return 0


def _bind(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bind", metavar="ADDRESS:PORT", help="listen here instead of XENIA_BIND")
    parser.add_argument("--workers", type=int, default=2, help="web processes, on PostgreSQL only (default 2)")


COMMANDS = (
    Command("serve", "Serve pages and API, seal the journal, do chores.", serve, None, _bind, writes=False),
    Command("worker", "Seal and do chores without serving pages (PostgreSQL only).", _worker, None, writes=False),
)
