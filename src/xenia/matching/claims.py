"""What one source says about a person, and the same made ready for comparison."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from xenia.formats.dates import BadDate, PartialDate
from xenia.matching.keys import RULES_VERSION
from xenia.matching.scripts import fold, unvocalised
from xenia.matching.sounds import skeletons
from xenia.matching.tokens import token_spellings

Sex = Literal["M", "F", "X"]

# Letters and fillers of the name field of each MRZ (ICAO Doc 9303 parts 4 to 7): TD1 30, TD2 and MRV-B 31, TD3 and
# MRV-A 39. A name that fills its field to the last place may have been cut.
MRZ_NAME_WIDTHS = frozenset({30, 31, 39})

# Forms of a name beyond this number are not compared.
MOST_FORMS = 24


@dataclass(frozen=True)
class Claim:
    """Who somebody is said to be. `names`: other whole names, aliases, other scripts. None and "" are unknown.

    `surname` and `given_names` are the main name; where it is not parted, it stands in `names`.
    `births`: further birth dates that the source gives beside `birth`.
    """

    surname: str = ""
    given_names: str = ""
    names: tuple[str, ...] = ()
    birth: PartialDate | None = None
    sex: Sex | None = None
    nationalities: frozenset[str] = frozenset()
    births: tuple[PartialDate, ...] = ()

    def whole_names(self) -> tuple[str, ...]:
        """Every name in one line each, the main one first: what `name_keys` asks for."""
        main = f"{self.surname} {self.given_names}".strip()
        return ((main,) if main else ()) + tuple(name for name in self.names if name)


@dataclass(frozen=True)
class Form:
    """One name as tokens. `surname` counts the leading tokens of the surname; None where it is not parted.

    `cut`: it fills an MRZ field, so its tokens may be beginnings only. `bare`: written without short vowels.
    """

    tokens: tuple[str, ...]
    surname: int | None = None
    bare: bool = False
    cut: bool = False


@dataclass(frozen=True)
class Prepared:
    """A claim with its names folded: what `compare` works on. `pack()` writes it as one line of text."""

    forms: tuple[Form, ...]
    births: tuple[PartialDate, ...]
    sex: str | None
    nationalities: frozenset[str]

    def pack(self) -> str:
        """One line, tab-separated: rules version, births, sex, nationalities, skeletons, forms."""
        bones = " ".join(sorted({bone for form in self.forms for t in form.tokens for bone in skeletons(t)}))
        forms = ";".join(_packed(form) for form in self.forms)
        births = ",".join(birth.iso() for birth in self.births)
        return "\t".join(
            (str(RULES_VERSION), births, self.sex or "", ",".join(sorted(self.nationalities)), bones, forms)
        )

    @classmethod
    def unpack(cls, line: str) -> Prepared | None:
        """What `pack` wrote; None where it is of another rules version or not such a line: prepare the claim again."""
        parts = line.split("\t")
        if len(parts) != 6 or parts[0] != str(RULES_VERSION):
            return None
        _, births, sex, nationalities, _, forms = parts
        try:
            dates = tuple(PartialDate.parse(text) for text in births.split(",") if text)
        except BadDate:
            return None
        return cls(
            tuple(_unpacked(form) for form in forms.split(";") if form),
            dates,
            sex or None,
            frozenset(nationalities.split(",")) if nationalities else frozenset(),
        )


def prepare(claim: Claim) -> Prepared:
    """The claim with every name folded and cut into tokens. Equal forms are kept once; never raises."""
    forms = list(dict.fromkeys(form for form in _forms(claim) if form.tokens))[:MOST_FORMS]
    first = (claim.birth,) if claim.birth else ()
    births = tuple(dict.fromkeys(birth for birth in first + claim.births if birth.year is not None))
    states = frozenset(state.replace("<", "").strip().upper() for state in claim.nationalities)
    sex = claim.sex if claim.sex in ("M", "F") else None
    return Prepared(tuple(forms), births, sex, frozenset(s for s in states if s.isalpha()))


def _forms(claim: Claim) -> Iterator[Form]:
    bare = unvocalised(claim.surname + claim.given_names)
    cut = len(fold(claim.surname)) + 2 + len(fold(claim.given_names)) in MRZ_NAME_WIDTHS
    for surname, given in zip_longest(token_spellings(claim.surname), token_spellings(claim.given_names)):
        surname = token_spellings(claim.surname)[0] if surname is None else surname
        given = token_spellings(claim.given_names)[0] if given is None else given
        yield Form(surname + given, len(surname), bare, cut)
    for name in claim.names:
        bare = unvocalised(name)
        for whole in token_spellings(name):
            yield Form(whole, None, bare)


def _packed(form: Form) -> str:
    marks = ("~" if form.bare else "") + ("!" if form.cut else "")
    if form.surname is None:
        return marks + " ".join(form.tokens)
    return marks + " ".join(form.tokens[: form.surname]) + ">" + " ".join(form.tokens[form.surname :])


def _unpacked(text: str) -> Form:
    plain = text.lstrip("~!")
    marks = text[: len(text) - len(plain)]
    surname, parted, given = plain.partition(">")
    first = tuple(surname.split())
    if not parted:
        return Form(first, None, "~" in marks, "!" in marks)
    return Form(first + tuple(given.split()), len(first), "~" in marks, "!" in marks)
