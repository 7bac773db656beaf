"""At a centre: the certificates of its door, which of its units know them, and that none is taken into use that units do not know.

Every certificate that is not retired is named to units, in use or to come; a unit lets in what was named and nothing else. So a new
one is made, units hear of it with what comes down, and say so; then it is taken into use. Units that stayed away are named first.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509

from xenia.errors import BadInput, Conflict
from xenia.exchange import kinds as exchange_kinds
from xenia.exchange import own, setting_up
from xenia.journal import files
from xenia.journal.act import Act
from xenia.journal.actions import writing
from xenia.journal.models import Entry
from xenia.journal.node import node as own_node
from xenia.units import servers, tasks
from xenia.units.models import Unit

KIND: Final = "tls"
STAGES: Final = (7, 60)
"""So many days before the certificate ends a person is asked to make the next. Own choice: partners need weeks to pin it."""
HEARD: Final = ("waiting", "active", "quarantined")


@dataclass(frozen=True)
class Certificate:
    """One of the door's. `unaware`: the units that do not know it, by name; `ends_at`: for partners, units look at no date."""

    name: str
    pem: str
    current: bool
    ends_at: datetime
    unaware: tuple[Unit, ...]


def certificates() -> list[str]:
    """Those that units are told (PEM), the one in use first."""
    return [own.alone(files.read_private(one.path)) for one in own.key_files(KIND) if one.current or not one.retired]


def every() -> list[Certificate]:
    """Those that units are told, each with who does not know it."""
    units = list(Unit.objects.filter(state__in=HEARD).exclude(fingerprint="").order_by("name"))
    since, found = _in_use_since(), []
    for number, pem in enumerate(certificates()):
        read = x509.load_pem_x509_certificate(pem.encode())
        name = own.fingerprint(pem.encode())
        unaware = tuple(one for one in units if not _knows(one, name, since if number == 0 else None))
        found.append(Certificate(name, pem, number == 0, read.not_valid_after_utc.astimezone(UTC), unaware))
    return found


def _in_use_since() -> datetime:
    """When the certificate in use was taken into use; long ago where none was ever changed."""
    rows = Entry.objects.filter(kind=exchange_kinds.OWN_SET, node=own_node()).order_by("-recorded_at")
    for at, body in rows.values_list("recorded_at", "body").iterator():
        said = json.loads(bytes(body or b"{}"))
        if said.get("change") == "in-use" and own.parted(str(said.get("key", "")))[0] == KIND:
            return at
    return datetime.min.replace(tzinfo=UTC)


def _knows(unit: Unit, fingerprint: str, since: datetime | None) -> bool:
    """Whether a unit said so. One that has not said what it knows knows what was shown when it was heard. `since`: when it was first shown."""
    said = unit.told.get("door")
    if said is not None:
        return fingerprint[: servers.SHORT] in str(said).split()
    return since is not None and (unit.seen_at or unit.invited_at) > since


def before_use(kind: str, made: str, *, leave_behind: bool) -> None:
    """Nothing, where a key may be taken into use. Raises `Conflict` (`door-unknown`) with the units that would be cut off.

    `BadInput` (`too-many-doors`) where more certificates are named than a unit keeps.
    """
    if kind != KIND:
        return
    wanted = next((one for one in every() if one.name == made and not one.current), None)
    if wanted is not None and wanted.unaware and not leave_behind:
        names = ", ".join(one.name for one in wanted.unaware)
        raise Conflict(
            f"These units do not know that certificate and would be cut off: {names}.",
            "Wait until they were heard, or use --leave-behind and give each a letter: xenia unit letter.",
            code="door-unknown",
        )


def before_making(kind: str) -> None:
    """Nothing, where another key may be made. Raises `BadInput` (`too-many-doors`)."""
    if kind == KIND and len(certificates()) >= servers.MOST:
        raise BadInput(
            "There are as many certificates as a unit keeps.", "Retire old ones: --retire-key.", code="too-many-doors"
        )


def look(now: datetime, act: Act) -> int:
    """Ask a person for the next certificate in time, and once more; taken back when another is in use. How many items changed."""
    pem = certificates()[0].encode()
    left = x509.load_pem_x509_certificate(pem).not_valid_after_utc - now
    stage = next((days for days in STAGES if left < timedelta(days=days)), None)
    with writing():
        return tasks.door(f"{own.fingerprint(pem)[:32]}-{stage}" if stage else "", act)


def register() -> None:
    """Called when Django starts."""
    setting_up.ask_before_use(before_use)
    setting_up.ask_before_making(before_making)
