"""A listed person's body as the claim that matching compares. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from xenia.formats.dates import BadDate, PartialDate
from xenia.matching.claims import Claim, Sex


def claim_of(body: Mapping[str, Any]) -> Claim:
    """Who the record says that somebody is: the first parted name as the main one, every other name whole."""
    names = body.get("names") or ()
    main = next((name for name in names if name.get("surname")), None)
    others = tuple(dict.fromkeys(_whole(name) for name in names if name is not main))
    births = tuple(birth for text in body.get("birth_dates") or () if (birth := _birth(text)) is not None)
    return Claim(
        surname=main["surname"] if main else "",
        given_names=main.get("given_names", "") if main else "",
        names=tuple(name for name in others if name),
        birth=births[0] if births else None,
        sex=cast("Sex | None", body.get("sex") or None),
        nationalities=frozenset(body.get("nationalities") or ()),
        births=births[1:],
    )


def _whole(name: Mapping[str, str]) -> str:
    if name.get("surname"):
        return f"{name['surname']} {name.get('given_names', '')}".strip()
    return name.get("full") or name.get("given_names", "")


def _birth(text: str) -> PartialDate | None:
    try:
        birth = PartialDate.parse(text)
    except BadDate:
        return None
    return None if birth.is_unknown else birth
