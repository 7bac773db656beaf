"""What a report of a lost document entered by hand must have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xenia.formats.lists.records import STATUSES
from xenia.registers import checking
from xenia.registers.entered import Entering
from xenia.registers.lost_documents.register import code_of, meanings


def checked(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a report: the document, what became of it, whose report it is. Raises `BadInput`."""
    checking.needed(
        body,
        ("type", "issuing_state", "number", "status", "owner", "reference"),
        "A report needs type, issuer and number of the document, its status, the owner of the report and a reference.",
    )
    checking.one_of(body, "status", STATUSES)
    checking.days(body, "valid_from", "valid_until")
    checking.shape(body)
    return dict(body)


ENTERING = Entering("lost_documents", checked, code_of, lambda code: meanings().get(code))
