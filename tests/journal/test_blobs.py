"""Blobs: sealed files under the hash of what lies in them, gone when nobody claims them."""

from __future__ import annotations

import hashlib
import os

import pytest

from xenia.errors import NotFound, Unavailable
from xenia.journal import actions, blobs, data_keys, forgetting_part
from xenia.journal.ids import uuid7
from xenia.journal.models import BlobReference

FACE = b"PLANTEDFACE" * 5000


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.XENIA_HOME = tmp_path
    return tmp_path


@pytest.mark.django_db
def test_a_blob_lies_sealed_under_the_hash_of_its_ciphertext(home):
    address = blobs.put(FACE, uuid7(), "check")
    place = home / "blobs" / address[:2] / address[2:4] / address
    assert hashlib.sha256(place.read_bytes()).hexdigest() == address
    assert b"PLANTED" not in place.read_bytes() and place.stat().st_mode & 0o077 == 0
    assert blobs.get(address) == FACE
    for unknown in ("0" * 64, "../../keys/master.secret", ""):
        with pytest.raises(NotFound):
            blobs.get(unknown)


@pytest.mark.django_db(transaction=True)
def test_a_file_goes_with_its_last_claim_and_only_after_the_commit(act):
    subject = uuid7()
    address = blobs.put(FACE, subject, "check")
    with actions.writing():
        blobs.claim(address, len(FACE), subject, "case", sealed_for="check")
    with actions.writing():
        blobs.forget(address, "check")
    assert blobs.get(address) == FACE
    with pytest.raises(KeyError), actions.writing():
        blobs.forget(address, "case")
        raise KeyError
    assert blobs.get(address) == FACE
    with actions.writing():
        blobs.forget(address, "case")
        assert blobs.path(address).exists()
    assert not blobs.path(address).exists()


@pytest.mark.django_db(transaction=True)
def test_forgetting_a_subject_takes_its_blobs_and_overwrites_them(act):
    subject, other = uuid7(), uuid7()
    mine, theirs = blobs.put(FACE, subject, "check"), blobs.put(FACE, other, "check")
    watched = blobs.path(mine).open("rb")
    before = watched.read()
    with actions.writing():
        counts = forgetting_part.PART.erase([subject], act)
    watched.seek(0)
    assert counts["blob_reference"] == 1 and watched.read() != before
    assert not blobs.path(mine).exists() and blobs.get(theirs) == FACE


@pytest.mark.django_db
def test_what_a_kill_left_behind_is_swept_and_nothing_else(home):
    kept = blobs.put(FACE, uuid7(), "check")
    orphan, _ = blobs.write(FACE, uuid7(), "check")
    half = blobs.path(orphan).with_name("half.part")
    half.write_bytes(b"x")
    assert blobs.sweep() == 0  # young: its row may be about to commit
    for place in (blobs.path(kept), blobs.path(orphan), half):
        os.utime(place, (0, 0))
    assert blobs.sweep() == 2
    assert blobs.get(kept) == FACE and not blobs.path(orphan).exists() and not half.exists()


@pytest.mark.django_db
def test_a_damaged_or_missing_file_says_so():
    subject = uuid7()
    address = blobs.put(FACE, subject, "check")
    blobs.path(address).write_bytes(b"other")
    with pytest.raises(Unavailable) as refused:
        blobs.get(address)
    assert refused.value.code == "blob-damaged"
    blobs.path(address).unlink()
    with pytest.raises(Unavailable):
        blobs.get(address)
    again = blobs.put(FACE, subject, "check")
    data_keys.destroy([subject])
    with pytest.raises(data_keys.Erased):
        blobs.get(again)
    assert BlobReference.objects.count() == 2
