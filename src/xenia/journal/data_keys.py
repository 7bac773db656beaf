"""Data keys: one per subject and purpose, wrapped with the installation's master key. Destroying one is forgetting.

Sealed bytes: 0x01, 16 bytes of the data key's id, 12 bytes nonce, AES-256-GCM ciphertext and tag; the first 17 bytes
are its associated data. A wrapped key: 12 bytes nonce, ciphertext and tag; associated data is the key's id.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db.models import Q

from xenia.errors import NotFound, Unavailable
from xenia.journal import at_rest, files
from xenia.journal.ids import uuid7
from xenia.journal.models import DataKey

MARK = b"\x01"
NONCE = 12
Pair = tuple[UUID, str]
OWN: Final = UUID("0192f0f0-0000-7000-8000-000000000000")
"""The subject of secrets that are nobody's but this installation's. No unit brings a key for it."""


class Erased(NotFound):
    """What was sealed can no longer be opened by anybody: its key was destroyed."""

    code = "erased"


@lru_cache(maxsize=64)
def _secret(folder: str, name: str) -> bytes:
    path = Path(folder) / "keys" / f"{name}.secret"
    if not path.exists():
        files.keys_folder()
        files.make_once(path, at_rest.sealed(os.urandom(32)))
    secret = at_rest.opened(files.read_private(path))
    if len(secret) != 32:
        raise Unavailable(f"The key file {path.name} is damaged.", "Restore it from the backup.", code="key-damaged")
    return secret


def secret(name: str) -> bytes:
    """32 secret bytes of this installation, made at first use and kept owner-only in HOME/keys/`name`.secret.

    Raises `Unavailable`: `key-rights` if others may read the file, `key-damaged` if it isn't 32 bytes.
    """
    return _secret(str(settings.XENIA_HOME), name)


@lru_cache(maxsize=256)
def _blind_key(base: bytes, purpose: str) -> bytes:
    return hmac.digest(base, purpose.encode(), "sha256")


def blind(purpose: str, value: str) -> int:
    """A keyed hash of 63 bits to look up `value` by; keys differ per purpose, so two purposes cannot be joined."""
    digest = hmac.digest(_blind_key(secret("blind"), purpose), value.encode(), hashlib.sha256)
    return int.from_bytes(digest[:8], "big") >> 1


def _wrap(key_id: UUID, key: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(secret("master")).encrypt(nonce, key, key_id.bytes)


def _unwrap(row: DataKey) -> bytes:
    wrapped = bytes(row.wrapped)
    try:
        return AESGCM(secret("master")).decrypt(wrapped[:NONCE], wrapped[NONCE:], row.id.bytes)
    except InvalidTag as error:
        raise Unavailable(
            "A data key does not open with this installation's master key.",
            "Restore HOME/keys and the database from the same backup.",
            code="master-key",
        ) from error


def wrapped(key_id: UUID, key: bytes) -> bytes:
    """A data key of another node, wrapped with this installation's master key."""
    return _wrap(key_id, key)


def unwrapped(row: DataKey) -> bytes:
    """The data key itself, to be given to the centre of this unit. Raises `Unavailable` (code `master-key`)."""
    return _unwrap(row)


def _made(pairs: Sequence[Pair]) -> dict[Pair, tuple[UUID, bytes]]:
    now = datetime.now(UTC)
    fresh = {pair: (uuid7(), os.urandom(32)) for pair in pairs}
    DataKey.objects.bulk_create(
        DataKey(id=key_id, subject=subject, purpose=purpose, wrapped=_wrap(key_id, key), made_at=now)
        for (subject, purpose), (key_id, key) in fresh.items()
    )
    return fresh


class _Held:
    """Keys that were looked up or made: by subject and purpose to seal with, by id to open with."""

    def __init__(self) -> None:
        self.by_pair: dict[Pair, tuple[UUID, bytes]] = {}
        self.by_id: dict[UUID, tuple[Pair, bytes]] = {}

    def note(self, found: Mapping[Pair, tuple[UUID, bytes]]) -> None:
        """Remember these."""
        self.by_pair.update(found)
        self.by_id.update({key_id: (pair, key) for pair, (key_id, key) in found.items()})

    def clear(self) -> None:
        """Remember nothing."""
        self.by_pair.clear()
        self.by_id.clear()


_held: ContextVar[_Held | None] = ContextVar("data_keys", default=None)


@contextmanager
def held() -> Iterator[None]:
    """Within it a key that was made or opened is not looked up again. For one short transaction only."""
    token = _held.set(_Held())
    try:
        yield
    finally:
        _held.reset(token)


def let_go() -> None:
    """Look every key up again, within `held()` too: after a savepoint was taken back, and with it keys that were made since."""
    here = _held.get()
    if here is not None:
        here.clear()


def hold(key_ids: Iterable[UUID]) -> None:
    """Look these keys up now, so that nobody within `held()` looks one by one; one statement per 400.

    Raises nothing: where one of them does not open, whoever needs it hears of it.
    """
    with suppress(Unavailable):
        _by_id(key_ids)


def _by_id(key_ids: Iterable[UUID]) -> dict[UUID, tuple[Pair, bytes]]:
    """Keys by id, those that were destroyed missing; one statement per 400 that are not held yet."""
    here, wanted = _held.get(), list(dict.fromkeys(key_ids))
    found = {one: here.by_id[one] for one in wanted if one in here.by_id} if here else {}
    rest = [one for one in wanted if one not in found]
    for start in range(0, len(rest), 400):
        for row in DataKey.objects.filter(id__in=rest[start : start + 400]):
            found[row.id] = ((row.subject, row.purpose), _unwrap(row))
    if here is not None:
        here.note({pair: (one, key) for one, (pair, key) in found.items()})
    return found


def pairs(key_ids: Iterable[UUID]) -> dict[UUID, Pair]:
    """Whose each of these keys is, and for what; those that were destroyed are missing."""
    return {one: pair for one, (pair, _key) in _by_id(key_ids).items()}


def _keys(pairs: Iterable[Pair], fresh: bool) -> dict[Pair, tuple[UUID, bytes]]:
    here, wanted = _held.get(), list(dict.fromkeys(pairs))
    known = {pair: here.by_pair[pair] for pair in wanted if pair in here.by_pair} if here else {}
    rest = [pair for pair in wanted if pair not in known]
    if rest:
        known |= _made(rest) if fresh else _found_or_made(rest)
    if here is not None:
        here.note(known)
    return known


def _found_or_made(wanted: Sequence[Pair]) -> dict[Pair, tuple[UUID, bytes]]:
    known: dict[Pair, tuple[UUID, bytes]] = {}
    purposes = {purpose for _, purpose in wanted}
    for start in range(0, len(wanted), 400):
        subjects = {subject for subject, _ in wanted[start : start + 400]}
        for row in DataKey.objects.filter(subject__in=subjects, purpose__in=purposes):
            known[row.subject, row.purpose] = (row.id, _unwrap(row))
    missing = [pair for pair in wanted if pair not in known]
    return known | (_made(missing) if missing else {})


def seal_many(items: Sequence[tuple[UUID, str, bytes]], *, fresh: bool = False) -> list[bytes]:
    """Each (subject, purpose, plain) sealed, in order; at most two statements. Call it inside `writing()`: keys may be made.

    `fresh`: none of these subjects has a key for that purpose yet; saves looking.
    """
    keys = _keys(((subject, purpose) for subject, purpose, _ in items), fresh)
    sealed = []
    for subject, purpose, plain in items:
        key_id, key = keys[subject, purpose]
        nonce, prefix = os.urandom(NONCE), MARK + key_id.bytes
        sealed.append(prefix + nonce + AESGCM(key).encrypt(nonce, plain, prefix))
    return sealed


def seal(subject: UUID, purpose: str, plain: bytes, *, fresh: bool = False) -> bytes:
    """`plain` sealed with the data key of subject and purpose, which is made if there is none (call inside `writing()`)."""
    return seal_many([(subject, purpose, plain)], fresh=fresh)[0]


def key_id(sealed: bytes) -> UUID:
    """The id of the data key that sealed these bytes. Raises `Unavailable` (code `sealed-damaged`)."""
    if sealed[:1] != MARK or len(sealed) < 17 + NONCE + 16:
        raise Unavailable("Sealed data are damaged.", "Restore the record from the backup.", code="sealed-damaged")
    return UUID(bytes=sealed[1:17])


def _opened(whose: Pair, key: bytes, pair: Pair, sealed: bytes) -> bytes:
    if whose != pair:
        raise Unavailable("Sealed data belong to another record.", "Run xenia journal verify.", code="sealed-damaged")
    try:
        return AESGCM(key).decrypt(sealed[17 : 17 + NONCE], sealed[17 + NONCE :], sealed[:17])
    except InvalidTag as error:
        raise Unavailable(
            "Sealed data are damaged.", "Restore the record from the backup.", code="sealed-damaged"
        ) from error


def unseal_many(items: Sequence[tuple[UUID, str, bytes]], *, even_for_none: bool = False) -> list[bytes | None]:
    """What was sealed, in order, None where the key was destroyed; one statement per 400 keys.

    `even_for_none`: one statement also for no items, where the time taken must not tell whether there were any.
    """
    sealed_by = [key_id(bytes(sealed)) for _, _, sealed in items]
    known = _by_id(sealed_by or ([UUID(int=0)] if even_for_none else []))
    return [
        _opened(*known[by], (subject, purpose), bytes(sealed)) if by in known else None
        for (subject, purpose, sealed), by in zip(items, sealed_by, strict=True)
    ]


def unseal(subject: UUID, purpose: str, sealed: bytes) -> bytes:
    """What was sealed. Raises `Erased` (code `erased`) if the key was destroyed."""
    plain = unseal_many([(subject, purpose, sealed)])[0]
    if plain is None:
        raise Erased("These data were erased.", "Nobody can bring them back.")
    return plain


def own(purpose: str) -> bytes | None:
    """A secret of this installation, kept as a data key is: in the backup of data keys, gone when its row is. None where there is none."""
    row = DataKey.objects.filter(subject=OWN, purpose=purpose).first()
    return None if row is None else _unwrap(row)


def own_purposes(begins: str) -> list[str]:
    """What this installation has own secrets for, of those that begin so."""
    return sorted(DataKey.objects.filter(subject=OWN, purpose__startswith=begins).values_list("purpose", flat=True))


def keep_own(purpose: str, fresh: bytes) -> bytes:
    """The own secret for this: `fresh` where there was none, and whoever was first wins. Call inside `writing()`."""
    row = DataKey(id=uuid7(), subject=OWN, purpose=purpose, made_at=datetime.now(UTC))
    row.wrapped = _wrap(row.id, fresh)
    DataKey.objects.bulk_create([row], ignore_conflicts=True)
    return _unwrap(DataKey.objects.get(subject=OWN, purpose=purpose))


def destroy(subjects: Sequence[UUID], purpose: str | None = None) -> int:
    """Deletes the data keys of the subjects (of one purpose, or all); how many there were. Call inside `writing()`.

    Own secrets go by their purpose alone: a unit may have called a person by their subject, who is forgotten one day.
    """
    gone, wanted = 0, [one for one in subjects if one != OWN or purpose is not None]
    let_go()
    for start in range(0, len(wanted), 400):
        which = Q(subject__in=wanted[start : start + 400])
        gone += DataKey.objects.filter(which & Q(purpose=purpose) if purpose is not None else which).delete()[0]
    return gone
