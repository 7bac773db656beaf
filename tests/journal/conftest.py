"""Kinds and acts that the journal's tests write with."""

from __future__ import annotations

import pytest

from xenia.journal import kinds
from xenia.journal.act import Act

ACT = Act(
    "account:01900000-0000-7000-8000-000000000001",
    "UTO-BG",
    "border-first-line",
    "Act 7 Art. 3",
    "check:1",
    "hq/UTO-AP1/L3",
)


@pytest.fixture(autouse=True)
def _kinds() -> None:
    kinds.register(
        kinds.Kind("test.noted", retention_class="test"),
        kinds.Kind("test.read", retention_class="read", personal=False),
    )


@pytest.fixture
def act() -> Act:
    return ACT
