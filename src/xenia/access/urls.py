"""Addresses of signing in (allauth's views, only those that are needed) and of this room's pages."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.urls import include, path

from xenia.access import account_pages, device_pages, lock_pages, pages, passkey_pages, policy_pages
from xenia.access.views import open_to_all, signed_in

_door = open_to_all("signing in is for those who are not signed in yet")
_own = signed_in("one's own password and second factor", unsettled=True)

urlpatterns = [
    path("sign-in/", _door(account.login), name="account_login"),
    path("sign-in/code/", _door(passkey_pages.code), name="mfa_authenticate"),
    path("sign-in/inactive/", _door(account.account_inactive), name="account_inactive"),
    path("sign-in/passkey/", _door(passkey_pages.sign_in), name="mfa_login_webauthn"),
    path("sign-out/", lock_pages.sign_out, name="account_logout"),
    path("lock/", lock_pages.lock, name="lock"),
    path("locked/", lock_pages.locked, name="locked"),
    path("locked/passkey/", passkey_pages.unlock, name="unlock-passkey"),
    path("locked/switch/", lock_pages.switch, name="switch-officer"),
    path("own/here/", lock_pages.here, name="here"),
    path("own/note/", lock_pages.lane_note, name="lane-note"),
    path("own/note/put-away/", lock_pages.put_note_away, name="lane-note-put-away"),
    path("this-device/", device_pages.this_device, name="this-device"),
    path("devices/", device_pages.devices_page, name="devices"),
    path("devices/required/", device_pages.require_devices, name="devices-required"),
    path("devices/<uuid:device>/<slug:act>/", device_pages.change_device, name="device-change"),
    path("own/passkeys/", _own(pages.second_factor_page), name="mfa_list_webauthn"),
    path("own/passkeys/new/", _own(passkey_pages.add), name="mfa_add_webauthn"),
    path("own/passkeys/<int:pk>/name/", _own(passkey_pages.edit), name="mfa_edit_webauthn"),
    path("own/passkeys/<int:pk>/remove/", _own(passkey_pages.remove), name="mfa_remove_webauthn"),
    path("sign-in/again/passkey/", _own(passkey_pages.again), name="mfa_reauthenticate_webauthn"),
    path("sign-in/again/", _own(account.reauthenticate), name="account_reauthenticate"),
    path("sign-in/again/code/", _own(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("own/password/", pages.own_password, name="account_change_password"),
    path("own/second-factor/", _own(pages.second_factor_page), name="mfa_index"),
    path("own/second-factor/enrol/", _own(totp.activate_totp), name="mfa_activate_totp"),
    path("own/second-factor/remove/", _own(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("own/recovery-codes/", _own(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("own/recovery-codes/new/", _own(recovery_codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path(
        "own/recovery-codes/download/", _own(recovery_codes.download_recovery_codes), name="mfa_download_recovery_codes"
    ),
    path("own/place/", pages.place, name="place"),
    path("accounts/", account_pages.accounts, name="accounts"),
    path("accounts/new/", pages.new_account, name="account-new"),
    path("accounts/<uuid:account_id>/", pages.account, name="account"),
    path("accounts/<uuid:account_id>/rights/", account_pages.rights, name="account-rights"),
    path("accounts/<uuid:account_id>/<slug:act>/", pages.change_account, name="account-change"),
    path("policy/", policy_pages.policy, name="policy"),
    path("policy/versions/<int:number>/", policy_pages.version, name="policy-version"),
    path("", include("xenia.access.admin_urls")),
]
