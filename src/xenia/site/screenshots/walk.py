"""Walking over the pages as an officer would: along links, one page of each kind."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from django.urls import Resolver404, resolve

# Addresses that end the session, change the reader's settings or give a file instead of a page.
LEFT_OUT = ("/sign-out", "/api/", "/static/", "/health", "/metrics", "/language/", "/theme/", "/lock")
MOST = 150


@dataclass(frozen=True)
class Mode:
    """One way of looking at a page."""

    name: str
    width: int
    height: int
    scheme: str
    language: str


MODES = (
    Mode("desktop", 1280, 800, "light", "en"),
    Mode("phone", 360, 740, "light", "en"),
    Mode("arabic", 1280, 800, "light", "ar"),
    Mode("dark", 1280, 800, "dark", "en"),
)


def kind(address: str) -> str:
    """The kind of page at an address: its route, e.g. `lists/<slug:code>/`; empty where there is none."""
    try:
        return str(resolve(urlsplit(address).path).route) or "/"
    except Resolver404:
        return ""


def found(page: Any, start: str, *, most: int = MOST) -> Iterator[tuple[str, str]]:
    """(kind, address) of every page that can be walked to from `start`, the first of each kind. `page`: Playwright's."""
    host = urlsplit(start).netloc
    seen, waiting = {kind(start)}, deque([start])
    while waiting and most:
        address = waiting.popleft()
        if not _opened(page, address):
            continue
        most -= 1
        yield kind(address), address
        for link in page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)"):
            target = urldefrag(urljoin(address, link)).url
            parts, its = urlsplit(target), kind(target)
            if parts.netloc == host and its and its not in seen and not parts.path.startswith(LEFT_OUT):
                seen.add(its)
                waiting.append(target)


def _opened(page: Any, address: str) -> bool:
    """Whether a page came; a download or an answer that is no page is passed over."""
    from playwright.sync_api import Error

    try:
        answer = page.goto(address)
    except Error as problem:
        if "Download is starting" in problem.message or "net::ERR_ABORTED" in problem.message:
            return False
        raise
    return answer is not None and "text/html" in answer.headers.get("content-type", "")
