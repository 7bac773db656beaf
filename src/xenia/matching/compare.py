"""Two claims compared: score, band and reasons; and the same for many candidates of one question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from xenia.matching.bands import EXACT_SCORE, band_of, score_of
from xenia.matching.births import BirthMatch, compare_births
from xenia.matching.claims import Claim, Form, Prepared, prepare
from xenia.matching.features import Band, Feature, Match, Verdict
from xenia.matching.names import NameMatch, align, verdict_of
from xenia.matching.rarity import DEFAULT, NOMINAL_BITS, Rarity

# Candidates that are compared in full after the coarse pass.
MOST_COMPARED = 24
# Forms of the two sides that are aligned with each other.
MOST_ALIGNED = 6

_SEX_BITS: dict[Verdict, float] = {"same": 0.5, "unknown": 0.0, "different": -6.0}
_NATIONALITY_BITS: dict[Verdict, float] = {"same": 0.5, "unknown": 0.0, "different": -3.0}
_NOTHING = Match(0.0, None, ())


def compare(asked: Claim | Prepared, known: Claim | Prepared, rarity: Rarity = DEFAULT) -> Match:
    """How alike two claims are, and why. Score and verdicts are the same with both sides exchanged.

    A claim without any letter in its names matches nobody. Bits of name, birth date, sex and nationality are added
    up; EXACT is an equal name with an equal full birth date and no other sex, whatever the sum. Only `asked` decides
    whether it is a search by name (no birth date), where POSSIBLE begins lower.
    """
    one = asked if isinstance(asked, Prepared) else prepare(asked)
    other = known if isinstance(known, Prepared) else prepare(known)
    judged = _judge(one, other, rarity)
    return _match(one, other, judged) if judged else _NOTHING


def rescore(
    asked: Claim | Prepared,
    known: Sequence[Claim | Prepared | str],
    rarity: Rarity = DEFAULT,
    limit: int = 10,
) -> list[tuple[int, Match]]:
    """The best hits among the candidates: their numbers in `known` with the match, surest first, at most `limit`.

    `known` may hold lines of `Prepared.pack()`, which is fastest. Candidates without a band are left out. A coarse
    pass chooses `MOST_COMPARED` for the full comparison. A line of other rules is passed over: unpack it yourself.
    """
    one = asked if isinstance(asked, Prepared) else prepare(asked)
    found = []
    for number in coarse(one, known):
        candidate = known[number]
        if isinstance(candidate, str):
            other = Prepared.unpack(candidate)
        else:
            other = candidate if isinstance(candidate, Prepared) else prepare(candidate)
        judged = _judge(one, other, rarity) if other else None
        if other and judged and judged.band:
            found.append((_ORDER[judged.band], -judged.score, number, other, judged))
    found.sort(key=lambda hit: hit[:3])
    return [(number, _match(one, other, judged)) for _, _, number, other, judged in found[:limit]]


@dataclass(frozen=True)
class _Judged:
    name: NameMatch
    birth: BirthMatch
    score: float
    band: Band | None


def _judge(one: Prepared, other: Prepared, rarity: Rarity) -> _Judged | None:
    """The verdict without its reasons, for the many candidates that come to nothing."""
    name = _best(one, other, rarity)
    if name is None:
        return None
    birth = compare_births(one.births, other.births)
    sex = _sex(one, other)
    bits = name.bits + birth.bits + _SEX_BITS[sex] + _NATIONALITY_BITS[_nationality(one, other)]
    score = score_of(bits, rarity.persons)
    band = _band(score, name, birth, sex, name_only=not one.births)
    return _Judged(name, birth, max(score, EXACT_SCORE) if band is Band.EXACT else score, band)


def _match(one: Prepared, other: Prepared, judged: _Judged) -> Match:
    features = (
        *_name_features(judged.name),
        _birth_feature(one, other, judged.birth),
        _sex_feature(one, other),
        _nationality_feature(one, other),
        _rarity_feature(judged.name),
    )
    return Match(round(judged.score, 4), judged.band, features)


_ORDER = {Band.EXACT: 0, Band.LIKELY: 1, Band.POSSIBLE: 2, None: 3}


def coarse(asked: Prepared, known: Sequence[Claim | Prepared | str], limit: int = MOST_COMPARED) -> list[int]:
    """Numbers of the candidates worth a full comparison, most promising first; not more than `limit`.

    Looks at skeletons in common and at how the birth dates stand to each other. A candidate is passed over where
    in our measurement hardly any such candidate (2 in 1,000 hits) came to a band.
    """
    lines = [c if isinstance(c, str) else (c if isinstance(c, Prepared) else prepare(c)).pack() for c in known]
    question = asked.pack().split("\t", 5)
    births = question[1].split(",") if question[1] else []
    unknown = _COARSE["unknown" if births else "not asked"]
    parts = [line.split("\t", 5) for line in lines]
    bones = [part[4] if len(part) == 6 else "" for part in parts]
    likeness = process.cdist([question[4]], bones, scorer=fuzz.token_set_ratio, workers=1)[0].tolist()
    ranked = []
    for number, (part, alike) in enumerate(zip(parts, likeness, strict=True)):
        least, bonus = _COARSE[_dates(births, part[1] if len(part) > 1 else "")] if births else unknown
        if alike >= least:
            ranked.append((-alike - bonus, number))
    ranked.sort()
    return [number for _, number in ranked[:limit]]


# Least likeness of the skeletons (0..100) and head start in the ranking, by how the birth dates stand.
# Source: own measurement, docs/why/matching.md.
_COARSE = {
    "same": (50.0, 30.0),
    "year": (68.0, 12.0),
    "unknown": (72.0, 10.0),
    "other": (95.0, 0.0),
    "not asked": (50.0, 0.0),
}


def _dates(births: list[str], known: str) -> str:
    if not births or not known or "~" in known or "/" in known:
        return "unknown"
    if known in births:
        return "same"
    years = {birth[:4] for birth in births}
    if "," not in known and len(years) == 1:
        return "year" if known[:4] in years else "other"
    return "year" if any(birth[:4] in years for birth in known.split(",")) else "other"


def _best(one: Prepared, other: Prepared, rarity: Rarity) -> NameMatch | None:
    best: NameMatch | None = None
    for asked in one.forms[:MOST_ALIGNED]:
        for known in other.forms:
            match = align(asked, known, rarity)
            if best is None or (match.bits, match.likeness) > (best.bits, best.likeness):
                best = match
    return best


def _band(score: float, name: NameMatch, birth: BirthMatch, sex: Verdict, name_only: bool) -> Band | None:
    full = birth.detail in ("birth.same", "birth.same-first-of-january")
    if name.is_same and full and sex != "different":
        return Band.EXACT
    band = band_of(score, name.likeness, name_only)
    if band is Band.LIKELY and birth.verdict == "different":
        return Band.POSSIBLE
    return band


def _name_features(name: NameMatch) -> tuple[Feature, ...]:
    """Surname and given names apart where the asked side parts them, else the name as a whole."""
    asked = name.asked
    if asked.surname is None or asked.surname in (0, len(asked.tokens)):
        return (_part("name", name, range(len(asked.tokens))),)
    surname = _part("surname", name, range(asked.surname))
    return surname, _part("given_names", name, range(asked.surname, len(asked.tokens)))


def _part(label: str, name: NameMatch, numbers: range) -> Feature:
    pairs = [pair for pair in name.pairs if pair.asked[0] in numbers]
    found = " ".join(name.known.tokens[n] for pair in sorted(pairs, key=lambda p: p.asked) for n in pair.known)
    asked = " ".join(name.asked.tokens[n] for n in numbers)
    met = sum(len(pair.asked) for pair in pairs)
    weakest = min((pair.likeness for pair in pairs), default=0.0)
    share = met / len(numbers) if numbers else 0.0
    weight = name.nominal_bits * (len(numbers) / max(1, len(name.asked.tokens)))
    if not pairs:
        return Feature(label, "different", asked, found, round(weight, 2), "name.different")
    verdict = verdict_of(weakest)
    if share < 1:
        return Feature(label, "alike", asked, found, round(weight, 2), "name.in-part")
    return Feature(label, verdict, asked, found, round(weight, 2), _why(name.asked, name.known, pairs, verdict))


def _why(asked: Form, known: Form, pairs: Sequence[object], verdict: Verdict) -> str:
    if asked.bare != known.bare:
        return "name.other-script"
    return "name.same" if verdict == "same" else "name.spelt-otherwise"


def _birth_feature(one: Prepared, other: Prepared, birth: BirthMatch) -> Feature:
    asked, found = ("; ".join(date.iso() for date in side.births) for side in (one, other))
    return Feature("birth_date", birth.verdict, asked, found, birth.bits, birth.detail)


def _sex(one: Prepared, other: Prepared) -> Verdict:
    if one.sex is None or other.sex is None:
        return "unknown"
    return "same" if one.sex == other.sex else "different"


def _nationality(one: Prepared, other: Prepared) -> Verdict:
    if not one.nationalities or not other.nationalities:
        return "unknown"
    return "different" if one.nationalities.isdisjoint(other.nationalities) else "same"


def _sex_feature(one: Prepared, other: Prepared) -> Feature:
    verdict = _sex(one, other)
    return Feature("sex", verdict, one.sex or "", other.sex or "", _SEX_BITS[verdict], f"sex.{verdict}")


def _nationality_feature(one: Prepared, other: Prepared) -> Feature:
    verdict = _nationality(one, other)
    asked, found = (" ".join(sorted(side.nationalities)) for side in (one, other))
    return Feature("nationality", verdict, asked, found, _NATIONALITY_BITS[verdict], f"nationality.{verdict}")


def _rarity_feature(name: NameMatch) -> Feature:
    weight = name.bits - name.nominal_bits
    per_token = weight / max(1, len(name.pairs))
    word = "common" if per_token < -0.25 * NOMINAL_BITS else "rare" if per_token > 0.25 * NOMINAL_BITS else "average"
    return Feature("rarity", "unknown", "", "", round(weight, 2), f"rarity.{word}")
