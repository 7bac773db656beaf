"""The page where a machine gets the installation's CA certificate, with its fingerprint and what to do on each system."""

from __future__ import annotations

from cryptography.hazmat.primitives import serialization
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from xenia.access.views import open_to_all
from xenia.errors import NotFound
from xenia.site.keeping import certificates
from xenia.site.keeping.certificate_commands import authority

_WHY = "a browser must be able to get the certificate before it trusts this site; it holds no secret"


@open_to_all(_WHY)
@require_GET
def how_to(request: HttpRequest) -> HttpResponse:
    """How a browser comes to trust this installation."""
    at = authority()
    context: dict[str, object] = {"there": at.exists}
    if at.exists:
        ca = at.certificate()
        context |= {
            "fingerprint": certificates.fingerprint(ca),
            "until": ca.not_valid_after_utc,
            "allowed": certificates.allowed(ca),
        }
    return render(request, "xenia/certificate.html", context)


@open_to_all(_WHY)
@require_GET
def download(request: HttpRequest, kind: str) -> HttpResponse:
    """The CA certificate: `crt` (DER, for Windows and Android) or `pem` (for Linux); `crl` is the list of revoked ones."""
    at = authority()
    ca = at.certificate()
    if kind == "crt":
        return _file(ca.public_bytes(serialization.Encoding.DER), "application/x-x509-ca-cert", "xenia-ca.crt")
    if kind == "pem":
        return _file(ca.public_bytes(serialization.Encoding.PEM), "application/x-pem-file", "xenia-ca.pem")
    path = at.folder / "ca.crl"
    if kind == "crl" and path.exists():
        return _file(path.read_bytes(), "application/pkix-crl", "xenia-ca.crl")
    raise NotFound("There is no such file.", "Go back to the page of the certificate.", code="no-certificate")


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
