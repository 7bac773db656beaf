"""Setting up an installation, again and again without harm, and the account that the command line acts as."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xenia.access.standing import Standing

OPERATOR = "operator"
_ready = threading.Lock()
_done: set[str] = set()


def start_django() -> None:
    """Load Django's rooms once."""
    import django
    from django.apps import apps

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xenia.site.settings")
    if not apps.ready:
        django.setup()


def ensure(say: Callable[[str], None]) -> None:
    """Bring the database to this version and fill what every installation has.

    Makes tables, the operator account, roles, purposes, the first policy, one approved list source per format, and reference data.
    Does nothing where all of it is there. Safe when two commands start at once.
    """
    from django.db import connection

    key = str(connection.settings_dict["NAME"])
    if key in _done:
        return
    _open()
    with _ready, _only_one():
        if key in _done:
            return
        _migrate(say)
        _fill(say)
        _done.add(key)


def _open() -> None:
    """At a locked unit: with what was laid ready for a start that nobody watches. Raises `Unavailable` (code `store-locked`)."""
    from xenia.journal import at_rest
    from xenia.units.store import entering

    if at_rest.is_locked():
        entering.unwatched()


class _only_one:  # noqa: N801 - reads as a phrase in `with`
    """One process at a time sets up a home; released by the kernel however the process ends."""

    def __enter__(self) -> None:
        import fcntl

        from django.conf import settings

        settings.XENIA_HOME.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.file = (settings.XENIA_HOME / "set-up.lock").open("a")
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self.file.close()


def _migrate(say: Callable[[str], None]) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return
    fresh = not executor.loader.applied_migrations
    say(
        "Setting up this installation ..." if fresh else f"Bringing the database to this version: {len(plan)} steps ..."
    )
    call_command("migrate", verbosity=0, interactive=False)


def _fill(say: Callable[[str], None]) -> None:
    from xenia.access import actions as access
    from xenia.journal import node
    from xenia.registers.lists import actions as lists
    from xenia.registers.reference import actions as reference

    node.ensure()
    made = access.install(operator=OPERATOR)
    if made:
        say(
            "Set up: the command line acts as the account 'operator' (every purpose, every permission, cannot approve its own"
            " proposals) with one approved list source per format. Use --as for another account."
        )
    lists.install_sources(access.operator_standing(OPERATOR))
    reference.install()
    settle()


def acting(username: str | None) -> Standing:
    """The standing that a command acts with: the operator's, or another account's named with `--as`.

    Raises `NotFound` where there is no such active account.
    """
    from xenia.access import actions as access

    return access.operator_standing(username or OPERATOR)


def settle() -> None:
    """Seal what this command wrote where no serving process will do so."""
    from xenia.journal import sealer

    if not sealer.running():
        sealer.seal_now()
