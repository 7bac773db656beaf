"""What this installation is to others: its address, its keys in HOME/keys, the card that a partner pins.

`exchange-sign-*.pem` sign messages, `exchange-box-*.pem` open bundles, `exchange-tls-*.pem` are certificate and key
of the connection. A new key stands beside the old one until it is taken into use; old ones are kept, also those retired.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings
from joserfc.jwk import ECKey

from xenia.access.models import Authority
from xenia.errors import BadInput, Conflict, NotFound
from xenia.exchange import jose
from xenia.exchange.envelope import ADDRESS
from xenia.exchange.models import Own
from xenia.exchange.port import spoken_here
from xenia.journal import files, signing

CARD: Final = "xenia/partner/1"
TLS_DAYS: Final = 730
KINDS: Final = ("sign", "box", "tls")
NO_DATES: Final = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME: a certificate that is pinned itself ends when it is named no more, not by a clock that may be wrong."""


@dataclass(frozen=True)
class KeyFile:
    """One of our keys. `name`: thumbprint, or for `tls` the certificate's fingerprint. `current`: in use. `retired`: off the card."""

    kind: str
    name: str
    path: Path
    current: bool
    retired: bool = False


def authority() -> str:
    """The code of the authority that this installation speaks for: as set, else the first that decides on migration, else any.

    Raises `NotFound` (code `no-authority`) before any authority was made.
    """
    row = Own.objects.filter(pk=1).first()
    if row is not None:
        return row.authority
    kinds = dict(Authority.objects.order_by("-code").values_list("kind", "code"))
    code = kinds.get("migration") or min(kinds.values(), default=None)
    if code is None:
        raise NotFound(
            "This installation has no authority yet.",
            "Make one under Administration, Authorities.",
            code="no-authority",
        )
    return str(code)


def address() -> str:
    """Our address, such as `CHE/SEM`: the state of the installation and the code of its authority."""
    code, state = authority(), settings.XENIA_STATE
    return f"{state}/{code.upper().removeprefix(f'{state}-')}"


def name() -> str:
    """What we are called."""
    row = Own.objects.filter(pk=1).first()
    return row.name if row else address()


def url() -> str:
    """Where we listen, as partners reach it; "" where it was not set."""
    row = Own.objects.filter(pk=1).first()
    return row.url if row else ""


# Keys


def _pem(private: ec.EllipticCurvePrivateKey) -> bytes:
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def fingerprint(pem: bytes) -> str:
    """SHA-256 of the certificate (DER) in hexadecimal. Raises `BadInput` (code `bad-card`)."""
    try:
        return x509.load_pem_x509_certificate(pem).fingerprint(hashes.SHA256()).hex()
    except ValueError as error:
        raise BadInput("This is no certificate.", "Give it as PEM.", code="bad-card") from error


def alone(pem: bytes) -> str:
    """The first certificate of the text as PEM, without anything else. The text was read by `fingerprint` before."""
    return x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.PEM).decode()


def self_signed(private: ec.EllipticCurvePrivateKey, common_name: str, at: datetime) -> bytes:
    """A certificate (PEM) of that key for both ends of a connection, good for `TLS_DAYS` from a day before `at`."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])
    purposes = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=TLS_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        .sign(private, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


def _folder() -> Path:
    return Path(settings.XENIA_HOME) / "keys"


def _mark(kind: str) -> Path:
    return _folder() / f"exchange-{kind}.current"


def make(kind: str) -> str:
    """A new key of that kind, not in use yet; its name. Files are owner-only."""
    private = ec.generate_private_key(ec.SECP256R1())
    files.keys_folder()
    if kind == "tls":
        now = datetime.now(UTC).replace(microsecond=0)
        certificate = self_signed(private, f"Xenia exchange {address()}", now)
        made, data = fingerprint(certificate), certificate + _pem(private)
    else:
        made, data = signing.thumbprint(signing.jwk(private.public_key())), _pem(private)
    files.write_lasting(_path(kind, made), data)
    return made


def _path(kind: str, made: str) -> Path:
    return _folder() / f"exchange-{kind}-{hashlib.sha256(made.encode()).hexdigest()[:24]}.pem"


def use(kind: str, made: str) -> None:
    """That key is in use from now on. Raises `NotFound` (code `no-key`)."""
    if known(kind, made).retired:
        raise Conflict("This key was retired.", "Make a new one: xenia exchange own --new-key.", code="key-retired")
    files.write_lasting(_mark(kind), made.encode())


def parted(key: str) -> tuple[str, str]:
    """Kind and name of a key written as `KIND:NAME`."""
    kind, _, made = key.partition(":")
    return kind, made


def retire(kind: str, made: str) -> None:
    """That key is on our card no more. Its file stays: what was encrypted for it before still opens. Raises as `check_retiring`."""
    files.write_lasting(_off(check_retiring(kind, made).path), b"")


def check_retiring(kind: str, made: str) -> KeyFile:
    """The key, where it can be retired. Raises `NotFound` (`no-key`), `Conflict` (`key-in-use`, `key-retired`)."""
    key = known(kind, made)
    if key.current:
        raise Conflict("This key is in use.", "Take another into use first.", code="key-in-use")
    if key.retired:
        raise Conflict("This key was retired.", "See xenia exchange own.", code="key-retired")
    return key


def known(kind: str, made: str) -> KeyFile:
    """Our key of that name. Raises `NotFound` (code `no-key`)."""
    found = [one for one in key_files(kind) if one.name == made] if kind in KINDS else []
    if not found:
        raise NotFound("There is no such key of ours.", "See xenia exchange own.", code="no-key")
    return found[0]


def _off(path: Path) -> Path:
    """The empty file that says that a key was retired."""
    return path.with_suffix(".retired")


def current(kind: str) -> str:
    """The name of the key in use, made at first need."""
    mark = _mark(kind)
    if not mark.exists():
        fresh = make(kind)
        files.make_once(mark, fresh.encode())
    return mark.read_text(encoding="utf-8").strip()


def key_files(kind: str) -> list[KeyFile]:
    """All keys of that kind, the one in use first."""
    used, found = current(kind), []
    for path in sorted(_folder().glob(f"exchange-{kind}-*.pem")):
        made = _name_of(kind, path)
        found.append(KeyFile(kind, made, path, made == used, _off(path).exists()))
    return sorted(found, key=lambda one: not one.current)


def _name_of(kind: str, path: Path) -> str:
    raw = files.read_private(path)
    return fingerprint(raw) if kind == "tls" else signing.thumbprint(signing.jwk(_private(raw).public_key()))


def _private(raw: bytes) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(raw, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise BadInput("A key of the exchange is of another kind.", "Restore HOME/keys from the backup.", code="no-key")
    return key


@lru_cache(maxsize=32)
def _loaded(path: Path) -> ECKey:
    return ECKey.import_key(files.read_private(path))


def private(kind: str, made: str) -> ECKey | None:
    """Our private key of that name, also an old one; None if there is none."""
    path = _path(kind, made)
    return _loaded(path) if path.exists() else None


def public(kind: str, made: str) -> dict[str, str]:
    """Our public key of that name as a JSON web key."""
    return signing.jwk(_private(files.read_private(_path(kind, made))).public_key())


def tls() -> Path:
    """The file with certificate and key of the connection."""
    return _path("tls", current("tls"))


def sign(payload: bytes, typ: str) -> str:
    """The payload signed with our key in use."""
    kid = current("sign")
    key = private("sign", kid)
    if key is None:
        raise NotFound("Our signing key is missing.", "Restore HOME/keys from the backup.", code="no-key")
    return jose.sign(payload, key, kid, typ)


def card() -> dict[str, Any]:
    """What a partner pins: address, name, url, public keys (in use and to come; none that was retired), certificates, what we speak."""
    keys = {kind: [one for one in key_files(kind) if not one.retired] for kind in KINDS}
    return {
        "format": CARD,
        "address": address(),
        "name": name(),
        "state": settings.XENIA_STATE,
        "url": url(),
        "sign": [{**public("sign", one.name), "kid": one.name} for one in keys["sign"]],
        "box": [{**public("box", one.name), "kid": one.name} for one in keys["box"]],
        "tls": [alone(files.read_private(one.path)) for one in keys["tls"]],
        "fingerprints": [one.name for one in keys["tls"]],
        "speaks": spoken_here(),
    }


def check_address(text: str) -> str:
    """The address. Raises `BadInput` (code `bad-address`)."""
    if not ADDRESS.fullmatch(text):
        raise BadInput("This is no address of an authority.", "Write it as CHE/SEM.", code="bad-address")
    return text
