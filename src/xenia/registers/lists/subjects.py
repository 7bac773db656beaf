"""The subject under which the journal knows a listed record, and the short-lived mark of one being erased. Pure."""

from __future__ import annotations

from hashlib import blake2b, sha1
from uuid import NAMESPACE_URL, UUID

_SPACE = NAMESPACE_URL.bytes


def subject_bytes(place: str, record_id: str) -> bytes:
    """The 16 bytes of `record_subject`, quicker than `uuid.uuid5`. `place`: `xenia:<register>:<source>:`.

    Source: RFC 9562 section 5.5 (version 5).
    """
    name = sha1(_SPACE + (place + record_id).encode(), usedforsecurity=False).digest()
    return name[:6] + bytes((name[6] & 0x0F | 0x50, name[7], name[8] & 0x3F | 0x80)) + name[9:16]


def number_near(subject: bytes) -> int:
    """Where a record's number in a list file begins to be looked for, 0 to 2^31 - 1: in the order of subjects, and the same in
    every version, so that what comes and goes moves no other record.
    """
    return int.from_bytes(subject[:4], "big") >> 1


def place_of(register: str, source: str) -> str:
    """What stands before the record_id in the name of a subject."""
    return f"xenia:{register}:{source}:"


def record_subject(register: str, source: str, record_id: str) -> UUID:
    """The subject under which the journal knows a record of a list; the same in every version of the list."""
    return UUID(bytes=subject_bytes(place_of(register, source), record_id))


def erasing_key(secret: bytes, subject: bytes) -> int:
    """A keyed hash of 63 bits that marks a subject as being erased without naming it."""
    return int.from_bytes(blake2b(subject, digest_size=8, key=secret, person=b"xenia-erasing").digest(), "big") >> 1
