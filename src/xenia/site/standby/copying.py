"""Files beside the database: the server that follows fetches what the other has, and lets go what the other let go.

An administrator copies the keys once; those that come later are sent sealed with the secret of the pair, so that the key of the
door alone opens none. A key that is here is never overwritten; status says where the two differ. Database and files go different
ways, so a file may be some seconds behind the row that names it; status counts what is missing.
"""

from __future__ import annotations

import base64
import bisect
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from xenia.errors import BadInput
from xenia.journal import clock, files
from xenia.site.keeping import backup
from xenia.site.standby import home

APART: Final = frozenset(
    {*backup.LEFT_OUT, "keys", "certificates", "units", "last-backup.json", home.NAME, "standby-files.json"}
)
"""What each server has for itself. `units`: offers of a centre, made anew from the database."""
NOTE: Final = "standby-files.json"
CONTEXT: Final = b"xenia/standby-keys/1"
NONCE: Final = 12
PAGE: Final = 2000
PIECE: Final = 1 << 20
EVERY: Final = timedelta(seconds=10)
LATE: Final = timedelta(minutes=2)


@dataclass(frozen=True)
class File:
    """A file of HOME. `name`: its path below HOME; `stamp`: when it was last written, nanoseconds."""

    name: str
    size: int
    stamp: int


def _home() -> Path:
    return Path(settings.XENIA_HOME)


def here() -> Iterator[File]:
    """The files of this home that both servers have, by name."""
    found = []
    for path in backup.files_of(_home()):
        name = path.relative_to(_home()).as_posix()
        if name.partition("/")[0] in APART:
            continue
        try:
            said = path.stat()
        except FileNotFoundError:
            continue
        found.append(File(name, said.st_size, said.st_mtime_ns))
    yield from sorted(found, key=lambda one: one.name)


_listed: list[File] = []


def page(after: str) -> list[File]:
    """The next files in the order of their names; an empty list at the end. The home is looked through once a round."""
    global _listed
    if not after or not _listed:
        _listed = list(here())
    at = bisect.bisect_right(_listed, after, key=lambda one: one.name)
    return _listed[at : at + PAGE]


def opened(name: str) -> Path:
    """The file of that name, if it is one of `here`. Raises `BadInput` (code `no-such-file`)."""
    path, top = _home() / name, name.partition("/")[0]
    inside = path.resolve().is_relative_to(_home().resolve()) and ".." not in Path(name).parts
    if not inside or top in APART or not path.is_file() or path.is_symlink():
        raise BadInput("There is no such file.", "Ask for the list anew.", code="no-such-file")
    return path


def keys_digest(secret: str) -> str:
    """One number over all keys and what they are called: two homes with the same one hold the same keys."""
    digest = hmac.new(secret.encode(), digestmod=hashlib.sha256)
    for path in _keys():
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _keys() -> Iterator[Path]:
    for path in sorted(files.keys_folder().iterdir()):
        if path.is_file() and not path.is_symlink() and not path.name.endswith(backup.ENDS_LEFT_OUT):
            yield path


def _box(secret: str) -> AESGCM:
    return AESGCM(hmac.digest(secret.encode(), CONTEXT, hashlib.sha256))


def sealed_keys(secret: str) -> bytes:
    """All keys of this home, for the other server alone."""
    found = {path.name: base64.b64encode(path.read_bytes()).decode() for path in _keys()}
    nonce = os.urandom(NONCE)
    return nonce + _box(secret).encrypt(nonce, json.dumps(found).encode(), CONTEXT)


def take_keys(raw: bytes, secret: str) -> int:
    """Keep the keys that are not here, and which of them are in use; how many. Raises `BadInput` (code `bad-pair-keys`)."""
    try:
        said = json.loads(_box(secret).decrypt(raw[:NONCE], raw[NONCE:], CONTEXT))
        found = {str(name): base64.b64decode(text, validate=True) for name, text in said.items()}
        if any("/" in name or name.startswith(".") for name in found):
            raise ValueError
    except (InvalidTag, ValueError, TypeError, AttributeError) as error:
        raise BadInput(
            "The other server's keys cannot be opened.", "Copy HOME/keys by hand.", code="bad-pair-keys"
        ) from error
    taken = 0
    for name, data in found.items():
        place = files.keys_folder() / name
        if not place.exists() or (name.endswith(".current") and place.read_bytes() != data):
            files.write_lasting(place, data)
            taken += 1
    return taken


def fetch(ask: Any) -> int:
    """Make our files what the other's are; how many were fetched or let go. `ask`: see `peer.Peer`. Raises as `peer.Peer.get`."""
    mine = {one.name: one for one in here()}
    done, after = take_keys(ask.keys(), home.key()), ""
    while theirs := ask.files(after):
        for one in theirs:
            had = mine.pop(one.name, None)
            if had != one:
                _take(ask, one)
                done += 1
        after = theirs[-1].name
    for name in mine:
        if not _is_named(name):  # else the other has lost it: ours is the last
            (_home() / name).unlink(missing_ok=True)
            done += 1
    note = {"copied_at": clock.now().isoformat(), "changed": done}
    files.write_lasting(_home() / NOTE, json.dumps(note).encode())
    return done


def _is_named(name: str) -> bool:
    """Whether it is a blob that the database still names."""
    from xenia.journal.models import BlobReference

    return name.startswith("blobs/") and BlobReference.objects.filter(address=Path(name).name).exists()


def _take(ask: Any, one: File) -> None:
    place = _home() / one.name
    if ".." in Path(one.name).parts or one.name.startswith("/") or one.name.partition("/")[0] in APART:
        raise BadInput("The other server named an odd file.", "Look at its version.", code="no-such-file")
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = place.with_name(f"{place.name}.{secrets.token_hex(4)}.part")  # two may copy at once
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            while file.tell() < one.size:
                piece = ask.piece(one.name, file.tell(), PIECE)
                if not piece:
                    break  # it became shorter meanwhile: the next turn sees it as it is
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        os.utime(part, ns=(one.stamp, one.stamp))
        part.rename(place)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    files.sync_folder(place.parent)


def copied_at() -> datetime | None:
    """When our files last were what the other's were, None if never."""
    try:
        return datetime.fromisoformat(json.loads((_home() / NOTE).read_bytes())["copied_at"]).astimezone(UTC)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def missing() -> int:
    """How many blobs and lists the database names whose file is not here."""
    from xenia.journal import blobs
    from xenia.journal.models import BlobReference

    addresses = BlobReference.objects.order_by().values_list("address", flat=True).distinct()
    return sum(not blobs.path(one).exists() for one in addresses.iterator())
