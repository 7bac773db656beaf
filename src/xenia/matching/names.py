"""How alike two names are: tokens aligned by likeness, in any order, in one piece or several."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from xenia.matching.claims import Form
from xenia.matching.features import Verdict
from xenia.matching.rarity import NOMINAL_BITS, Rarity
from xenia.matching.sounds import consonants, outlines, skeletons, sound

# Likeness of two tokens. Below ALIKE they are two names. Source: own measurement, docs/why/matching.md.
SAME = 0.97
MIDDLING = 0.82
ALIKE = 0.72
# Two tokens of one side meet one of the other when their letters together are as alike as this.
MERGING = 0.8
# Tokens less alike than this never meet; between this and ALIKE they meet and speak against.
MEETING = 0.5
# Tokens that differ in a larger share of their letters are not looked at more closely.
MOST_DIFFERENT = 0.6
# What speaks against: a token of each side that meets nobody; a token that only one side has.
CONTRADICTION_BITS = -9.0
HARDLY_ALIKE_BITS = -4.0
LEFT_OVER_BITS = -2.5
# Long names are cut short by custom: what is left over beyond this says nothing more.
MOST_LEFT_OVER = 2
LEFT_OVER_SHARE = 0.08


@dataclass(frozen=True)
class Pair:
    """Token numbers of both sides that stand for each other (two numbers where merged) and their likeness."""

    asked: tuple[int, ...]
    known: tuple[int, ...]
    likeness: float


@dataclass(frozen=True)
class NameMatch:
    """Two forms aligned. `likeness` 0..1; `bits` with and `nominal_bits` without regard to how rare the name is."""

    asked: Form
    known: Form
    pairs: tuple[Pair, ...]
    contradictions: int
    left_over: int
    likeness: float
    bits: float
    nominal_bits: float

    @property
    def is_same(self) -> bool:
        """Every token of the shorter name meets an equal one; at most one is left over beside two that meet.

        In the same order, which may begin elsewhere: IVAN PETROV is PETROV IVAN, but not every order of three is.
        """
        if self.contradictions or any(pair.likeness < SAME for pair in self.pairs):
            return False
        if self.left_over and (self.left_over > 1 or len(self.pairs) == 1):
            return False
        return _turned(tuple(pair.known for pair in sorted(self.pairs, key=lambda pair: pair.asked)))


@lru_cache(maxsize=262_144)
def token_likeness(one: str, other: str, bare: bool = False) -> float:
    """0..1, symmetric. `bare`: one of them has no short vowels, so consonants alone are compared."""
    if one == other:
        return 1.0
    if len(one) == 1 or len(other) == 1:
        return 0.8 if one[0] == other[0] else 0.0
    if not bare and OSA.distance(one, other) > 0.5 + MOST_DIFFERENT * max(len(one), len(other)):
        return 0.0
    first, second = sound(one), sound(other)
    if first == second:
        return 0.98
    if bare:
        return _bare_likeness(one, other)
    longest = max(len(first), len(second))
    distance: float = min(OSA.distance(first, second), OSA.distance(one, other))
    shares = _shares(one, other)
    if shares and distance > 1:
        outline = min(OSA.distance(a, b) for a in outlines(one) for b in outlines(other))
        distance = (distance + outline) / 2
    apart = distance * (0.85 + 0.15 * distance) / longest
    return max(0.0, min(0.96, 1 - apart * (0.65 if shares else 1.0) * (1.0 if first[0] == second[0] else 1.15)))


def _shares(one: str, other: str) -> bool:
    """The two may have the same skeleton."""
    return not set(skeletons(one)).isdisjoint(skeletons(other))


def _bare_likeness(one: str, other: str) -> float:
    first, second = consonants(one), consonants(other)
    if first == second:
        return 0.97 if len(first) > 1 else 0.85
    if _shares(one, other):
        return 0.9 if len(skeletons(one)[0]) > 1 else 0.75
    longest = max(len(first), len(second))
    return min(0.85, 1 - OSA.distance(first, second) / (longest + 0.5)) if longest > 2 else 0.0


def _likeness(asked: Form, known: Form, one: str, other: str) -> float:
    found = token_likeness(one, other, asked.bare != known.bare)
    if (asked.cut and _begins(one, other)) or (known.cut and _begins(other, one)):
        return max(found, 0.93 if min(len(one), len(other)) > 2 else 0.8)
    return found


def _begins(short: str, long: str) -> bool:
    return len(short) < len(long) and long.startswith(short)


def align(asked: Form, known: Form, rarity: Rarity) -> NameMatch:
    """The best one-to-one meeting of tokens, found greedily; then merged tokens; then what is left over."""
    free_asked, free_known = set(range(len(asked.tokens))), set(range(len(known.tokens)))
    pairs: list[Pair] = []

    def meet(i: int, j: int, likeness: float) -> None:
        pairs.append(Pair((i,), (j,), likeness))
        free_asked.discard(i)
        free_known.discard(j)

    for i, one in enumerate(asked.tokens):
        j = _place(one, known.tokens, free_known, i)
        if j >= 0:
            meet(i, j, 1.0)
    if free_asked and free_known:
        for likeness, _, i, j in _near_pairs(asked, known, free_asked, free_known):
            if i in free_asked and j in free_known:
                meet(i, j, likeness)
    if free_asked and free_known:
        _merge(asked, known, free_asked, free_known, pairs)
    return _weighed(asked, known, tuple(pairs), free_asked, free_known, rarity)


def _place(token: str, among: tuple[str, ...], free: set[int], at: int) -> int:
    """Where the same token stands free, nearest place first; -1 where nowhere."""
    if token not in among:
        return -1
    return min((j for j in free if among[j] == token), key=lambda j: abs(at - j), default=-1)


def _near_pairs(
    asked: Form, known: Form, free_asked: set[int], free_known: set[int]
) -> list[tuple[float, int, int, int]]:
    """Tokens that are alike enough to meet: likest first, then those in like places."""
    found = [
        (-likeness, abs(i - j), i, j)
        for i in free_asked
        for j in free_known
        if (likeness := _likeness(asked, known, asked.tokens[i], known.tokens[j])) >= MEETING
    ]
    return [(-minus, apart, i, j) for minus, apart, i, j in sorted(found)]


def _merge(asked: Form, known: Form, free_asked: set[int], free_known: set[int], pairs: list[Pair]) -> None:
    """Meets two free neighbours of one side with one free token of the other, as ABDUL RAHMAN with ABDULRAHMAN."""
    bare = asked.bare != known.bare
    for i in sorted(free_asked):
        for j in sorted(free_known):
            if j + 1 in free_known and i in free_asked and j in free_known:
                likeness = token_likeness(asked.tokens[i], known.tokens[j] + known.tokens[j + 1], bare)
                if likeness >= MERGING:
                    pairs.append(Pair((i,), (j, j + 1), likeness))
                    free_asked.discard(i)
                    free_known.difference_update((j, j + 1))
            if i + 1 in free_asked and i in free_asked and j in free_known:
                likeness = token_likeness(asked.tokens[i] + asked.tokens[i + 1], known.tokens[j], bare)
                if likeness >= MERGING:
                    pairs.append(Pair((i, i + 1), (j,), likeness))
                    free_asked.difference_update((i, i + 1))
                    free_known.discard(j)


def _weighed(
    asked: Form, known: Form, pairs: tuple[Pair, ...], free_asked: set[int], free_known: set[int], rarity: Rarity
) -> NameMatch:
    met = whole = bits = nominal = 0.0
    for pair in pairs:
        weight = min(_bits(asked, pair.asked, rarity), _bits(known, pair.known, rarity))
        counts = _counts(pair.likeness)
        met += weight * pair.likeness
        whole += weight
        bits += (weight if counts > 0 else -HARDLY_ALIKE_BITS) * counts
        nominal += (NOMINAL_BITS if counts > 0 else -HARDLY_ALIKE_BITS) * counts
    contradictions = min(len(free_asked), len(free_known))
    left_over = max(len(free_asked), len(free_known)) - contradictions
    against = contradictions * CONTRADICTION_BITS + min(left_over, MOST_LEFT_OVER) * LEFT_OVER_BITS
    whole += contradictions * NOMINAL_BITS + left_over * NOMINAL_BITS * LEFT_OVER_SHARE
    likeness = met / whole if whole and pairs else 0.0
    return NameMatch(asked, known, pairs, contradictions, left_over, likeness, bits + against, nominal + against)


def _turned(known: tuple[tuple[int, ...], ...]) -> bool:
    """The tokens stand in the same order on both sides, or in that order begun elsewhere (given names first)."""
    drops = sum(known[n] > known[(n + 1) % len(known)] for n in range(len(known)))
    return len(known) < 3 or drops <= 1


def _counts(likeness: float) -> float:
    """What a likeness earns: 1 when equal, 0 at the edge of being two names, -1 where they only just meet."""
    if likeness >= MIDDLING:
        return min(1.0, 0.55 + 0.45 * (likeness - MIDDLING) / (SAME - MIDDLING))
    if likeness >= ALIKE:
        return 0.1 + 0.45 * (likeness - ALIKE) / (MIDDLING - ALIKE)
    return 0.1 - 1.1 * (ALIKE - likeness) / (ALIKE - MEETING)


def _bits(form: Form, numbers: tuple[int, ...], rarity: Rarity) -> float:
    if len(numbers) > 1:
        return rarity.bits("".join(form.tokens[n] for n in numbers))
    token = form.tokens[numbers[0]]
    return 3.0 if len(token) == 1 else rarity.bits(token)


def verdict_of(likeness: float) -> Verdict:
    """`same`, `alike` or `different` for a likeness of tokens or names."""
    return "same" if likeness >= SAME else "alike" if likeness >= ALIKE else "different"
