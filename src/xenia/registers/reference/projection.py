"""How terms and printers follow from their entries: folded by `xenia rebuild --check`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from xenia.journal import rebuild
from xenia.journal.rebuild import Happened
from xenia.registers.reference import kinds
from xenia.registers.reference.models import Printer, ReferenceRow


def fold(happened: Iterable[Happened]) -> Mapping[str, Any]:
    """Version and digest of each term as its last entry says."""
    found: dict[str, Any] = {}
    for one in happened:
        for row in (one.body or {}).get("rows", ()):
            found[f"{row['list']}/{row['code']}"] = (row["version"], row["digest"])
        for key in (one.body or {}).get("removed", ()):
            found.pop(key, None)
    return found


def actual() -> Mapping[str, Any]:
    """The same from the table."""
    rows = ReferenceRow.objects.filter(current=True).values_list("list", "code", "version", "digest")
    return {f"{listed}/{code}": (version, digest) for listed, code, version, digest in rows}


def fold_printers(happened: Iterable[Happened]) -> Mapping[str, Any]:
    """Post, name and paper of each printer that is in use."""
    found: dict[str, Any] = {}
    for one in happened:
        body = one.body or {}
        if body.get("paper"):
            found[body["printer"]] = (body["post"], body["name"], body["paper"])
        else:
            found.pop(body.get("printer", ""), None)
    return found


def actual_printers() -> Mapping[str, Any]:
    """The same from the table."""
    rows = Printer.objects.filter(closed_at=None).values_list("pk", "post", "name", "paper")
    return {str(pk): (post, name, paper) for pk, post, name, paper in rows}


def register() -> None:
    """Make the projections known; called when Django starts."""
    rebuild.register(
        rebuild.Projection("reference", frozenset({kinds.INSTALLED, kinds.CHANGED, kinds.TAKEN}), fold, actual)
    )
    rebuild.register(rebuild.Projection("printers", frozenset({kinds.PRINTER}), fold_printers, actual_printers))
