"""`python -m tests.browser.authority PORT CARD`: one authority with its people, served; it trusts whoever's card lies in CARD.

Home, state and node come from the environment, as for any installation; PEOPLES_PASSWORD is what its people sign in with,
PEOPLES_CLOCK the file of the clock that they live by.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser import clock

ENDS_S = 2
PASSWORD = "PEOPLES_PASSWORD"  # noqa: S105 - the name of the variable


@dataclass(frozen=True)
class Site:
    """Where an authority runs. `port`: of its pages; other authorities reach it as far from there as `neighbour.APART` says."""

    state: str
    zone: str
    home: Path
    port: int

    @property
    def url(self) -> str:
        """The address of its pages."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What its process said."""
        return self.home.with_suffix(".log")


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, and nobody on those `neighbour.APART` further."""
    from xenia.site.demo import neighbour

    found: list[int] = []
    while len(found) < count:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        with socket.socket() as beside:
            taken = port + neighbour.APART > 65535 or beside.connect_ex(("127.0.0.1", port + neighbour.APART)) == 0
        if not taken and port not in found:
            found.append(port)
    return found


@contextmanager
def running(site: Site, card: Path, password: str, source: Path, by: clock.Clock) -> Iterator[subprocess.Popen[bytes]]:
    """Within it the authority's process runs; afterwards it is ended with all that it started."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XENIA_", "SERVING_", "DJANGO_"))}
    own = {
        "XENIA_HOME": str(site.home),
        "XENIA_STATE": site.state,
        "XENIA_NODE": site.state.lower(),
        "XENIA_DEMO": "1",
        "XENIA_LOG": "WARNING",
        "XENIA_ZONE": site.zone,
        PASSWORD: password,
        clock.FILE: str(by.file),
        "PYTHONPATH": os.pathsep.join((str(source / "src"), str(source))),
        "PYTHONUTF8": "1",
        "DJANGO_SETTINGS_MODULE": "xenia.site.settings",
    }
    with site.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.authority", str(site.port), str(card)],
            env=kept | own,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=_ends_with_its_parent,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(ENDS_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(ENDS_S)


def _ends_with_its_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def answering(site: Site, process: subprocess.Popen[bytes], longest_s: float) -> None:
    """Wait until the authority serves its pages; fails with what it said where it ends or stays silent."""
    until = time.monotonic() + longest_s
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", site.port)) == 0:
                return
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(f"{site.state} does not serve:\n{site.log.read_text(encoding='utf-8')[-4000:]}")


def main(port: int, card: Path) -> int:
    """Be the authority until asked to end."""
    from xenia.site import setup

    setup.start_django()
    setup.ensure(print)
    from xenia.commands import Call
    from xenia.site.cli import serve
    from xenia.site.demo import neighbour
    from xenia.site.story import world

    _people(os.environ[PASSWORD])
    bind = f"127.0.0.1:{port}"
    neighbour.introduce(world.authority(), bind)
    if not neighbour.trust(card):
        return 1
    setup.settle()
    options = argparse.Namespace(bind=bind, workers=1, exchange=neighbour.own_door(bind))
    return serve.serve(Call(options, sys.stdin.buffer, sys.stdout, sys.stderr))


def _people(password: str) -> None:
    """The people of the story, all with this password."""
    from django.contrib.auth.hashers import make_password

    from xenia.access.models import Account
    from xenia.site.story import world

    world.build()
    Account.objects.filter(username__in=world.PEOPLE).update(password=make_password(password))


if __name__ in ("__main__", "__mp_main__"):  # also where a worker is started afresh; nothing of the rooms is loaded yet
    clock.live()
if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), Path(sys.argv[2])))
