"""What waits is said where people look: at the unit about itself, at the centre about each unit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.template.loader import render_to_string

from tests import people
from tests.units.forging import NODE, unit_with
from xenia.journal.models import AwaitedBlob, Entry, Leaf
from xenia.units import card, here
from xenia.units.blobs import queue
from xenia.units.blobs.models import GoingBlob

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def _going(letter: str, state: str = "waiting", position: int = 1, rank: int = 0) -> None:
    GoingBlob.objects.create(
        address=letter * 64, position=position, size_bytes=150_000, rank=rank, since=NOW, state=state
    )


@pytest.mark.django_db
def test_a_unit_says_how_many_documents_wait(settings: Any, tmp_path: Any) -> None:
    settings.XENIA_HOME, settings.XENIA_UNIT = tmp_path, True
    card.write(card.Card(NODE, "UTO", "UTO-T1", NODE, "https://nowhere.invalid", "", {}))
    for letter, state in (("a", "waiting"), ("b", "waiting"), ("c", "kept"), ("d", "refused"), ("e", "erased")):
        _going(letter, state)
    queue_now = queue.backlog()
    assert (queue_now.count, queue_now.size_bytes, queue_now.since, queue_now.lost) == (2, 300_000, NOW, 1)
    page = render_to_string("units/here_now.html", {"here": here.look(NOW), "documents": queue_now, "came": []})
    assert "293.0" in page.replace("\xa0", " ") and "Documents that the centre did not get" in page


@pytest.mark.django_db
def test_a_centre_says_what_it_awaits_of_a_unit() -> None:

    world = people.build()
    chief = world.client("chief", "shift-supervisor")
    session = chief.session
    session["second_factor"] = True
    session.save()
    unit = unit_with(ec.generate_private_key(ec.SECP256R1()))
    page = chief.get(f"/units/{unit.pk}/").content.decode()
    assert "Documents on their way" in page and "Documents that will not come" not in page
    for number, state in enumerate(("awaited", "awaited", "gone", "kept")):
        AwaitedBlob.objects.create(
            address=f"{number}" * 64, node=unit.name, purpose="identity", subject=uuid4(), size_bytes=1 << 20,
            entry=uuid4(), priority=3, since=NOW, state=state,
        )  # fmt: skip
    page = chief.get(f"/units/{unit.pk}/").content.decode().replace("\xa0", " ")
    assert "2, 2.0 MB" in page and "Documents that will not come" in page


@pytest.mark.django_db
def test_only_what_the_centre_has_the_entry_of_is_offered_small_ones_first() -> None:
    for letter, position, rank in (("a", 1, 1), ("b", 1, 0), ("c", 2, 0), ("d", 3, 0)):
        _going(letter, position=position, rank=rank)
    assert [one[0] for one in queue.waiting(2)] == ["b", "c", "a"]
    assert queue.settle({"a" * 64: "kept", "b" * 64: "unknown", "z" * 64: "kept"}) == 2
    assert [one[0] for one in queue.waiting(9)] == ["c", "d"]
    queue.wanted_again(["a" * 64])
    assert [one[0] for one in queue.waiting(9)] == ["c", "d", "a"]


@pytest.mark.django_db
def test_what_entries_of_other_nodes_refer_to_is_not_sent_up() -> None:
    assert Entry.objects.filter(kind="page.photographed").count() == 0 == Leaf.objects.filter(node=NODE).count()
    queue.forget()
    assert queue.find(NODE) == 0 and not GoingBlob.objects.exists()
