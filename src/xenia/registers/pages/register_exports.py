"""The export of each register: the rows that its pages show, as far as policy opens them to the proposer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xenia.access.standing import Standing
from xenia.registers import words
from xenia.registers.exports import About, Export, register_export
from xenia.registers.pages import browse, reading
from xenia.registers.pages.browse import Place, Wanted
from xenia.registers.pages.faces import face, faces
from xenia.registers.pages.reading import Row

COLUMNS = (
    _("Record"), _("Name or number"), _("Details"), _("Category"), _("Valid from"), _("Valid until"), _("Owner"),
    _("Source"), _("Reason"), _("Handling"),
)  # fmt: skip


def _rows(name: str) -> Callable[[Standing, Mapping[str, Any]], Iterator[About]]:
    def rows(standing: Standing, filters: Mapping[str, Any]) -> Iterator[About]:
        one = face(name)
        why = reading.required(standing, name)
        wanted = Wanted(**{key: str(filters.get(key, "")) for key in ("category", "status", "validity", "source")})
        place, going = Place(), True
        while going:
            page = browse.page(standing, one, why, wanted, place, timezone.localdate())
            for row in browse.named(one, page.rows):
                yield About(_cells(row), row.subject)
            place, going = Place.parse(page.next), bool(page.next)

    return rows


def _cells(row: Row) -> tuple[str, ...]:
    reason = row.fields.get("reason", {})
    return (
        row.record_id, row.title, ", ".join(row.detail), row.label, row.valid_from, row.valid_until, row.owner,
        row.list_name or str(_("entered here")), str(reason.get("reason") or ""), words.text("handling", row.handling),
    )  # fmt: skip


def register() -> None:
    """Make the exports known; called when Django starts."""
    for name, one in faces().items():
        register_export(
            Export(
                name=f"registers.{name}",
                label=one.register.title,
                purpose="alert-management",
                permission="registers.read",
                columns=COLUMNS,
                rows=_rows(name),
                filters=("category", "status", "validity", "source"),
            )
        )
