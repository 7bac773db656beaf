"""What every page shows around its subject: rooms, who and where, the demo banner, the status line."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

if TYPE_CHECKING:
    from xenia.access.standing import Standing

THEMES = ("light", "dark")


@dataclass(frozen=True)
class Room:
    """One entry of the main navigation."""

    label: str
    url: str
    current: bool
    count: int = 0


class Chrome:
    """The frame of one page; read by templates, made afresh for each request."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.demo: bool = settings.XENIA_DEMO
        self.now: dt.datetime = timezone.now()
        theme = request.COOKIES.get("xenia-theme", "")
        self.theme = theme if theme in THEMES else ""


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `chrome`."""
    return {"chrome": SimpleLazyObject(lambda: Chrome(request))}
