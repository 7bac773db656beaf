"""Data keys: sealed is sealed, destroyed is gone, files are the owner's only."""

from __future__ import annotations

import pytest

from xenia.errors import Unavailable
from xenia.journal import actions, data_keys, signing
from xenia.journal.ids import uuid7
from xenia.journal.models import DataKey


@pytest.mark.django_db
def test_what_is_sealed_opens_until_its_key_is_destroyed():
    subject = uuid7()
    sealed = data_keys.seal(subject, "identity", b"PLANTEDNAME")
    assert b"PLANTED" not in sealed and data_keys.seal(subject, "identity", b"PLANTEDNAME") != sealed
    assert data_keys.unseal(subject, "identity", sealed) == b"PLANTEDNAME"
    assert DataKey.objects.count() == 1
    with actions.writing():
        assert data_keys.destroy([subject]) == 1
    with pytest.raises(data_keys.Erased) as erased:
        data_keys.unseal(subject, "identity", sealed)
    assert erased.value.code == "erased"
    assert data_keys.unseal_many([(subject, "identity", sealed)]) == [None]
    fresh = data_keys.seal(subject, "identity", b"anew")
    assert data_keys.unseal_many([(subject, "identity", sealed), (subject, "identity", fresh)]) == [None, b"anew"]


@pytest.mark.django_db
def test_one_purpose_can_be_forgotten_alone():
    subject = uuid7()
    sealed = {purpose: data_keys.seal(subject, purpose, purpose.encode()) for purpose in ("check", "case")}
    data_keys.destroy([subject], purpose="check")
    assert data_keys.unseal_many([(subject, purpose, sealed[purpose]) for purpose in ("check", "case")]) == [
        None,
        b"case",
    ]


@pytest.mark.django_db
def test_lists_cost_no_statement_per_row(django_assert_num_queries):
    people = [uuid7() for _ in range(150)]
    with django_assert_num_queries(2):
        sealed = data_keys.seal_many([(one, "identity", one.bytes) for one in people])
    with django_assert_num_queries(1):
        plain = data_keys.unseal_many([(one, "identity", text) for one, text in zip(people, sealed, strict=True)])
    assert plain == [one.bytes for one in people]
    with django_assert_num_queries(1):
        data_keys.seal(uuid7(), "identity", b"", fresh=True)


@pytest.mark.django_db
def test_sealed_data_put_into_another_record_or_altered_do_not_open():
    mine, yours = uuid7(), uuid7()
    sealed = data_keys.seal(mine, "identity", b"text")
    data_keys.seal(yours, "identity", b"other")
    for subject, text in (
        (yours, sealed),
        (mine, sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (mine, sealed[:20]),
        (mine, b""),
    ):
        with pytest.raises(Unavailable) as refused:
            data_keys.unseal(subject, "identity", text)
        assert refused.value.code == "sealed-damaged"


@pytest.mark.django_db
def test_another_master_key_opens_nothing(settings, tmp_path):
    subject = uuid7()
    sealed = data_keys.seal(subject, "identity", b"text")
    settings.XENIA_HOME = tmp_path
    with pytest.raises(Unavailable) as refused:
        data_keys.unseal(subject, "identity", sealed)
    assert refused.value.code == "master-key"


def test_key_files_that_others_may_read_are_refused(settings, tmp_path):
    settings.XENIA_HOME = tmp_path
    first = data_keys.secret("register")
    path = tmp_path / "keys" / "register.secret"
    assert len(first) == 32 and path.stat().st_mode & 0o777 == 0o600
    signing.own_key()
    assert (tmp_path / "keys" / "journal.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    data_keys._secret.cache_clear()
    assert data_keys.secret("register") == first
    for name, opened in (("register.secret", lambda: data_keys.secret("register")), ("journal.key", signing.own_key)):
        (tmp_path / "keys" / name).chmod(0o640)
        data_keys._secret.cache_clear()
        signing._signer.cache_clear()
        with pytest.raises(Unavailable) as refused:
            opened()
        assert refused.value.code == "key-rights"
    path.chmod(0o600)
    path.write_bytes(b"short")
    data_keys._secret.cache_clear()
    with pytest.raises(Unavailable) as refused:
        data_keys.secret("register")
    assert refused.value.code == "key-damaged"


def test_blind_hashes_differ_by_purpose_and_fit_a_signed_column():
    one, other = data_keys.blind("visa", "X123"), data_keys.blind("asylum", "X123")
    assert one != other and one == data_keys.blind("visa", "X123")
    assert all(0 <= data_keys.blind("visa", str(number)) < 1 << 63 for number in range(200))
