"""Record a unit and its centre, cut their power many times, and once more with a setting that is known to lose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from xenia.errors import Unavailable
from xenia.site.soak import pair
from xenia.site.soak.powercut import cuts, recording
from xenia.site.soak.powercut.cuts import Found, Tape

TRAVELLERS: Final = 24
FULL, NORMAL = "synchronous=FULL", "synchronous=NORMAL"


def record(folder: Path, seed: int, travellers: int = TRAVELLERS) -> tuple[Tape, Tape]:
    """The tapes of a unit that admitted travellers, and of the centre that took its entries in.

    Raises `Unavailable` (code `soak-server`) where not all of them arrived.
    """
    with pair.both(folder, recording.__name__, [str(travellers), str(seed)]) as (centre, unit):
        pair.carry(centre, unit)
    return Tape.read("unit", folder / "unit"), Tape.read("centre", folder / "centre")


def tapes_in(folder: Path, seed: int, travellers: int = TRAVELLERS) -> tuple[Tape, Tape]:
    """The tapes that an earlier run left in a folder, else new ones. Raises as `record`."""
    if (folder / "centre" / recording.TAPE).exists():
        return Tape.read("unit", folder / "unit"), Tape.read("centre", folder / "centre")
    return record(folder, seed, travellers)


def run(
    tapes: tuple[Tape, Tape], count: int, seed: int, say: Callable[[str], None] = lambda text: None
) -> dict[str, Any]:
    """Cut so often with the settings of every installation, and a tenth as often (at least 40 times) without a sync a commit."""
    written = {tape.node: len(tape.transactions) for tape in tapes}
    say(f"{written['unit']} transactions of a unit, {written['centre']} of its centre")
    full, normal = _all(tapes, count, seed, FULL, say), _all(tapes, max(40, count // 10), seed, NORMAL, say)
    return {
        "runs": full.cuts,
        "faults_injected": full.cuts + full.twice,
        "violations": full.violations,
        "first_violating_seed": full.first,
        "transactions": written,
        "lost": full.lost,
        "half": full.half,
        "damaged": full.damaged,
        "untrue": full.untrue,
        "cut_twice": full.twice,
        "under_way": dict(full.pieces),
        "normal": {
            "runs": normal.cuts,
            "lost": normal.lost,
            "worst": normal.worst,
            "half": normal.half,
            "damaged": normal.damaged,
        },
    }


def _all(tapes: tuple[Tape, ...], count: int, seed: int, synchronous: str, say: Callable[[str], None]) -> Found:
    """Both nodes, each with the log moved seldom and often; the seed says which."""
    whole, ways = Found(), [(tape, more) for tape in tapes for more in ("", cuts.OFTEN)]
    for way, (tape, more) in enumerate(ways):
        if FULL not in tape.pragmas:
            raise Unavailable("The settings of the database changed.", "Adapt the soak.", code="soak-settings")
        pragmas = tape.pragmas.replace(FULL, synchronous) + more
        seeds = [one for one in range(seed, seed + count) if one % len(ways) == way]
        if seeds:
            whole = _sum(whole, cuts.cut(cuts.play(tape, pragmas), seeds, pragmas))
            say(f"  {whole.cuts:,} cuts with {synchronous}, {whole.violations} violations")
    return whole


def _sum(one: Found, other: Found) -> Found:
    firsts = [first for first in (one.first, other.first) if first is not None]
    return Found(
        one.cuts + other.cuts, one.lost + other.lost, one.half + other.half, one.damaged + other.damaged,
        one.untrue + other.untrue, max(one.worst, other.worst), one.twice + other.twice, Counter(one.pieces) + other.pieces,
        min(firsts) if firsts else None,
    )  # fmt: skip
