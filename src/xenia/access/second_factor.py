"""The second factor: TOTP and passkeys by django-allauth; secrets are encrypted with a key of the installation."""

from __future__ import annotations

import base64
import os
from typing import Any

from allauth.account.adapter import get_adapter as account_adapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext as _

from xenia.access import lockout, policy, standing
from xenia.access.models import Account
from xenia.journal.data_keys import secret

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
NONCE_BYTES = 12
CONTEXT = b"xenia/second-factor/1"


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]
    """How allauth keeps and removes second factors."""

    def encrypt(self, text: str) -> str:
        """The secret as it is kept: AES-256-GCM, nonce in front, base64."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(secret("second-factor")).encrypt(nonce, text.encode(), CONTEXT)
        return base64.b64encode(nonce + sealed).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """The secret itself. Raises `InvalidTag` where the row or the key was exchanged."""
        raw = base64.b64decode(encrypted_text)
        return AESGCM(secret("second-factor")).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], CONTEXT).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Officers do not take off the last second factor where a role of theirs asks for one; an administrator does, on the account's page."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS)
        if others.exclude(pk=authenticator.pk).exists():
            return True
        held = standing.known(authenticator.user_id)
        roles = frozenset(one.role for one in held.assignments) if held else frozenset()
        return not policy.needs_second_factor(roles)

    def generate_authenticator_name(self, user: Account, type: Authenticator.Type) -> str:
        """A name for a passkey that was given none."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey %(number)s") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """For whom passkeys are made: the domain of centre and units, see `passkeys.rp_id`."""
        from xenia.access.passkeys import rp_id

        return {"id": rp_id(context.request), "name": "Xenia"}

    def get_public_key_credential_user_entity(self, user: Account) -> dict[str, Any]:
        """Whose passkey it is, as the browser's own list shows it."""
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return {**entity, "display_name": user.display_name, "name": user.username}

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: Xenia sends no mail."""


class AuthenticateForm(AllauthAuthenticateForm):  # type: ignore[misc]
    """Asks for the code at sign-in; wrong codes count towards the lock-out like wrong passwords."""

    def clean_code(self) -> str:
        """The code, if it is right and the account is not locked out from this address."""
        if lockout.is_locked(context.request, self.user.username):
            context.request.axes_locked_out = True
            context.request.axes_credentials = {"username": self.user.username}
            raise account_adapter().validation_error("too_many_login_attempts")
        return str(super().clean_code())


def remove_all(account: Account) -> int:
    """Take every second factor off an account. Gives back how many there were."""
    removed: int = Authenticator.objects.filter(user=account).delete()[0]
    return removed


def has_one(account: Account) -> bool:
    """Whether the account has enrolled a second factor."""
    return bool(Authenticator.objects.filter(user=account, type__in=FACTORS).exists())


def has_app(account: Account) -> bool:
    """Whether the account has enrolled an authenticator app."""
    return bool(Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).exists())
