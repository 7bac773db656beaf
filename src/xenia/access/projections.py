"""What the entries say about accounts, roles and policy, to compare with the tables: `xenia rebuild --check`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from xenia.access.models import Account, Assignment, Device, PolicyVersion
from xenia.journal import rebuild
from xenia.journal.rebuild import Happened


def _accounts(happened: Iterable[Happened]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for one in happened:
        if one.body is not None:
            found[one.body["account"]] = one.entry.kind != "account.closed"
    return found


def _actual_accounts() -> Mapping[str, Any]:
    return {str(pk): active for pk, active in Account.objects.values_list("pk", "is_active")}


def _roles(happened: Iterable[Happened]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for one in happened:
        body = one.body or {}
        for held in body.get("assignments", (body,)):
            if held.get("assignment"):
                found[held["assignment"]] = (held["role"], held["post"])
    return found


def _actual_roles() -> Mapping[str, Any]:
    return {str(one.pk): (one.role, one.post_id) for one in Assignment.objects.all()}


def _policies(happened: Iterable[Happened]) -> Mapping[str, Any]:
    return {str(one.body["number"]): one.body["hash"] for one in happened if one.body is not None}


def _actual_policies() -> Mapping[str, Any]:
    return {str(number): digest for number, digest in PolicyVersion.objects.values_list("number", "hash")}


DEVICE_STATES = {"device.made": "waiting", "device.bound": "bound", "device.taken_back": "taken back"}


def _devices(happened: Iterable[Happened]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for one in happened:
        if one.body is not None:
            found[one.body["device"]] = (one.body["post"], one.body["lane"], DEVICE_STATES[one.entry.kind])
    return found


def _actual_devices() -> Mapping[str, Any]:
    def state(one: Device) -> str:
        return "taken back" if one.taken_back_at else "bound" if one.secret_hash else "waiting"

    return {str(one.pk): (one.post_id, one.lane, state(one)) for one in Device.objects.all()}


def register() -> None:
    """Make the three tables known to the check."""
    switched = frozenset({"account.made", "account.closed", "account.opened"})
    rebuild.register(rebuild.Projection("accounts", switched, _accounts, _actual_accounts))
    given = frozenset({"account.made", "assignment.given", "assignment.ended"})
    rebuild.register(rebuild.Projection("roles", given, _roles, _actual_roles))
    rebuild.register(rebuild.Projection("policy", frozenset({"policy.changed"}), _policies, _actual_policies))
    rebuild.register(rebuild.Projection("devices", frozenset(DEVICE_STATES), _devices, _actual_devices))
