"""Who is expected, at units: told by the centre as keys, never by name, and found there. Only those of the unit's post and the coming days.

A traveller shows who he is; so no name need come down to know him. What comes beside the keys is what the officer reads: the
procedure, its reference, and who hands over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from xenia.access.models import Post
from xenia.cases import facts
from xenia.cases.expected import lookup
from xenia.cases.expected.lookup import Expected
from xenia.cases.models import Case
from xenia.identity.claim import Claimed
from xenia.matching import Band, Match
from xenia.registers.live import actions as live
from xenia.registers.live import keyed
from xenia.registers.live.taking import WITH_KEYS
from xenia.registers.port import Probe

REGISTER: Final = "expected"
COMING: Final = timedelta(days=7)
"""How long before the planned day a person is told to a unit. Own choice: a unit may be without a line for three days."""
PLAN: Final = "transfer"


def told(post: str, on: date) -> dict[str, Any]:
    """At a centre: those who are expected at this post within the coming days, as a bucket of live records.

    One whose plan names no post of this installation, or no day, is told to every unit: nobody is missed for a word.
    """
    some = list({one.case: one for many in lookup.by_key().values() for one in many}.values())
    claims = lookup._open(some) if some else {}
    cases = Case.objects.in_bulk([one.case for one in some])
    data = dict(zip(cases, facts.open_many(list(cases.values())), strict=True))
    places, secret = _places(), keyed.secret_of(REGISTER)
    records = [
        _told(one, claims[one.identity], secret)
        for one in some
        if one.identity in claims and _is_coming(data.get(one.case, {}).get(PLAN) or {}, places, post, on)
    ]
    keys = keyed.said(secret, "*", records)
    return {"format": WITH_KEYS, "register": REGISTER, "bucket": 0, "of": 1, "records": [], "keys": keys}


def is_planned(case: Case, post: str) -> bool:
    """Whether the plan of a case names this post, or none of this installation."""
    (data,) = facts.open_many([case])
    return _place_of((data or {}).get(PLAN) or {}, _places()) in (None, post)


def _place_of(plan: Mapping[str, Any], places: Mapping[str, str]) -> str | None:
    return places.get(str(plan.get("border_point") or "").strip().casefold())


def _places() -> dict[str, str]:
    """The posts by what a plan may call them."""
    return {word.casefold(): code for code, name in Post.objects.values_list("code", "name") for word in (code, name)}


def _is_coming(plan: Mapping[str, Any], places: Mapping[str, str], post: str, on: date) -> bool:
    try:
        day = date.fromisoformat(str(plan.get("date") or "")[:10])
    except ValueError:
        day = on
    return _place_of(plan, places) in (None, post) and day <= on + COMING


def _told(one: Expected, claim: Claimed, secret: bytes) -> dict[str, Any]:
    births = (claim.birth_date,) if claim.birth_date else ()
    says = {
        "subject": str(one.identity),
        "reference": one.reference,
        "procedure": list(one.procedure),
        "counterpart": one.counterpart,
    }
    keys = keyed.told_of(secret, claim.whole_names(), births, claim.documents)
    return {"id": str(one.case), "owner": one.owner, "keys": keys, "says": says}


@dataclass(frozen=True)
class Here:
    """An expected person who is meant, at a unit: known without a name."""

    expected: Expected
    match: Match


def fits() -> bool:
    """Whether anybody is expected at this unit."""
    return REGISTER in keyed.known()


def find(probes: Sequence[Probe]) -> list[list[Here]]:
    """At a unit: those who are expected and meant, for each probe. No query where nobody is expected."""
    return [_find(probe) if fits() else [] for probe in probes]


def _find(probe: Probe) -> list[Here]:
    claimed = probe.claimed
    names = claimed.whole_names() if probe.prepared is not None else ()
    papers = [document for document, _keys in probe.documents]
    found = keyed.near(REGISTER, names, claimed.birth_date, papers)
    meant = [one.row for one in found if _is_meant(one, bool(names))]
    return [
        Here(_expected(one.row.pk, one.row.owner, one.body), Match(0.8, Band.LIKELY, ())) for one in live.opened(meant)
    ]


def _is_meant(one: keyed.Near, named: bool) -> bool:
    """The document is the same and nothing of the name speaks against it; or two parts of the name and the birth date agree."""
    agrees = bool(one.shares & {"G", "P"})
    if one.paper:
        return not named or agrees or bool(one.shares & {"S", "D"})
    return agrees and "D" in one.shares


def _expected(case: UUID, owner: str, says: Mapping[str, Any]) -> Expected:
    name, version = says["procedure"]
    return Expected(
        case,
        str(says["reference"]),
        (str(name), int(version)),
        str(says["counterpart"]),
        owner,
        UUID(says["subject"]),
        b"",
    )
