"""What a vehicle entered by hand must have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xenia.formats.lists.records import VEHICLE_STATUSES
from xenia.registers import checking
from xenia.registers.entered import Entering
from xenia.registers.vehicles.register import code_of, meanings


def checked(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a vehicle. Raises `BadInput`.

    Proportionality is recorded before entry (Regulation (EU) 2018/1862 Art. 21), with the legal basis.
    """
    if not body.get("plate") and not body.get("vin"):
        raise checking.PoorRecord("Neither plate nor chassis number is given.", "Enter at least one.")
    if body.get("plate"):
        checking.needed(body, ("plate_state",), "A number plate needs the state that issued it.")
    checking.needed(
        body, ("category", "reason", "legal_basis", "proportionality"), "Name the reason, the legal basis and the need."
    )
    checking.one_of(body, "category", meanings())
    checking.one_of(body, "status", VEHICLE_STATUSES)
    checking.days(body, "valid_from", "valid_until")
    checking.shape(body)
    return {**body, "handling": body.get("handling") or meanings()[str(body["category"])].handling}


ENTERING = Entering("vehicles", checked, code_of, lambda code: meanings().get(code))
