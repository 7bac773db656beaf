"""Photographs that were taken at a unit: their entries are here at once, their files come later, and pages say so."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from django.urls import reverse

from tests import coming
from tests.frontier.conftest import POST
from tests.frontier.second.conftest import browser
from tests.frontier.second.test_interview import jpeg
from xenia import pictures
from xenia.errors import Conflict, NotFound, Unavailable, XeniaError
from xenia.frontier import actions, referrals
from xenia.frontier.models import Check
from xenia.frontier.second import interview, queries
from xenia.frontier.second.arriving import refers
from xenia.frontier.second.models import Photograph
from xenia.identity.models import PURPOSE
from xenia.journal import awaited, blobs, data_keys, entries, forgetting, kinds, rebuild
from xenia.journal.act import Act
from xenia.journal.ids import uuid7
from xenia.journal.models import AwaitedBlob, BlobReference
from xenia.work import items
from xenia.work.models import WorkItem

UNIT = coming.UNIT
ACT = Act("system:test", "UTO-BG", "operation", "law", "test:1", "hq")


@pytest.fixture
def shift(refer, at_lane):
    """A referral at a unit with one photograph; its entries, and the files that stay behind there."""

    def work() -> dict[str, bytes]:
        one = refer()
        actions.claim_referral(at_lane("second", None), one.item.id)
        one.item.refresh_from_db()
        interview.photograph(at_lane("second", None), one.item, one.check, jpeg((1800, 1200)), "data-page")
        row = Photograph.objects.get()
        files = {name: blobs.path(name).read_bytes() for name in (row.address, row.small)}
        for name in files:
            blobs.path(name).unlink()
        return files

    return coming.away(work)


def put_here(address: str, sealed: bytes) -> None:
    place = blobs.path(address)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(sealed)
    row = AwaitedBlob.objects.get(address=address)
    blobs.claim(address, len(sealed), row.subject, row.purpose)
    AwaitedBlob.objects.filter(pk=row.pk).update(state="kept")


def test_an_entry_makes_its_photograph_and_awaits_its_files(shift) -> None:
    coming.arrive(shift)
    row = Photograph.objects.get()
    rows = {one.address: one for one in AwaitedBlob.objects.all()}
    assert {name: one.size_bytes for name, one in rows.items()} == {n: len(d) for n, d in shift.made.items()}
    assert all(one.node == UNIT and one.state == "awaited" for one in rows.values())
    assert rows[row.small].priority < rows[row.address].priority
    assert awaited.figures(UNIT).count == 2 and awaited.figures("other").count == 0
    found = [one for one in rebuild.projections() if one.name == "photographs"]
    assert rebuild.check(found[0])[2] == []


def test_what_came_opens_with_the_key_that_came_with_the_entry(shift) -> None:
    coming.arrive(shift)
    for address, sealed in shift.made.items():
        assert hashlib.sha256(sealed).hexdigest() == address
        with pytest.raises(awaited.Awaited):
            blobs.get(address)
        put_here(address, sealed)
        assert pictures.is_as_kept(blobs.get(address))


def test_the_page_says_what_is_on_its_way_and_sends_for_it(shift, refer, at_lane) -> None:
    coming.arrive(shift)
    check = Check.objects.get(node=UNIT)
    _notes, (seen,), _questions = queries.interview_of(at_lane("second", None), check, [], unseen=True)
    assert UNIT in seen.awaited and "KB" in seen.awaited
    assert not AwaitedBlob.objects.filter(priority=awaited.ASKED).exists()  # nobody outside notices
    someone = browser("second", POST)
    page = someone.get(reverse("frontier:referral", args=[_found_later(check).id])).content.decode()
    assert "On its way from \u2068unit-1\u2069, " in page and "None taken" not in page
    assert AwaitedBlob.objects.filter(priority=awaited.ASKED).count() == 2
    answer = someone.get(reverse("frontier:picture", args=[seen.id]), {"size": "small"})
    assert answer.status_code == 503 and UNIT in answer.content.decode()


def _found_later(check: Check) -> WorkItem:
    """An alert that the unit did not know: the second line here looks at its check."""
    with coming.writing():
        return items.open_item(
            referrals.RETRO_KIND, check.id, owner=check.owner, about=check.identity, urgency=0, act=ACT, post=check.post
        )


def test_whoever_is_forgotten_is_awaited_no_more(shift, django_capture_on_commit_callbacks) -> None:
    coming.arrive(shift)
    who = Check.objects.get(node=UNIT).identity
    parts = [awaited.part(UNIT, one) for one in shift.made]
    for one in parts:
        one.parent.mkdir(parents=True, exist_ok=True)
        one.write_bytes(b"half of it")
    exported = next(one for one in forgetting.parts() if one.room == "journal").export(who)
    assert len(exported["blobs_awaited"]) == 2
    with django_capture_on_commit_callbacks(execute=True), coming.writing():
        next(one for one in forgetting.parts() if one.room == "journal").erase([who], ACT)
    assert not any(one.exists() for one in parts)
    assert set(AwaitedBlob.objects.values_list("state", "subject")) == {("erased", None)}
    for one in shift.made:
        with pytest.raises(data_keys.Erased):
            blobs.get(one)


def _said(shift: coming.Batch, **changed: Any) -> str:
    """What comes of a photograph's entry that says something else: the code of what it raises."""
    entry = next(one for one in shift.entries if one.kind == "page.photographed")
    coming.arrive(replace(shift, entries=[one for one in shift.entries if one is not entry]))
    body = json.loads(bytes(entry.body or b""))
    origin = changed.pop("origin", entry.origin)
    entry.origin, entry.body = origin, json.dumps(body | changed).encode()
    effect = coming.arriving.effect_of(entry.kind)
    assert effect is not None
    try:
        effect(coming.arriving.Came(entry, entries.bodies([entry])[entry.id]))
    except XeniaError as error:
        return error.code
    return ""


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"size_bytes": awaited.MOST_BYTES + 1}, "blob-reference"),
        ({"size_bytes": -1}, "blob-reference"),
        ({"address": "../../keys/master"}, "blob-reference"),
        ({"address": "A" * 64}, "blob-reference"),
        ({"origin": f"{UNIT}/UTO-ELSEWHERE/L1"}, "no-check"),
        ({"check": "0190b0b0-0000-7000-8000-000000000002"}, "no-check"),
        ({}, ""),
    ],
)
def test_an_entry_that_refers_to_what_is_no_document_is_put_aside(shift, changed: dict[str, Any], code: str) -> None:
    with coming.writing():
        assert _said(shift, **changed) == code


def test_an_entry_cannot_claim_a_document_of_the_centre_nor_too_many(shift, monkeypatch) -> None:
    with coming.writing():
        address = blobs.put(b"something", uuid7(), PURPOSE)
    entry = next(one for one in shift.entries if one.kind == "page.photographed")
    honest = entry.body
    with pytest.raises(KeyError), coming.writing():
        assert _said(shift, address=address) == "blob-taken"
        raise KeyError  # as the savepoint around every effect does
    entry.body = honest
    coming.arrive(replace(shift, entries=[one for one in shift.entries if one is not entry]))
    monkeypatch.setattr(awaited, "MOST_AWAITED", 1)
    with pytest.raises(Conflict) as flood, coming.writing():
        coming.do([entry])
    assert flood.value.code == "blobs-flood"
    assert BlobReference.objects.filter(address=address).count() == 1


def test_a_document_that_was_lost_is_said_to_be(shift) -> None:
    coming.arrive(shift)
    row = AwaitedBlob.objects.first()
    assert row is not None
    with coming.writing():
        awaited.lost(row, awaited.GONE, "erased")
    with pytest.raises(Unavailable) as told:
        blobs.get(row.address)
    assert told.value.code == "blob-lost" and not isinstance(told.value, awaited.Awaited)
    with pytest.raises(NotFound):
        blobs.get("0" * 64)


@pytest.mark.parametrize(
    "data",
    [b"", b"<script>", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\x00\x00" + b"\x00" * 40, b"\x89PNG\r\n\x1a\n" + b"x" * 99,
     b"\xff\xd8\xff\xda\x00\x04" + b"x" * 50, b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff" + b"x" * 50],
)  # fmt: skip
def test_what_is_no_photograph_as_it_is_kept_is_told_by_its_first_bytes(data: bytes) -> None:
    assert not pictures.is_as_kept(data)
    made = pictures.remake(jpeg((5000, 40)))
    assert pictures.is_as_kept(made.large) and pictures.is_as_kept(made.small)


def test_an_old_entry_says_no_sizes() -> None:
    old = {"id": "", "check": "", "page": "", "address": "a" * 64, "small": "b" * 64, "width": 1, "height": 1}
    assert [one.size_bytes for one in refers(kinds.upcast("page.photographed", 1, old))] == [0, 0]
