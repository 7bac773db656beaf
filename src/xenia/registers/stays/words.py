"""States and bases of stays in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

STATES = {
    "open": gettext_lazy("Inside"),
    "closed": gettext_lazy("Left"),
    "missing-exit": gettext_lazy("No exit recorded"),
    "missing-entry": gettext_lazy("No entry recorded"),
    "corrected": gettext_lazy("Corrected by two persons"),
}
BASES = {
    "short-stay": gettext_lazy("Short stay without visa"),
    "visa": gettext_lazy("Short-stay visa"),
    "permit": gettext_lazy("Residence permit"),
    "long-stay-visa": gettext_lazy("Long-stay visa"),
    "limited-territory": gettext_lazy("Limited-territory visa"),
    "exempt": gettext_lazy("Exempt"),
}
HAPPENED = {
    "stay.file_noted": gettext_lazy("File opened or completed"),
    "stay.entered": gettext_lazy("Entry recorded"),
    "stay.exited": gettext_lazy("Exit recorded"),
    "stay.refused": gettext_lazy("Refusal recorded"),
    "stay.taken_back": gettext_lazy("Crossing taken back"),
    "stay.corrected": gettext_lazy("Stay corrected by two persons"),
    "stay.linked": gettext_lazy("Documents linked or parted"),
}


def happened(kind: str) -> str:
    """What an entry of this kind says, in words."""
    return str(HAPPENED.get(kind, kind))


def state(code: str) -> str:
    """The state in words."""
    return str(STATES.get(code, code))


def basis(code: str) -> str:
    """The basis in words."""
    return str(BASES.get(code, code)) if code else _("not known")
