"""What goes over the wire: pages compressed, files named with their content so that browsers may keep them.

Compressing pages is safe from BREACH here: session and form cookies are SameSite=Strict, so another site cannot make
an officer's browser ask for a page; the form token is masked afresh in each answer; and Django adds a random length.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

# Fonts are compressed already; event streams and downloads of other kinds are left alone.
WORTH_IT = ("text/", "application/json", "application/javascript", "image/svg+xml")


class Gzip(GZipMiddleware):
    """Compresses text only."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The answer, compressed where it is text and worth it."""
        if not response.get("Content-Type", "").startswith(WORTH_IT):
            return response
        return super().process_response(request, response)


class NamedStorage(StaticFilesStorage):
    """Addresses end in a short hash of the file: a new release is fetched, an old one never asked for again."""

    def url(self, name: str | None) -> str:
        """`/static/xenia/look.css?v=1a2b3c4d`."""
        address = super().url(name)
        mark = _mark(name or "")
        return f"{address}?v={mark}" if mark else address


@lru_cache(maxsize=256)
def _mark(name: str) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        return ""
    return hashlib.blake2s(Path(found).read_bytes(), digest_size=4).hexdigest()
