"""Tags of the statistics pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

register = template.Library()

SECTIONS = (
    ("insight:ask", _("Ask"), "insight.read"),
    ("insight:saved", _("Saved questions"), "insight.read"),
    ("insight:daily", _("Daily report"), "insight.read"),
    ("insight:live", _("Live"), "insight.read"),
    ("insight:watch", _("Watch"), "insight.read"),
    ("insight:reports", _("Reports"), "insight.read"),
    ("insight:displacement", _("Displacement"), "insight.read"),
)
"""Address, name and permission of each part; one whose address is not there yet is not shown."""


@register.inclusion_tag("insight/sections.html", takes_context=True)
def sections(context: dict[str, Any]) -> dict[str, Any]:
    """The navigation of the section: the parts that are there and open to the reader; the nearest address is current."""
    request, here, found = context["request"], context["chrome"].standing, []
    for name, label, permission in SECTIONS:
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        if here is not None and here.may(permission):
            found.append((url, label))
    near = max((len(url) for url, _label in found if request.path.startswith(url)), default=0)
    parts = [
        {"url": url, "label": label, "current": len(url) == near and request.path.startswith(url)}
        for url, label in found
    ]
    return {"parts": parts}
