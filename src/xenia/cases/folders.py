"""Where procedures lie: those shipped, and those of country packs in HOME/packs/<name>/procedures. Reads no table."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from django.conf import settings

SHIPPED: Final = Path(__file__).parent / "procedures"


def folders() -> tuple[Path, ...]:
    """Every folder of a procedure, shipped ones first, each part by name."""
    homes = [SHIPPED, *sorted((Path(settings.XENIA_HOME) / "packs").glob("*/procedures"))]
    return tuple(file.parent for home in homes for file in sorted(home.glob("*/procedure.yaml")))
