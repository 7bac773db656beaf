"""What of a list may lie at a unit: all of it, keys only, or nothing. Pure; the source's settings say so, by two persons.

The careful answer stands where nobody has said another: what names persons travels without names. Names leave the centre only
where two persons said so, and only to a unit whose disk shows nobody's name to a thief.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

WHOLE: Final = "whole"
KEYED: Final = "keyed"
NOTHING: Final = "none"
WORDS: Final = (WHOLE, KEYED, NOTHING)
OF_PERSONS: Final = frozenset({"alerts", "notices"})
"""Registers whose lists name persons that are looked for."""
NEVER_KEYED: Final = frozenset({"visas"})
"""A visa answers with what it says: how long, how many entries. A key of it would answer nothing."""
MOST_PLACES: Final = 200


def by_default(register: str) -> str:
    """What units hold of a register's lists where nobody has said so. Lost documents and vehicles name no one."""
    return KEYED if register in OF_PERSONS else WHOLE


def held(register: str, said: str, places: Mapping[str, str], *, unit: str, post: str, encrypted: bool) -> str:
    """What this unit holds of a list. `said`: for every unit; `places`: for units and posts by name, the unit's before its post's.

    `encrypted`: whether the unit has said that its disk shows no record. Where it has not, a list of persons comes as keys.
    """
    word = places.get(unit) or places.get(post) or said or by_default(register)
    return KEYED if word == WHOLE and register in OF_PERSONS and not encrypted else word


def entered(register: str, held_of_lists: Iterable[str], *, encrypted: bool) -> str:
    """What this unit holds of the records that officers entered in a register: as it holds the strictest of its lists.

    `held_of_lists`: what `held` says of each of its sources. Never nothing where keys can be had: what officers enter is urgent.
    """
    words = set(held_of_lists) or {held(register, "", {}, unit="", post="", encrypted=encrypted)}
    if words == {WHOLE}:
        return WHOLE
    return NOTHING if register in NEVER_KEYED else KEYED


def may_be_keyed(register: str, said: str, places: Mapping[str, str]) -> bool:
    """Whether any unit may hold the list as keys."""
    words = {said or by_default(register), *places.values()}
    return KEYED in words or (register in OF_PERSONS and WHOLE in words)


def wrong(register: str, said: str, places: Mapping[str, str]) -> str:
    """What is wrong with these settings, in plain English; "" where nothing is."""
    words = [said, *places.values()]
    if any(word not in WORDS for word in words if word) or not all(places.values()):
        return f"What units hold is one of {', '.join(WORDS)}."
    if len(places) > MOST_PLACES or not all(name and len(name) <= 32 and name.isprintable() for name in places):
        return "A post or unit among those that hold the list otherwise has no name."
    if KEYED in words and register in NEVER_KEYED:
        return "Visas answer with what they say: units hold them whole or not at all."
    return ""
