from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import people
from xenia.access.standing import Standing
from xenia.registers.lists import actions, current, forgetting, store
from xenia.registers.lists.actions import LoadReport


@pytest.fixture
def world(transactional_db: None) -> Iterator[people.World]:
    """The invented state with its list sources; list files are thrown away afterwards."""
    made = people.build()
    actions.install_sources(made.operator)
    yield made
    forgetting.settle()
    current.forget()
    for path in store.folder().iterdir():
        if path.is_dir():
            store.discard_folder(path)
        else:
            path.unlink()


@pytest.fixture
def editor(world: people.World) -> Standing:
    """Somebody who loads lists."""
    return world.standing("edita", "alert-editor")


@pytest.fixture
def approver(world: people.World) -> Standing:
    """Somebody who approves what another proposed."""
    return world.standing("aprona", "second-approver")


@pytest.fixture
def load(editor: Standing, tmp_path: Path) -> Callable[..., LoadReport]:
    """Loads bytes as the next version of a source: `load(csv_numbers(range(9)))`."""

    def run(content: bytes, source: str = "alerts-csv", **more: object) -> LoadReport:
        path = tmp_path / "list.in"
        path.write_bytes(content)
        return actions.load(editor, source, path, **more)  # type: ignore[arg-type]

    return run
