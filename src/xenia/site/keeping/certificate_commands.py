"""`xenia certificates init|issue|list|renew|revoke|export`: TLS from the installation's own authority."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from django.conf import settings

from xenia.commands import Call, Command
from xenia.errors import NotAllowed, NotFound
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.site.keeping import certificates, kinds, sealing
from xenia.site.keeping.certificates import SERVER, SERVER_DAYS, Authority, Issued

PERMISSION = "keeping.certificates"


def authority() -> Authority:
    """The certificate authority of this home."""
    return Authority(Path(settings.XENIA_HOME))


def passphrase(call: Call) -> bytes:
    """The passphrase of the CA key: of the file that was named, or of the setting; empty where there is none."""
    if call.options.passphrase:
        return sealing.read_passphrase_file(Path(call.options.passphrase)).secret
    return str(settings.XENIA_CA_PASSPHRASE).encode()


def _act(call: Call, reference: str) -> Act:
    if call.standing is None:
        raise NotAllowed("No account was named.", "Use --as.", code="not-signed-in")
    return call.standing.act("operation", reference)


def facts(one: Issued) -> dict[str, Any]:
    """A certificate for the journal and for machines."""
    return {
        "serial": one.serial,
        "name": one.name,
        "hosts": list(one.hosts),
        "not_after": one.not_after,
        "sha256": one.sha256,
    }


def _init(call: Call) -> int:
    options, at = call.options, authority()
    label = f"Xenia {settings.XENIA_STATE} {settings.XENIA_NODE} CA"
    with writing():
        made = at.make(label, options.domain, options.network or [], passphrase(call), certificates.now())
        body = {"sha256": certificates.fingerprint(made), "for": certificates.allowed(made)}
        append(kinds.CA_MADE, body, _act(call, "certificates"))
    call.say("Keep keys/ca.key safe: whoever has it can pose as this installation. It is in the backup.")
    call.say("Browsers must trust certificates/ca.pem: the page /certificates/ says how.")
    call.answer("xenia/certificate-authority/1", {**body, "not_after": made.not_valid_after_utc.isoformat()})
    return 0


def _issued(call: Call, hosts: list[str], name: str, days: int) -> Issued:
    made = authority().issue(hosts, passphrase(call), certificates.now(), name=name, days=days)
    append(kinds.CERTIFICATE_ISSUED, facts(made), _act(call, f"certificate:{made.serial}"))
    return made


def _tell(call: Call, made: Issued) -> int:
    at = authority()
    call.answer(
        "xenia/certificate/1",
        {**facts(made), "certificate": str(at.chain(made.name)), "key": str(at.key_file(made.name))},
    )
    if made.name == SERVER:
        call.say("xenia serve uses it by itself when it listens beyond this machine; start it again if it runs.")
    return 0


def _issue(call: Call) -> int:
    with writing():
        made = _issued(call, call.options.host, call.options.name, call.options.days)
    return _tell(call, made)


def _renew(call: Call) -> int:
    name, at = call.options.name, authority()
    before = at.current(name)
    if before is None:
        raise NotFound(f"There is no certificate {name} in use.", "Issue one.", code="no-certificate")
    with writing():
        made = _issued(call, list(before.hosts), name, call.options.days)
        if call.options.revoke:
            _revoked(call, before.serial, call.options.revoke)
    return _tell(call, made)


def _revoked(call: Call, serial: str, reason: str) -> Issued:
    gone = authority().revoke(serial, reason, passphrase(call), certificates.now())
    append(
        kinds.CERTIFICATE_REVOKED,
        {"serial": gone.serial, "reason": gone.reason},
        _act(call, f"certificate:{gone.serial}"),
    )
    return gone


def _revoke(call: Call) -> int:
    with writing():
        gone = _revoked(call, call.options.serial, call.options.reason)
    call.say(
        "Browsers of booths do not ask for revocations: renew the certificate, and exchange the key that was lost."
    )
    call.answer("xenia/certificate-revoked/1", {"serial": gone.serial, "reason": gone.reason})
    return 0


def _list(call: Call) -> int:
    at = authority()
    ca = at.certificate()
    call.answer(
        "xenia/certificate-authority/1",
        {
            "sha256": certificates.fingerprint(ca),
            "for": certificates.allowed(ca),
            "not_after": ca.not_valid_after_utc.isoformat(),
        },
    )
    for one in at.issued():
        call.answer("xenia/certificate/1", {**facts(one), "state": one.state, "revoked_at": one.revoked_at})
    return 0


def _export(call: Call) -> int:
    ca = authority().certificate()
    der = call.options.file.endswith((".der", ".crt", ".cer"))
    encoding = serialization.Encoding.DER if der else serialization.Encoding.PEM
    Path(call.options.file).write_bytes(ca.public_bytes(encoding))
    call.answer("xenia/certificate-exported/1", {"file": call.options.file, "sha256": certificates.fingerprint(ca)})
    return 0


def _phrase(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--passphrase", metavar="FILE", help="a file that holds the passphrase of the CA key")


def _init_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "domain",
        nargs="*",
        metavar="DOMAIN",
        help="domains it may sign for, and all below them, such as border.example; localhost for this machine",
    )
    parser.add_argument(
        "--network", action="append", metavar="RANGE", help="addresses it may sign for, such as 10.0.0.0/8"
    )
    _phrase(parser)


def _days(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--days", type=int, default=SERVER_DAYS, help=f"lifetime in days (default {SERVER_DAYS})")
    _phrase(parser)


def _issue_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("host", nargs="+", metavar="HOST", help="a name or address that browsers ask for")
    parser.add_argument("--name", default=SERVER, help="what it is for (default: server, which xenia serve uses)")
    _days(parser)


def _renew_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", default=SERVER, metavar="NAME", help="which one (default: server)")
    parser.add_argument("--revoke", metavar="REASON", help="revoke the one before, for this reason")
    _days(parser)


def _revoke_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("serial", metavar="SERIAL", help="its serial number, from the list")
    parser.add_argument("--reason", required=True, help="why, up to 200 characters")
    _phrase(parser)


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="where to; .crt, .cer or .der for DER, else PEM")


def _command(
    word: str,
    text: str,
    run: Callable[[Call], int],
    arguments: Callable[[argparse.ArgumentParser], None],
    *,
    writes: bool = True,
) -> Command:
    return Command(f"certificates {word}", text, run, PERMISSION, arguments, writes=writes)


COMMANDS = (
    _command("init", "Make the installation's certificate authority", _init, _init_arguments),
    _command("issue", "Issue a server certificate", _issue, _issue_arguments),
    _command("renew", "Issue it anew, with a fresh key", _renew, _renew_arguments),
    _command("revoke", "Revoke a certificate", _revoke, _revoke_arguments),
    _command("export", "Write the CA certificate to a file, for browsers", _export, _export_arguments, writes=False),
    Command("certificates list", "The authority and what it issued", _list, PERMISSION, writes=False),
)
