"""`xenia setup`: makes or updates the installation and says what it holds."""

from __future__ import annotations

from xenia.commands import Call, Command


def _setup(call: Call) -> int:
    from django.conf import settings
    from django.db import connection

    call.answer(
        "xenia/setup/1", {"home": str(settings.XENIA_HOME), "database": connection.vendor, "acting_as": "operator"}
    )
    return 0


COMMANDS = (Command("setup", "Make or update this installation.", _setup, "keeping.doctor"),)
