"""At a unit: opening its store, by whichever of the ways; the same for the page, for commands and for an unattended start.

What is said is a mapping: `{"code"}` the enrolment code, `{"login", "pin"}` an officer's PIN, `{"login", "password", "factor"}` an
officer's sign-in at the centre. However the key was found, nothing stays open where the centre has put this unit out, where the
lease is over, or for an officer of whom the centre tells no more.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from django.db import connection

from xenia.access.entries import note
from xenia.access.models import Post
from xenia.errors import BadInput, NotAllowed, Unavailable
from xenia.journal import at_rest
from xenia.units import calling, card, kinds, lease, letter, pins
from xenia.units.store import keyring

log = logging.getLogger("xenia.units")
PATH: Final = "/units/1/open"
LIMIT: Final = 4096
CODE, PIN, CENTRE = "code", "pin", "centre"
Words = Mapping[str, str]
REFUSED: Final[dict[str, tuple[str, str]]] = {
    "refused": ("Name, password and code do not belong together, or this officer has no role at this post.", "Try again."),
    "locked-out": ("There were too many wrong tries.", "Wait a quarter of an hour, or have it lifted at the centre."),
    "no-factor": ("This officer has no second factor whose code can be typed.", "Enrol one at the centre, or use recovery codes."),
    "waiting": ("The centre has not admitted this unit yet.", "Compare its fingerprint and admit it there."),
    "quarantined": ("The centre has put this unit in quarantine and opens it for nobody.", "Call the centre."),
    "not-deposited": ("The centre does not hold its share of this unit's key.", "Open it with a PIN or the enrolment code."),
}  # fmt: skip


class Refused(NotAllowed):
    """The centre did not give out its share. `why`: one of `REFUSED`."""

    code = "unit-opening"

    def __init__(self, why: str) -> None:
        super().__init__(*REFUSED[why])
        self.why = why


_prepare: list[Callable[[], None]] = []
_one = threading.Lock()
_trying = threading.Event()


def prepare_with(do: Callable[[], None]) -> None:
    """What brings the database to this version, before anything is asked of it; the room above says so."""
    _prepare[:] = [do]


def unlock(words: Words) -> None:
    """Open the store in this process, for good.

    Raises `NotAllowed` (`store-pin`, `store-pins-off`, `store-pin-waits`, `store-code`, `unit-opening`, `unit-revoked`), `Unavailable` (`no-line`,
    `turned-away`, `store-share`, `store-damaged`, `lease-over`, `clock-behind`), `BadInput` (`bad-opening`, `bad-unit-code`).
    """
    way = way_of(words)
    with _one:
        if not at_rest.is_locked():
            return
        key = _key(way, words)
        _trying.set()
        at_rest.hold(key)
        try:
            for do in _prepare:
                do()
            letter.waiting()
            if way != CENTRE:
                _still(way, words)
            _noted(way, words)
        except BaseException:
            at_rest.shut()
            connection.close()
            _trying.clear()
            raise
        if way != CODE:
            keyring.drop_code()
        if way != PIN:
            keyring.opened_for(words.get("login", ""))
        _trying.clear()
        at_rest.tell()


def trying() -> bool:
    """Whether the key is there, and it is still looked at whether the store may open: no page is answered meanwhile."""
    return _trying.is_set()


def way_of(words: Words) -> str:
    """Which way that is. Raises `BadInput` (code `bad-opening`)."""
    ways = {("code",): CODE, ("login", "pin"): PIN, ("factor", "login", "password"): CENTRE}
    found = ways.get(tuple(sorted(words)))
    if found is None or not all(isinstance(one, str) and len(one) <= 1000 for one in words.values()):
        raise BadInput(
            "That opens no unit.", "Say a PIN, a sign-in at the centre, or the enrolment code.", code="bad-opening"
        )
    return found


def hold_for(home: Path, words: Words) -> None:
    """Open the store of a home that is being restored, so that what came back can be proved. Raises as `unlock`, but for the centre."""
    way = way_of(words)
    if way == CENTRE:
        raise BadInput(
            "What a backup holds is opened with a PIN or the enrolment code.", "Say one of them.", code="bad-opening"
        )
    with keyring.of(home):
        at_rest.hold(_key(way, words))


def _key(way: str, words: Words) -> bytes:
    if way == CODE:
        return keyring.by_code(words["code"])
    if way == PIN:
        return keyring.by_pin(words["login"], words["pin"])
    return keyring.by_share(_share(words))


def _share(words: Words) -> bytes:
    """What the centre gives out to an officer who signs in through this unit. Raises as `unlock`."""
    raw = json.dumps({name: words[name] for name in ("login", "password", "factor")}).encode()
    try:
        said = json.loads(calling.post(card.needed(), PATH, raw, "application/json", LIMIT))
        if said["answer"] == "released":
            return bytes.fromhex(said["share"])
        why = str(said["answer"])
    except (ValueError, KeyError, TypeError) as error:
        raise Unavailable(
            "The centre's answer cannot be read.", "Update Xenia here or there.", code="odd-answer"
        ) from error
    if why in REFUSED:
        raise Refused(why)
    raise put_out()


def put_out() -> NotAllowed:
    """The centre has put this unit out."""
    return NotAllowed(
        "The centre has put this unit out: it opens no more.",
        "Call the centre. What is on it stays closed.",
        code="unit-revoked",
    )


def _still(way: str, words: Words) -> None:
    """Nothing, where this unit may still be opened without the centre's word of this minute. Raises as `unlock`."""
    if state() not in ("", "active", "waiting", "quarantined"):
        raise put_out()
    found = lease.lapsed()
    if found is not None and found.code != lease.NEVER:
        raise found.error()
    if way == PIN and pins.person(words["login"]) is None:
        raise NotAllowed(
            "The centre tells of no such officer any more.", "Open it through the centre.", code="store-pin"
        )


def state() -> str:
    """What the centre says of this unit now; "" where it cannot be asked, `turned-away` where it does not let it in."""
    from xenia.units.image import contact

    if contact.is_open():
        return ""  # the centre has not heard of this machine yet
    try:
        said = json.loads(calling.quickly(card.needed(), PATH, LIMIT))
        return str(said["state"])
    except Unavailable as error:
        return "turned-away" if error.code == "turned-away" else ""
    except (ValueError, KeyError, TypeError):
        return ""


def _noted(way: str, words: Words) -> None:
    """Who opened it, in this unit's own journal. Before the centre has said who works here there is nobody to name."""
    account = pins.person(words["login"]) if "login" in words else None
    if account is not None:
        note(kinds.STORE_OPENED, account.pk, account.authority_id, {"way": way})
        return
    owner = Post.objects.filter(pk=card.needed().post).values_list("authority", flat=True).first()
    if owner is not None:
        note(kinds.STORE_OPENED, None, owner, {"way": way}, by="system:units")
