"""Two authorities as two processes with two databases, over HTTPS with certificates on both sides; killed at each step."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

NODE = Path(__file__).with_name("node.py")
PROJECT = Path(__file__).resolve().parents[2]


class Home:
    """One authority: its home, and the process that runs in it. `more`: settings of its own."""

    more: Mapping[str, str] = {}

    def __init__(self, folder: Path, state: str, code: str) -> None:
        self.folder, self.state, self.code, self.port = folder, state, code, 0
        self.address = f"{state}/{code}"
        folder.mkdir()
        self.start()

    def start(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("XENIA_", "DJANGO_"))}
        own = {
            "XENIA_HOME": str(self.folder),
            "XENIA_STATE": self.state,
            "DJANGO_SETTINGS_MODULE": "xenia.site.settings",
            "PYTHONPATH": str(PROJECT / "src"),
            "EXCHANGE_AUTHORITY": self.code,
            "EXCHANGE_PORT": str(self.port),
        }
        self.process = subprocess.Popen(
            [sys.executable, str(NODE)],
            env={**kept, **own, **self.more},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        line = self._line()
        assert line, "the program did not start"
        self.port = line["port"]

    def _line(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        return json.loads(line) if line else None

    def ask(self, do: str, **more: Any) -> Any:
        """The answer, or None where the process ended while it was asked."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, **more}) + "\n")
        self.process.stdin.flush()
        answer = self._line()
        assert answer is None or "error" not in answer, answer
        return answer and answer["is"]

    def again(self) -> None:
        """Killed for good, then started again in the same home at the same port."""
        self.stop()
        self.start()

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, Home]]:
    """Two authorities that trust each other; each test sends in a thread of its own."""
    folder = tmp_path_factory.mktemp("two")
    here, there = Home(folder / "a", "UTO", "MIG"), Home(folder / "b", "ARC", "RET")
    here.ask("trust", card=there.ask("card"))
    there.ask("trust", card=here.ask("card"))
    yield here, there
    here.stop()
    there.stop()


def test_a_thread_goes_both_ways_and_a_refusal_does_not_stop_it(two: Any) -> None:
    here, there = two
    thread = str(uuid4())
    for n, text in ((1, ""), (2, "refuse"), (3, "")):
        here.ask("send", to=there.address, thread=thread, n=n, text=text, enclose="%PDF-" if n == 1 else "")
    assert here.ask("deliver") == 3
    there.ask("send", to=here.address, thread=thread, n=10)
    assert there.ask("deliver") == 1
    mine, theirs = here.ask("state"), there.ask("state")
    assert theirs["exchanged"] == [1, 3] and mine["exchanged"] == [10]
    assert [state for _, state, _ in mine["out"]] == ["accepted", "refused", "accepted"]
    assert mine["receipted"] == [[1, "accepted"], [2, "refused"], [3, "accepted"]]
    assert theirs["receipted"] == [[10, "accepted"]] and theirs["rejected"] == []
    assert here.ask("deliver") == 0


SENDER = ("deliver.leased", "deliver.carried", "deliver.noted", "deliver.done")
RECIPIENT = ("receive.checked", "receive.stored", "receive.done")


@pytest.mark.parametrize("step", SENDER + RECIPIENT)
def test_whoever_is_killed_at_any_step_nothing_is_lost_or_doubled(two: Any, step: str) -> None:
    here, there = two
    first = 100 * (SENDER + RECIPIENT).index(step) + 100
    mine = [first + 1, first + 2, first + 3]
    thread = str(uuid4())
    for n in mine:
        here.ask("send", to=there.address, thread=thread, n=n)
    dying = here if step in SENDER else there
    dying.ask("die_at", step=step)
    assert here.ask("deliver") == (None if dying is here else 0)
    dying.again()
    here.ask("deliver", after_s=120)
    sent, came = here.ask("state"), there.ask("state")
    assert [n for n in came["exchanged"] if n in mine] == mine, (sent, came)
    assert [state for _, state, _ in sent["out"][-3:]] == ["accepted"] * 3, sent
    assert [one for one in sent["receipted"] if one[0] in mine] == [[n, "accepted"] for n in mine]
