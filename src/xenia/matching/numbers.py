"""Keys of document numbers: keyed hashes, so that a stolen index names no document."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from hashlib import blake2b

# What readers and people confuse. Only the second key is folded, never the first.
_FOLDED = str.maketrans({"O": "0", "I": "1"})
# Identity cards carry A, C or I in their first letter (ICAO Doc 9303 parts 5 and 6); one key for all three.
_KINDS = {"A": "I", "C": "I"}


@dataclass(frozen=True)
class DocumentKeys:
    """`exact` and `folded` (O as 0, I as 1): 63-bit, never negative. A hit is a pointer; compare the number itself.

    `text`: what was hashed for the exact key, so that it can be asked for under another secret. Never stored, never shown.
    """

    exact: int
    folded: int
    text: str = field(default="", repr=False, compare=False)

    def exact_under(self, secret: bytes) -> int:
        """The exact key of the same document under another secret: a list file brings its own."""
        return _hash(secret, self.text)


def normalised_number(number: str) -> str:
    """Upper-case letters and digits of the number, in any script's digits; nothing else."""
    text = unicodedata.normalize("NFKC", number).upper()
    plain = (str(unicodedata.digit(c)) if c.isdigit() else c for c in text if c.isalnum())
    return "".join(plain)


def folded_number(number: str) -> str:
    """The normalised number with O read as 0 and I as 1."""
    return normalised_number(number).translate(_FOLDED)


def document_keys(secret: bytes, issuing_state: str, kind: str, number: str) -> DocumentKeys:
    """The keys of one document under the register's `secret` (1 to 64 bytes).

    `issuing_state`: as in the MRZ, fillers allowed (`D<<` is D). `kind`: the document code; its first letter counts,
    identity cards (A, C, I) are one kind. Source: design and figures in docs/why/matching.md.
    """
    state = issuing_state.replace("<", "").strip().upper()
    first = kind.replace("<", "").strip().upper()[:1]
    plain = normalised_number(number)
    head = f"{state}|{_KINDS.get(first, first)}|"
    return DocumentKeys(_hash(secret, head + plain), _hash(secret, head + plain.translate(_FOLDED)), head + plain)


def _hash(secret: bytes, text: str) -> int:
    data = text.encode("utf-8", "surrogatepass")
    digest = blake2b(data, digest_size=8, key=secret, person=b"xenia-document").digest()
    return int.from_bytes(digest, "big") >> 1
