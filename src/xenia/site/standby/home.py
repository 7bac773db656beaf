"""What a server knows of itself without its database: HOME/standby.json, written when it becomes one of a pair."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from django.conf import settings

from xenia.errors import BadInput, Conflict, Unavailable
from xenia.journal import files

NAME: Final = "standby.json"
KEY: Final = "standby.key"
FORMAT: Final = "xenia/standby/1"
SERVER: Final = re.compile(r"[a-z][a-z0-9-]{0,30}")


@dataclass(frozen=True)
class Held:
    """`server`: our name. `generation`: the highest that we served in or heard of from the other; with an older database we do not serve."""

    server: str
    generation: int = 0


def path() -> Path:
    """Where it is kept."""
    return Path(settings.XENIA_HOME) / NAME


def read() -> Held | None:
    """What this server is, None where it is none of a pair. Raises `Unavailable` (code `standby-damaged`)."""
    try:
        said = json.loads(path().read_bytes())
        if said.pop("format") != FORMAT:
            raise ValueError
        return Held(**said)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise Unavailable(
            f"HOME/{NAME} is damaged, so it is not known whether this server may serve.",
            "Restore it from the backup; never delete it on a server that may have been replaced.",
            code="standby-damaged",
        ) from error


def needed() -> Held:
    """What this server is. Raises `Conflict` (code `no-pair`)."""
    held = read()
    if held is None:
        raise Conflict("This server is none of a pair.", "Name the second one: xenia standby pair.", code="no-pair")
    return held


def write(held: Held) -> None:
    """Keep it, for good."""
    files.write_lasting(path(), json.dumps({"format": FORMAT, **asdict(held)}).encode())


def heard(generation: int) -> None:
    """The other server of the pair serves in this generation, or is about to; ours is over where it is older. Never goes back."""
    held = needed()
    if generation > held.generation:
        write(replace(held, generation=generation))


def named(name: str) -> str:
    """The name, if it is one of a server. Raises `BadInput` (code `bad-server-name`)."""
    if not SERVER.fullmatch(name):
        raise BadInput(
            f"{name!r} is no name of a server.", "Use lower-case letters, digits and hyphens.", code="bad-server-name"
        )
    return name


def key_path() -> Path:
    """Where the secret of the pair lies."""
    return Path(settings.XENIA_HOME) / "keys" / KEY


def key() -> str:
    """The secret that both servers hold beside the key of their door. Raises `Unavailable` (`no-pair-key`, `key-rights`)."""
    try:
        return files.read_private(key_path()).decode("ascii").strip()
    except FileNotFoundError as error:
        raise Unavailable(
            f"HOME/keys/{KEY} is missing.",
            "Copy HOME/keys of the first server to this one: see docs/how-to/standby.md.",
            code="no-pair-key",
        ) from error


def make_key() -> None:
    """The secret, made once."""
    files.keys_folder()
    files.make_once(key_path(), secrets.token_urlsafe(32).encode())
