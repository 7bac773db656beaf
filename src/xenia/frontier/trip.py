"""What a traveller says of the trip: nothing of it is compulsory. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from xenia.errors import BadInput

# Longest texts; days: no short stay is asked for longer than this (own limits).
LONGEST = {"purpose": 32, "address": 300, "carrier": 64, "flight": 16, "means": 32, "plate": 32, "request": 16}
LONGEST_REASON = 500
MOST_DAYS = 3650
LONGEST_PLATE = 20
_PLATE = re.compile(r"(?=.*[^\W_])(?:[^\W_]|[ -])+")
# What may be asked for where a condition is not met: Regulation (EU) 2016/399 Art. 6(5)(a) to (c).
REQUESTS = ("transit-home", "visa-at-border", "humanitarian")


@dataclass(frozen=True)
class Trip:
    """One trip. `purpose`, `carrier`, `means`: codes of reference data; `days`: asked for; `plate`: of the vehicle.

    `group`: the checks of those who travel together. `request`: one of `REQUESTS` where a condition of entry is not
    met, with its `reason`.
    """

    purpose: str = ""
    address: str = ""
    carrier: str = ""
    flight: str = ""
    means: str = ""
    plate: str = ""
    days: int | None = None
    group: tuple[str, ...] = ()
    request: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        for name, longest in LONGEST.items():
            if len(getattr(self, name)) > longest:
                raise BadInput(f"The field {name} is longer than {longest} characters.", "Shorten it.", code="too-long")
        if len(self.reason) > LONGEST_REASON:
            raise BadInput(f"The reason is longer than {LONGEST_REASON} characters.", "Shorten it.", code="too-long")
        if self.days is not None and not 0 < self.days <= MOST_DAYS:
            raise BadInput("The days of the stay are not from 1 to 3650.", "Correct the days.", code="trip-days")
        if self.request not in ("", *REQUESTS):
            raise BadInput("There is no such request.", f"One of: {', '.join(REQUESTS)}.", code="trip-request")

    def __bool__(self) -> bool:
        return self != Trip()

    def to_json(self) -> dict[str, Any]:
        """What is filled in, in a plain form that `from_json` reads back."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None, ())}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Trip:
        """The trip that `to_json` wrote; fields of a later version are left out."""
        known = {one.name for one in fields(cls)}
        said: dict[str, Any] = {name: value for name, value in data.items() if name in known}
        return cls(**{**said, "group": tuple(said.get("group", ()))})

    def sealed_part(self) -> dict[str, Any]:
        """What tells of the person and is kept sealed only."""
        return {name: value for name in ("address", "plate", "reason", "days") if (value := getattr(self, name))}

    def over(self, other: Trip) -> Trip:
        """This trip, with what it leaves empty taken from `other`."""
        return Trip.from_json({**other.to_json(), **self.to_json()})


def vehicle(text: str) -> str:
    """A plate or VIN as it was typed, in any script, or nothing. Raises `BadInput` (code `plate`) for what can be neither."""
    plain = " ".join(text.split())
    if plain and (len(plain) > LONGEST_PLATE or not _PLATE.fullmatch(plain)):
        raise BadInput(
            "This is no plate and no VIN.",
            "Write at most 20 letters, digits, spaces and hyphens, or leave the field empty.",
            code="plate",
        )
    return plain
