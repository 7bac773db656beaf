"""What makes this installation a unit: HOME/unit.json, written once at its enrolment, and its certificate in HOME/keys."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from xenia.errors import NotFound, Unavailable
from xenia.exchange import own
from xenia.journal import files

FORMAT: Final = "xenia/unit/1"
NAME: Final = "unit.json"


@dataclass(frozen=True)
class Card:
    """`node`: the unit's name; `door`: where its centre hears units; `certificate`: of that door (PEM); `key`: of the centre.

    `doors`: of further servers of the same centre, with the same certificates, see `servers.py`.
    `certificates`: of that door, those to come too.
    `box`: the key that files for the centre are encrypted for, with its id (`kid`); empty in cards of an earlier version.
    """

    node: str
    state: str
    post: str
    label: str
    door: str
    certificate: str
    key: dict[str, str]
    box: dict[str, str] = field(default_factory=dict)
    doors: list[str] = field(default_factory=list)
    certificates: list[str] = field(default_factory=list)


def path() -> Path:
    """Where the card lies."""
    return Path(settings.XENIA_HOME) / NAME


def read() -> Card | None:
    """The card of this unit, None where this installation is none. Raises `Unavailable` (code `unit-damaged`)."""
    if not path().exists():
        return None
    try:
        said = json.loads(path().read_text(encoding="utf-8"))
        if said.pop("format") != FORMAT:
            raise ValueError
        return Card(**said)
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise Unavailable(
            f"{NAME} is damaged.", "Restore it from the backup, or enrol again.", code="unit-damaged"
        ) from error


def needed() -> Card:
    """The card. Raises `NotFound` (code `no-unit`) where this installation is no unit."""
    card = read()
    if card is None:
        raise NotFound("This installation is no unit.", "Enrol it: xenia unit enrol URL CODE.", code="no-unit")
    return card


def write(card: Card) -> None:
    """Keep it, for good."""
    files.write_lasting(path(), json.dumps({"format": FORMAT, **asdict(card)}, indent=1).encode())


def tls() -> Path:
    """The file with the unit's certificate and its key, made at first need."""
    made = files.keys_folder() / "unit-tls.pem"
    if not made.exists():
        private = ec.generate_private_key(ec.SECP256R1())
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        files.make_once(made, own.self_signed(private, "Xenia unit", datetime.now(UTC).replace(microsecond=0)) + pem)
    return made


def certificate() -> str:
    """The unit's certificate (PEM)."""
    return own.alone(files.read_private(tls()))
