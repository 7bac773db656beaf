"""The installation's own certificate authority: its key, its certificate, and the server certificates it issues.

Files: `certificates/ca.pem`, `ca.crl`, `issued.json`, `<name>.pem` (leaf, then CA) in HOME; keys owner-only in
`keys/ca.key`, `keys/tls-<name>.key`. EC P-256 everywhere. The CA may sign only for the names and networks it was made
for (RFC 5280, 4.2.1.10), so that a stolen CA key opens nothing beyond the installation.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from xenia.errors import BadInput, Conflict, NotFound
from xenia.journal import files

CA_DAYS: Final = 3652  # ten years; devices trust it by hand, so it is not exchanged often
SERVER_DAYS: Final = 90  # own choice, as public authorities do: a stolen key is worth little for long
LONGEST_DAYS: Final = 397  # browsers refuse longer ones
EARLIER: Final = timedelta(hours=24)  # clocks of booths differ
SERVER: Final = "server"
NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
HOST: Final = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Issued:
    """One certificate as the record keeps it. `state`: current, replaced or revoked; times in ISO 8601, UTC."""

    serial: str
    name: str
    hosts: tuple[str, ...]
    not_before: str
    not_after: str
    sha256: str
    state: str = "current"
    revoked_at: str = ""
    reason: str = ""

    @property
    def ends_at(self) -> datetime:
        """When it runs out."""
        return datetime.fromisoformat(self.not_after)

    def due(self, now: datetime) -> bool:
        """Whether a third of its life or less is left: time to renew."""
        whole = self.ends_at - datetime.fromisoformat(self.not_before)
        return self.ends_at - now <= whole / 3


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate as people compare it: pairs of capitals with colons."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


class Authority:
    """The certificate authority in one home."""

    def __init__(self, home: Path) -> None:
        self.folder, self.keys = home / "certificates", home / "keys"

    # What there is

    @property
    def exists(self) -> bool:
        """Whether it was made."""
        return (self.folder / "ca.pem").exists()

    def certificate(self) -> x509.Certificate:
        """Its certificate. Raises `NotFound` (code `no-ca`)."""
        if not self.exists:
            raise NotFound(
                "This installation has no certificate authority yet.",
                "Run xenia certificates init border.example, with the domain of this installation.",
                code="no-ca",
            )
        return x509.load_pem_x509_certificate((self.folder / "ca.pem").read_bytes())

    def issued(self) -> list[Issued]:
        """All it ever issued, oldest first."""
        path = self.folder / "issued.json"
        if not path.exists():
            return []
        rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        return [Issued(**{**row, "hosts": tuple(row["hosts"])}) for row in rows]

    def current(self, name: str = SERVER) -> Issued | None:
        """The certificate in use under this name, or None."""
        return next((one for one in reversed(self.issued()) if one.name == name and one.state == "current"), None)

    def chain(self, name: str = SERVER) -> Path:
        """The file with the certificate of this name and the CA's."""
        return self.folder / f"{name}.pem"

    def key_file(self, name: str = SERVER) -> Path:
        """The file with the private key of this name."""
        return self.keys / f"tls-{name}.key"

    # What it does

    def make(
        self, label: str, domains: Sequence[str], networks: Sequence[str], passphrase: bytes, now: datetime
    ) -> x509.Certificate:
        """Make key and certificate; it will sign for these domains (and below) and networks only.

        Raises `Conflict` (`ca-exists`), `BadInput` (`bad-host` for an odd domain or network, or none at all).
        """
        if self.exists:
            raise Conflict(
                "There is a certificate authority already.",
                "Devices trust it: move certificates/ and keys/ca.key away first if it must be replaced.",
                code="ca-exists",
            )
        names, nets = [_domain(one) for one in domains], [_network(one) for one in networks]
        if not names and not nets:
            raise BadInput(
                "No domain is named.",
                "Say xenia certificates init border.example, with --network 10.20.0.0/16 to use addresses too.",
                code="bad-host",
            )
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, label[:64])])
        built = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - EARLIER)
            .not_valid_after(now + timedelta(days=CA_DAYS))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(ca=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(_constraints(names, nets), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        files.keys_folder()
        files.write_lasting(self.keys / "ca.key", _pem(key, passphrase))
        files.write_lasting(self.folder / "ca.pem", built.public_bytes(serialization.Encoding.PEM))
        return built

    def issue(
        self, hosts: Sequence[str], passphrase: bytes, now: datetime, *, name: str = SERVER, days: int = SERVER_DAYS
    ) -> Issued:
        """A certificate with a fresh key for these hosts, in use under `name` from now on; the one before is replaced.

        Raises `BadInput` (`bad-host`, `bad-name`, `bad-period`, `host-outside`), `NotFound` (`no-ca`), and as `_key`.
        """
        ca = self.certificate()
        if not NAME.fullmatch(name):
            raise BadInput("This is no name for a certificate.", "Use small letters, digits, hyphens.", code="bad-name")
        if not 1 <= days <= LONGEST_DAYS:
            raise BadInput("Browsers refuse such a lifetime.", f"Use 1 to {LONGEST_DAYS} days.", code="bad-period")
        if not hosts:
            raise BadInput("No host is named.", "Say xenia certificates issue post1.border.example.", code="bad-host")
        asked = tuple(_host(one) for one in hosts)
        for host in asked:
            _inside(host, ca)
        signer, key = self._key(passphrase), ec.generate_private_key(ec.SECP256R1())
        ends = min(now + timedelta(days=days), ca.not_valid_after_utc)
        leaf = _leaf(asked, ca, key, now, ends).sign(signer, hashes.SHA256())
        files.write_lasting(self.key_file(name), _pem(key, b""))
        pem = serialization.Encoding.PEM
        files.write_lasting(self.chain(name), leaf.public_bytes(pem) + ca.public_bytes(pem))
        made = Issued(
            f"{leaf.serial_number:x}",
            name,
            asked,
            leaf.not_valid_before_utc.isoformat(),
            leaf.not_valid_after_utc.isoformat(),
            fingerprint(leaf),
        )
        before = [
            replace(one, state="replaced") if one.name == name and one.state == "current" else one
            for one in self.issued()
        ]
        self._keep([*before, made])
        return made

    def revoke(self, serial: str, reason: str, passphrase: bytes, now: datetime) -> Issued:
        """The certificate is worth nothing; the list of revoked ones is signed anew. Raises `NotFound` (`no-certificate`), `Conflict` (`already-there`)."""
        rows = self.issued()
        found = next((one for one in rows if one.serial == serial.lower().replace(":", "")), None)
        if found is None:
            raise NotFound(
                "There is no certificate of that number.", "See xenia certificates list.", code="no-certificate"
            )
        if found.state == "revoked":
            raise Conflict("It is revoked already.", "Issue another one.", code="already-there")
        signer = self._key(passphrase)
        gone = replace(found, state="revoked", revoked_at=now.isoformat(), reason=reason[:200])
        self._keep([gone if one.serial == found.serial else one for one in rows])
        self._sign_list(signer, now)
        if found.state == "current":
            self.chain(found.name).unlink(missing_ok=True)
            self.key_file(found.name).unlink(missing_ok=True)
        return gone

    def _key(self, passphrase: bytes) -> ec.EllipticCurvePrivateKey:
        """The CA's key. Raises `BadInput` (`ca-passphrase`) where the passphrase is missing or wrong, `Unavailable` (`key-rights`)."""
        raw = files.read_private(self.keys / "ca.key")
        try:
            key = serialization.load_pem_private_key(raw, passphrase or None)
        except (TypeError, ValueError) as error:
            raise BadInput(
                "The passphrase of the CA key is missing or wrong.",
                "Give it with --passphrase FILE, or set XENIA_CA_PASSPHRASE_FILE.",
                code="ca-passphrase",
            ) from error
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise BadInput("The CA key is of another kind.", "Restore keys/ca.key from the backup.", code="key-damaged")
        return key

    def _sign_list(self, signer: ec.EllipticCurvePrivateKey, now: datetime) -> None:
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate().subject)
        builder = builder.last_update(now).next_update(now + timedelta(days=SERVER_DAYS))
        for one in self.issued():
            if one.state == "revoked":
                row = x509.RevokedCertificateBuilder().serial_number(int(one.serial, 16))
                builder = builder.add_revoked_certificate(
                    row.revocation_date(datetime.fromisoformat(one.revoked_at)).build()
                )
        made = builder.sign(signer, hashes.SHA256())
        files.write_lasting(self.folder / "ca.crl", made.public_bytes(serialization.Encoding.PEM))

    def _keep(self, rows: Sequence[Issued]) -> None:
        text = json.dumps([asdict(one) for one in rows], indent=1)
        files.write_lasting(self.folder / "issued.json", text.encode())


def _pem(key: ec.EllipticCurvePrivateKey, passphrase: bytes) -> bytes:
    sealed: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        sealed = serialization.BestAvailableEncryption(passphrase)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, sealed)


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def _constraints(domains: Sequence[str], networks: Sequence[Network]) -> x509.NameConstraints:
    """What it may sign for. A kind of name that isn't mentioned would be free, so each is either allowed in part or shut."""
    allowed: list[x509.GeneralName] = [x509.DNSName(one) for one in domains] + [x509.IPAddress(one) for one in networks]
    shut: list[x509.GeneralName] = []
    if not networks:
        shut += [x509.IPAddress(ipaddress.ip_network("0.0.0.0/0")), x509.IPAddress(ipaddress.ip_network("::/0"))]
    if not domains:
        shut.append(x509.DNSName(""))
    return x509.NameConstraints(permitted_subtrees=allowed, excluded_subtrees=shut or None)


def _leaf(
    hosts: Sequence[str], ca: x509.Certificate, key: ec.EllipticCurvePrivateKey, now: datetime, ends: datetime
) -> x509.CertificateBuilder:
    names = [x509.IPAddress(ipaddress.ip_address(one)) if is_address(one) else x509.DNSName(one) for one in hosts]
    identifier = ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0][:64])]))
        .issuer_name(ca.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(max(now - EARLIER, ca.not_valid_before_utc))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(ca=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
    )


def is_address(host: str) -> bool:
    """Whether this is an IP address, not a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _host(host: str) -> str:
    host = host.strip().lower().strip("[]")
    if not is_address(host) and not HOST.fullmatch(host):
        raise BadInput(f"{host[:60]!r} is no host name.", "Use a name or an address, no port.", code="bad-host")
    return host


def _domain(domain: str) -> str:
    domain = domain.strip().lower().lstrip(".")
    if is_address(domain) or not HOST.fullmatch(domain):
        raise BadInput(f"{domain[:60]!r} is no domain.", "Use a name such as border.example.", code="bad-host")
    return domain


def _network(network: str) -> Network:
    try:
        return ipaddress.ip_network(network.strip(), strict=False)
    except ValueError as error:
        raise BadInput(
            f"{network[:60]!r} is no network.", "Use a range such as 10.20.0.0/16.", code="bad-host"
        ) from error


def _inside(host: str, ca: x509.Certificate) -> None:
    """Nothing, for a host the CA may sign for. Raises `BadInput` (code `host-outside`)."""
    within = ca.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    for one in within:
        if isinstance(one, x509.DNSName) and (host == one.value or host.endswith(f".{one.value}")):
            return
        reach = one.value if isinstance(one, x509.IPAddress) else None
        if isinstance(reach, Network) and is_address(host) and ipaddress.ip_address(host) in reach:
            return
    raise BadInput(
        f"{host} is outside what this certificate authority was made for: {', '.join(str(one.value) for one in within)}.",
        _way_out(host, ca),
        code="host-outside",
    )


def _way_out(host: str, ca: x509.Certificate) -> str:
    """What to do with a host that the CA may not sign for; the words of `init` that would let it."""
    names = [one for one in allowed(ca) if not _is_range(one)]
    ranges = [one for one in allowed(ca) if _is_range(one)]
    if host == "localhost" or (is_address(host) and ipaddress.ip_address(host).is_loopback):
        names, ranges = [*names, "localhost"], [*ranges, "127.0.0.0/8", "::1/128"]
    elif is_address(host):
        ranges.append(host)
    else:
        names.append(host)
    init = " ".join(["xenia certificates init", *names, *(f"--network {one}" for one in ranges)])
    return (
        "Leave it out and use a name below its domains, which may point to any address."
        f" Or make the authority anew: move certificates/ and keys/ca.key away, then {init}."
    )


def _is_range(text: str) -> bool:
    return "/" in text


def allowed(ca: x509.Certificate) -> list[str]:
    """The domains and networks that the CA may sign for, as text."""
    found = ca.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    return [str(one.value) for one in found]


def now() -> datetime:
    """The time, to whole seconds as certificates have it."""
    return datetime.now(UTC).replace(microsecond=0)
