"""The drawings: 24-unit line icons, the three seals of a verdict, and the broken token."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

LINES = {
    "check": '<path d="m4 12.5 5 5 11-11"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/>',
    "look": '<path d="M12 3 22 20.5H2z"/><path d="M12 10v5m0 2.6v.1"/>',
    "stop": '<path d="M8 2.5h8L21.5 8v8L16 21.5H8L2.5 16V8z"/><path d="M12 7v6m0 3.6v.1"/>',
    "none": '<path d="M5 12h14"/>',
    "lock": '<path d="M6 11h12v9H6z"/><path d="M8.5 11V7.5a3.5 3.5 0 0 1 7 0V11"/>',
    "say": '<path d="M4 4h16v12h-9l-5 4.5V16H4z"/><path d="M8 8.5h8M8 12h5"/>',
    "seal": '<path d="M12 2.5 20 6v6c0 5-3.5 8-8 9.5C7.5 20 4 17 4 12V6z"/><path d="m8.5 12 2.5 2.5 4.5-5"/>',
    "key": '<circle cx="8" cy="15" r="4.5"/><path d="m11.5 11.5 8-8M16 7l3 3"/>',
    "person": '<circle cx="12" cy="8" r="4.2"/><path d="M4 21c.5-5 3.5-7 8-7s7.5 2 8 7"/>',
    "print": '<path d="M7 8V3h10v5M7 17H4V8h16v9h-3"/><path d="M7 14h10v7H7z"/>',
    "in": '<path d="M13 4h7v16h-7M3 12h11m-4-4 4 4-4 4"/>',
    "out": '<path d="M11 4H4v16h7M10 12h11m-4-4 4 4-4 4"/>',
}
SEALS = {
    "clear": '<circle class="icon-ground" cx="24" cy="24" r="23"/><path class="icon-mark" d="m13 25 8 8 15-17"/>',
    "look": '<path class="icon-ground" d="M24 3.5 46.5 43h-45z"/><path class="icon-mark" d="M24 17v13m0 6v.1"/>',
    "stop": '<path class="icon-ground" d="M15 2h18l13 13v18L33 46H15L2 33V15z"/><path class="icon-mark" d="M24 12v15m0 8v.1"/>',
    "wait": '<circle class="icon-ground" cx="24" cy="24" r="23"/><path class="icon-mark" d="M24 12v12l8 5"/>',
}
# Two halves of a disc of radius 16 along one broken edge.
HALVES = (
    '<path d="M-1.3-16 1.3-9.5-4.3-3.5 2.1 3.2-3.7 9.5-1.3 16A16 16 0 0 1-1.3-16z"/>'
    '<path d="M1.3-16 3.9-9.5-1.7-3.5 4.7 3.2-1.1 9.5 1.3 16A16 16 0 0 0 1.3-16z"/>'
)
# The seam between document and answer: halves that fit, and halves that do not.
SEAM_FITS = '<polygon class="b" points="49,0 22,0 31,42 15,86 33,128 19,166 26,200 49,200"/>'
SEAM_UNLIKE = '<polygon class="b" points="49,0 20,0 14,30 32,64 17,112 30,150 21,200 49,200"/>'


def line(name: str) -> SafeString:
    """A 24-unit icon in the colour of the text around it, hidden from screen readers: words stand beside it."""
    return format_html('<svg class="i" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', mark_safe(LINES[name]))  # noqa: S308


def seal(verdict: str) -> SafeString:
    """The large seal of a verdict: disc, triangle, octagon, or a clock while waiting."""
    return format_html('<svg viewBox="0 0 48 48" aria-hidden="true">{}</svg>', mark_safe(SEALS[verdict]))  # noqa: S308


def token() -> SafeString:
    """The mark: the two halves of a broken token."""
    return format_html('<svg viewBox="-17.8 -17 35.6 34" aria-hidden="true">{}</svg>', mark_safe(HALVES))  # noqa: S308


def seam(verdict: str) -> SafeString:
    """The broken edge between document and answer. Closed for `clear`; unlike edges for `stop`."""
    right = SEAM_UNLIKE if verdict == "stop" else SEAM_FITS
    return format_html(
        '<svg class="seam" viewBox="0 0 48 200" preserveAspectRatio="none" aria-hidden="true">'
        '<polygon class="a" points="-1,0 22,0 31,42 15,86 33,128 19,166 26,200 -1,200"/>{}'
        '<polyline class="fit" points="22,0 31,42 15,86 33,128 19,166 26,200"/></svg>',
        mark_safe(right),  # noqa: S308
    )


def ring(share: float) -> SafeString:
    """A small ring filled by `share` (0..1), for the age of a list or seconds left."""
    percent = max(2, min(100, round(share * 100)))
    return format_html(
        '<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9"/>'
        '<circle cx="12" cy="12" r="9" pathLength="100" stroke-dasharray="{} 100"/></svg>',
        percent,
    )
