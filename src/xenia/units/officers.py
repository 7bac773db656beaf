"""What this room says to the others about officers at units: who makes accounts, when nothing may be asked, what comes down."""

from __future__ import annotations

from django.conf import settings

from xenia.access import ports
from xenia.journal import rebuild
from xenia.units import lease, sign_in_codes
from xenia.units.down import access, access_taken, offers, taking
from xenia.units.models import Taken

FROM_THE_CENTRE = ("accounts", "policy", "roles")
"""Tables that at a unit follow from what the centre says, not from the unit's own entries."""


def told_by_centre() -> bool:
    """Whether a centre has said who may work here. Before that, what the operator makes ends when the centre speaks."""
    return bool(settings.XENIA_UNIT) and Taken.objects.filter(name=access.NAME).exists()


def register() -> None:
    """Make it known; called when Django starts."""
    offers.register(access.NAME, access.offer)
    taking.register(access.NAME, access_taken.take)
    sign_in_codes.register()
    ports.told_by_centre, ports.may_ask = told_by_centre, lease.require
    if settings.XENIA_UNIT:
        for name in FROM_THE_CENTRE:
            rebuild.forget(name)
