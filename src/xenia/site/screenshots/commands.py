"""`xenia screenshots DIR`: starts a demonstration of its own, walks over it in every role, and takes pictures."""

from __future__ import annotations

import argparse
import html
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xenia.commands import Call, Command
from xenia.errors import Unavailable

if TYPE_CHECKING:
    from xenia.site.screenshots.walk import Mode

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
# Who is looked over the shoulder of, and where they stand: `post/lane/direction` as the page of lanes takes it.
ROLES = (
    ("amadi", "UTO-PM1/L2/entry"),
    ("brisk", "UTO-PM1/L4/exit"),
    ("galen", "UTO-SG1/V1/entry"),
    ("corvin", "UTO-PM1//"),
    ("delmar", "UTO-PM1//"),
    ("editor", ""),
    ("approver", ""),
    ("admin", ""),
    ("officer-dp", ""),
    ("auditor", ""),
    ("asylum", ""),
    ("police", ""),
)
# Which documents of the scenario are read at the lanes, so that every verdict and its parts are seen.
SHOWN = ("clear", "visa", "left", "possible", "minor", "stolen", "used", "novisa", "over", "driver")
UP_S = 600
HIGHEST = 8000  # pixels of a picture
CHECK = re.compile(r"/console/checks/[0-9a-f-]{36}/")


def _run(call: Call) -> int:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise Unavailable(
            "The package that drives a browser is not installed.",
            "Install requirements/test.txt, and Chromium.",
            code="no-browser",
        ) from error
    folder = Path(call.options.folder)
    folder.mkdir(parents=True, exist_ok=True)
    with _demo(call) as (address, home), sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        passwords = json.loads((home / "demo-sign-ins.json").read_text(encoding="utf-8"))
        seen: set[str] = set()
        taken = [
            one
            for username, place in ROLES
            if not call.options.role or username in call.options.role
            for one in _role(Visit(browser, address, username, passwords[username], place), folder, seen, call)
        ]
        browser.close()
    _sheet(folder, taken)
    call.say(f"{len(taken)} pictures; open {folder / 'index.html'}")
    return 0


@contextmanager
def _demo(call: Call) -> Iterator[tuple[str, Path]]:
    """A demonstration on a free port with a home of its own, which goes away afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{probe.getsockname()[1]}"
    with tempfile.TemporaryDirectory(prefix="xenia-screenshots-") as made:
        home = Path(call.options.home or made)
        environ = {**os.environ, "XENIA_HOME": str(home), "XENIA_DEMO": "1", "XENIA_LOG": "ERROR"}
        command = [sys.executable, "-m", "xenia", "demo", "--bind", bind]
        server = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
        try:
            _until_up(bind, server)
            yield f"http://{bind}", home
        finally:
            server.terminate()
            with suppress(subprocess.TimeoutExpired):
                server.wait(30)


def _until_up(bind: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + UP_S
    while time.monotonic() < end and server.poll() is None:
        with suppress(OSError):
            link = http.client.HTTPConnection(bind, timeout=5)
            link.request("GET", "/health")
            if link.getresponse().status:
                return
        time.sleep(0.5)
    raise Unavailable("The demonstration did not start.", "Start `xenia demo` and see what it says.", code="no-demo")


@dataclass(frozen=True)
class Visit:
    """One officer of the demonstration, where it is, and the browser to look with. `browser`: Playwright's."""

    browser: Any
    address: str
    username: str
    password: str
    place: str

    def context(self, mode: Mode, state: Any = None) -> Any:
        """A browser profile in this mode, signed in already where `state` is given."""
        made = self.browser.new_context(
            viewport={"width": mode.width, "height": mode.height},
            color_scheme=mode.scheme,
            reduced_motion="reduce",
            extra_http_headers={"Accept-Language": mode.language},
            storage_state=state,
        )
        made.set_default_timeout(30_000)
        return made


def _role(visit: Visit, folder: Path, seen: set[str], call: Call) -> Iterator[tuple[str, str, str]]:
    """Pictures of what one officer can reach and nobody before did: (officer, kind of page, file)."""
    from xenia.site.screenshots.walk import MODES, found

    context = visit.context(MODES[0])
    page = context.new_page()
    _sign_in(page, visit)
    kinds = _at_the_lane(page, visit) if visit.place.split("/")[1:2] not in ([], [""]) else {}
    for start in (f"{visit.address}/", *list(kinds.values())[:1]):
        for kind, at in found(page, start):
            kinds.setdefault(kind, at)
    state = context.storage_state()
    context.close()
    kinds = {kind: at for kind, at in kinds.items() if kind not in seen}
    seen.update(kinds)
    call.say(f"{visit.username}: {len(kinds)} pages that nobody before showed")
    for mode in [one for one in MODES if not call.options.mode or one.name in call.options.mode]:
        context = visit.context(mode, state)
        page = context.new_page()
        for route, at in kinds.items():
            answer = page.goto(at)
            if answer is None or answer.status >= 400:
                call.say(f"  {at} answers {answer.status if answer else 'nothing'}")
            name = f"{visit.username}-{_word(route)}-{mode.name}.png"
            _picture(page, folder / name, mode)
            yield visit.username, route, name
        context.close()


def _picture(page: Any, path: Path, mode: Mode) -> None:
    """The whole page in a window as high as the page, so that what sticks to an edge stands where the page ends."""
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": mode.width, "height": min(max(height, mode.height), HIGHEST)})
    page.screenshot(path=str(path))
    page.set_viewport_size({"width": mode.width, "height": mode.height})


def _sign_in(page: Any, visit: Visit) -> None:
    page.goto(f"{visit.address}/sign-in/")
    page.fill("#id_login", visit.username)
    page.fill("#id_password", visit.password)
    page.press("#id_password", "Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    post, lane, _ = ([*visit.place.split("/"), "", ""])[:3]
    if lane:
        page.goto(f"{visit.address}/console/lanes/")
        page.locator(f"button[name=place][value='{visit.place}']").first.click()
        page.wait_for_selector("#document")
    elif post:
        page.goto(f"{visit.address}/own/place/")
        with page.expect_navigation():
            page.locator(f"form:has(input[name=post][value='{post}']) button[name=lane][value='']").first.click()


def _at_the_lane(page: Any, visit: Visit) -> dict[str, str]:
    """Documents of each kind of answer read at a lane, and where their answers stand; raises where one is otherwise."""
    from xenia.site.demo import commands, scenario

    way, read = visit.place.rpartition("/")[2], {}
    for row, one in zip(scenario.TABLE, scenario.examples(commands.today()), strict=True):
        here = visit.place.startswith("UTO-SG1") == bool(one.plate)
        if row[0] not in SHOWN or one.direction != way or not here:
            continue
        page.goto(f"{visit.address}/console/")
        if one.plate:
            page.fill("#plate", one.plate)
        page.fill("#document", "".join(one.lines))
        page.press("#document", "Enter")
        page.wait_for_selector(f".token.is-{one.verdict}")
        link = CHECK.search(page.locator("#desk").inner_html())
        if link:
            read[f"check {row[0]}"] = visit.address + link[0]
    return read


def _word(route: str) -> str:
    plain = "".join(c if c.isalnum() else "-" for c in route.lower())
    return "-".join(part for part in plain.split("-") if part)[:80] or "home"


def _sheet(folder: Path, taken: list[tuple[str, str, str]]) -> None:
    """One page that shows all pictures."""
    rows = "".join(
        f"<figure><a href='{name}'><img src='{name}' width='320' loading='lazy' alt=''></a>"
        f"<figcaption>{html.escape(who)}: {html.escape(route)}</figcaption></figure>"
        for who, route, name in taken
    )
    style = "body{display:flex;flex-wrap:wrap;gap:16px;font:14px sans-serif}figure{margin:0;width:320px}"
    page = f"<!doctype html><meta charset='utf-8'><title>Xenia, every page</title><style>{style}</style>{rows}"
    (folder / "index.html").write_text(page, encoding="utf-8")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", help="where the pictures go")
    parser.add_argument("--role", action="append", help="only this officer of the demonstration; may be repeated")
    parser.add_argument(
        "--mode",
        action="append",
        choices=("desktop", "phone", "arabic", "dark"),
        help="only this way of looking; may be repeated",
    )
    parser.add_argument("--home", metavar="HOME", help="use and keep the demonstration in this folder")


COMMANDS = (
    Command(
        "screenshots",
        "Take pictures of every page of a demonstration.",
        _run,
        None,
        _arguments,
        needs_home=False,
        writes=False,
    ),
)
