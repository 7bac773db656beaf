"""The outbox: one carrier per parcel, never dropped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from xenia.journal import actions, outbox
from xenia.journal.models import Outbox


@pytest.mark.django_db
def test_a_parcel_is_taken_once_carried_and_gone(act):
    with actions.writing():
        first, second = (actions.append("test.noted", {}, act, outbox=["unit"]) for _ in range(2))
        actions.append("test.noted", {}, act, outbox=["partner"])
    taken = outbox.take("unit", 1)
    assert [(parcel.entry_id, parcel.attempts) for parcel in taken] == [(first, 1)]
    assert [parcel.entry_id for parcel in outbox.take("unit", 9)] == [second]
    assert outbox.take("unit", 9) == []
    outbox.done(taken)
    assert outbox.waiting() == 2


@pytest.mark.django_db
def test_a_parcel_is_never_dropped(act):
    with actions.writing():
        made = actions.append("test.noted", {}, act, outbox=["unit"])
    now = datetime.now(UTC)
    for attempt in range(1, 40):
        (parcel,) = outbox.take("unit", 9, now)
        assert (parcel.entry_id, parcel.attempts) == (made, attempt)
        outbox.failed(parcel, "no line", now)
        assert outbox.take("unit", 9, now) == []
        now += timedelta(hours=1)
    assert Outbox.objects.get().trouble == "no line"


@pytest.mark.django_db
def test_a_carrier_that_died_gives_its_parcels_back_after_its_lease(act):
    with actions.writing():
        actions.append("test.noted", {}, act, outbox=["unit"])
    now = datetime.now(UTC)
    assert outbox.take("unit", 9, now)
    assert not outbox.take("unit", 9, now + timedelta(minutes=4))
    assert outbox.take("unit", 9, now + timedelta(minutes=6))
