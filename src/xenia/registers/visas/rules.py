"""What a visa or permit entered by hand must have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xenia.formats.lists.records import VISA_ENTRIES, VISA_MOST_DAYS, VISA_STATUSES, VISA_TYPES
from xenia.registers import checking
from xenia.registers.entered import Entering
from xenia.registers.visas.register import code_of, meanings


def checked(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a visa. Source of the fields: Regulation (EC) 767/2008 Art. 10. Raises `BadInput`."""
    fields = ("sticker_number", "issuing_state", "type", "valid_from", "valid_until", "issuing_authority")
    checking.needed(body, fields, "A visa needs its sticker, type, validity and who issued it.")
    checking.surname(body)
    checking.one_of(body, "type", VISA_TYPES)
    checking.one_of(body, "entries", VISA_ENTRIES)
    checking.one_of(body, "status", VISA_STATUSES)
    checking.days(body, "valid_from", "valid_until", "issued_on")
    if not 0 <= int(body.get("days") or 0) <= VISA_MOST_DAYS:
        raise checking.PoorRecord("The days of stay are out of range.", f"Write 0 to {VISA_MOST_DAYS}.")
    checking.shape(body)
    return {**body, "status": body.get("status") or "issued"}


ENTERING = Entering("visas", checked, code_of, lambda code: meanings().get(code))
