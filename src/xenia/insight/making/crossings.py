"""What a decision at the border counts for.

The person is told apart by the document that was read and the birth date, since a document has one holder: an identity is noted
anew with every check, and which of them are one human may be found out later, when the year's facts have been published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from xenia.frontier import kinds
from xenia.identity import kinds as identity
from xenia.insight.making import persons
from xenia.insight.making.port import Maker, Reverser, Row, Told

OUTCOMES: Final = {kinds.ADMITTED: "admitted", kinds.REFUSED: "refused"}
KNOWS: Final = frozenset({"stays", "visas"})
"""Registers that know a traveller and warn of nothing."""
BANDS: Final = ("POSSIBLE", "LIKELY", "EXACT")
SEXES: Final = frozenset("FMX")


def crossed(told: Told) -> Iterable[tuple[str, Row]]:
    """One admission or refusal. A refusal for several reasons counts once, under the one that was named first."""
    body = told.body
    claim = _claim(told)
    document: Mapping[str, Any] = next(iter(claim.get("documents", ())), {})
    born, number = str(claim.get("birth_date", "")), str(document.get("number", ""))
    who = f"{document.get('issuing_state', '')}|{number}|{born}" if number else ""
    sex = str(claim.get("sex", ""))
    yield (
        "crossing",
        {
            "post": body["post"],
            "direction": body["direction"],
            "outcome": OUTCOMES[told.entry.kind],
            "nationality": body["nationality"],
            "sex": sex if sex in SEXES else "",
            "age_group": persons.age_group(born, date.fromisoformat(body["local_date"])),
            "mode": body["border"],
            "document_type": body["document_type"],
            "category": body["category"],
            "reason": next(iter(body["reasons"]), ""),
            "hit": _hit(told),
            "control_s": body["seconds"],
            "second_line_s": body["referral_seconds"],
            "person": told.person(who),
        },
    )


def _claim(told: Told) -> Mapping[str, Any]:
    """What the document said of its holder; empty where it was erased."""
    wanted = told.body["identity"]
    for one in reversed(told.earlier):
        if one.entry.kind == identity.CLAIMED and one.body is not None and one.body["identity"] == wanted:
            claim: Mapping[str, Any] = one.body["claim"]
            return claim
    return {}


def _hit(told: Told) -> str:
    """The register of the strongest warning that was shown and not dismissed; "" for none. Silent ones are not counted."""
    check = told.body["check"]
    mine = [one for one in told.earlier if one.body is not None and one.body.get("check") == check]
    gone = {one.body["subject"] for one in mine if one.body and one.entry.kind == kinds.DISMISSED}
    found: dict[str, tuple[int, str]] = {}
    for one in mine:
        for hit in _shown(one.entry.kind, one.body or {}):
            if hit["register"] not in KNOWS and hit["subject"] not in gone and hit["band"] in BANDS:
                found[hit["subject"]] = (-BANDS.index(hit["band"]), hit["register"])
    return min(found.values(), default=(0, ""))[1]


def _shown(kind: str, body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if kind == kinds.CHECKED:
        return [hit for line in body["lines"] for hit in line if hit["shown"]]
    if kind == kinds.KEPT:
        return [hit for hit in body["kept"]["hits"] if not hit["dismissed"]]
    return []


def _reversed(told: Told) -> Iterable[UUID]:
    return [UUID(told.body["reverses"])]


MAKERS: Final[Mapping[str, Maker]] = {kinds.ADMITTED: crossed, kinds.REFUSED: crossed}
EARLIER: Final = (identity.CLAIMED, kinds.CHECKED, kinds.DISMISSED, kinds.KEPT)
TAKING_BACK: Final[Mapping[str, Reverser]] = {kinds.TAKEN_BACK: _reversed}
