"""What goes over the line for blobs: a question or a piece, and the centre's answer. No database.

Up: 4 bytes length of its cover, the cover (JSON), the bytes of a piece where there is one. They are ciphertext already: nothing here
is compressed, and nothing unpacked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from xenia.errors import BadInput
from xenia.units.blobs.machine import (
    AWAITED,
    ERASED,
    GONE,
    KEPT,
    LARGEST_PIECE,
    MOST_ABOUT,
    MOST_NEXT,
    REFUSED,
    UNKNOWN,
    Answer,
    Wanted,
)

UP: Final = "xenia/blobs/1"
ANSWER: Final = "xenia/blobs-answer/1"
MEDIA_TYPE: Final = "application/vnd.xenia.blobs"
COVER_LIMIT: Final = 64 * 1024
LIMIT: Final = 4 + COVER_LIMIT + LARGEST_PIECE
ANSWER_LIMIT: Final = 64 * 1024
STATES: Final = frozenset({AWAITED, KEPT, ERASED, GONE, REFUSED, UNKNOWN})
WHY: Final = ("erased", "missing", "damaged")
"""Why a unit has a blob no more."""
ADDRESS: Final = re.compile(r"[0-9a-f]{64}")
HIGHEST: Final = 1 << 40


@dataclass(frozen=True)
class Said:
    """What a unit says. `of`: how large the blob is of which `piece` is a part, from `first` on; `address` "": none is."""

    about: tuple[str, ...]
    gone: Mapping[str, str]
    address: str = ""
    first: int = 0
    of: int = 0
    piece: bytes = b""

    def to_bytes(self) -> bytes:
        """As it goes out."""
        cover: dict[str, Any] = {"format": UP, "about": list(self.about), "gone": dict(self.gone)}
        if self.address:
            cover["piece"] = {"address": self.address, "first": self.first, "of": self.of}
        head = json.dumps(cover, separators=(",", ":")).encode()
        return len(head).to_bytes(4, "big") + head + self.piece


def read(raw: bytes) -> Said:
    """What came. Raises `BadInput` (code `bad-blobs`) for anything else."""
    length = int.from_bytes(raw[:4], "big")
    if len(raw) > LIMIT or not 0 < length <= COVER_LIMIT or len(raw) < 4 + length:
        raise _bad()
    try:
        cover = json.loads(raw[4 : 4 + length])
        if cover["format"] != UP or set(cover) - {"format", "about", "gone", "piece"}:
            raise ValueError
        about, gone, one = cover["about"], cover["gone"], cover.get("piece")
        if (
            not isinstance(about, list)
            or not isinstance(gone, dict)
            or len(about) > MOST_ABOUT
            or len(gone) > MOST_ABOUT
        ):
            raise ValueError
        for address in (*about, *gone):
            _address(address)
        if any(why not in WHY for why in gone.values()):
            raise ValueError
        if one is None:
            if len(raw) > 4 + length:
                raise ValueError
            return Said(tuple(about), gone)
        if set(one) != {"address", "first", "of"}:
            raise ValueError
        return Said(
            tuple(about), gone, _address(one["address"]), _count(one["first"]), _count(one["of"]), raw[4 + length :]
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _bad() from error


def _bad() -> BadInput:
    return BadInput("That is nothing that a unit says of its documents.", "Update the unit.", code="bad-blobs")


def _address(text: Any) -> str:
    if not isinstance(text, str) or not ADDRESS.fullmatch(text):
        raise ValueError
    return text


def _count(number: Any) -> int:
    if type(number) is not int or not 0 <= number <= HIGHEST:
        raise ValueError
    return number


def answer_bytes(answer: Answer) -> bytes:
    """The centre's answer."""
    said = {
        "format": ANSWER, "said": dict(answer.said), "next": [[one.address, one.first] for one in answer.next],
        "later": answer.later,
    }  # fmt: skip
    return json.dumps(said, separators=(",", ":")).encode()


def read_answer(raw: bytes) -> Answer:
    """The answer. Raises `BadInput` (code `bad-answer`)."""
    try:
        found = json.loads(raw)
        if found["format"] != ANSWER or type(found["later"]) is not bool or len(found["next"]) > MOST_NEXT:
            raise ValueError
        states = {_address(address): state for address, state in found["said"].items() if state in STATES}
        wanted = tuple(Wanted(_address(address), _count(first)) for address, first in found["next"])
        return Answer(states, wanted, found["later"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadInput(
            "The centre's answer cannot be read.", "It is tried again by itself.", code="bad-answer"
        ) from error
