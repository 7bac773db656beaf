"""How each register looks on its pages: what its categories are called, its statuses, the line that describes a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from xenia.errors import NotFound
from xenia.registers import catalogue, words
from xenia.registers.listed import ListedRegister
from xenia.registers.words import Words

Fields = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Face:
    """One register as its pages show it. `categories`: code to label; `code_of`: category of a body.

    `title`, `detail`: the line of a record and the facts beneath it, out of the fields that the reader may see.
    """

    register: ListedRegister
    categories: Callable[[], Mapping[str, str]]
    code_of: Callable[[Mapping[str, Any]], str]
    title: Callable[[Fields], str]
    detail: Callable[[Fields], tuple[str, ...]]
    statuses: Mapping[str, Words] = field(default_factory=dict)
    kind: str = "person"

    @property
    def name(self) -> str:
        """The register's word."""
        return self.register.name

    @property
    def label(self) -> str:
        """The register's name for people, in the reader's language."""
        return self.register.label


def face(name: str) -> Face:
    """The face of this register. Raises `NotFound` (`unknown-register`) for one without pages of this kind."""
    catalogue.register(name)
    if name not in faces():
        raise NotFound("This register has pages of its own.", "Look for it in the navigation.", code="unknown-register")
    return faces()[name]


def faces() -> dict[str, Face]:
    """Every register that these pages show, in the catalogue's order."""
    makers = {
        "alerts": _alerts, "notices": _notices, "visas": _visas, "vehicles": _vehicles, "lost_documents": _lost_documents,
    }  # fmt: skip
    return {one.name: makers[one.name]() for one in catalogue.registers() if one.name in makers}


def _labels(meanings: Mapping[str, Any]) -> Mapping[str, str]:
    return {code: one.label_here() for code, one in meanings.items()}


def _person(fields: Fields) -> str:
    return str(fields.get("identity", {}).get("name") or "")


def _born(fields: Fields) -> tuple[str, ...]:
    identity = fields.get("identity", {})
    return (*identity.get("birth_dates", ()), *identity.get("nationalities", ()))


def _alerts() -> Face:
    from xenia.registers.alerts.categories import categories
    from xenia.registers.alerts.register import ALERTS

    return Face(ALERTS, lambda: _labels(categories()), lambda body: str(body.get("category") or ""), _person, _born)


def _notices() -> Face:
    from xenia.registers.notices.register import NOTICES, code_of, meanings

    return Face(NOTICES, lambda: _labels(meanings()), code_of, _person, _born)


def _visas() -> Face:
    from xenia.registers.visas.register import VISAS, code_of, meanings

    def detail(fields: Fields) -> tuple[str, ...]:
        status, document = fields.get("status", {}), fields.get("document", {})
        sticker = f"{document.get('issuing_state', '')} {document.get('sticker_number', '')}".strip()
        parts = (
            sticker,
            words.text("type", status.get("type"), "visa"),
            words.text("status", status.get("status"), "visa"),
        )
        return tuple(part for part in parts if part)

    return Face(
        VISAS,
        lambda: _labels(meanings()),
        code_of,
        lambda f: _person(f) or _sticker(f),
        detail,
        words.VISA_STATUSES,
        "visa",
    )


def _sticker(fields: Fields) -> str:
    return str(fields.get("document", {}).get("sticker_number") or "")


def _vehicles() -> Face:
    from xenia.registers.vehicles.register import VEHICLES, code_of, meanings

    def title(fields: Fields) -> str:
        found = fields.get("identity", {})
        return f"{found.get('plate_state', '')} {found.get('plate', '')}".strip() or str(found.get("vin") or "")

    def detail(fields: Fields) -> tuple[str, ...]:
        found = fields.get("identity", {})
        return tuple(found[name] for name in ("make", "model", "colour", "vin") if found.get(name))

    return Face(VEHICLES, lambda: _labels(meanings()), code_of, title, detail, words.VEHICLE_STATUSES, "vehicle")


def _lost_documents() -> Face:
    from xenia.registers.lost_documents.register import LOST_DOCUMENTS, code_of, meanings

    def title(fields: Fields) -> str:
        found = fields.get("document", {})
        return " ".join(str(found[part]) for part in ("type", "issuing_state", "number") if found.get(part))

    def detail(fields: Fields) -> tuple[str, ...]:
        found = fields.get("reason", {})
        return tuple(found[name] for name in ("event_on", "event_place") if found.get(name))

    return Face(
        LOST_DOCUMENTS, lambda: _labels(meanings()), code_of, title, detail, words.DOCUMENT_STATUSES, "document"
    )
