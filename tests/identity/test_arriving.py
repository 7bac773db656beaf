"""An identity that a unit noted: the same one here, found by this installation's keys, forgotten like any other."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from tests import coming
from xenia.formats.dates import PartialDate
from xenia.identity import actions as identity
from xenia.identity import keys
from xenia.identity.claim import Claimed, Document, Name
from xenia.identity.models import Identity, IdentityKey
from xenia.journal import actions as journal
from xenia.journal import data_keys
from xenia.journal.act import Act
from xenia.journal.models import DataKey, Entry

CLAIM = Claimed(
    (Name("Halvorsen", "Tessa Mirande"),),
    PartialDate.parse("1991-06-08"),
    "F",
    "UTO",
    (Document("P", "UTO", "UX1234567"),),
)
NOW = datetime(2026, 11, 20, 22, 15, tzinfo=UTC)
ACT = Act(
    "account:01900000-0000-7000-8000-000000000001", "UTO-BG", "border-first-line", "", "check:1", "unit-1/UTO-T1/L1"
)


def _noted() -> UUID:
    with journal.writing(), data_keys.held():
        who, entry = identity.note(CLAIM, ACT, source="TD3", now=NOW, delete_on=date(2026, 12, 20))
        journal.append_many([entry])
    return who


@pytest.mark.django_db
def test_it_is_the_same_identity_with_its_own_data_key() -> None:
    batch = coming.away(_noted)
    assert not Identity.objects.exists() and not DataKey.objects.exists()
    coming.arrive(batch)
    row = Identity.objects.get()
    assert (row.id, row.owner, row.origin, row.source, row.recorded_at) == (
        batch.made, "UTO-BG", "unit-1/UTO-T1/L1", "TD3", NOW,
    )  # fmt: skip
    assert identity.read([row.id]) == {row.id: CLAIM}
    assert data_keys.key_id(bytes(row.sealed)) == batch.entries[0].key == DataKey.objects.get().id
    assert row.delete_on == NOW.date() + timedelta(days=30)
    assert Entry.objects.count() == 1, "the entry is the unit's; nothing is written a second time"


@pytest.mark.django_db
def test_it_is_found_by_this_installations_keys() -> None:
    coming.arrive(coming.away(_noted))
    found = set(IdentityKey.objects.values_list("kind", "key"))
    assert ("d", keys.document_keys("UTO", "P", "UX1234567").exact) in found
    assert {key for kind, key in found if kind == "n"} == set(keys.name_keys(CLAIM))


@pytest.mark.django_db
def test_destroying_its_data_key_forgets_it() -> None:
    coming.arrive(coming.away(_noted))
    with journal.writing():
        data_keys.destroy([Identity.objects.get().id])
    assert identity.read([Identity.objects.get().id]) == {}
