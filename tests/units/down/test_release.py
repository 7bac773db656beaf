"""Which release should be at a unit: told by the centre, shown to whoever can do something about it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests import people
from tests.access.test_places import second_factor
from tests.units import officers
from xenia.errors import BadInput
from xenia.units import here, status
from xenia.units.down import release

SAID = {"runs": "0.3.0", "oldest": "0.2.0", "by": "2026-12-31", "where": "https://hq.example/xenia"}


@pytest.mark.parametrize(
    ("own", "found"),
    [("0.1.9", True), ("0.2.0", False), ("0.2.9", False), ("0.3.0", None), ("0.10.0", None), ("odd", True)],
)
def test_an_older_release_is_due_and_one_between_may_wait(own: str, found: bool | None) -> None:
    told = release.judge(SAID, own)
    assert (told.is_due if told else None) is found
    if told:
        assert (told.by, told.where, told.runs) == (date(2026, 12, 31), SAID["where"], "0.3.0")


@pytest.mark.parametrize(
    "odd", [{}, {**SAID, "by": "soon"}, {**SAID, "runs": 3}, {**SAID, "where": "\x07"}, {**SAID, "where": "x" * 201}]
)
def test_what_cannot_be_read_tells_of_no_update(odd: dict[str, Any]) -> None:
    assert release.judge(odd, "0.0.1") is None


@pytest.mark.parametrize(
    ("one", "other", "older"), [("0.1", "0.1.0", False), ("0.1.0.1", "0.1.1", True), ("", "0.1", True)]
)
def test_releases_are_ordered_as_numbers(one: str, other: str, older: bool) -> None:
    assert status.is_older(one, other) is older


@pytest.mark.django_db
def test_it_comes_down_and_is_taken(settings: Any, tmp_path: Path) -> None:
    settings.XENIA_HOME = tmp_path
    settings.XENIA_UNIT_LEVELS = settings.XENIA_UNIT_LEVELS | {
        "oldest": "99.0",
        "update_by": "2026-12-31",
        "update_from": "Stick 4",
    }
    ((item, path),) = release.offer(officers.unit(people.build()))
    assert dict(item.about) == {"runs": release.__version__, "oldest": "99.0", "by": "2026-12-31", "where": "Stick 4"}
    copy = tmp_path / "came"
    copy.write_bytes(path.read_bytes())
    release.take(item, copy)
    assert not copy.exists()
    copy.write_bytes(b"[]")
    with pytest.raises(BadInput) as refused:
        release.take(item, copy)
    assert refused.value.code == "bad-release"
    told = release.judge(item.about, release.__version__)
    assert told is not None and told.is_due and told.where == "Stick 4"


@pytest.mark.django_db
def test_only_who_can_do_something_is_told(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = people.build()
    chief, ada = second_factor(world.client("chief", "shift-supervisor")), world.client("ada", "first-line-officer")
    due = release.Update("0.3.0", True, date(2026, 12, 31), "Stick 4")
    shown = here.Here("unit-1", "UTO-AP1", "up", "", 0, 0, 1.0, 0.0, 3600.0, {"disk_free_mb": 9000}, (), update=due)
    monkeypatch.setattr(here, "kept", lambda now: shown)
    monkeypatch.setattr(here, "look", lambda now: shown)
    page = chief.get("/units/").content.decode()
    assert "Release too old" in page
    assert "Release too old" not in ada.get("/console/lanes/").content.decode()
