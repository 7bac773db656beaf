"""The list of overstayers as it may leave the house: asked for by one person, approved by another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from xenia.access.standing import Standing
from xenia.registers import exports
from xenia.registers.stays import browsing


def _rows(standing: Standing, filters: Mapping[str, Any]) -> Iterable[Sequence[str]]:
    rows = browsing.export_rows(standing, {name: str(value) for name, value in filters.items()})
    return [exports.About(cells, file) for file, cells in rows]


def register() -> None:
    """Make the export known; called when Django starts."""
    exports.register_export(
        exports.Export(
            "stays.overstayers",
            _("Overstayers"),
            "supervision",
            "stays.read",
            (
                _("Name"), _("Birth date"), _("Nationality"), _("Documents"), _("Entry"), _("Authorised until"), _("Exit"),
                _("Days too long"), _("State"),
            ),
            _rows,
            ("state", "nationality", "post"),
        )
    )  # fmt: skip
