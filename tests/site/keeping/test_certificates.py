"""The installation's own authority: what it signs and refuses, renewing, revoking, and TLS with a client that trusts only it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from xenia.errors import BadInput, Conflict, NotFound
from xenia.site.cli import serve
from xenia.site.keeping import certificate_chore, certificates
from xenia.site.keeping.certificates import Authority
from xenia.site.keeping.doctor import Patient

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOURCES = Path(__file__).resolve().parents[3] / "src"


@pytest.fixture
def home(tmp_path: Path, settings) -> Path:
    settings.XENIA_HOME = tmp_path / "home"
    settings.XENIA_HOME.mkdir(mode=0o700)
    return settings.XENIA_HOME


@pytest.fixture
def at(home: Path) -> Authority:
    made = Authority(home)
    made.make("Xenia UTO hq CA", ["border.example"], ["10.20.0.0/16"], b"", NOW)
    return made


def test_the_authority_is_narrow_and_its_key_the_owners_only(at: Authority) -> None:
    ca = at.certificate()
    assert isinstance(ca.public_key(), ec.EllipticCurvePublicKey)
    limits = ca.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical and certificates.allowed(ca) == ["border.example", "10.20.0.0/16"]
    assert ca.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
    assert stat.S_IMODE((at.keys / "ca.key").stat().st_mode) == 0o600
    with pytest.raises(Conflict):
        at.make("Another", ["border.example"], [], b"", NOW)


def test_without_networks_no_address_may_be_signed_for(home: Path) -> None:
    made = Authority(home).make("CA", ["border.example"], [], b"", NOW)
    shut = made.extensions.get_extension_for_class(x509.NameConstraints).value.excluded_subtrees
    assert shut is not None and {str(one.value) for one in shut} == {"0.0.0.0/0", "::/0"}


@pytest.mark.parametrize("host", ["post1.border.example", "border.example", "10.20.3.4", "POST1.border.example"])
def test_it_signs_for_its_own_names(at: Authority, host: str) -> None:
    made = at.issue([host], b"", NOW)
    leaf = x509.load_pem_x509_certificate(at.chain().read_bytes())
    leaf.verify_directly_issued_by(at.certificate())
    assert made.hosts == (host.lower(),) and made.ends_at == NOW + timedelta(days=90)
    assert stat.S_IMODE(at.key_file().stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("bank.example", "host-outside"),
        ("notborder.example", "host-outside"),
        ("10.21.0.1", "host-outside"),
        ("a b", "bad-host"),
        ("x:443", "bad-host"),
        ("*.border.example", "bad-host"),
        ("", "bad-host"),
    ],
)
def test_it_refuses_every_other_name(at: Authority, host: str, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        at.issue([host], b"", NOW)
    assert refused.value.code == code and at.issued() == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_the_machines_own_names_are_refused_with_what_works(at: Authority, host: str) -> None:
    with pytest.raises(BadInput) as refused:
        at.issue(["border.example", host], b"", NOW)
    assert refused.value.code == "host-outside" and "border.example, 10.20.0.0/16" in refused.value.message
    words = "init border.example localhost --network 10.20.0.0/16 --network 127.0.0.0/8 --network ::1/128"
    assert words in refused.value.what_to_do
    (at.folder / "ca.pem").unlink()
    at.make("CA", ["border.example", "localhost"], ["10.20.0.0/16", "127.0.0.0/8", "::1/128"], b"", NOW)
    assert at.issue(["border.example", host], b"", NOW).hosts == ("border.example", host)


def test_errors_say_the_whole_command(home: Path) -> None:
    with pytest.raises(BadInput) as nothing:
        Authority(home).make("CA", [], [], b"", NOW)
    assert "xenia certificates init border.example" in nothing.value.what_to_do
    with pytest.raises(NotFound) as none:
        Authority(home).issue(["border.example"], b"", NOW)
    assert "xenia certificates init border.example" in none.value.what_to_do


def test_a_new_one_replaces_the_one_before_and_a_revoked_one_is_listed(at: Authority) -> None:
    first = at.issue(["border.example"], b"", NOW)
    second = at.issue(["border.example"], b"", NOW)
    assert [one.state for one in at.issued()] == ["replaced", "current"]
    at.revoke(first.serial, "key lost", b"", NOW)
    listed = x509.load_pem_x509_crl((at.folder / "ca.crl").read_bytes())
    assert listed.is_signature_valid(at.certificate().public_key())  # type: ignore[arg-type]
    assert listed.get_revoked_certificate_by_serial_number(int(first.serial, 16)) is not None
    assert at.current() == second
    with pytest.raises(Conflict):
        at.revoke(first.serial, "again", b"", NOW)
    at.revoke(second.serial, "stolen", b"", NOW)
    assert at.current() is None and not at.chain().exists() and not at.key_file().exists()
    with pytest.raises(NotFound):
        at.revoke("ff", "unknown", b"", NOW)


def test_a_passphrase_seals_the_key(home: Path) -> None:
    at = Authority(home)
    at.make("CA", ["border.example"], [], b"four quiet words here", NOW)
    raw = (at.keys / "ca.key").read_bytes()
    with pytest.raises(TypeError):
        serialization.load_pem_private_key(raw, None)
    for wrong in (b"", b"other words"):
        with pytest.raises(BadInput) as refused:
            at.issue(["border.example"], wrong, NOW)
        assert refused.value.code == "ca-passphrase"
    assert at.issue(["border.example"], b"four quiet words here", NOW)


@pytest.mark.parametrize(("days", "due"), [(0, False), (59, False), (61, True), (91, True)])
def test_a_certificate_is_due_when_a_third_of_its_life_is_left(at: Authority, days: int, due: bool) -> None:
    assert at.issue(["border.example"], b"", NOW).due(NOW + timedelta(days=days)) is due


def test_the_chore_renews_and_writes_it_down(db: None, at: Authority) -> None:
    from xenia.access import actions
    from xenia.journal.models import Entry

    actions.install()
    old = at.issue(["border.example"], b"", certificates.now() - timedelta(days=70))
    assert certificate_chore.renew() == 1 and certificate_chore.renew() == 0
    assert at.current() != old and at.current().hosts == ("border.example",)  # type: ignore[union-attr]
    assert Entry.objects.filter(kind="keeping.certificate-issued").count() == 1


def test_the_doctor_and_health_warn_in_time(at: Authority) -> None:
    at.issue(["border.example"], b"", NOW)

    def found(days: int) -> set[str]:
        return {one.status for one in certificate_chore.look(Patient(at.folder.parent, NOW + timedelta(days=days)))}

    assert found(10) == {"ok"} and found(80) == {"look"} and found(91) == {"stop"}


def test_serving_beyond_this_machine_needs_tls(home: Path, monkeypatch) -> None:
    plain = {"TLS_CERTIFICATE": "", "TLS_KEY": "", "TLS": False}
    for name in ("XENIA_TLS_CERTIFICATE", "XENIA_TLS_KEY", "XENIA_HOSTS"):
        monkeypatch.setenv(name, "kept")
    assert serve._certificate("127.0.0.1", plain, home) == (None, None)
    assert serve._certificate("0.0.0.0", {**plain, "TLS": True}, home) == (None, None)  # noqa: S104 - refused otherwise
    with pytest.raises(BadInput) as refused:
        serve._certificate("0.0.0.0", plain, home)  # noqa: S104 - it is refused
    assert refused.value.code == "tls-needed" and "certificates init" in refused.value.what_to_do
    at = Authority(home)
    at.make("CA", ["border.example"], [], b"", NOW)
    at.issue(["border.example"], b"", certificates.now() - timedelta(days=91))
    with pytest.raises(BadInput):
        serve._certificate("0.0.0.0", plain, home)  # noqa: S104 - it has run out
    at.issue(["border.example"], b"", certificates.now())
    assert serve._certificate("0.0.0.0", plain, home) == (at.chain(), at.key_file())  # noqa: S104 - with TLS


def test_the_page_gives_the_certificate_with_its_fingerprint(client, db: None, at: Authority) -> None:
    page = client.get("/certificates/").content.decode()
    assert certificates.fingerprint(at.certificate()) in page
    der = client.get("/certificates/ca.crt").content
    assert x509.load_der_x509_certificate(der) == at.certificate()
    assert x509.load_pem_x509_certificate(client.get("/certificates/ca.pem").content) == at.certificate()
    assert client.get("/certificates/ca.crl").status_code == 404
    assert client.get("/certificates/ca.key").status_code == 404


def test_without_an_authority_the_page_says_so(client, db: None, home: Path) -> None:
    assert "no certificate authority of its own" in client.get("/certificates/").content.decode()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[int, Path, int]]:
    """`xenia serve` on all addresses with the certificate that `xenia certificates` made; its port, home and process."""
    home = tmp_path / "served"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XENIA_")}
    env = {**kept, "XENIA_HOME": str(home), "PYTHONPATH": str(SOURCES)}
    for words in (
        ["certificates", "init", "localhost", "--network", "127.0.0.0/8"],
        ["certificates", "issue", "localhost", "127.0.0.1"],
    ):
        subprocess.run([sys.executable, "-m", "xenia", *words], env=env, check=True, capture_output=True, timeout=120)
    port = free_port()
    command = [sys.executable, "-m", "xenia", "serve", "--bind", f"0.0.0.0:{port}"]
    log = (tmp_path / "log").open("w")
    server = subprocess.Popen(command, env=env, stdout=log, stderr=log)
    try:
        yield port, home, server.pid
    finally:
        server.terminate()
        server.wait(30)
        log.close()


def ask(port: int, context: ssl.SSLContext, host: str = "localhost") -> http.client.HTTPResponse:
    """The sign-in page over TLS, tried until the server answers."""
    ends = time.monotonic() + 60
    while True:
        try:
            link = http.client.HTTPSConnection(host, port, context=context, timeout=10)
            link.request("GET", "/sign-in/")
            return link.getresponse()
        except ConnectionRefusedError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.2)


def test_a_client_that_trusts_only_our_authority_is_served(served: tuple[int, Path, int]) -> None:
    port, home, _server = served
    ours = ssl.create_default_context(cafile=str(home / "certificates" / "ca.pem"))
    assert len(ours.get_ca_certs()) == 1
    for host in ("localhost", "127.0.0.1"):
        answer = ask(port, ours, host)
        assert answer.status == 200, host
        assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
        cookies = " ".join(answer.headers.get_all("Set-Cookie") or [])
        assert "__Host-csrf" in cookies and "Secure" in cookies
    everybody = ssl.create_default_context()
    with pytest.raises(ssl.SSLCertVerificationError):
        ask(port, everybody)
    old = ssl.create_default_context(cafile=str(home / "certificates" / "ca.pem"))
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError):
        ask(port, old)


def test_the_server_takes_a_renewed_certificate_up(served: tuple[int, Path, int]) -> None:
    port, home, server = served
    ours = ssl.create_default_context(cafile=str(home / "certificates" / "ca.pem"))
    assert ask(port, ours).status == 200
    before = Authority(home).current()
    Authority(home).issue(["localhost", "127.0.0.1"], b"", certificates.now())
    os.kill(server, signal.SIGHUP)  # what the chore does
    after = Authority(home).current()
    assert before is not None and after is not None
    ends = time.monotonic() + 60
    while _shown(port, ours) != after.sha256:
        assert time.monotonic() < ends, "the server still shows the certificate of before"
        time.sleep(0.3)


def _shown(port: int, context: ssl.SSLContext) -> str:
    """The fingerprint of the certificate that the server shows; "" while it does not answer."""
    try:
        with (
            socket.create_connection(("localhost", port), timeout=10) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as link,
        ):
            shown = link.getpeercert(binary_form=True)
    except OSError:
        return ""
    return certificates.fingerprint(x509.load_der_x509_certificate(shown or b""))
