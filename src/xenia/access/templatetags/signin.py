"""What the sign-in page says of the workplace before anybody has signed in."""

from __future__ import annotations

from typing import Any

from django import template

from xenia.access import lock, passkeys

register = template.Library()


@register.simple_tag(takes_context=True)
def signin_place(context: dict[str, Any]) -> dict[str, str]:
    """Post and lane that whoever signs in next will stand at, and why passkeys cannot work here; each "" where there is none."""
    request = context["request"]
    place, lane = lock.waiting_place(request)
    return {"place": place, "lane": lane, "passkey_trouble": passkeys.why_not(request)}
