"""Documents in a file that somebody carries: taken as over the line, and nothing that the line would not take."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.frontier.second.conftest import alert, at_desk, at_lane, lost, others, post, refer
from tests.units.blobs.test_hostile import World, noticed, world
from xenia.journal.models import AwaitedBlob
from xenia.units.blobs import carried

__all__ = ["alert", "at_desk", "at_lane", "lost", "others", "post", "refer", "world"]


def test_documents_are_taken_whole_and_twice_is_as_once(world: World) -> None:
    now = datetime.now(UTC)
    world.sends(world.large, b"x" * 90)  # something else came over the line before
    assert carried.take(world.unit, world.files, now) == dict.fromkeys(world.files, "kept")
    assert carried.take(world.unit, world.files, now) == dict.fromkeys(world.files, "kept")
    assert not AwaitedBlob.objects.exclude(state="kept").exists() and noticed() == ["blob-content"]


def test_what_nobody_awaits_and_what_is_something_else_is_not_taken(world: World) -> None:
    now, other = datetime.now(UTC), b"not asked for"
    name = hashlib.sha256(other).hexdigest()
    wrong = world.files[world.large][::-1]
    states = carried.take(world.unit, {name: other, world.large: wrong, world.small: world.files[world.small]}, now)
    assert states == {name: "unknown", world.large: "awaited", world.small: "kept"}
    assert noticed() == ["blob-unasked"]


@pytest.mark.parametrize(
    "held",
    [[], "text", {"a": "eA=="}, {"a" * 64: 5}, {"a" * 64: "no base64"}, {"../" + "a" * 61: "eA=="}, {f"{n:064x}": "" for n in range(10_001)}],
    ids=["list", "text", "name", "number", "letters", "path", "many"],
)  # fmt: skip
def test_what_holds_no_documents_is_refused(held: Any) -> None:
    with pytest.raises(ValueError):
        carried.read(held)
    assert carried.read({"a" * 64: base64.b64encode(b"x").decode()}) == {"a" * 64: b"x"}


@pytest.mark.parametrize("held", [[], {"a" * 64: "well"}, {"a": "kept"}, {"a" * 64: None}])
def test_an_answer_says_only_what_can_be_said(held: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        carried.read_states(held)
    assert carried.read_states({"a" * 64: "kept"}) == {"a" * 64: "kept"}
