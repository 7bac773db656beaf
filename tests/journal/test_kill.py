"""Killed at any moment: nothing that was acknowledged is lost, and what is left verifies."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from xenia.journal import scratch

WRITER = """
import sys, threading
from xenia.journal import scratch
scratch.begin()
from django.conf import settings
from xenia.journal import actions, kinds, sealer
from xenia.journal.act import Act
from xenia.journal.ids import uuid7
settings.XENIA_SEAL_MS = 5
kinds.register(kinds.Kind("kill.noted"), kinds.Kind("kill.read", personal=False))
act = Act("system:test", "UTO-BG", "operation", "", "set-up", "hq")
door = threading.Lock()
sealer.start()
def write(number):
    while True:
        if number % 2:
            made = actions.record_read("kill.read", {"number": number}, act)
        else:
            with actions.writing():
                made = actions.append("kill.noted", {"number": number}, act, subjects=[uuid7()])
        with door:
            print(made, flush=True)
for number in range(4):
    threading.Thread(target=write, args=(number,)).start()
"""

CHECK = """
import json, sys
from xenia.journal import scratch
scratch.begin()
from xenia.journal import kinds, sealer, verify
from xenia.journal.models import Entry
before = verify.verify()
sealer.seal_now()
after = verify.verify()
acknowledged = set(sys.stdin.read().split())
kept = {str(pk) for pk in Entry.objects.values_list("id", flat=True)}
positions = list(Entry.objects.order_by("position").values_list("position", flat=True))
print(json.dumps({
    "lost": len(acknowledged - kept), "acknowledged": len(acknowledged),
    "whole": before.is_whole and after.is_whole, "gapless": positions == list(range(1, len(positions) + 1)),
    "findings": before.to_json()["findings"] + after.to_json()["findings"],
}))
"""


@pytest.mark.django_db(transaction=True)
def test_a_killed_process_loses_nothing_that_it_acknowledged():
    import json

    chance = random.Random(3)
    with scratch.environment() as environment:
        acknowledged: list[str] = []
        for _ in range(3):
            writer = subprocess.Popen(
                [sys.executable, "-c", WRITER],
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
            assert writer.stdout is not None
            acknowledged.append(writer.stdout.readline())  # it has begun
            time.sleep(0.2 + chance.random() * 0.4)
            os.kill(writer.pid, signal.SIGKILL)
            acknowledged += [
                line for line in writer.stdout.read().splitlines(True) if line.endswith("\n") and len(line) == 37
            ]
            writer.wait()
        checked = subprocess.run(
            [sys.executable, "-c", CHECK],
            env=environment,
            input="".join(acknowledged),
            capture_output=True,
            text=True,
            check=True,
        )
    result = json.loads(checked.stdout)
    assert result["lost"] == 0 and result["whole"] and result["gapless"], result
    assert result["acknowledged"] > 20
