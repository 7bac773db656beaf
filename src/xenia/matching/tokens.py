"""A folded name cut into the tokens that identify a person; particles out, Arabic compounds in one piece."""

from __future__ import annotations

import re
from functools import lru_cache

from xenia.matching.scripts import fold, spellings

# Out of keys and of the comparison, never out of what is shown. Kept where nothing else would be left.
# Source: own list from the name customs in ICAO Doc 9303 part 3 section 4 and the UN and OFAC lists.
PARTICLES = frozenset(
    # Arabic, Hebrew: article, son of, daughter of
    "AL EL UL UD UR AS ASH AN AR AD ED BIN BEN IBN BN ABN BINT BINTE BT OULD WALAD WULD "
    # Turkic: son of, daughter of
    "OGLU OGLI OGHLU OGHLI UGLI OGHLY OGLY OGLUE UULU ULY UULI QIZI KIZI KYZY QYZY GIZI GYZY KIZY QYZI KYZI "
    # Latin languages, German, Dutch
    "DE DEL DELLA DELLE DELLO DI DA DO DOS DAS DU DES LA LE LOS LAS LO E Y VON VAN VOM ZU ZUR ZUM DEN DER TEN TER "
    "AF AV "
    # Malay
    "BINTI "
    # titles that lists put into names
    "MR MRS MS DR PROF SIR HAJI HADJI HAJJ HAJJI SHEIKH SHAIKH SHAYKH SHEIK CHEIKH MULLAH MAULAVI MAWLAWI MAULVI "
    "SAYYID SAYED SAYYED SYED SEYED".split()
)

_ARTICLES = frozenset("AL EL UL UD UR AR AS ASH AN AD ED AZ ET AT".split())
_SERVANT = frozenset("ABD ABDUL ABDEL ABDAL ABDOUL ABDOL ABDIL ABDU ABDO".split())
_ALLAH = frozenset("ALLAH ULLAH OLLAH ELLAH ULLA ALLA OULLAH ULAH LLAH ALLH".split())
_FAITH = frozenset("DIN DEEN DINE DDIN EDDIN EDDINE UDDIN ADDIN ELDIN ALDIN ELDINE UDIN EDIN ODDIN UDDEEN".split())
_FATHER = frozenset("ABU ABOU ABO".split())

# Written short in passports of South and South-East Asia.
_SHORT = {"MOHD": "MOHAMMAD", "MUHD": "MUHAMMAD", "MHD": "MUHAMMAD", "MD": "MOHAMMAD", "ABD": "ABDUL"}

_DAUGHTER_TAIL = re.compile(r"(?<=[A-Z]{4})(?:QIZI|KIZI|KYZY|QYZY|GYZY)$")
_SERVANT_HEAD = re.compile(r"ABD(?:OU|[AEIUO])?(?:L|([RSZTDN])(?=\1)|SH(?=SH))(?=[A-Z])")
_ALLAH_TAIL = re.compile(r"(?<=[A-Z]{3})(?:OU|[AEOU])LL(?:AH?|H)$")
_FAITH_TAIL = re.compile(r"(?<=[A-Z]{2})(?:OU|[AEIOU])(?:DD|LD|L D)(?:I|EE|Y)NE?$")

MOST_TOKENS = 12
LONGEST_TOKEN = 40


def tokens(name: str) -> tuple[str, ...]:
    """The name's tokens in the order given: folded, without particles, compounds such as Abd al-Rahman in one.

    At most `MOST_TOKENS` tokens of at most `LONGEST_TOKEN` letters; a name made of particles only keeps them.
    """
    return _cut(fold(name))


def token_spellings(name: str) -> tuple[tuple[str, ...], ...]:
    """The tokens of each spelling that `scripts.spellings` gives: one, or two where Latin letters carry marks."""
    return tuple(dict.fromkeys(_cut(spelling) for spelling in spellings(name)))


@lru_cache(maxsize=8_192)
def _cut(folded: str) -> tuple[str, ...]:
    words = [word[:LONGEST_TOKEN] for word in folded.split()[: 2 * MOST_TOKENS]]
    joined = _joined(words)
    kept = [word for word in joined if word not in PARTICLES] or joined
    return tuple(_compound(word) for word in kept[:MOST_TOKENS])


def _joined(words: list[str]) -> list[str]:
    """ABD AL RAHMAN to ABDRAHMAN, SAIF AL DIN to SAIFUDDIN, RAHMAT ALLAH to RAHMATULLAH, ABU BAKR to ABUBAKR."""
    out: list[str] = []
    index = 0
    while index < len(words):
        word = words[index]
        index += 1
        if word in _SERVANT and index < len(words):
            while index < len(words) - 1 and words[index] in _ARTICLES:
                index += 1
            if len(words[index]) > 2:
                word = "ABDULLAH" if words[index] in _ALLAH else "ABDUL" + words[index]
                index += 1
        elif word in _FATHER and index < len(words) and len(words[index]) > 2 and words[index] not in _ARTICLES:
            word = "ABU" + words[index]
            index += 1
        elif word in _FAITH and out and len(words) > 2:
            out[-1], word = out[-1] + "UDDIN", ""
        elif word in _ARTICLES and out and index < len(words) and words[index] in _FAITH:
            out[-1], word = out[-1] + "UDDIN", ""
            index += 1
        elif word in _ALLAH and out:
            out[-1], word = out[-1] + "ULLAH", ""
        if word:
            out.append(word)
    return out


def _compound(word: str) -> str:
    """One spelling for each compound: ABDURRAHMAN, ABDELRAHMAN to ABDRAHMAN; NOUREDDINE to NOURUDIN."""
    word = _SHORT.get(word, word)
    if len(word) < 6:
        return word
    if "LL" in word:
        word = _ALLAH_TAIL.sub("ULAH", word)
        if word.endswith("ULAH"):
            return word
    if "D" in word and "N" in word[-2:]:
        word = _FAITH_TAIL.sub("UDIN", word)
    if word.endswith(("ZI", "ZY")):
        word = _DAUGHTER_TAIL.sub("", word)
    return _SERVANT_HEAD.sub("ABD", word, count=1) if word.startswith("ABD") else word
