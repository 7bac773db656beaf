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
from pathlib import Path
from typing import Any

from xenia.commands import Call, Command
from xenia.errors import Unavailable

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
UP_S = 600
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
        taken = [
            one
            for username, place in ROLES
            if not call.options.role or username in call.options.role
            for one in _role(browser, address, username, passwords[username], place, folder, call)
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


def _role(
    browser: Any, address: str, username: str, password: str, place: str, folder: Path, call: Call
) -> Iterator[tuple[str, str, str]]:
    """Pictures of what one officer can reach: (officer, kind of page, file)."""
    from xenia.site.screenshots.walk import MODES, found

    kinds: dict[str, str] = {}
    for mode in MODES:
        context = browser.new_context(
            viewport={"width": mode.width, "height": mode.height},
            color_scheme=mode.scheme,
            reduced_motion="reduce",
            extra_http_headers={"Accept-Language": mode.language},
        )
        page = context.new_page()
        _sign_in(page, address, username, password, place)
        if not kinds:
            kinds = dict(found(page, f"{address}/"))
            if place.split("/")[1:2] not in ([], [""]):
                kinds |= _at_the_lane(page, address, place)
            call.say(f"{username}: {len(kinds)} pages")
        for route, at in kinds.items():
            page.goto(at)
            name = f"{username}-{_word(route)}-{mode.name}.png"
            page.screenshot(path=str(folder / name), full_page=True)
            yield username, route, name
        context.close()


def _sign_in(page: Any, address: str, username: str, password: str, place: str) -> None:
    page.goto(f"{address}/sign-in/")
    page.fill("#id_login", username)
    page.fill("#id_password", password)
    page.press("#id_password", "Enter")
    page.wait_for_load_state("load")
    post, lane, _ = ([*place.split("/"), "", ""])[:3]
    if lane:
        page.goto(f"{address}/console/lanes/")
        page.locator(f"button[name=place][value='{place}']").first.click()
    elif post:
        page.goto(f"{address}/own/place/")
        page.locator(f"form:has(input[name=post][value='{post}']) button[name=lane][value='']").first.click()
    page.wait_for_load_state("load")


def _at_the_lane(page: Any, address: str, place: str) -> dict[str, str]:
    """Documents of every kind read at a lane, and where their answers stand."""
    from xenia.site.demo import commands, scenario

    way, seen = place.rpartition("/")[2], {}
    for number, one in enumerate(scenario.examples(commands.today()), 1):
        if one.direction != way or bool(one.plate) != place.startswith("UTO-SG1"):
            continue
        page.goto(f"{address}/console/")
        page.fill("#document", "".join(one.lines))
        page.press("#document", "Enter")
        page.wait_for_selector("form[action*='/console/checks/']", timeout=30_000)
        link = CHECK.search(page.content())
        if link:
            seen[f"check {number} {one.title}"] = address + link[0]
    return seen


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
