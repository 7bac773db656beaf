"""`xenia serve` and `xenia worker`."""

from __future__ import annotations

import argparse
import fcntl
import multiprocessing
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

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

    from xenia.journal import at_rest
    from xenia.site import setup
    from xenia.site.keeping import sharing
    from xenia.site.settings import VALUES
    from xenia.site.standby import waiting
    from xenia.units import swap

    swap.require()
    address, port = _where(call.options.bind or VALUES["BIND"])
    certificate, key = _certificate(address, VALUES, Path(settings.XENIA_HOME))
    if certificate and not VALUES["TLS_CERTIFICATE"]:
        _begin_again(call)
    if not waiting.until_it_serves((address, port), (certificate, key), call.options.exchange or "", call.say):
        return 0
    _at_unit(call)
    if not at_rest.is_locked():  # a locked unit sets up what it has when it is opened
        setup.ensure(call.say)
    embedded = connection.vendor == "sqlite"
    if not embedded and call.options.workers > 1:
        sharing.share(settings.XENIA_HOME)
    with _alone(settings.XENIA_HOME, embedded):
        connection.close()
        os.environ["SERVING_XENIA"] = "1"
        if call.options.exchange:
            os.environ["SERVING_EXCHANGE"] = "{}:{}".format(*_where(call.options.exchange))
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
            ssl_cert=certificate,
            ssl_key=key,
        ).serve()
    if waiting.stepped_down():
        waiting.again()
    return 0


LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _certificate(address: str, values: dict[str, Any], home: Path) -> tuple[Path | None, Path | None]:
    """Certificate and key to serve with: those that are set, or beyond this machine the installation's own; none for a proxy.

    Raises `BadInput` (code `tls-needed`) where plain HTTP would leave this machine.
    """
    from xenia.site.keeping.certificates import Authority, now

    if bool(values["TLS_CERTIFICATE"]) != bool(values["TLS_KEY"]):
        raise BadInput("Certificate and key belong together.", "Set both, or none.", code="bad-setting")
    if values["TLS_CERTIFICATE"]:
        return Path(values["TLS_CERTIFICATE"]), Path(values["TLS_KEY"])
    if address in LOOPBACK or values["TLS"]:
        return None, None
    own, at = Authority(home).current(), Authority(home)
    if own is None or own.ends_at <= now():
        raise BadInput(
            "Beyond this machine Xenia is served behind TLS only, and there is no certificate that is good now.",
            "Run xenia certificates init DOMAIN and issue HOST; or set XENIA_TLS_CERTIFICATE and XENIA_TLS_KEY;"
            " or XENIA_TLS=1 behind a proxy that ends TLS.",
            code="tls-needed",
        )
    # Settings are read from the environment: secure cookies, HSTS, and the hosts that the certificate names.
    os.environ["XENIA_TLS_CERTIFICATE"], os.environ["XENIA_TLS_KEY"] = str(at.chain()), str(at.key_file())
    if "XENIA_HOSTS" not in os.environ:
        os.environ["XENIA_HOSTS"] = ",".join(
            ("127.0.0.1", "localhost", *(f"[{one}]" if ":" in one else one for one in own.hosts))
        )
    return at.chain(), at.key_file()


def _begin_again(call: Call) -> None:
    """This very process from its beginning: settings were read before the certificate was found."""
    given = ["--bind", call.options.bind] if call.options.bind else []
    given += ["--exchange", call.options.exchange] if call.options.exchange else []
    command = [sys.executable, "-m", "xenia", "serve", *given, "--workers", str(call.options.workers)]
    os.execv(sys.executable, command)  # noqa: S606 - the same program with the same words


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


def _unit(call: Call) -> int:
    """Serve as a field unit: the same pages; what happens here goes up to the centre whenever there is a line."""
    from xenia.units import card

    known = card.needed()
    call.say(f"Unit {known.node} of post {known.post}. Its centre: {known.door}.")
    call.options.exchange, call.options.workers = None, 1
    return serve(call)


def _at_unit(call: Call) -> None:
    """A unit keeps an encrypted store: it is opened now, with what was laid ready, or at its page. Raises as `entering.enter`."""
    from django.conf import settings

    from xenia.journal import at_rest
    from xenia.units.store import entering, opening

    if not settings.XENIA_UNIT:
        return
    entering.require_sealed()
    entering.guard()
    if at_rest.is_locked() and (words := entering.from_file()) is not None:
        opening.unlock(words)
    if at_rest.is_locked():
        call.say("This unit is locked. Open its page: a PIN opens it, or a sign-in at the centre.")
    multiprocessing.set_start_method("fork", force=True)  # so that an open store needs no way to the serving process
    entering.share()


def _worker(call: Call) -> int:
    """Sealer and chores without the web: for a centre whose web processes run on other machines."""
    from django.db import connection

    from xenia.journal import sealer
    from xenia.site import serving
    from xenia.site.standby import standing

    if connection.vendor == "sqlite":
        raise Conflict(
            "On SQLite the serving process does this work itself.", "Run `xenia serve`.", code="already-serving"
        )
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())

    def fenced() -> None:
        """A server that gave way seals nothing more."""
        while not stop.wait(1):
            if (why := standing.now().why) in standing.ENDS:
                call.say(f"This server does not serve now: {why}.")
                stop.set()

    threading.Thread(target=fenced, name="xenia-fenced", daemon=True).start()
    sealer.start()
    call.say("Sealing and doing chores. Stop with Ctrl-C.")
    serving.keep_at_it(stop)
    sealer.stop()
    return 0


def _bind(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bind", metavar="ADDRESS:PORT", help="listen here instead of XENIA_BIND")
    parser.add_argument("--exchange", metavar="ADDRESS:PORT", help="hear other authorities here, with certificates")
    parser.add_argument("--workers", type=int, default=2, help="web processes, on PostgreSQL only (default 2)")


def _bind_unit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bind", metavar="ADDRESS:PORT", help="listen here instead of XENIA_BIND")


COMMANDS = (
    Command(
        "unit run",
        "At an enrolled machine: serve its lanes, and send up what happens.",
        _unit,
        None,
        _bind_unit,
        needs_home=False,
        writes=False,
    ),
    Command(
        "serve",
        "Serve pages and API, seal the journal, do chores.",
        serve,
        None,
        _bind,
        needs_home=False,  # it waits where the database is a copy
        writes=False,
    ),
    Command("worker", "Seal and do chores without serving pages (PostgreSQL only).", _worker, None, writes=False),
)
