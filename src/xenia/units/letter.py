"""A letter of the centre to one unit, on a stick: what its door shows, how long the unit may work, and who may work there.

It is signed with the key that the unit pinned, and says when it was written. So it may lie about and come late: a letter that is
older than what the unit has heard says nothing, and none makes a lease longer than the centre gives at its date. A locked unit takes
one too: it waits as a file, and is read when the store is opened. Who works there is sealed for what only the open store knows.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import DatabaseError

from xenia.errors import BadInput, Conflict, Unavailable
from xenia.journal import at_rest, canonical, files, signing
from xenia.units import card, door_keys, servers, watch
from xenia.units.card import Card
from xenia.units.down import access, offers, taking
from xenia.units.down.manifest import Item
from xenia.units.down.manifest import read as read_manifest
from xenia.units.models import Line, Unit
from xenia.units.store import keyring

log = logging.getLogger("xenia.units")
FORMAT: Final = "xenia/unit-letter/1"
NAME: Final = "centre-letter.json"
LIMIT: Final = 20 << 20
CONTEXT: Final = b"xenia/unit-letter/1"
NONCE: Final = 12


@dataclass(frozen=True)
class Letter:
    """What a letter says. `manifest`: signed, "" where the unit is none that works; `box`: sealed contents of items, may be empty."""

    node: str
    made_at: datetime
    certificates: tuple[str, ...]
    manifest: str
    box: bytes


# At the centre


def write(unit: Unit, now: datetime, *, door_only: bool = False) -> bytes:
    """The letter to a unit, of its door alone where it asks for nothing else or may know no more.

    Raises `Conflict` (code `unit-state`) for one that is not known or was revoked.
    """
    if unit.state not in door_keys.HEARD or not unit.key:
        raise Conflict(f"{unit.name} is not at work.", "Admit the machine first.", code="unit-state")
    works = unit.state == "active" and not door_only
    said = {
        "format": FORMAT, "node": unit.name, "made": canonical.moment(now),
        "certificates": door_keys.certificates(),
        "manifest": offers.manifest(unit, now).decode() if works else "",
        "box": base64.b64encode(_sealed(unit)).decode() if works else "",
    }  # fmt: skip
    text = canonical.json_bytes(said)
    made = signing.sign(text)
    return json.dumps({"said": text.decode(), "key": made.key_id, "signature": signing.unpadded(made.raw)}).encode()


def _sealed(unit: Unit) -> bytes:
    """Who may work there, for the unit's open store alone; nothing where the centre was never told what only that knows."""
    if not unit.store_token:
        return b""
    found = {item.name: base64.b64encode(path.read_bytes()).decode() for item, path in access.offer(unit)}
    nonce = os.urandom(NONCE)
    return nonce + _key(unit.store_token).encrypt(nonce, json.dumps(found).encode(), CONTEXT + unit.name.encode())


def _key(token: str) -> AESGCM:
    return AESGCM(hmac.digest(bytes.fromhex(token), CONTEXT, "sha256"))


# At the unit


def read(raw: bytes, known: Card) -> Letter:
    """The letter, if the centre signed it for this unit. Raises `BadInput` (`bad-letter`, `letter-of-another-unit`)."""
    try:
        outer: Any = json.loads(raw) if len(raw) <= LIMIT else None
        said, pinned = outer["said"].encode(), dict(known.key)
        if outer["key"] != signing.thumbprint(pinned) or not signing.check_with(
            pinned, said, signing.padded(outer["signature"])
        ):
            raise ValueError
        found: Mapping[str, Any] = json.loads(said)
        if found["format"] != FORMAT:
            raise ValueError
        made_at = datetime.strptime(found["made"], "%Y-%m-%dT%H:%M:%S.%f%z").astimezone(UTC)
        box = base64.b64decode(found["box"], validate=True)
        made = Letter(
            found["node"], made_at, servers.read_certificates(found["certificates"]), str(found["manifest"]), box
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, BadInput) as error:
        raise BadInput(
            "That is no letter of this unit's centre, or it was altered.",
            "Have it written again: xenia unit letter.",
            code="bad-letter",
        ) from error
    if made.node != known.node:
        raise BadInput(
            f"The letter is for the unit {made.node}.", "Carry it to that unit.", code="letter-of-another-unit"
        )
    return made


def path() -> Path:
    """Where a letter waits until the store is open."""
    return Path(settings.XENIA_HOME) / NAME


def lay(raw: bytes) -> tuple[Letter, bool]:
    """Take a letter, also at a locked unit: its certificates count at once, the rest waits for the open store.

    And whether the certificates were news. Raises as `read`, and `Conflict` (code `letter-old`).
    """
    known = card.needed()
    made = read(raw, known)
    if path().exists() and made.made_at < read(path().read_bytes(), known).made_at:
        raise _old()
    news = servers.take_certificates(known, made.certificates, made.made_at)
    if made.manifest:
        files.write_lasting(path(), raw)
    return made, news


def _old() -> Conflict:
    return Conflict(
        "The letter is older than what this unit has heard.",
        "Have a new one written: xenia unit letter.",
        code="letter-old",
    )


def waiting() -> datetime | None:
    """Read the letter that waits, in an open store; until when the unit may work by it, None where there is none, or it is old.

    Where the disk refuses it waits on: it may be the only one for days, and the store opens without it.
    """
    if at_rest.is_locked() or not path().exists():
        return None
    until = None
    try:
        until = take(path().read_bytes())
    except (BadInput, Conflict) as error:
        log.info("the letter that waited says nothing", extra={"code": error.code})
    except (OSError, DatabaseError, Unavailable):
        log.exception("the letter that waits could not be taken")
        return None
    path().unlink(missing_ok=True)
    return until


def take(raw: bytes) -> datetime | None:
    """Until when the unit may work by this letter; None where it says nothing of that. Raises as `read`, and `Conflict` (`letter-old`)."""
    known = card.needed()
    made = read(raw, known)
    servers.take_certificates(known, made.certificates, made.made_at)
    if not made.manifest:
        return None
    manifest = read_manifest(made.manifest.encode(), known.key, known.node)
    held = Line.objects.get_or_create(pk=1)[0]
    if held.manifest_at is not None and manifest.made_at <= held.manifest_at:
        raise _old()
    found = {item.name: item for item in manifest.items}
    came = {name: data for name, data in _opened(made).items() if name in found and _is(found[name], data)}
    for name, data in came.items():
        place = taking.folder() / found[name].sha256
        place.unlink(missing_ok=True)
        at_rest.append(place, data)
    taking.in_force(known, manifest, frozenset(came), watch.carried)
    return manifest.until


def _is(item: Item, data: bytes) -> bool:
    return hashlib.sha256(data).hexdigest() == item.sha256


def _opened(made: Letter) -> dict[str, bytes]:
    """The contents that are sealed in it; nothing where they are not for this store."""
    if not made.box or not keyring.is_there():
        return {}
    token = hashlib.sha256(keyring.door_token().encode()).hexdigest()
    try:
        raw = _key(token).decrypt(made.box[:NONCE], made.box[NONCE:], CONTEXT + made.node.encode())
        return {str(name): base64.b64decode(text) for name, text in json.loads(raw).items()}
    except (InvalidTag, ValueError, TypeError, AttributeError):
        return {}
