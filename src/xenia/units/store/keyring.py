"""The locks of a unit's store: HOME/keys/store.json holds its key several times, each time under something that is not on the disk.

`centre`: under a share that the centre keeps and gives out when an officer signs in through it. `officers`: under the PIN of one
officer, stretched with Argon2id, together with a secret of this unit; tries are counted on the disk before they are looked at, and
wrong ones make the next wait (`pacing.py`). `code`: under the enrolment code, until somebody opened the store in another way.
The key itself is 32 random bytes and never lies on a disk. Officers stand there under a keyed hash of their names.
"""

from __future__ import annotations

import base64
import fcntl
import hmac
import json
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from xenia.errors import NotAllowed, NotFound, Unavailable
from xenia.journal import at_rest, clock, files
from xenia.units import codes
from xenia.units.store import pacing

FORMAT: Final = "xenia/store/1"
NAME: Final = "store.json"
BOUND: Final = "unit-lock.secret"
MEMORY_KIB: Final = 256 * 1024
PASSES: Final = 3
LANES: Final = 2
MINUTE: Final = timedelta(minutes=1)
"""Argon2id of a PIN: memory, passes, lanes. Half a second and more on a small laptop; measured in docs/reference/measurements.md."""
_NONCE: Final = 12


_elsewhere: list[Path] = []


@contextmanager
def of(home: Path) -> Iterator[None]:
    """Within it the locks are those of another home: of a backup that is being restored."""
    _elsewhere.append(home / "keys")
    try:
        yield
    finally:
        _elsewhere.pop()


def _folder() -> Path:
    return _elsewhere[-1] if _elsewhere else files.keys_folder()


def path() -> Path:
    """Where the locks lie."""
    return (_elsewhere[-1] if _elsewhere else Path(settings.XENIA_HOME) / "keys") / NAME


def is_there() -> bool:
    """Whether this installation has an encrypted store."""
    return path().exists()


def make(code: str) -> bytes:
    """A new store, open in this process from now on; its first lock is the enrolment code. Raises `BadInput` (`bad-unit-code`)."""
    lock, key = _of_code(code), secrets.token_bytes(at_rest.KEY)
    files.keys_folder()
    with _alone():
        held = {"format": FORMAT, "centre": "", "deposited": False, "officers": {}, "pins": True}
        _write(held | {"code": _shut(lock, "code", key)})
    at_rest.begin(key)
    return key


def make_again(code: str) -> bytes:
    """The store that an earlier try of the same enrolment made, or a new one in the place of what nobody can open. As `make`."""
    if is_there():
        try:
            key = by_code(code)
        except NotAllowed:
            for one in files.keys_folder().iterdir():
                if at_rest.is_sealed(one):
                    one.unlink()
        else:
            at_rest.begin(key)
            return key
    return make(code)


def is_deposited() -> bool:
    """Whether the centre holds a share, and so can open this store."""
    return bool(_read().get("deposited"))


def new_share(key: bytes) -> bytes:
    """A share for the centre, in the place of one that it never acknowledged."""
    share = secrets.token_bytes(at_rest.KEY)
    with _changing() as held:
        held["centre"], held["deposited"] = _shut(share, "centre", key), False
    return share


def deposited() -> None:
    """The centre has the share."""
    with _changing() as held:
        held["deposited"] = True


def by_share(share: bytes) -> bytes:
    """The key, with the centre's share. Raises `Unavailable` (code `store-share`) where it is another store's."""
    key = _open(share, "centre", _read()["centre"])
    if key is None:
        raise Unavailable(
            "What the centre keeps does not open this unit: it was enrolled again, or restored from elsewhere.",
            "Enrol it again.",
            code="store-share",
        )
    return key


def has_code() -> bool:
    """Whether the enrolment code still opens the store."""
    return bool(_read().get("code"))


def by_code(code: str) -> bytes:
    """The key, with the enrolment code. Raises `NotAllowed` (code `store-code`), `BadInput` (`bad-unit-code`)."""
    box, stretched = _read().get("code"), _of_code(code)
    key = _open(stretched, "code", box) if box else None
    if key is None:
        raise NotAllowed(
            "That code does not open this unit, or not any more.",
            "Open it with a PIN or through the centre.",
            code="store-code",
        )
    return key


def drop_code() -> None:
    """The enrolment code opens nothing any more."""
    if has_code():
        with _changing() as held:
            held["code"] = None


class Waits(NotAllowed):
    """There were too many wrong PINs for this name: the next is looked at in `minutes`."""

    code = "store-pin-waits"

    def __init__(self, minutes: int) -> None:
        super().__init__(
            f"There were too many wrong PINs for this name: wait {minutes} minutes.",
            "A colleague, or the centre, opens the unit meanwhile, and then you wait no longer.",
        )
        self.minutes = minutes


def by_pin(username: str, pin: str) -> bytes:
    """The key, with the PIN of an officer. A try is counted before it is looked at, and so survives a power cut.

    Raises `NotAllowed`: `store-pin` (name and PIN do not belong together), `store-pins-off` (the centre forbids it), `Waits`.
    """
    with _alone():
        held = _read()
        if not held["pins"]:
            raise NotAllowed(
                "This unit is not opened with a PIN.", "Open it through the centre.", code="store-pins-off"
            )
        name, now, tries = _tag(username), clock.now(), held.get("tries", {})
        lock = held["officers"].get(name)
        one = pacing.of(tries, name, now)
        left = pacing.left(one, now)
        if left:
            held["tries"] = {**tries, name: one}
            _write(held)  # where the clock was set back, the wait began anew, once
            raise Waits(-(-left // MINUTE))
        held["tries"] = pacing.wrong(tries, name, now, frozenset(held["officers"]))
        _write(held)
        found = lock or {"salt": "00" * 16, "memory_kib": MEMORY_KIB, "passes": PASSES, "lanes": LANES, "box": ""}
        key = _open(_stretched(username, pin, found), f"officer:{name}", found["box"])
        if key is None or lock is None:
            raise NotAllowed(
                "Name and PIN do not belong together, or no PIN opens this unit for this officer any more.",
                "Try again, or open it through the centre.",
                code="store-pin",
            )
        held["tries"] = pacing.opened(held["tries"], name, by_pin=True)
        _write(held)
    return key


def opened_for(username: str) -> None:
    """Somebody opened the store through the centre, or with its code, for this officer ("": nobody by name): nobody waits any longer."""
    with _changing() as held:
        held["tries"] = pacing.opened(held.get("tries", {}), _tag(username) if username else "", by_pin=False)


def add_pin(username: str, pin: str) -> bool:
    """This officer's PIN opens the store from now on; whether it does. Nothing where no store is kept or PINs are forbidden."""
    if not is_there() or at_rest.is_locked() or not may_pins():
        return False
    name = _tag(username)
    lock: dict[str, Any] = {"salt": secrets.token_hex(16), "memory_kib": MEMORY_KIB, "passes": PASSES, "lanes": LANES}
    lock |= {"box": _shut(_stretched(username, pin, lock), f"officer:{name}", at_rest.key())}
    with _changing() as held:
        if held["pins"]:
            held["officers"][name] = lock
        return bool(held["pins"])


def may_pins() -> bool:
    """Whether the centre lets PINs open this unit."""
    return bool(_read()["pins"])


def opens_for(username: str) -> bool:
    """Whether a PIN of this officer opens the store."""
    return is_there() and _tag(username) in _read()["officers"]


def let_pins(allowed: bool) -> None:
    """What the centre says of PINs; where it forbids them, those that opened this store do so no more."""
    if not is_there() or _read()["pins"] == allowed:
        return
    with _changing() as held:
        held["pins"] = allowed
        held["officers"] = held["officers"] if allowed else {}


def keep_only(usernames: Iterable[str]) -> None:
    """PINs of others open the store no more."""
    if not is_there():
        return
    wanted = {_tag(one) for one in usernames}
    if set(_read()["officers"]) <= wanted:
        return
    with _changing() as held:
        held["officers"] = {name: lock for name, lock in held["officers"].items() if name in wanted}


def door_token() -> str:
    """What the open store says at the centre's door: a thief of the disk has the certificate, but not this."""
    return at_rest.subkey("door").hex()


# Inside.


def _bound() -> bytes:
    """This unit's own secret. On the disk, beside the locks: it binds a PIN to this machine's disk, no more."""
    place = _folder() / BOUND
    if not place.exists():
        files.make_once(place, secrets.token_bytes(at_rest.KEY))
    return files.read_private(place)


def _tag(username: str) -> str:
    return hmac.digest(_bound(), b"officer:" + username.strip().lower().encode(), "sha256").hex()[:32]


def _stretched(username: str, pin: str, lock: dict[str, Any]) -> bytes:
    mixed = hmac.digest(_bound(), username.strip().lower().encode() + b"\x00" + pin.encode(), "sha256")
    return hash_secret_raw(
        mixed, bytes.fromhex(lock["salt"]), time_cost=lock["passes"], memory_cost=lock["memory_kib"],
        parallelism=lock["lanes"], hash_len=at_rest.KEY, type=Type.ID,
    )  # fmt: skip


def _of_code(code: str) -> bytes:
    """100 bits of chance need no stretching; the key that both sides of the enrolment sign with is another."""
    return hmac.digest(bytes.fromhex(codes.read(code).key), b"xenia/store-code/1", "sha256")


def _shut(lock: bytes, what: str, key: bytes) -> str:
    nonce = secrets.token_bytes(_NONCE)
    return base64.b64encode(nonce + AESGCM(lock).encrypt(nonce, key, f"xenia/store/{what}".encode())).decode()


def _open(lock: bytes, what: str, box: str) -> bytes | None:
    raw = base64.b64decode(box)
    try:
        return AESGCM(lock).decrypt(raw[:_NONCE], raw[_NONCE:], f"xenia/store/{what}".encode()) if raw else None
    except InvalidTag:
        return None


def _read() -> dict[str, Any]:
    if not is_there():
        raise NotFound(
            "This installation has no encrypted store.", "Enrol it: xenia unit enrol URL CODE.", code="no-store"
        )
    try:
        held: dict[str, Any] = json.loads(path().read_text(encoding="ascii"))
        if held["format"] != FORMAT or not isinstance(held["officers"], dict):
            raise ValueError
    except (ValueError, KeyError, TypeError) as error:
        raise Unavailable(
            f"keys/{NAME} is damaged.", "Restore it from the backup, or enrol again.", code="store-damaged"
        ) from error
    return held


def _write(held: dict[str, Any]) -> None:
    files.write_lasting(path(), json.dumps(held, indent=1).encode())


@contextmanager
def _alone() -> Iterator[None]:
    """One process and thread at a time changes the locks."""
    with (_folder() / "store.lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def _changing() -> Iterator[dict[str, Any]]:
    with _alone():
        held = _read()
        yield held
        _write(held)
