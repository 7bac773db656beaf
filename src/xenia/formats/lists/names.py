"""Names of a record, as bodies hold them. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from xenia.formats.lists import values
from xenia.formats.lists.records import Body, Limits

_OTHER_NAMES = (
    ("aliases", "alias", "good"),
    ("weak_aliases", "alias", "low"),
    ("birth_names", "birth", ""),
    ("native_names", "native", ""),
)

# Ranges of letters, enough to say in which script a name is written. Source: Unicode blocks.
_SCRIPTS = (("Cyrl", "\u0400", "\u052f"), ("Arab", "\u0600", "\u08ff"), ("Geor", "\u10a0", "\u10ff"))
_MORE_SCRIPTS = (("Armn", "\u0530", "\u058f"), ("Grek", "\u0370", "\u03ff"), ("Hebr", "\u0590", "\u05ff"))


def names_of(cells: Mapping[str, str], limits: Limits) -> list[Body]:
    """The main name of a row and every other. Raises `Refusal` (`name-missing`) where there is no main name."""
    surname, given_names = cells.get("surname", ""), cells.get("given_names", "")
    if not surname and not given_names:
        raise values.Refusal("name-missing", "surname", "")
    names = [name(surname, given_names, "main")]
    for column, kind, quality in _OTHER_NAMES:
        for text in values.several(cells.get(column, ""), column, limits):
            first, comma, rest = text.partition(",")
            names.append(
                name(first.strip(), rest.strip(), kind, quality) if comma else name("", "", kind, quality, text)
            )
    return names


def name(surname: str, given_names: str, kind: str, quality: str = "", full: str = "") -> Body:
    """One name as bodies hold it; `full` where it is not parted into surname and given names."""
    whole = full or f"{given_names} {surname}".strip()
    return {
        "surname": surname,
        "given_names": given_names,
        "full": whole,
        "script": script(whole),
        "kind": kind,
        "quality": quality,
    }


def script(text: str) -> str:
    """The script of a name (ISO 15924), by its first letter beyond Latin; `Latn` else, `Zyyy` for one we do not tell."""
    if text.isascii():
        return "Latn"
    for letter in text:
        if letter > "\u02af" and letter.isalpha() and not "\u1e00" <= letter <= "\u1eff":
            return next((code for code, low, high in _SCRIPTS + _MORE_SCRIPTS if low <= letter <= high), "Zyyy")
    return "Latn"
