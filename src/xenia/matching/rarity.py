"""How much a shared name says: two Muhammads share little, two Zaurbeks much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log2

from xenia.matching.sounds import sound

# Bits that an average token is worth; what a token is worth more or less shows as the feature `rarity`.
NOMINAL_BITS = 6.0
LEAST_BITS, MOST_BITS = 2.0, 9.0
# The names of a person go together (culture, family), so a token says less than its own rarity.
# Source: own measurement, logistic fit over 100,000 compared pairs; docs/why/matching.md.
COUNTED = 0.65
# One person in so many bears a token that the table does not hold.
UNLISTED = 4_000
# A register counted itself knows rarer ones.
RAREST = 20_000
# The size of a register that does not say it.
USUAL_PERSONS = 100_000
# So many tokens are kept when a list is counted.
MOST_KEPT = 4_000

# One person in so many bears it, across the passports that a border sees. Order of magnitude only.
# Source: own estimate; counts of a list itself (Rarity.counted) are better and replace it.
_USUAL = {
    40: "MUHAMMAD MOHAMMED MOHAMED MOHAMMAD MUHAMMED MOHAMAD",
    80: "AHMED AHMAD ALI HUSSEIN HASSAN MARIA ABDULLAH",
    150: "KHAN IBRAHIM SINGH ANNA FATIMA OMAR YUSUF MUSTAFA MAHMOUD SAID KUMAR NGUYEN LI WANG ZHANG JOSE",
    300: (
        "KHALID SALEH ALEKSANDR SERGEY VLADIMIR ANDREY ELENA OLGA NATALIA TATIANA IVAN JOHN DAVID MICHAEL JAMES "
        "AMINA AISHA MARIAM KARIM HAMID RASHID SALIM NASSER OSMAN ISMAIL YOUSSEF ADAM DANIEL GARCIA RODRIGUEZ "
        "MARTINEZ LOPEZ GONZALEZ HERNANDEZ PEREZ SANCHEZ LIU CHEN YANG KIM LEE PARK SMITH DEVI BIBI BEGUM"
    ),
    600: (
        "MEHMET AYSE FATMA EMINE ZEYNEP YILMAZ KAYA DEMIR ALIYEV MAMMADOV HUSEYNOV HASANOV GULIYEV IVANOV IVANOVA "
        "SMIRNOV KUZNETSOV POPOV PETROV VOLKOV DMITRY ALEXEI NIKOLAY MIKHAIL IRINA SVETLANA GEORGI NINO GIORGI DAVIT "
        "PETER PAUL THOMAS ANDREAS CHRISTIAN MARTIN ROBERT WILLIAM JOSEPH ANTONIO FRANCISCO MANUEL CARLOS JUAN LUIS "
        "ZHAO HUANG WU ZHOU TRAN LE PHAM REZA MAHDI ZAHRA HOSSEINI AHMADI SILVA SANTOS SHARMA PATEL HAIDER ABBAS"
    ),
}


def _usual() -> dict[str, float]:
    return {
        sound(token): 1 / one_in for one_in, names in sorted(_USUAL.items(), reverse=True) for token in names.split()
    }


@dataclass(frozen=True)
class Rarity:
    """Share of persons that bear a token, by the sound of the token; `unlisted`: the share of every other token.

    `persons`: how many the register holds; the more, the more a hit must have in common with the question.
    """

    shares: Mapping[str, float] = field(default_factory=_usual)
    unlisted: float = 1 / UNLISTED
    persons: int = USUAL_PERSONS

    @classmethod
    def counted(cls, persons: Iterable[Iterable[str]], register: int | None = None) -> Rarity:
        """From a register: for each person the folded tokens of all names. Keeps the most frequent tokens.

        A token that it drops counts as rare as the rarest kept one. A register of under 1,000 persons says too
        little about names: the built-in table answers instead. `register`: its persons where `persons` is a sample.
        """
        counts: Counter[str] = Counter()
        total = 0
        for tokens in persons:
            counts.update({sound(token) for token in tokens})
            total += 1
        if total < 1_000:
            return cls(persons=register or total)
        kept = counts.most_common(MOST_KEPT)
        unlisted = max(kept[-1][1] / total, 1 / RAREST) if kept else 1.0
        return cls({token: count / total for token, count in kept}, unlisted, register or total)

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Rarity:
        """The table that `to_json` wrote."""
        shares = data["shares"]
        if not isinstance(shares, Mapping):
            return DEFAULT
        persons = int(str(data.get("persons", USUAL_PERSONS)))
        return cls({str(k): float(v) for k, v in shares.items()}, float(str(data["unlisted"])), persons)

    def to_json(self) -> dict[str, object]:
        """A plain form for the list file, four digits each."""
        shares = {k: float(f"{v:.4g}") for k, v in self.shares.items()}
        return {"shares": shares, "unlisted": self.unlisted, "persons": self.persons}

    def bits(self, token: str) -> float:
        """What it says that two persons share this token: `COUNTED` of log2 of one in how many, between 2 and 9."""
        share = self.shares.get(sound(token), self.unlisted)
        return min(MOST_BITS, max(LEAST_BITS, -COUNTED * log2(share)))


DEFAULT = Rarity()
