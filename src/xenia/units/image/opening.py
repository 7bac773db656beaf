"""At a machine without a line: both codes open what came with the stick, and the machine is a unit. The centre hears of it later."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from xenia.errors import BadInput, Unavailable
from xenia.journal import at_rest, clock, files, signing
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.journal.node import NAME, node
from xenia.units import card, joining, kinds, sending
from xenia.units.card import Card
from xenia.units.down import taking
from xenia.units.down.manifest import Manifest, read
from xenia.units.image import contact, sealing, start
from xenia.units.image.making import CARGO
from xenia.units.models import Taken
from xenia.units.store import entering, keyring

BROUGHT: Final = "brought.json"
"""What is in force as the image says it, until it is taken into use."""


def begin(image: Path, code: str, release: str) -> Card:
    """Make this empty installation the unit of the image: its card, its keys, and what came along, waiting to be taken.

    The card is written last: whatever breaks off before it is begun anew.
    Raises `Conflict` (`already-unit`, `not-empty`), `BadInput` (`image-code`, `image-altered`, `image-old`).
    """
    joining.empty()
    index = _index(image)
    try:
        start.check_time(index, clock.now())
    except start.Stopped as late:
        raise BadInput(str(late), "", code="image-old") from late
    keys = sealing.keys(code, release, bytes.fromhex(index["salt"]))
    said = _cargo(image, keys)
    made = card_of(said["card"])
    _check_signature(image, made)
    keyring.make_again(code)  # before anything of it touches the disk
    manifest = said["manifest"].encode()
    known = read(manifest, made.key, made.node)
    for item in known.items:
        if item.sha256 in said["items"]:
            _unsealed(image, keys, int(said["items"][item.sha256]), taking.folder() / item.sha256, item.sha256)
    card.tls()
    files.write_lasting(taking.folder().parent / BROUGHT, at_rest.sealed(manifest))
    contact.keep(said["centre"], said["code"], keys.contact.hex())
    card.write(made)
    return made


def card_of(said: dict[str, Any]) -> Card:
    """The card out of what the centre says at an enrolment. Raises `BadInput` (code `image-altered`)."""
    try:
        assert NAME.fullmatch(said["node"]) and str(said["door"]).startswith("https://")
        signing.from_jwk(said["key"])
        return joining.card_of(said)
    except (AssertionError, ValueError, KeyError, TypeError) as error:
        raise sealing.altered() from error


def _index(image: Path) -> dict[str, Any]:
    try:
        said: dict[str, Any] = json.loads((image / start.INDEX).read_bytes())
        if said["format"] != start.FORMAT or not said["sealed"]:
            raise ValueError
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            "This is no image that opens without a line.",
            "Enrol over the line: xenia unit enrol URL CODE.",
            code="image-altered",
        ) from error
    return said


def _cargo(image: Path, keys: sealing.Keys) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(b"".join(sealing.opened(keys.sealed, 0, image / "sealed" / "0")))
    if said["format"] != CARGO:
        raise sealing.altered()
    if datetime.fromisoformat(said["until"]) < clock.now():
        raise BadInput("This image has run out.", "Ask the centre for a new one.", code="image-old")
    return said


def _check_signature(image: Path, made: Card) -> None:
    """The list of files is the centre's own: its key came sealed, so that nobody without both codes can have put it there."""
    try:
        raw, seal = (image / start.INDEX).read_bytes(), json.loads((image / start.SEAL).read_bytes())
        signed = seal["key"] == signing.thumbprint(made.key) and signing.check_with(
            made.key, raw, signing.padded(seal["signature"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        signed = False
    if not signed:
        raise sealing.altered()


def _unsealed(image: Path, keys: sealing.Keys, number: int, target: Path, sha256: str) -> None:
    """From one sealed file into another: on this disk it is sealed with the unit's own key."""
    at_rest.write(target, sealing.opened(keys.sealed, number, image / "sealed" / str(number)))
    if at_rest.sha256(target) != sha256:
        target.unlink()
        raise sealing.altered()


def take() -> int:
    """Take into use what came with the image, and say in the journal that it was opened; how many items.

    Raises `Unavailable` (code `image-taken`) where some of it could not be taken; then it is tried again by the next run.
    """
    path = taking.folder().parent / BROUGHT
    if not path.exists():
        return 0
    known = card.needed()
    made: Manifest = read(at_rest.read_bytes(path), known.key, known.node)
    sending.line()
    taking.in_force(known, made)
    held = set(Taken.objects.values_list("name", "sha256"))
    missing = [one.name for one in made.items if taking.has_taker(one) and (one.name, one.sha256) not in held]
    if missing:
        raise Unavailable(
            f"{missing[0]} came with the image and could not be taken into use.", "Ask the centre.", code="image-taken"
        )
    _noted(known)
    path.unlink()
    return len(made.items)


def _noted(known: Card) -> None:
    from xenia.access.models import Post

    owner = Post.objects.values_list("authority", flat=True).get(pk=known.post)
    act = Act("system:units", owner, "operation", "operation of the installation", "image", node())
    with writing():
        append(kinds.IMAGE_OPENED, {"node": known.node, "items": Taken.objects.count()}, act)


def go_on(code: str) -> None:
    """`xenia unit unpack` in a process of its own: the settings of this one were read before there was a card. `code`: opens the store.

    Raises `Unavailable` (code `image-taken`).
    """
    command = [sys.executable, "-P", "-m", "xenia", "unit", "unpack"]
    with entering.handed({"code": code}) as (environ, handles):
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=False,
            env=os.environ | environ,
            pass_fds=handles,
        )
    if done.returncode:
        raise Unavailable("What came with the image could not be taken into use.", "See above.", code="image-taken")
