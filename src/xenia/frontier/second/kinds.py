"""Kinds of journal entries of the second line. Free texts are sealed for the person; the rest are ids and codes."""

from typing import Any

from xenia.journal import kinds
from xenia.journal.kinds import Kind

HIT_OPENED = "hit.opened"
HIT_MOVED = "hit.moved"
NOTED = "interview.noted"
PHOTOGRAPHED = "page.photographed"
PHOTOGRAPH_SHOWN = "page.shown"
INTERVIEW_SHOWN = "interview.shown"
SIGNED = "refusal.signed"
PRINTED = "refusal.printed"
HANDED_OVER = "handover.made"
RECEIVED = "handover.received"
HANDOVER_SHOWN = "handover.shown"


def _sizes(body: dict[str, Any]) -> dict[str, Any]:
    """Schema 1 of a photograph does not say how large its files are: 0."""
    return {**body, "size_bytes": 0, "small_bytes": 0}


def _alone(body: dict[str, Any]) -> dict[str, Any]:
    """Schema 1 of a hand-over tells nothing of what went with the person: units fill it since 2."""
    return {**body, "check": "", "sealed": "", "photographs": []}


def register() -> None:
    """Make the kinds known; called when Django starts."""
    kinds.register(
        Kind(HIT_OPENED, retention_class="check", label="Hit taken up"),
        Kind(HIT_MOVED, retention_class="check", label="Step of a hit done"),
        Kind(NOTED, retention_class="check", label="Interview noted"),
        Kind(PHOTOGRAPHED, schema=2, retention_class="check", upcasters={1: _sizes}, label="Page photographed"),
        Kind(PHOTOGRAPH_SHOWN, retention_class="read", personal=False, label="Photograph shown"),
        Kind(INTERVIEW_SHOWN, retention_class="read", personal=False, label="Interview shown"),
        Kind(SIGNED, retention_class="check", label="Signature on a refusal noted"),
        Kind(PRINTED, retention_class="read", personal=False, label="Letter made"),
        Kind(HANDED_OVER, schema=2, retention_class="handover", upcasters={1: _alone}, label="Person handed over"),
        Kind(RECEIVED, retention_class="handover", label="Person received"),
        Kind(HANDOVER_SHOWN, retention_class="read", personal=False, label="Hand-over shown"),
    )
