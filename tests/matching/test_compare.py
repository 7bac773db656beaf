"""Two claims compared: score, band, reasons."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xenia.formats.dates import PartialDate
from xenia.matching import Band, Claim, Prepared, Rarity, coarse, compare, prepare, rescore

BORN = PartialDate(1974, 8, 12)
MURAD = Claim("ALIYEV", "MURAD", birth=BORN, sex="M", nationalities=frozenset({"UTO"}))
RARE = Rarity(persons=1_000_000)

NAME = st.text(alphabet=st.characters(codec="utf-8", categories=("L", "M", "Zs", "Pd")), max_size=25)
CLAIMS = st.builds(
    Claim,
    NAME,
    NAME,
    st.lists(NAME, max_size=2).map(tuple),
    st.one_of(st.none(), st.dates().map(PartialDate.of), st.builds(PartialDate, st.integers(1900, 2020))),
    st.sampled_from(["M", "F", "X", None]),
    st.sets(st.sampled_from(["UTO", "QMA", "QMB"]), max_size=2).map(frozenset),
)


@pytest.mark.parametrize(
    ("known", "band"),
    [
        (MURAD, Band.EXACT),
        (Claim("Əliyev", "Murad", birth=BORN), Band.EXACT),
        (Claim(names=("Murad Aliyev",), birth=BORN), Band.EXACT),
        (Claim("MURAD", "ALIYEV", birth=BORN), Band.EXACT),
        (Claim("Алиев", "Мурад", birth=BORN), Band.EXACT),
        (Claim("Aliyev", "Murad Hasan oglu", birth=BORN), Band.EXACT),
        (Claim("Alayev", "Murad", birth=BORN), Band.LIKELY),
        (Claim("Aliyev", "Mourad", birth=PartialDate(1974, 12, 8)), Band.LIKELY),
        (Claim("Aliyev", "Murad", birth=PartialDate(1974)), Band.POSSIBLE),
        (Claim("Aliyev", "Murad", birth=PartialDate(1984, 8, 12)), Band.POSSIBLE),
        (replace(MURAD, sex="F"), Band.LIKELY),
        (Claim("Aliyev", "Murad", birth=PartialDate(1955, 1, 30)), None),
        (Claim("Beridze", "Tamar", birth=BORN), None),
        (Claim("Aliyev", "Zaur", birth=PartialDate(1974, 8)), None),
        (Claim(), None),
    ],
)
def test_bands_of_some_pairs(known: Claim, band: Band | None) -> None:
    assert compare(MURAD, known, RARE).band is band


def test_the_reasons_name_both_values_and_why() -> None:
    match = compare(MURAD, Claim("Aliev", "Murad", birth=PartialDate(1974, 12, 8), sex="M"))
    told = {feature.name: feature for feature in match.features}
    assert list(told) == ["surname", "given_names", "birth_date", "sex", "nationality", "rarity"]
    assert (told["surname"].asked, told["surname"].found) == ("ALIYEV", "ALIEV")
    assert told["birth_date"].detail == "birth.day-and-month-swapped"
    assert told["birth_date"].verdict == "alike"
    assert (told["birth_date"].asked, told["birth_date"].found) == ("1974-08-12", "1974-12-08")
    assert told["nationality"].verdict == "unknown"


def test_a_name_that_is_not_parted_has_one_reason() -> None:
    match = compare(Claim(names=("Murad Aliyev",), birth=BORN), MURAD)
    assert match.features[0].name == "name"
    assert match.features[0].verdict == "same"


def test_a_birth_date_alone_makes_no_hit() -> None:
    other = Claim("QUEMBO", "TSITSINO", birth=BORN, sex="M", nationalities=frozenset({"UTO"}))
    assert compare(MURAD, other).band is None


def test_another_order_of_three_tokens_is_not_exact() -> None:
    asked = Claim(names=("Salman bin Muhammad al-Rawi",), birth=BORN)
    assert compare(asked, Claim(names=("Muhammad bin Salman al-Rawi",), birth=BORN)).band is Band.LIKELY
    assert compare(asked, Claim(names=("al-Rawi, Salman bin Muhammad",), birth=BORN)).band is Band.EXACT


def test_a_name_cut_by_the_mrz_meets_the_whole_one() -> None:
    cut = Claim("VANDERSCHMITTENBERG", "MAXIMILIAN ALEXAND", birth=BORN)
    assert len(cut.surname) + 2 + len(cut.given_names) == 39
    assert compare(cut, Claim("Vanderschmittenberg", "Maximilian Alexander", birth=BORN)).band in (
        Band.EXACT,
        Band.LIKELY,
    )


def test_a_common_name_says_less_than_a_rare_one() -> None:
    def by_name(surname: str, given: str) -> float:
        claim = Claim(surname, given)
        return compare(claim, claim, RARE).score

    assert by_name("KHAN", "MUHAMMAD") < by_name("QUEMBORADZE", "TSITSINO")


def test_a_larger_register_asks_for_more() -> None:
    known = Claim("Aliyev", "Murad")
    assert compare(MURAD, known, Rarity(persons=300)).band is Band.POSSIBLE
    assert compare(MURAD, known, Rarity(persons=50_000_000)).band is None


def test_a_question_without_birth_date_is_a_search_by_name() -> None:
    known = Claim("Aliyev", "Murad", birth=PartialDate(1974))
    assert compare(Claim("ALIYEV", "MURAD"), known, RARE).band is Band.POSSIBLE


def test_a_packed_claim_comes_back_whole() -> None:
    claim = Claim(
        "Müller-Weiß", "Anna", ("عبد الله الحسن",), PartialDate(1974, qualifier="between", year_to=1978), "F",
        frozenset({"UTO", "QMA"}), (PartialDate(1980, 1),),
    )  # fmt: skip
    assert Prepared.unpack(prepare(claim).pack()) == prepare(claim)
    assert Prepared.unpack("0\t\t\t\t\tA>B") is None
    assert Prepared.unpack("nonsense") is None


def test_rescoring_gives_the_surest_first_and_leaves_the_rest_out() -> None:
    others = [Claim(f"{a}DZE", f"{b}RAB", birth=BORN) for a in ("BERI", "KAPA", "LOMI") for b in ("ZU", "TA", "MI")] * 5
    known = [*others, Claim("Alayev", "Murad", birth=BORN), MURAD]
    for form in (known, [prepare(claim) for claim in known], [prepare(claim).pack() for claim in known]):
        found = rescore(MURAD, form)
        assert [(number, match.band) for number, match in found] == [
            (len(others) + 1, Band.EXACT),
            (len(others), Band.LIKELY),
        ]
    assert rescore(MURAD, known, limit=1)[0][0] == len(others) + 1
    assert rescore(MURAD, []) == []
    assert len(coarse(prepare(MURAD), [prepare(MURAD)] * 100, limit=7)) == 7


@given(CLAIMS, CLAIMS)
def test_both_directions_give_the_same_score(one: Claim, other: Claim) -> None:
    there, back = compare(one, other), compare(other, one)
    assert there.score == pytest.approx(back.score, abs=1e-3)
    assert 0 <= there.score <= 1
    if (one.birth is None) == (other.birth is None):
        assert there.band == back.band


@given(CLAIMS)
def test_a_claim_is_exactly_itself_when_its_birth_date_is_full(claim: Claim) -> None:
    assume(prepare(claim).forms)
    match = compare(replace(claim, birth=BORN), replace(claim, birth=BORN))
    assert match.band is Band.EXACT
    assert match.score >= 0.95


@given(CLAIMS, CLAIMS)
def test_a_score_never_rises_when_a_feature_gets_worse(one: Claim, other: Claim) -> None:
    same_born = (replace(one, birth=BORN), replace(other, birth=BORN))
    best = compare(*same_born).score
    for worse in ("1974-08-13", "1974-12-08", "1974", "1980-08-12", "1955-01-30", ""):
        assert compare(same_born[0], replace(other, birth=PartialDate.parse(worse))).score <= best
    for field, equal, unequal in (("sex", "M", "F"), ("nationalities", frozenset({"UTO"}), frozenset({"QMZ"}))):
        asked = replace(one, **{field: equal})
        scores = [compare(asked, replace(other, **{field: value})).score for value in (equal, unequal)]
        assert scores[0] >= scores[1]


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_can_be_compared_and_packed(one: str, other: str) -> None:
    claim = Claim(one, other, (other + one,))
    compare(claim, Claim(other, one, (one,)))
    assert Prepared.unpack(prepare(claim).pack()) == prepare(claim)
