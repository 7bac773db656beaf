"""What goes over the line: the signed message in the first line, each thing enclosed in a line of base64, in the message's order."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from xenia.errors import BadInput
from xenia.exchange.envelope import ENCLOSURES, TOTAL_LIMIT, Attachment
from xenia.exchange.jose import TOKEN_LIMIT

LIMIT: Final = TOKEN_LIMIT + TOTAL_LIMIT * 4 // 3 + 8 * ENCLOSURES
"""The most bytes of a message with all that is enclosed."""


def _bad(what: str) -> BadInput:
    return BadInput(what, "Ask the sender to send it again.", code="bad-enclosure")


def pack(token: str, enclosed: Sequence[bytes]) -> bytes:
    """The bytes that are carried."""
    return b"\n".join([token.encode(), *(base64.b64encode(one) for one in enclosed)])


def split(packed: bytes) -> tuple[str, list[bytes]]:
    """The token and the lines after it, not decoded. Raises `BadInput` (code `bad-enclosure`)."""
    if len(packed) > LIMIT:
        raise _bad("The message with what is enclosed is too large.")
    token, *lines = packed.split(b"\n", ENCLOSURES + 1)
    if len(lines) > ENCLOSURES or len(token) > TOKEN_LIMIT or not token.isascii():
        raise _bad("The message is not carried as it must be.")
    return token.decode(), lines


def enclosed(lines: Sequence[bytes], wanted: Sequence[Attachment]) -> Mapping[str, bytes]:
    """What is enclosed by its hash, exactly what the message says. Raises `BadInput` (code `bad-enclosure`)."""
    if len(lines) != len(wanted):
        raise _bad("What is enclosed is not what the message says.")
    found = {}
    for line, one in zip(lines, wanted, strict=True):
        if len(line) > one.size * 4 // 3 + 4:
            raise _bad("Something enclosed is larger than the message says.")
        try:
            data = base64.b64decode(line, validate=True)
        except binascii.Error as error:
            raise _bad("Something enclosed is no base64.") from error
        if base64.b64encode(data) != line:
            raise _bad("Something enclosed is not written as it must be.")
        if len(data) != one.size or hashlib.sha256(data).hexdigest() != one.sha256:
            raise _bad("Something enclosed has another hash than the message says.")
        found[one.sha256] = data
    return found
