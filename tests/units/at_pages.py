"""A unit that is served, and people at pages over plain HTTP: forms with their tokens, cookies, nothing of a script."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.browser.authority import free_ports
from tests.units.homes import environ

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Served:
    """A unit at work: `xenia unit run`."""

    home: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    temporary: Path | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, opened: bool = True) -> None:
        """`opened`: with the enrolment code, as the harness has it; else it comes up locked."""
        around = environ(self.home) if opened else {**environ(self.home), "XENIA_OPENING": ""}
        if self.temporary is not None:
            around = {**around, "TMPDIR": str(self.temporary)}
        self.port = self.port or free_ports(1)[0]
        log = (self.home / "served.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "xenia", "unit", "run", "--bind", f"127.0.0.1:{self.port}"],
            env=around, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip

    def stop(self, *, kill: bool = False) -> None:
        if self.process is not None:
            if kill:
                os.killpg(self.process.pid, 9)
            else:
                self.process.terminate()
            self.process.wait(30)
            self.process = None

    def said(self) -> str:
        return (self.home / "served.log").read_text()[-3000:]


class Person:
    """Somebody at a browser."""

    def __init__(self, url: str) -> None:
        self.browser = httpx.Client(base_url=url, follow_redirects=True, timeout=30, trust_env=False)
        self.page = httpx.Response(204)

    def opens(self, path: str) -> httpx.Response:
        self.page = self.browser.get(path)
        return self.page

    def sends(self, path: str, **said: str) -> httpx.Response:
        """Send the form of the page that is open."""
        token = TOKEN.search(self.page.text)
        assert token, self.page.text[:2000]
        self.page = self.browser.post(
            path, data={"csrfmiddlewaretoken": token[1], **said}, headers={"referer": str(self.page.url)}
        )
        return self.page


def until(true: Callable[[], Any], served: Served, longest_s: float = 120) -> Any:
    """What it gives once it gives something; fails with what the unit said where it never does."""
    end = time.monotonic() + longest_s
    while time.monotonic() < end:
        try:
            found = true()
        except httpx.HTTPError:
            found = None
        if found:
            return found
        time.sleep(0.3)
    raise AssertionError(served.said())
