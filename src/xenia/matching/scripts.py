"""From any script to upper-case ASCII letters: own tables where names are at stake, anyascii for the rest.

A name in Cyrillic, Georgian or Arabic letters comes out as the most usual Latin spelling would have it, so far as
letters alone can tell: Arabic and Persian names carry no short vowels and gain none here. What the same name may
look like in another Latin spelling is the business of `sounds.py`, not of this table.

Sources: ICAO Doc 9303 part 3 section 6 (8th ed., 2021) for Cyrillic, with the popular spelling where it differs
(YU and YA for IU and IA, Y for I at the end); Georgian national system (2002); Arabic after ALA-LC without marks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from anyascii import anyascii

# Letters of Russian, Ukrainian, Belarusian, Bulgarian, Serbian, Macedonian, Kazakh, Azerbaijani and Tajik Cyrillic.
CYRILLIC = {
    "а": "A", "б": "B", "в": "V", "г": "G", "д": "D", "е": "E", "ё": "E", "ж": "ZH", "з": "Z", "и": "I", "й": "Y",
    "к": "K", "л": "L", "м": "M", "н": "N", "о": "O", "п": "P", "р": "R", "с": "S", "т": "T", "у": "U", "ф": "F",
    "х": "KH", "ц": "TS", "ч": "CH", "ш": "SH", "щ": "SHCH", "ы": "Y", "ь": "", "э": "E", "ю": "YU", "я": "YA",
    "ґ": "G", "є": "YE", "і": "I", "ї": "YI", "ў": "U", "ђ": "DJ", "ј": "Y", "љ": "LJ", "њ": "NJ", "ћ": "C",
    "џ": "DZH", "ѓ": "GJ", "ќ": "KJ", "ѕ": "DZ", "ә": "A", "ғ": "GH", "қ": "Q", "ң": "NG", "ө": "O", "ұ": "U",
    "ү": "U", "һ": "H", "ҹ": "J", "ҝ": "G", "ҳ": "H", "ҷ": "J", "ӣ": "I", "ӯ": "U", "ӕ": "A",
}  # fmt: skip

GEORGIAN = {
    "ა": "A", "ბ": "B", "გ": "G", "დ": "D", "ე": "E", "ვ": "V", "ზ": "Z", "თ": "T", "ი": "I", "კ": "K", "ლ": "L",
    "მ": "M", "ნ": "N", "ო": "O", "პ": "P", "ჟ": "ZH", "რ": "R", "ს": "S", "ტ": "T", "უ": "U", "ფ": "P", "ქ": "K",
    "ღ": "GH", "ყ": "Q", "შ": "SH", "ჩ": "CH", "ც": "TS", "ძ": "DZ", "წ": "TS", "ჭ": "CH", "ხ": "KH", "ჯ": "J",
    "ჰ": "H",
}  # fmt: skip

# Arabic, Persian, Urdu and Kurdish letters. W and Y stand for long vowels too; see `_arabic`.
ARABIC = {
    "ا": "A", "أ": "A", "إ": "I", "آ": "A", "ٱ": "A", "ب": "B", "ت": "T", "ث": "TH", "ج": "J", "ح": "H", "خ": "KH",
    "د": "D", "ذ": "DH", "ر": "R", "ز": "Z", "س": "S", "ش": "SH", "ص": "S", "ض": "D", "ط": "T", "ظ": "Z", "ع": "A",
    "غ": "GH", "ف": "F", "ق": "Q", "ك": "K", "ل": "L", "م": "M", "ن": "N", "ه": "H", "ة": "A", "و": "W", "ي": "Y",
    "ى": "A", "ء": "", "ؤ": "U", "ئ": "I", "پ": "P", "چ": "CH", "ژ": "ZH", "گ": "G", "ک": "K", "ی": "Y", "ۀ": "E",
    "ڤ": "V", "ڨ": "G", "ګ": "G", "ݣ": "G", "ٹ": "T", "ڈ": "D", "ڑ": "R", "ں": "N", "ے": "E", "ہ": "H", "ھ": "H",
    "ۆ": "O", "ێ": "E", "ڕ": "R", "ڵ": "L", "ە": "A", "ۇ": "U", "ۋ": "V", "ې": "E", "ۃ": "A",
    "\u064b": "AN", "\u064c": "UN", "\u064d": "IN", "\u064e": "A", "\u064f": "U", "\u0650": "I",
}  # fmt: skip

HEBREW = {
    "א": "A", "ב": "B", "ג": "G", "ד": "D", "ה": "H", "ו": "V", "ז": "Z", "ח": "H", "ט": "T", "י": "Y", "כ": "K",
    "ך": "K", "ל": "L", "מ": "M", "ם": "M", "נ": "N", "ן": "N", "ס": "S", "ע": "A", "פ": "P", "ף": "F", "צ": "TS",
    "ץ": "TS", "ק": "K", "ר": "R", "ש": "SH", "ת": "T",
}  # fmt: skip

# Greek pairs that are one sound, ELOT 743 (ISO 843); the rest is anyascii's.
_GREEK_PAIRS = (("γγ", "ng"), ("γχ", "nch"), ("γξ", "nx"), ("ου", "ou"), ("αυ", "av"), ("ευ", "ev"), ("μπ", "b"))

# Latin letters where a plain removal of the mark (or anyascii) would mislead. ICAO Doc 9303 part 3 section 6 A.
LATIN = {
    "ə": "A", "ı": "I", "ß": "SS", "þ": "TH", "ð": "D", "ø": "O", "æ": "AE", "œ": "OE", "đ": "D", "ł": "L", "ħ": "H",
    "ŋ": "N", "ä": "AE", "ö": "OE", "ü": "UE", "å": "AA",
}  # fmt: skip

# The same letters as a plain document prints them, marks aside.
_PLAIN = {"ə": "e", "ı": "i", "ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"}

# Letters that Azerbaijani and Turkish share with no neighbour: their c, j, q, x have values of their own.
_AZERI = {"c": "J", "ç": "CH", "ş": "SH", "q": "G", "x": "KH", "ğ": "GH"}
_TURKISH = {"c": "J", "ç": "CH", "ş": "SH", "ğ": "GH"}

_DIGRAPH_HEADS = frozenset("CDGKPRSTWZ")
_ARABIC_RANGE = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff]")
_JOINERS = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u0640\u0651\u0652\u0653-\u065f\u0670]")
_APOSTROPHES = re.compile("['’‘`´ʻʼʾʿʹʺ′\"“”]")
_NOT_LETTER = re.compile("[^A-Z]+")
_WORD = re.compile(r"[^\W\d_]+(?:[\u0300-\u036f\u064b-\u0650\u0591-\u05c7\u0900-\u0dff\u0e00-\u0e7f]+[^\W\d_]*)*")


def unvocalised(name: str) -> bool:
    """The name is written in Arabic or Hebrew letters, which leave out short vowels."""
    return _ARABIC_RANGE.search(name) is not None or any("\u0590" <= letter <= "\u05ff" for letter in name)


@lru_cache(maxsize=8_192)
def fold(name: str) -> str:
    """The name in upper-case ASCII letters and single spaces, whatever its script; "" where it has no letter.

    Hyphens and every other sign between letters become a space, apostrophes vanish (`O'Brien` is OBRIEN, as in an
    MRZ), digits are dropped. Arabic words lose the article, which stands before them as `AL`. Never raises.
    """
    if name.isascii():
        return _NOT_LETTER.sub(" ", name.replace("'", "").replace("`", "").replace('"', "").upper()).strip()
    text = _APOSTROPHES.sub("", _JOINERS.sub("", unicodedata.normalize("NFKC", name)))
    lower = text.lower()
    own = _AZERI if "ə" in lower else _TURKISH if any(letter in "ışğ" for letter in lower) else {}
    ukrainian = any(letter in "іїєґ" for letter in lower) and not any(letter in "ыэё" for letter in lower)
    words = [_word(word, own, ukrainian) for word in _WORD.findall(text)]
    return " ".join(_NOT_LETTER.sub(" ", " ".join(words)).split())


def spellings(name: str) -> tuple[str, ...]:
    """The folded name, and where it has Latin letters with marks, also as a plain document prints it.

    `Müller` is MUELLER and MULLER, `Cəfərov` JAFAROV and, as its MRZ may have it, CEFEROV.
    """
    folded = fold(name)
    if name.isascii():
        return (folded,)
    plain = "".join(_PLAIN.get(letter, letter) for letter in _marks_off(name.lower()))
    printed = fold(plain)
    return (folded,) if printed == folded else (folded, printed)


def _word(word: str, own: Mapping[str, str], ukrainian: bool) -> str:
    lower = word.lower()
    first = lower[0]
    if "\u0400" <= first <= "\u052f":
        return _cyrillic(lower, ukrainian)
    if "\u10a0" <= first <= "\u10ff" or "\u1c90" <= first <= "\u1cbf":
        return "".join(GEORGIAN.get(letter) or anyascii(letter).upper() for letter in lower)
    if _ARABIC_RANGE.match(first):
        return _arabic(lower)
    if "\u0590" <= first <= "\u05ff":
        return _hebrew(lower)
    if "\u0370" <= first <= "\u03ff" or "\u1f00" <= first <= "\u1fff":
        return _greek(lower)
    if "a" <= first <= "\u024f" or first in LATIN:
        return _latin(lower, own)
    if "\u3400" <= first <= "\u9fff" or "\uac00" <= first <= "\ud7a3":
        # Chinese characters and Korean syllables: the first is the surname as a rule, the rest the given name.
        return f"{anyascii(first)} {anyascii(word[1:])}".upper()
    return anyascii(_marks_off(word)).upper()


def _marks_off(word: str) -> str:
    """The word without combining marks, for scripts where they are an ornament."""
    if any("\u0900" <= letter <= "\u0eff" for letter in word):
        return word
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def _latin(word: str, own: Mapping[str, str]) -> str:
    if word.isascii() and not own:
        return word.upper()
    umlaut = {} if own else LATIN
    out = []
    for letter in word:
        if letter in own:
            out.append(own[letter])
        elif letter in umlaut:
            out.append(umlaut[letter])
        elif "a" <= letter <= "z":
            out.append(letter.upper())
        else:
            out.append(LATIN["ə"] if letter == "ə" else anyascii(_marks_off(letter)).upper())
    return "".join(out)


def _cyrillic(word: str, ukrainian: bool) -> str:
    # Letters with an accent mark (Во́лков) lose it; й, ї, ё and ў are letters of their own and stay.
    word = unicodedata.normalize("NFC", "".join(c for c in word if c not in "\u0300\u0301"))
    out: list[str] = []
    for index, letter in enumerate(word):
        if letter == "ъ":
            # Bulgarian: a vowel between consonants. Russian: a sign before a soft vowel.
            following = word[index + 1 : index + 2]
            out.append("" if following in ("е", "ё", "ю", "я", "") else "A")
        elif letter == "е" and index == 0 and not ukrainian:
            out.append("E")
        elif ukrainian and letter == "г":
            out.append("H")
        elif ukrainian and letter == "и":
            out.append("Y")
        else:
            out.append(CYRILLIC[letter] if letter in CYRILLIC else anyascii(letter).upper())
    text = "".join(out)
    # The popular ending: Dmitriy and Dmitrii are Dmitry.
    return text[:-2] + "Y" if text.endswith("YY") or (text.endswith("IY") and not ukrainian) else text


def _greek(word: str) -> str:
    plain = _marks_off(word)
    for pair, latin in _GREEK_PAIRS:
        plain = plain.replace(pair, latin)
    return anyascii(plain).upper()


def _hebrew(word: str) -> str:
    out: list[str] = []
    for index, letter in enumerate(word):
        if letter == "ו" and index > 0:
            out.append("O" if word[index - 1] != "ו" else "V")
        elif letter == "י" and index > 0:
            out.append("I")
        elif letter in "הח" and index and out[-1][-1:] in _DIGRAPH_HEADS:
            out.append("AH")
        else:
            out.append(HEBREW[letter] if letter in HEBREW else anyascii(letter).upper())
    return "".join(out)


def _arabic(word: str) -> str:
    article = ""
    if word.startswith("ال") and len(word) > 4:
        word, article = word[2:], "AL "
    word = word.replace("تش", "چ")
    out: list[str] = []
    last = len(word) - 1
    for index, letter in enumerate(word):
        if letter in "وۆ" and index > 0:
            # Between vowels or before one it is a consonant; else the long vowel.
            out.append("W" if out[-1][-1:] == "A" or word[index + 1 : index + 2] in ("ا", "ي", "ی") else "U")
        elif letter in "ييی" and index > 0:
            out.append("Y" if word[index + 1 : index + 2] in ("ا", "و") and index != last else "I")
        elif letter in "هہح" and index and out[-1][-1:] in _DIGRAPH_HEADS:
            # A vowel between, so that K and H do not read as one sound.
            out.append("AH")
        elif letter == "\u064e" and out and out[-1] == "A":
            continue
        else:
            out.append(ARABIC[letter] if letter in ARABIC else anyascii(letter).upper())
    return article + "".join(out)
