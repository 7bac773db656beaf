"""Names in a machine-readable zone: split when read, joined and shortened when written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xenia.formats.mrz.digits import FILLER

_BETWEEN = FILLER * 2


@dataclass(frozen=True)
class Names:
    """Surname and given names with spaces between their parts, and what was odd about the field."""

    surname: str
    given_names: str
    truncated: bool
    oddly_parted: bool
    filler_read_as_k: bool


def split(text: str) -> Names:
    """The names of a name field: primary identifier, two fillers, secondary identifiers.

    `truncated`: the last position is no filler, so something may be missing (Doc 9303 parts 4 to 7).
    """
    surname, _, given = text.partition(_BETWEEN)
    inner = given.strip(FILLER)
    return Names(
        surname=spaced(surname),
        given_names=spaced(given),
        truncated=not text.endswith(FILLER),
        oddly_parted=text.startswith(FILLER) or _BETWEEN in inner or (given.startswith(FILLER) and bool(inner)),
        filler_read_as_k=_looks_like_fillers(text, given),
    )


def spaced(text: str) -> str:
    """The text with one space for each run of fillers inside, none at the ends."""
    return " ".join(part for part in text.split(FILLER) if part)


def _looks_like_fillers(text: str, given: str) -> bool:
    """K's where only fillers make sense: three together, or alone behind two fillers after the given names."""
    tails = [part.strip(FILLER) for part in given.split(_BETWEEN)[1:]]
    return "KKK" in text or any(tail and not tail.strip("K" + FILLER) for tail in tails)


def join(surname: str, given_names: str, width: int) -> str:
    """The name field of exactly `width` characters. Both names A-Z with spaces between parts.

    Too long a name is shortened: given names from the last to the first, then parts of the surname,
    each to its initial at most; then parts are left out from the end. A shortened name fills the field,
    its last position a letter. Source: ICAO Doc 9303 part 6 (8th ed., 2021), 4.2.2.1 and 4.2.3, which
    leaves the choice to the issuer; the results are the standard's first examples of each kind.
    """
    primary, secondary = surname.split(), given_names.split()
    text = _joined(primary, secondary)
    if len(text) <= width:
        return text.ljust(width, FILLER)
    while _least(primary, secondary) > width:
        (secondary if len(secondary) > 1 else primary if len(primary) > 1 else secondary).pop()
    excess = len(_joined(primary, secondary)) - width
    for parts in (secondary, primary):
        for place in reversed(range(len(parts))):
            cut = max(0, min(excess, len(parts[place]) - 1))
            parts[place] = parts[place][: len(parts[place]) - cut]
            excess -= cut
    return _joined(primary, secondary).ljust(width, FILLER)


def parted(names: str, width: int, between: str) -> str:
    """Names joined by `between`, cut at `width`: how ID-FRA writes them."""
    return between.join(names.split())[:width].ljust(width, FILLER)


def _joined(primary: Sequence[str], secondary: Sequence[str]) -> str:
    return _BETWEEN.join(FILLER.join(parts) for parts in (primary, secondary) if parts)


def _least(primary: Sequence[str], secondary: Sequence[str]) -> int:
    """Characters needed with every part at its initial."""
    return sum(2 * len(parts) - 1 for parts in (primary, secondary) if parts) + (2 if primary and secondary else 0)
