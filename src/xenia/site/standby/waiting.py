"""A server that may not serve now waits: it answers at its doors that it does not serve, copies files, and looks again each second."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from cheroot import wsgi
from cheroot.ssl.builtin import BuiltinSSLAdapter
from django.conf import settings
from django.db import DatabaseError, connection

from xenia.errors import XeniaError
from xenia.exchange import listener
from xenia.site.standby import copying, home, postgres, standing
from xenia.site.standby.peer import Peer, other
from xenia.site.standby.waiting_page import Waiting

log = logging.getLogger("xenia.standby")
EVERY_S: Final = 1.0
ASKS_S: Final = 5.0
MARK: Final = "stepped-down"


def until_it_serves(
    pages: tuple[str, int], certificate: tuple[Path | None, Path | None], exchange: str, say: Callable[[str], None]
) -> bool:
    """True at once where this server serves. Else it waits until then and begins this process anew; False when it is told to stop."""
    why = _why()
    if not why:
        return True
    connection.close()
    postgres.call_ourselves(postgres.WAITS)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    doors = _doors(pages, certificate, exchange)
    copies = threading.Thread(target=_copy, args=(stop,), name="xenia-copies", daemon=True)
    copies.start()
    told = ""
    try:
        while why and not stop.is_set():
            if why != told:
                say(f"This server does not serve now: {why}.")
                told = why
            stop.wait(EVERY_S)
            standing.forget()
            why = _why()
    finally:
        for door in doors:
            door.stop()
    if stop.is_set():
        return False
    say("This server serves from now on.")
    connection.close()
    again()
    return True


def again() -> None:
    """This very process from its beginning."""
    os.execv(sys.executable, [sys.executable, "-m", "xenia", *sys.argv[1:]])  # noqa: S606 - the same program, the same words


def _why() -> str:
    """Why we do not serve. Whoever is no copy asks the other first: it may have been replaced while it was away."""
    held = standing.now()
    if not held.paired or held.why in (standing.FOLLOWS, standing.NO_DATABASE, standing.REPLACED):
        return held.why
    ask_other()
    return standing.look().why


def ask_other() -> None:
    """Hear from the other server whether it serves in a later generation. One that does not answer changes nothing."""
    with suppress(XeniaError, DatabaseError):
        said = Peer(other()).state()
        if not said.why:
            home.heard(said.generation)
        standing.forget()


def _doors(pages: tuple[str, int], certificate: tuple[Path | None, Path | None], exchange: str) -> list[Any]:
    made = wsgi.Server(pages, Waiting(), numthreads=2, server_name="xenia")
    if certificate[0] is not None:
        made.ssl_adapter = BuiltinSSLAdapter(str(certificate[0]), str(certificate[1]))
    made.prepare()
    threading.Thread(target=made.serve, name="xenia-waits", daemon=True).start()
    return [made, *([listener.start(exchange)] if exchange else [])]


def _copy(stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            if standing.now().why == standing.FOLLOWS:
                copying.fetch(Peer(other()))
        except XeniaError as error:
            log.info("files are not copied now", extra={"code": error.code})
        except Exception:
            log.exception("files could not be copied")
        finally:
            connection.close()
        stop.wait(copying.EVERY.total_seconds())


# While it serves


def _mark() -> Path:
    return Path(settings.XENIA_HOME) / "run" / MARK


def stepped_down() -> bool:
    """Whether the serving process ended because this server was replaced; asked once."""
    try:
        _mark().unlink()
    except FileNotFoundError:
        return False
    return True


def watch() -> None:
    """In a serving process: look every second, and end serving when another server has taken our place."""
    if home.read() is None:
        return
    threading.Thread(target=_watch, name="xenia-pair", daemon=True).start()


def _watch() -> None:
    asked = 0.0
    while True:
        time.sleep(EVERY_S)
        try:
            if time.monotonic() - asked > ASKS_S:
                asked = time.monotonic()
                ask_other()
            if standing.now().why in standing.ENDS:
                log.error("another server has taken the place of this one; it ends serving")
                _mark().parent.mkdir(mode=0o700, exist_ok=True)
                _mark().touch()
                os.kill(os.getppid(), signal.SIGTERM)
                return
        except Exception:
            log.exception("the pair could not be looked at")
            connection.close()
