"""At a unit: what a command or an unattended start says to open the store, and that no core file of it is ever written."""

from __future__ import annotations

import ctypes
import getpass
import json
import os
import resource
import socket
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from django.conf import settings

from xenia.commands import Call
from xenia.errors import BadInput, Conflict, Unavailable
from xenia.journal import at_rest
from xenia.units.store import keyring, opening
from xenia.units.store.opening import Words

LIMIT: Final = 4096
NOT_DUMPABLE: Final = 4
"""PR_SET_DUMPABLE: no core file, and no look into this process for others of the same user."""


def guard() -> None:
    """This process and those that it starts leave no picture of their memory on a disk."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(NOT_DUMPABLE, 0, 0, 0, 0)


def require_sealed() -> None:
    """Nothing, where this unit keeps an encrypted store, or is none. Raises `Conflict` (code `store-plain`)."""
    if settings.XENIA_UNIT and not settings.XENIA_SEALED:
        raise Conflict(
            "What this unit keeps is not encrypted: it was enrolled by an older version. It is not served any more.",
            "Send up what waits (xenia unit export FILE), wipe the disk, and enrol the machine again.",
            code="store-plain",
        )


def enter(call: Call) -> None:
    """The store is open when this returns: it was, or what opens it was read from where `XENIA_OPENING` says, or from the terminal.

    Raises `Unavailable` (code `store-locked`), and as `opening.unlock`.
    """
    if not at_rest.is_locked():
        return
    if settings.XENIA_OPENING or not call.interactive:
        unwatched()
        return
    guard()
    opening.unlock(_asked(call))


def for_restored(home: Path) -> Words | None:
    """What opens the unit whose backup was unpacked there, and it is open; None where it is none, or its store is not encrypted.

    Raises as `enter`.
    """
    if not (home / "keys" / keyring.NAME).exists():
        return None
    guard()
    words = from_file() or (_typed() if sys.stdin is not None and sys.stdin.isatty() else None)
    if words is None:
        raise _locked()
    opening.hold_for(home, words)
    return words


def _locked() -> Unavailable:
    return Unavailable(
        "This unit is locked.",
        "Open it at its page, run the command at a terminal, or see XENIA_OPENING.",
        code="store-locked",
    )


def unwatched() -> None:
    """Open the store with what `XENIA_OPENING` names. Raises `Unavailable` (code `store-locked`) where it names nothing, and as `enter`."""
    guard()
    words = from_file()
    if words is None:
        raise _locked()
    opening.unlock(words)


def from_file() -> Words | None:
    """What the file or descriptor that `XENIA_OPENING` names says; None where it names none. Raises `BadInput` (code `bad-opening`).

    A file on the disk that it opens would be a key in its own lock.
    """
    path = settings.XENIA_OPENING
    if not path:
        return None
    try:
        with Path(path).open("rb") as file:
            about = os.fstat(file.fileno())
            if stat.S_ISREG(about.st_mode) and about.st_dev == Path(settings.XENIA_HOME).stat().st_dev:
                raise _bad("lies on the disk that it opens", "Use a descriptor (/dev/fd/N), or a file on another disk.")
            said = json.loads(file.read(LIMIT))
    except OSError as error:
        raise _bad("cannot be read", "See its path and rights.") from error
    except ValueError as error:
        raise _bad("is no JSON", "See docs/how-to/units.md.") from error
    if not isinstance(said, dict):
        raise _bad("is no JSON object", "See docs/how-to/units.md.")
    return said


@contextmanager
def handed(words: Words | None) -> Iterator[tuple[dict[str, str], tuple[int, ...]]]:
    """For one process that this one starts: what its environment adds, and the descriptor that it inherits, to open the store with."""
    if words is None:
        yield {}, ()
        return
    there, here = os.pipe()
    try:
        os.write(here, json.dumps(dict(words)).encode())
        os.close(here)
        yield {"XENIA_OPENING": f"/dev/fd/{there}"}, (there,)
    finally:
        os.close(there)


def _bad(what: str, do: str) -> BadInput:
    return BadInput(f"What XENIA_OPENING names {what}.", do, code="bad-opening")


def _asked(call: Call) -> Words:
    """Typed at the terminal: a PIN, or with an empty PIN the sign-in at the centre."""
    call.say("This unit is locked. Open it with a PIN, or leave the PIN empty to open it through the centre.")
    if not sys.stdin.isatty():
        raise _locked()
    return _typed()


def _typed() -> Words:
    print("Officer name: ", end="", file=sys.stderr, flush=True)
    login = sys.stdin.readline().strip()
    pin = getpass.getpass("PIN: ")
    if pin:
        return {"login": login, "pin": pin}
    password = getpass.getpass("Password at the centre: ")
    return {"login": login, "password": password, "factor": getpass.getpass("Code of your second factor: ")}


class Shared:
    """The key on its way from the serving process to the one that starts it: a worker that fell over is open again when it is back.

    Made before the worker is; a pair of sockets that both inherit, nothing that others could connect to.
    """

    def __init__(self) -> None:
        self.here, self.there = socket.socketpair()

    def keep(self) -> None:
        """In the process that starts: take the key when it comes, or say what is here already."""
        threading.Thread(target=self._wait, name="xenia-store-key", daemon=True).start()

    def _wait(self) -> None:
        key = self.here.recv(at_rest.KEY, socket.MSG_WAITALL)
        if len(key) == at_rest.KEY:
            at_rest.hold(key)

    def give(self) -> None:
        """In the serving process: the key, once it is open."""
        if at_rest.is_kept():
            at_rest.when_open(lambda: self.there.sendall(at_rest.key()))


shared: Shared | None = None


def share() -> None:
    """Before the worker is made. The worker calls `hand_over`."""
    global shared
    shared = Shared()
    shared.keep()


def hand_over() -> None:
    """In the worker, where a process waits for the key that it may open."""
    if shared is not None:
        shared.give()
