"""Signatures: by the key file, and by a PKCS#11 token where SoftHSM2 is installed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from xenia.errors import Unavailable
from xenia.journal import actions, heads, sealer, signing
from xenia.journal.signing import Signature
from xenia.journal.verify import verify

LIBRARY = Path("/usr/lib/softhsm/libsofthsm2.so")


@pytest.mark.django_db
def test_a_signature_holds_for_its_data_and_key_only(settings, tmp_path):
    settings.XENIA_HOME = tmp_path
    assert signing.present_key() is None
    made = signing.sign(b"list 12")
    assert len(made.raw) == 64 and len(made.key_id) == 43
    assert signing.present_key() == signing.own_key()
    assert signing.check(b"list 12", made)
    assert not signing.check(b"list 13", made)
    assert not signing.check(b"list 12", Signature(made.key_id, made.raw[:63]))
    assert not signing.check(b"list 12", Signature(made.key_id, bytes(64)))
    assert not signing.check(b"list 12", Signature("A" * 43, made.raw))


@pytest.mark.django_db
def test_signatures_of_a_replaced_key_still_hold_once_it_was_introduced(act, settings, tmp_path):
    settings.XENIA_HOME = tmp_path / "old"
    made = signing.sign(b"list 12")
    with actions.writing():
        actions.append("test.noted", {}, act)
    sealer.seal_now()
    settings.XENIA_HOME = tmp_path / "new"
    assert signing.check(b"list 12", made) and signing.sign(b"list 12").key_id != made.key_id


def test_the_key_id_is_the_thumbprint_of_rfc_7638():
    key = {
        "kty": "EC",
        "crv": "P-256",
        "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    }
    assert signing.jwk(signing.from_jwk(key)) == {name: key[name] for name in sorted(key)}
    assert signing.thumbprint(key) == signing.thumbprint({**key, "kid": "1"})


def test_a_damaged_key_file_says_so(settings, tmp_path):
    settings.XENIA_HOME = tmp_path
    (tmp_path / "keys").mkdir(mode=0o700)
    path = tmp_path / "keys" / "journal.key"
    path.touch(mode=0o600)
    path.write_text("no key")
    with pytest.raises(Unavailable) as refused:
        signing.own_key()
    assert refused.value.code == "key-damaged"


@pytest.fixture
def token(tmp_path, monkeypatch, settings):
    pkcs11 = pytest.importorskip("pkcs11", reason="python-pkcs11 is not installed: no PKCS#11 test.")
    if not LIBRARY.exists():
        pytest.skip("SoftHSM2 (Debian: softhsm2) is not installed: no PKCS#11 test.")
    (tmp_path / "tokens").mkdir()
    config = tmp_path / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(config))
    made = ["softhsm2-util", "--init-token", "--free", "--label", "xenia", "--pin", "1234", "--so-pin", "5678"]
    subprocess.run(made, check=True, capture_output=True)
    library = pkcs11.lib(str(LIBRARY))
    library.reinitialize()
    settings.XENIA_HOME = tmp_path
    settings.XENIA_PKCS11 = {"MODULE": str(LIBRARY), "TOKEN": "xenia", "PIN": "1234", "KEY": "xenia-journal"}
    return library


def make_key(library) -> None:
    import pkcs11
    from pkcs11.util.ec import encode_named_curve_parameters

    with library.get_token(token_label="xenia").open(user_pin="1234", rw=True) as session:
        curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
        parameters = session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True)
        parameters.generate_keypair(store=True, label="xenia-journal")


@pytest.mark.django_db
def test_a_token_signs_heads_and_no_key_file_is_made(token, act, tmp_path):
    with pytest.raises(Unavailable) as refused:
        signing.own_key()
    assert refused.value.code == "token" and "xenia-journal" in refused.value.message
    make_key(token)
    with actions.writing():
        actions.append("test.noted", {}, act)
    sealer.seal_now()
    assert heads.latest().is_signed() and verify().is_whole
    assert not (tmp_path / "keys" / "journal.key").exists()


@pytest.mark.django_db
def test_a_token_that_cannot_be_opened_says_so_and_entries_wait(token, act, settings):
    settings.XENIA_PKCS11 = settings.XENIA_PKCS11 | {"PIN": "9999"}
    with actions.writing():
        actions.append("test.noted", {}, act)
    with pytest.raises(Unavailable) as refused:
        sealer.seal_now()
    assert refused.value.code == "token" and sealer.pending() == 1
    make_key(token)
    settings.XENIA_PKCS11 = settings.XENIA_PKCS11 | {"PIN": "1234"}
    assert sealer.seal_now() == 2
