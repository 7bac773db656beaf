"""What the sign-in page says of the workplace before anybody has signed in."""

from __future__ import annotations

from typing import Any

from django import template

from xenia.access import lock, passkeys
from xenia.journal.node import is_unit

register = template.Library()


@register.simple_tag(takes_context=True)
def signin_place(context: dict[str, Any]) -> dict[str, Any]:
    """Post and lane that whoever signs in next will stand at, why passkeys cannot work here (each "" where there is none), whether
    this is a unit, where officers have PINs, and whether passkeys are to be spoken of: at a unit only where one was enrolled."""
    request = context["request"]
    place, lane = lock.waiting_place(request)
    speaks = not is_unit() or passkeys.anybody(request)
    trouble = passkeys.why_not(request)
    return {
        "place": place,
        "lane": lane,
        "passkey_trouble": trouble,
        "at_unit": is_unit(),
        "speaks_of_passkeys": speaks,
    }
