"""A scratch installation in a process of its own, for benches and soaks: nothing of the real one is touched."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from xenia.commands import Call


@contextmanager
def environment() -> Iterator[dict[str, str]]:
    """The environment of a scratch installation: a temporary home; with PostgreSQL a database of its own beside ours."""
    with tempfile.TemporaryDirectory(prefix="xenia-scratch-") as folder, _database() as database:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("XENIA_")}
        source = str(Path(__file__).resolve().parents[2])
        yield kept | {
            "DJANGO_SETTINGS_MODULE": "xenia.site.settings",
            "PYTHONPATH": source,
            "XENIA_HOME": folder,
            "XENIA_DATABASE": database,
            "XENIA_LOG": "ERROR",
        }


@contextmanager
def _database() -> Iterator[str]:
    if connection.vendor != "postgresql":
        yield ""
        return
    name = f"xenia_scratch_{secrets.token_hex(4)}"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        settings = connection.settings_dict
        login = ":".join(part for part in (quote(settings["USER"], ""), quote(settings["PASSWORD"], "")) if part)
        place = f"{settings['HOST']}:{settings['PORT']}" if settings["PORT"] else settings["HOST"]
        yield f"postgresql://{login}@{place}/{name}"
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def run(module: str, arguments: Sequence[str], call: Call) -> int:
    """Runs `python -m module` in a scratch installation; its lines go to the call's streams; gives back its exit code."""
    with environment() as scratch:
        child = subprocess.Popen(
            [sys.executable, "-m", module, *arguments], env=scratch, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        assert child.stdout is not None
        for line in child.stdout:
            call.out.write(line)
        return child.wait()


def begin() -> None:
    """In the scratch process: sets Django up and makes the journal's tables."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", "journal", verbosity=0)
