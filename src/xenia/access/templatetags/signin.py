"""What the sign-in page says of the workplace before anybody has signed in."""

from __future__ import annotations

from typing import Any

from django import template

from xenia.access import lock, passkeys
from xenia.journal.node import is_unit

register = template.Library()


@register.simple_tag(takes_context=True)
def signin_place(context: dict[str, Any]) -> dict[str, Any]:
    """Post and lane that whoever signs in next will stand at, why passkeys cannot work here (each "" where there is none), and
    whether this is a unit, where officers have PINs."""
    request = context["request"]
    place, lane = lock.waiting_place(request)
    return {"place": place, "lane": lane, "passkey_trouble": passkeys.why_not(request), "at_unit": is_unit()}
