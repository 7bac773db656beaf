"""Messages out of order are kept up to a quota of their partner, and not for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.exchange.node import bodies
from tests.exchange.pair import NOW, Other, take
from tests.exchange.test_pages import _reader
from xenia.errors import Unavailable
from xenia.exchange import holding, keeping, partners
from xenia.exchange.models import Incoming, Partner
from xenia.journal import clock
from xenia.journal.models import BlobReference

pytestmark = pytest.mark.django_db


def _gap(other: Other, count: int) -> tuple[bytes, list[bytes]]:
    """The first message, not sent, and those after it."""
    first = other.packed(other.message())
    return first, [other.packed(other.message()) for _ in range(count)]


def test_a_partner_has_a_quota_of_what_is_held_and_sends_the_rest_later(
    other: Other, world: Any, seen: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "MOST", 3)
    first, later = _gap(other, 4)
    assert [take(one).kind for one in later[:3]] == ["delivered"] * 3
    for _ in range(2):
        with pytest.raises(Unavailable) as problem:
            take(later[3])
        assert (problem.value.code, problem.value.http_status) == ("too-many-held", 503)
    assert Incoming.objects.count() == 3 and BlobReference.objects.filter(purpose="exchange").count() == 3
    assert take(later[2]).kind == "delivered"  # what is held already is answered as before
    page = _reader(world, "administrator").get(f"/exchange/partners/{Partner.objects.get().pk}/").content.decode()
    assert "3 messages of this partner wait" in page and "no more are kept" in page
    assert take(first).kind == "accepted" and take(later[3]).kind == "accepted"
    assert seen == [1, 2, 3, 4, 5]
    page = _reader(world, "administrator").get(f"/exchange/partners/{Partner.objects.get().pk}/").content.decode()
    assert "wait" not in page.split("<main")[1].split("</main")[0] and "no more are kept" not in page


def test_what_is_held_is_measured_too(other: Other, seen: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    _first, later = _gap(other, 2)
    take(later[0])
    partner = partners.open_partner(other.address)
    size = holding.of(partner).size_bytes
    assert size > len(later[0])  # sealed
    monkeypatch.setattr(holding, "BYTES", size)
    with pytest.raises(Unavailable):
        take(later[1])


def test_one_partners_gap_takes_nothing_from_another(
    other: Other, world: Any, seen: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.exchange.pair import pin

    monkeypatch.setattr(holding, "MOST", 1)
    third = Other(address="XXC/RET")
    with clock.at(NOW):
        pin(third, world.operator)
    take(_gap(other, 1)[1][0])
    later = third.packed(third.message(number=2, after=1))
    assert take(later, peer="XXC/RET").kind == "delivered"


def test_what_waited_in_vain_for_its_term_is_let_go_and_may_come_again(other: Other, seen: list[int]) -> None:
    first, (second,) = _gap(other, 1)
    take(second)
    term = keeping.term(keeping.HELD)
    assert keeping.lapse(NOW + term - timedelta(seconds=1)) == 0
    assert keeping.lapse(NOW + term) == 1 and keeping.lapse(NOW + term) == 0
    assert not Incoming.objects.exists() and not BlobReference.objects.filter(purpose="exchange").exists()
    assert [one["number"] for one in bodies("exchange.lapsed")] == [2]
    assert take(second).kind == "delivered" and take(first).kind == "accepted" and seen == [1, 2]
