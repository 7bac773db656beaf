"""What a notice entered by hand must have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xenia.registers import checking
from xenia.registers.entered import Entering
from xenia.registers.notices.register import code_of, meanings


def checked(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a notice. Raises `BadInput`. A hand-entered notice is an alert of ours: its need is recorded too."""
    checking.surname(body)
    checking.needed(
        body,
        ("colour", "reason", "issuing_authority", "source_id", "legal_basis", "proportionality"),
        "A notice needs its colour, control number, issuer, reason, legal basis and the need.",
    )
    checking.one_of(body, "colour", meanings())
    checking.days(body, "valid_from", "valid_until", "review_on")
    checking.shape(body)
    return {**body, "handling": body.get("handling") or meanings()[str(body["colour"])].handling}


ENTERING = Entering("notices", checked, code_of, lambda code: meanings().get(code))
