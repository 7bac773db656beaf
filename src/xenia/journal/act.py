"""Who does something, for what, by what right. Every entry carries one act."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

from xenia.errors import BadInput

CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
LIMIT = 500
EXTERNAL = "external:"
"""References that begin so are free text of a person's making: they are erased with the entry's body."""


@dataclass(frozen=True)
class Act:
    """Who does it, for what purpose, by what right, at whose booth.

    `actor`: `account:<uuid>` or `system:<name>`. `owner`: code of the authority that owns the record.
    `reference`: the event or case: `check:<uuid>`, `case:...`, `external:<free text>`, `set-up`.
    `origin`: node/post/lane/device, such as `hq/UTO-AP1/L3`. No field but an external reference may hold personal data.
    """

    actor: str
    owner: str
    purpose: str
    legal_basis: str
    reference: str
    origin: str

    def __post_init__(self) -> None:
        for field in fields(self):
            text = getattr(self, field.name)
            if not isinstance(text, str) or len(text) > LIMIT or CONTROL.search(text):
                raise BadInput(
                    f"{field.name} of an act is not plain text of at most {LIMIT} characters.",
                    "Leave out control characters and shorten it.",
                    code="bad-act",
                )
        if not self.actor or not self.purpose or not self.reference:
            raise BadInput("An act needs an actor, a purpose and a reference.", "Name all three.", code="bad-act")


def split_reference(reference: str) -> tuple[str, str]:
    """The lasting part of a reference and its erasable free text: `external:` and what follows, or all and nothing."""
    if reference.startswith(EXTERNAL):
        return EXTERNAL, reference[len(EXTERNAL) :]
    return reference, ""
