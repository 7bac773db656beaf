"""How the shared correction takes alerts; they are entered and deleted by this folder's own actions."""

from __future__ import annotations

from xenia.registers.alerts.actions import checked_body
from xenia.registers.entered import Entering

ENTERING = Entering(
    "alerts", checked_body, lambda body: str(body.get("category") or ""), lambda code: None, own_entry=True
)
