"""Renewing server certificates by themselves, and saying in time when that does not work."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

from django.conf import settings

from xenia.errors import XeniaError
from xenia.journal.act import Act
from xenia.journal.actions import append, writing
from xenia.journal.node import node
from xenia.site.keeping import certificates, kinds
from xenia.site.keeping.certificate_commands import authority, facts
from xenia.site.keeping.certificates import SERVER, Authority
from xenia.site.keeping.doctor import LOOK, OK, STOP, Finding, Patient

log = logging.getLogger("xenia.keeping")
BASIS: Final = "national law, to be named by the installation"
CA_LOOK: Final = timedelta(days=365)  # time to bring a new one to every booth
LATE: Final = timedelta(days=14)  # renewing should have happened half a month ago


def renew() -> int:
    """Certificates with a third of their life left are issued anew, and the server takes the new one. How many."""
    at, now, done = authority(), certificates.now(), 0
    for one in [one for one in at.issued() if one.state == "current" and one.due(now)]:
        try:
            with writing():
                made = at.issue(list(one.hosts), str(settings.XENIA_CA_PASSPHRASE).encode(), now, name=one.name)
                reference = f"certificate:{made.serial}"
                append(
                    kinds.CERTIFICATE_ISSUED,
                    facts(made),
                    Act("system:keeping", node(), "operation", BASIS, reference, node()),
                )
        except XeniaError as problem:
            log.warning("a certificate could not be renewed", extra={"code": problem.code, "certificate": one.name})
            continue
        done += 1
        if made.name == SERVER:
            _taken_up()
    return done


def _taken_up() -> None:
    """Ask the process that serves to start its workers anew, with the new certificate, where this is one of them."""
    if os.environ.get("SERVING_XENIA") and os.environ.get("XENIA_TLS_CERTIFICATE") == str(authority().chain()):
        os.kill(os.getppid(), signal.SIGHUP)


CHORES: Final[tuple[tuple[str, float, Callable[[], int]], ...]] = (("keeping.renew-certificates", 3600.0, renew),)


def look(patient: Patient) -> Iterator[Finding]:
    """The certificates of this installation last, and renew by themselves."""
    at = Authority(patient.home)
    if not at.exists:
        yield Finding(
            "certificates", OK, "No certificate authority; Xenia is served on this machine or behind a proxy."
        )
        return
    left = at.certificate().not_valid_after_utc - patient.now
    if left < CA_LOOK:
        what = "Make a new authority and bring it to every device; see docs/how-to/certificates.md."
        status = STOP if left < timedelta() else LOOK
        yield Finding("certificates", status, f"The authority ends in {left.days} days.", what, {"ca_days": left.days})
    for one in at.issued():
        if one.state == "current":
            yield _about(one, patient)


def _about(one: certificates.Issued, patient: Patient) -> Finding:
    left = one.ends_at - patient.now
    figures = {"name": one.name, "days": left.days}
    if left < timedelta():
        return Finding("certificates", STOP, f"{one.name} has run out.", "Run xenia certificates renew.", figures)
    if left < LATE:
        what = "Run xenia certificates renew; where the CA key has a passphrase, set XENIA_CA_PASSPHRASE_FILE."
        return Finding("certificates", LOOK, f"{one.name} ends in {left.days} days and was not renewed.", what, figures)
    return Finding("certificates", OK, f"{one.name} is good for {left.days} days.", figures=figures)


def trouble() -> str:
    """For `/health`: what is wrong with the certificate that is served, or nothing."""
    one = authority().current()
    return "the certificate has run out" if one is not None and one.ends_at < certificates.now() else ""
