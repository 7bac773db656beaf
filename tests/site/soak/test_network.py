"""The lines of `xenia soak network`, real namespaces and packets; the soak itself takes minutes and runs by hand."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from xenia.site.soak.network import place
from xenia.site.soak.network.wires import UP, Line

needs_root = pytest.mark.skipif(bool(place.missing()), reason=place.missing())
SENT = 60_000
HEARS = (
    "import socket as s; l = s.create_server(('10.99.0.1', 9)); print('ready', flush=True); c = l.accept()[0];"
    " n = 0\nwhile (p := c.recv(65536)): n += len(p)\nprint(n)"
)
SENDS = f"import socket as s; c = s.create_connection(('10.99.0.1', 9), 20); c.sendall(bytes({SENT})); c.close()"


def _inside(namespace: str, code: str) -> list[str]:
    return ["ip", "netns", "exec", namespace, sys.executable, "-c", code]


def _namespaces() -> set[str]:
    found = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True)
    return {line.split()[0] for line in found.stdout.splitlines()}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[place.Place]:
    before = _namespaces()
    with place.made(tmp_path, 2, 1) as made:
        assert len(_namespaces() - before) == 3
        yield made
    assert _namespaces() == before


def _carried(here: place.Place, line: Line) -> int:
    """How many bytes arrived that a unit's program sent to the centre."""
    unit = next(one for one in here.units if one.line is line)
    with subprocess.Popen(_inside(here.centre.namespace, HEARS), stdout=subprocess.PIPE, text=True) as hears:
        assert hears.stdout is not None and hears.stdout.readline() == "ready\n"
        sends = subprocess.run(_inside(unit.namespace, SENDS), capture_output=True, check=False)
        if sends.returncode:
            hears.kill()
            return 0
        return int(hears.stdout.readline())


@needs_root
def test_a_line_carries_everything_though_a_tenth_of_its_packets_is_lost(here: place.Place) -> None:
    line = here.units[0].line
    line.loss = 0.1
    assert _carried(here, line) == SENT
    assert line.dropped > 0
    assert line.carried_bytes[UP] > SENT
    assert sum(here.units[1].line.packets) < sum(line.packets) / 4


@needs_root
def test_a_line_that_is_cut_one_way_carries_nothing_until_it_heals(here: place.Place) -> None:
    line = here.units[1].line
    line.cut = (False, True)
    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run(_inside(here.units[1].namespace, SENDS), capture_output=True, check=False, timeout=1.5)
    assert line.dropped > 0
    line.heal()
    assert _carried(here, line) == SENT


@needs_root
def test_a_slow_line_drops_what_would_wait_too_long(here: place.Place) -> None:
    unit = here.units[0]
    unit.line.rate_bits = 8_000.0  # a packet a second, and a queue of two seconds
    burst = "import socket as s; u = s.socket(s.AF_INET, s.SOCK_DGRAM)\nfor n in range(60): u.sendto(bytes(1000), ('10.99.0.1', 9))"
    subprocess.run(_inside(unit.namespace, burst), check=True)
    until = time.monotonic() + 20
    while unit.line.packets[UP] < 60 and time.monotonic() < until:
        time.sleep(0.05)
    assert 50 <= unit.line.dropped < 60


@needs_root
def test_interrupted_it_leaves_nothing_behind(tmp_path: Path) -> None:
    before = _namespaces()
    soak = subprocess.Popen(
        [sys.executable, "-m", "xenia", "soak", "network", "--units", "2"],
        env=os.environ | {"XENIA_HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path), "PYTHONPATH": str(PROJECT / "src")},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # what runs behind a shell ignores it
    )  # fmt: skip
    mark, until = f"xn{soak.pid}", time.monotonic() + 300
    wanted = {f"{mark}c", f"{mark}u1", f"{mark}u2"}
    while not (list(tmp_path.glob("xenia-network-*/centre/keys")) and wanted <= _namespaces()):
        assert time.monotonic() < until and soak.poll() is None
        time.sleep(0.1)
    assert {one for one in _namespaces() - before if one.startswith(mark)} == wanted
    for _press in range(4):  # a press that falls into a moment that swallows it is pressed again
        soak.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            soak.wait(30)
            break
    assert soak.poll()
    assert not {one for one in _namespaces() if one.startswith(mark)}
    assert not list(tmp_path.glob("xenia-network-*"))


def test_without_root_it_says_so_and_ends_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "root" in place.missing()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_the_command_is_skipped_by_anybody_else(tmp_path: Path) -> None:
    code = (
        "import os, sys; from xenia.site import cli; os.geteuid = lambda: 1000;"
        " sys.exit(cli.main(['soak', 'network', '--minutes', '1']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"XENIA_HOME": str(tmp_path), "PYTHONPATH": str(PROJECT / "src")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert (said["runs"], said["violations"]) == (0, 0) and "root" in said["skipped"]
