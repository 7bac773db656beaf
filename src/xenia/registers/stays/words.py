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


def state(code: str) -> str:
    """The state in words."""
    return str(STATES.get(code, code))


def basis(code: str) -> str:
    """The basis in words."""
    return str(BASES.get(code, code)) if code else _("not known")
