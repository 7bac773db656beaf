"""A home of its own for each test: its keys, its secrets, its warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from xenia.insight import own_secrets


@pytest.fixture
def warehouse_home(tmp_path: Path, settings, transactional_db: None) -> Iterator[Path]:
    """XENIA_HOME of this test. What happens after a commit happens here too."""
    settings.XENIA_HOME = tmp_path / "home"
    (tmp_path / "home").mkdir(mode=0o700)
    own_secrets.forget()
    yield tmp_path / "home"
    own_secrets.forget()
