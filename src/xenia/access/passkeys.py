"""Passkeys: django-allauth's WebAuthn with our rules. Always kept in the key itself, always with PIN, finger or face.

The relying-party id is `XENIA_RP_ID`, or the host that was asked; a parent domain serves centre and units alike. Where a unit sets none
and no passkey was enrolled there for another, it is the domain of the centre's passkeys that came down (`told_passkeys.py`).
"""

from __future__ import annotations

import ipaddress
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter as account_adapter
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from fido2.utils import websafe_encode
from fido2.webauthn import AuthenticationResponse

from xenia.access import lockout, told_passkeys
from xenia.access.models import Account, ToldPasskey
from xenia.journal.actions import writing
from xenia.journal.node import is_unit

NAME_LONGEST = 64


def host_of(request: HttpRequest) -> str:
    """The host that was asked, without its port."""
    host = request.get_host()
    return host[1 : host.index("]")] if host.startswith("[") else host.partition(":")[0]


def rp_id(request: HttpRequest) -> str:
    """The domain that passkeys are made for."""
    told = "" if settings.XENIA_RP_ID or not is_unit() else _told_domain()
    return settings.XENIA_RP_ID or told or host_of(request)


def _told_domain() -> str:
    """At a unit that sets none: the domain of the centre's passkeys, or "" where one was enrolled here for another.

    Those that were enrolled here for it keep it, also where the centre tells of none any more.
    """
    domains = told_passkeys.domains()
    hashes = {one.wrap().authenticator_data.rp_id_hash for one in _enrolled()} if domains else ()
    if not hashes:
        return told_passkeys.domain()
    return next((one for one in domains if hashes == {sha256(one.encode()).digest()}), "")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def why_not(request: HttpRequest) -> str:
    """Why passkeys cannot work at this address, in words; "" where they can. Browsers ask for a name and for TLS."""
    host, domain = host_of(request), rp_id(request)
    if _is_address(host):
        return _("Passkeys need a name, not a number, in the address bar. Open this site by its name.")
    if host != domain and not host.endswith(f".{domain}"):
        return _("Passkeys were set up for %(domain)s and do not work at this address.") % {"domain": domain}
    if not request.is_secure() and host != "localhost" and not host.endswith(".localhost"):
        return _("Passkeys need a secure connection (https). Ask your administrator for the certificate.")
    return ""


def of_account(account: Account) -> list[Authenticator]:
    """The account's passkeys, oldest first."""
    return list(Authenticator.objects.filter(user=account, type=Authenticator.Type.WEBAUTHN).order_by("pk"))


def _enrolled() -> QuerySet[Authenticator]:
    """Those that were enrolled here, of officers who are not closed."""
    found: QuerySet[Authenticator] = Authenticator.objects.filter(
        type=Authenticator.Type.WEBAUTHN, user__is_active=True
    )
    return found


def anybody(request: HttpRequest) -> bool:
    """Whether any officer has a passkey here, enrolled here or at the centre."""
    return _enrolled().exists() or told_passkeys.anybody(rp_id(request))


def offered(request: HttpRequest) -> bool:
    """Whether a passkey can open something at this address; at a unit only where an officer has one there."""
    return not why_not(request) and (not is_unit() or anybody(request))


def creation_options(account: Account) -> dict[str, Any]:
    """What the browser is asked to make: a key that it keeps itself, opened by its owner only.

    Not where one of the centre's lies already: a second one of the same officer and domain would take its place there.
    """
    options: dict[str, Any] = auth.begin_registration(account, True)
    if told := told_passkeys.of_account(account):
        asked = options["publicKey"]
        asked["excludeCredentials"] = [
            *(asked.get("excludeCredentials") or ()),
            *({"type": "public-key", "id": websafe_encode(one)} for one in told),
        ]
    return options


def request_options() -> dict[str, Any]:
    """What the browser is asked to show: any passkey of this site, opened by its owner."""
    options: dict[str, Any] = auth.begin_authentication(None)
    return options


class AddForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey and its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)
        self.fields["name"] = forms.CharField(
            label=gettext_lazy("Name of the passkey"),
            help_text=gettext_lazy("So that you know it again, such as Blue key or Booth 3"),
            max_length=NAME_LONGEST,
            required=False,
        )

    def clean(self) -> dict[str, Any]:
        """What was said; refused unless the key asked its owner for PIN, finger or face (the server checks the mark)."""
        self.cleaned_data["passwordless"] = True
        said: dict[str, Any] = super().clean()
        return said


class EditForm(EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(label=gettext_lazy("Name of the passkey"), max_length=NAME_LONGEST)


def _refuse_locked_out(account: Account) -> None:
    if lockout.is_locked(context.request, account.username):
        raise account_adapter().validation_error("too_many_login_attempts")


def _of_this_page(shown: Any) -> None:
    """Nothing, where the browser answered a page of this very host, or of one that the settings name. Raises `ValidationError`.

    The library takes every host below the domain: a unit in wrong hands could ask an officer's passkey what the centre asks it, and
    come in there as that officer. Source: WebAuthn level 2, 7.2 step 13.
    """
    try:
        origin = AuthenticationResponse.from_dict(shown).response.client_data.origin
        here = urlsplit(origin).hostname == host_of(context.request).lower() or origin in settings.CSRF_TRUSTED_ORIGINS
    except (ValueError, TypeError, KeyError, AttributeError):
        here = False
    if not here:
        raise get_adapter().validation_error("incorrect_code")


def _failed(username: str | None) -> None:
    """Written down; does not count towards the lock-out of an account that the browser merely names."""
    if username is None:
        from xenia.access.signals import write_failure

        write_failure(None, {"factor": "passkey"})
    else:
        credentials = {"username": username, "factor": "passkey"}
        user_login_failed.send(__name__, credentials=credentials, request=context.request)


def _moves_on(found: Authenticator, shown: dict[str, Any]) -> None:
    """Keep how often the key has signed. Raises `ValidationError` where it signed more often before: there are two of it.

    A key that does not count says 0 always. Source: WebAuthn level 2, 7.2 step 21.
    """
    count = AuthenticationResponse.from_dict(shown).response.authenticator_data.counter
    with writing():
        kept = Authenticator.objects.select_for_update().get(pk=found.pk)
        known = told_passkeys.count_of(kept)
        fits = count > known or count == known == 0
        if fits and count:
            kept.data[told_passkeys.COUNT] = count
            kept.save(update_fields=["data"])
    if not fits:
        from xenia.access.signals import write_failure

        write_failure(found.user.username, {"factor": "passkey-copy"})
        raise get_adapter().validation_error("incorrect_code")


def _told(row: ToldPasskey, shown: dict[str, Any]) -> told_passkeys.Told:
    if (account := Account.objects.filter(pk=row.account).first()) is not None:
        _refuse_locked_out(account)
    try:
        _of_this_page(shown)
        return told_passkeys.proved(row, shown)
    except ValidationError:
        _failed(None)
        raise


class LoginForm(LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey alone."""

    def clean_credential(self) -> Authenticator | told_passkeys.Told:
        """The passkey that answered, if its account is not locked out from this address; at a unit one of the centre's too."""
        shown = self.cleaned_data["credential"]
        if (row := told_passkeys.named(shown)) is not None:
            return _told(row, shown)
        try:
            _of_this_page(shown)
            found: Authenticator = super().clean_credential()
        except ValidationError:
            _failed(None)
            raise
        if found.user.kind != "person":
            raise get_adapter().validation_error("incorrect_code")
        _refuse_locked_out(found.user)
        _moves_on(found, shown)
        return found


class SecondForm(AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey after the password."""

    def clean_credential(self) -> Authenticator:
        """The passkey, if it is the account's; a wrong one counts like a wrong code."""
        _refuse_locked_out(self.user)
        shown = self.cleaned_data["credential"]
        try:
            _of_this_page(shown)
            found: Authenticator = super().clean_credential()
        except ValidationError:
            _failed(self.user.username)
            raise
        _moves_on(found, shown)
        return found


class AgainForm(ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey again, before something about signing in is changed."""

    def clean_credential(self) -> Authenticator:
        """The passkey, if it is the account's."""
        shown = self.cleaned_data["credential"]
        _of_this_page(shown)
        found: Authenticator = super().clean_credential()
        _moves_on(found, shown)
        return found
