"""A command sets its home up by itself where it holds no database."""

from __future__ import annotations

import json
from collections.abc import Callable
from subprocess import CompletedProcess

import pytest


@pytest.mark.parametrize(
    ("words", "schema"),
    [
        (("soak", "tamper", "--count", "1"), "xenia/soak-tamper/1"),
        (("bench", "journal", "--seconds", "1", "--writers", "1"), "xenia/bench-journal/1"),
        (("lists", "status"), "xenia/list-source/1"),
    ],
)
def test_a_command_that_asks_who_may_works_in_a_fresh_home(
    run_xenia: Callable[..., CompletedProcess[str]], words: tuple[str, ...], schema: str
) -> None:
    done = run_xenia(*words)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[0])["schema"] == schema
