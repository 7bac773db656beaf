"""The code that a machine is enrolled with, and what both sides prove with it. Pure but for the chance of the machine.

A code is 5 letters that find the invitation and 20 that nobody else knows: 100 bits. The secret half never travels: each side
signs what it says with a key made of it, so that nobody between them can put in a key of its own, whatever the line is.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final

from xenia.errors import BadInput

LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: none that can be taken for another."""
ALIKE: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
ID, SECRET, GROUP = 5, 20, 5


@dataclass(frozen=True)
class Code:
    """`id`: finds the invitation. `key`: hexadecimal, what both sides sign with."""

    id: str
    key: str
    text: str


def new() -> Code:
    """A code that was never given out."""
    return read("".join(secrets.choice(LETTERS) for _letter in range(ID + SECRET)))


def read(text: str) -> Code:
    """A code as somebody types it: small letters, spaces and hyphens do not matter. Raises `BadInput` (code `bad-unit-code`)."""
    plain = text.upper().translate(ALIKE)
    if len(plain) != ID + SECRET or any(letter not in LETTERS for letter in plain):
        raise BadInput(
            "That is no enrolment code.",
            f"A code has {ID + SECRET} letters and digits. Type it again.",
            code="bad-unit-code",
        )
    key = hashlib.sha256(b"xenia/unit-code/1" + plain[ID:].encode()).hexdigest()
    shown = "-".join(plain[at : at + GROUP] for at in range(0, len(plain), GROUP))
    return Code(plain[:ID], key, shown)


def proof(key: str, word: str, said: bytes) -> str:
    """What proves that whoever said this knows the code. `word`: `ask` or `answer`, so that neither can be sent back."""
    return hmac.new(bytes.fromhex(key), word.encode() + b"\x00" + said, hashlib.sha256).hexdigest()


def proves(key: str, word: str, said: bytes, given: str) -> bool:
    """Whether the proof is the right one."""
    return bool(key) and hmac.compare_digest(proof(key, word, said).encode(), given.lower().encode())


def fingerprint(key_id: str, certificate: str) -> str:
    """What two people compare, at the machine and at the centre: five groups of four. `certificate`: its own fingerprint."""
    digest = hashlib.sha256(f"{key_id} {certificate}".encode()).hexdigest()[:20].upper()
    return " ".join(digest[at : at + 4] for at in range(0, 20, 4))
