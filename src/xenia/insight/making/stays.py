"""What a stay counts for once it has ended, by the days that the register of stays put into the entry of the exit.

Nothing is reckoned here: who overstayed by how much is what the register said at the exit. A correction by two persons later, and
a link between two documents of one person, do not change what was counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from xenia.insight.making import persons
from xenia.insight.making.port import Maker, Reverser, Row, Told
from xenia.registers.stays import kinds

FACT: Final = "stay"
SEXES: Final = frozenset("FMX")


def ended(told: Told) -> Iterable[tuple[str, Row]]:
    """One stay that ended."""
    body, claim = told.body, _claim(told)
    on, sex = date.fromisoformat(body["on"]), str(claim.get("sex", ""))
    missing, until = body["missing_entry"], body["authorised_until"]
    yield (
        FACT,
        {
            "post": body["post"],
            "nationality": body["nationality"],
            "sex": sex if sex in SEXES else "",
            "age_group": persons.age_group(str(claim.get("birth_date", "")), on),
            "basis": body["stay_basis"] or body["basis"],
            "matched": "" if missing is None else _word(not missing),
            "overstayed": _word(body["overstay_days"] > 0) if until else "",
            "entered_on": None if missing else body["entered_on"],
            "exited_on": body["on"],
            "stay_days": None if missing else body["stay_days"],
            "used_days": body["used_days"],
            "overstay_days": body["overstay_days"] if until else None,
            "person": told.person(str(body["file"])),
        },
    )


def _word(yes: bool) -> str:
    return "yes" if yes else "no"


def _claim(told: Told) -> Mapping[str, Any]:
    """Who the file was said to be of; empty where that was erased."""
    for one in reversed(told.earlier):
        if one.entry.kind == kinds.FILE_NOTED and one.body is not None and one.body["file"] == told.body["file"]:
            claim: Mapping[str, Any] = one.body["claim"]
            return claim
    return {}


def taken_back(told: Told) -> Iterable[UUID]:
    """The exit of a crossing that was taken back."""
    for one in told.earlier:
        if one.entry.kind == kinds.EXITED and one.body is not None and one.body["crossing"] == told.body["crossing"]:
            yield one.entry.id


MAKERS: Final[Mapping[str, Maker]] = {kinds.EXITED: ended}
EARLIER: Final = (kinds.FILE_NOTED, kinds.EXITED)
TAKING_BACK: Final[Mapping[str, Reverser]] = {kinds.TAKEN_BACK: taken_back}
