"""`/health/live`: the process answers. `/health/ready` and `/health`: it can do its work. Words only, no personal data."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from xenia.access.views import open_to_all
from xenia.errors import XeniaError
from xenia.site.keeping import doctor

SEALS_LATE = timedelta(seconds=60)  # own choice: 240 times the usual wait
_migrated: set[str] = set()


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return ""


def _tables() -> str:
    name = str(connection.settings_dict["NAME"])
    if name not in _migrated:
        if doctor.unmigrated():
            return "migrations are missing"
        _migrated.add(name)
    return ""


def _seals() -> str:
    from xenia.journal.models import Entry

    oldest = Entry.objects.filter(position__isnull=True).order_by("id").values_list("recorded_at", flat=True).first()
    return "sealing is late" if oldest is not None and datetime.now(UTC) - oldest > SEALS_LATE else ""


def _key() -> str:
    from xenia.journal import signing

    signing.signer()
    return ""


def _disk() -> str:
    return "the disk is nearly full" if shutil.disk_usage(settings.XENIA_HOME).free < doctor.DISK_STOP else ""


def _certificate() -> str:
    from xenia.site.keeping import certificate_chore

    return certificate_chore.trouble()


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "tables": _tables,
    "seals": _seals,
    "signing_key": _key,
    "disk": _disk,
    "certificate": _certificate,
}


def troubles() -> dict[str, str]:
    """Each check with what is wrong, empty where nothing is."""
    found = {}
    for name, check in CHECKS.items():
        try:
            found[name] = check()
        except XeniaError as error:
            found[name] = error.code
        except (DatabaseError, OSError) as error:
            found[name] = type(error).__name__
    return found


@open_to_all("one word, for watchers and load balancers")
def live(request: HttpRequest) -> JsonResponse:
    """200: the process answers."""
    return JsonResponse({"status": "live"})


@open_to_all("a few words about the machine, for watchers and load balancers")
def ready(request: HttpRequest) -> JsonResponse:
    """200: work can be done. 503: something is wrong, named by check."""
    found = troubles()
    well = not any(found.values())
    checks = {name: trouble or "ok" for name, trouble in found.items()}
    return JsonResponse({"status": "ready" if well else "not ready", "checks": checks}, status=200 if well else 503)
