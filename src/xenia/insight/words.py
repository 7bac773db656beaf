"""What codes of the border are called: documents, categories of travellers, reasons of refusal, registers of hits, rights of stay."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from xenia.errors import NotFound
from xenia.frontier.forms import DOCUMENTS
from xenia.frontier.terms import refusal_reasons
from xenia.registers import catalogue
from xenia.registers.stays.words import BASES

CATEGORIES: Final[Mapping[str, str | Promise]] = {
    "own-national": _("Own nationals"), "free-movement": _("Free movement"), "permit-holder": _("Residence permit or long-stay visa"),
    "crew": _("Crew"), "diplomat": _("Diplomatic passport"), "service-passport": _("Service passport"),
    "refugee-document": _("Refugee’s travel document"), "stateless": _("Stateless"), "transit": _("In transit"),
    "visa-exempt": _("Exempt from visa"), "visa-required": _("Visa required"), "visa-rule-unknown": _("Rule on visas not known"),
}  # fmt: skip


def _document(code: str) -> str:
    return str(dict(DOCUMENTS).get("A" if code.startswith("C") else code[:1], ""))


def _reason(code: str) -> str:
    """With its letter, which officers and Eurostat know it by; "" for a reason that is none of the form's."""
    known = refusal_reasons().get(code)
    return f"{code}: {known.label_here()}" if known else ""


def _hit(code: str) -> str:
    try:
        return str(catalogue.register(code).label)
    except NotFound:
        return ""


_OF: Final[Mapping[str, Callable[[str], str]]] = {
    "document_type": _document, "reason": _reason, "hit": _hit,
    "category": lambda code: str(CATEGORIES.get(code, "")), "basis": lambda code: str(BASES.get(code, "")),
}  # fmt: skip


def member(column: str, code: str) -> str:
    """The name of a code in a column; "" where none is known here."""
    return _OF[column](code) if column in _OF else ""
