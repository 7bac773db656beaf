"""When the last backup was made: a small file in the home, so that it is known without the database."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from xenia.journal import files
from xenia.site.keeping.backup import Made

NAME = "last-backup.json"


def note(home: Path, made: Made) -> None:
    """Remember this backup."""
    data = {
        "made_at": made.made_at.isoformat(),
        "file": made.path.name,
        "size_bytes": made.size_bytes,
        "sha256": made.sha256,
    }
    files.write_lasting(home / NAME, json.dumps(data).encode() + b"\n")


def last(home: Path) -> datetime | None:
    """When the last backup was made, None if never or if the note cannot be read."""
    try:
        return datetime.fromisoformat(json.loads((home / NAME).read_text(encoding="utf-8"))["made_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
