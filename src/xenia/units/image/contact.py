"""At a unit that was set up from an image: it shows itself to its centre, again and again until it was heard once.

Until then nothing goes up and nothing comes down; what it needs for it lies in HOME/units/contact.json and is gone afterwards.
"""

from __future__ import annotations

import json
import logging
import platform
import secrets
import threading
import time
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import close_old_connections

from xenia.errors import Unavailable, XeniaError
from xenia.journal import at_rest, files, signing
from xenia.units import card, codes, joining, sending

log = logging.getLogger("xenia.units")
NAME: Final = "contact.json"
PATH: Final = "/units/contact/"
ASK: Final = "xenia/unit-first-contact/1"
EVERY_S: Final = 15.0
_door = threading.Lock()
_next = [float("-inf")]


def path() -> Path:
    """Where it lies what the first contact needs."""
    return Path(settings.XENIA_HOME) / "units" / NAME


def keep(centre: str, code: str, key: str) -> None:
    """Until the centre was reached. `code`: the half that finds the image; `key`: what both codes prove."""
    files.write_lasting(path(), at_rest.sealed(json.dumps({"centre": centre, "code": code, "key": key}).encode()))


def is_open() -> bool:
    """Whether the centre does not know yet which machine this unit is."""
    return path().exists()


def request() -> tuple[dict[str, str], bytes, str]:
    """What is kept, what this unit says of itself, and the proof."""
    kept = json.loads(at_rest.opened(files.read_private(path())))
    said = {
        "format": ASK,
        "code": kept["code"],
        "key": signing.own_key(),
        "certificate": card.certificate(),
        "machine": platform.node() or "unnamed",
        "nonce": secrets.token_hex(16),
    }
    raw = json.dumps(said).encode()
    return kept, raw, codes.proof(kept["key"], "ask", raw)


def step() -> int:
    """One try; 1 where the centre knows this unit now. Raises `Unavailable` (`no-line`, `odd-answer`), `NotAllowed` (`unit-code`)."""
    if not is_open():
        return 0
    kept, raw, proof = request()
    nonce = json.loads(raw)["nonce"]
    answer = joining.asked(kept["centre"], PATH, raw, proof)
    if not codes.proves(kept["key"], "answer", nonce.encode() + answer.content, answer.headers.get(joining.PROOF, "")):
        raise Unavailable("Somebody answered who is not the centre.", "It is tried again by itself.", code="odd-answer")
    said: dict[str, Any] = joining.read(answer.content)
    if said["node"] != card.needed().node:
        raise Unavailable("Somebody answered who is not the centre.", "It is tried again by itself.", code="odd-answer")
    card.write(joining.card_of(said))
    path().unlink()
    sending.forget()
    log.info("the centre knows this unit now")
    return 1


def begin() -> int:
    """A try in a thread of its own where it is time for one; 1 where one was begun. For the chore."""
    if not is_open() or time.monotonic() < _next[0] or not _door.acquire(blocking=False):
        return 0
    _next[0] = time.monotonic() + EVERY_S
    threading.Thread(target=_turn, name="xenia-contact", daemon=True).start()
    return 1


def _turn() -> None:
    try:
        step()
    except XeniaError as error:
        log.info("the centre does not know this unit yet", extra={"code": error.code})
    except Exception:
        log.exception("the first contact failed")
    finally:
        _door.release()
        close_old_connections()


def told() -> dict[str, str]:
    """The same question for a file that somebody carries; no answer is needed, the centre's answer to the file is one."""
    _kept, raw, proof = request()
    return {"raw": raw.decode(), "proof": proof}
