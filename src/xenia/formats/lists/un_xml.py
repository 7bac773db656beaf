"""The consolidated list of the UN Security Council (XML): individuals as records, entities passed over.

The schema is that of `sc-sanctions.xsd`, as editions of 2018 use it. Names of individuals stand in up to four parts
that do not say which is the surname: they are kept as one whole name. Pure, entry by entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from xenia.formats.dates import BadDate, PartialDate
from xenia.formats.lists import values
from xenia.formats.lists.countries import code_of
from xenia.formats.lists.names import name
from xenia.formats.lists.records import PERSON, BadList, Body, Limits, Record, Refused, Told
from xenia.formats.lists.xml_tree import Node, elements

ROOT = "CONSOLIDATED_LIST"
CATEGORY = "UN"
_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_QUALITIES = {"GOOD": "good", "LOW": "low"}
_SEXES = {"MALE": "M", "FEMALE": "F"}
_NOTHING = frozenset({"", "NA", "N/A", "-", "UNKNOWN"})


def read(stream: BinaryIO, limits: Limits | None = None, told: Told | None = None) -> Iterator[Record | Refused]:
    """Listed individuals; entities as `Refused(passed_over=True)`.

    Raises `BadList` (`list-xml`, `list-cut`, `list-too-large`) where the whole file is refused, also at its end.
    """
    limits, told = limits or Limits(), told or Told()
    for entry in elements(stream, ROOT, frozenset({"INDIVIDUAL", "ENTITY"}), limits, told):
        if not told.as_of:
            told.as_of = told.extra.get("dateGenerated", "")
        yield _entry(entry, limits)
    if not told.rows:
        raise BadList("The file lists nobody.", "Ask its source for the list as it is published.", code="list-empty")


def _entry(entry: Node, limits: Limits) -> Record | Refused:
    identity = _clean(entry.get("REFERENCE_NUMBER") or entry.get("DATAID"))[:120]
    if entry.name == "ENTITY":
        return Refused(entry.line, "entity", identity, passed_over=True)
    try:
        return Record(values.record_id(identity), PERSON, _body(entry, limits), entry.line)
    except values.Refusal as refusal:
        return refusal.at(entry.line, identity)


def _body(entry: Node, limits: Limits) -> Body:
    names = _names(entry, limits)
    if not names:
        raise values.Refusal("nothing-known", "FIRST_NAME", "")
    return {
        "category": CATEGORY,
        "names": names,
        "birth_dates": _births(entry),
        "sex": _SEXES.get(entry.get("GENDER").upper(), ""),
        "nationalities": _nationalities(entry),
        "documents": _papers(entry),
        "reason": _clean(entry.get("UN_LIST_TYPE"), limits),
        "valid_from": _listed_on(entry),
        "issuing_authority": "United Nations Security Council",
        "decision": _clean(entry.get("REFERENCE_NUMBER")),
        "source_id": _clean(entry.get("DATAID")),
    }


def _clean(text: str, limits: Limits | None = None) -> str:
    return values.clean(text, "", limits or Limits())


def _names(entry: Node, limits: Limits) -> list[Body]:
    whole = " ".join(part for part in (entry.get(tag) for tag in _PARTS) if part)
    found = [(whole, "main", ""), (entry.get("NAME_ORIGINAL_SCRIPT"), "native", "")]
    for alias in entry.all("INDIVIDUAL_ALIAS"):
        quality = _QUALITIES.get(alias.get("QUALITY").upper(), "")
        found += [(text, "alias", quality) for text in alias.get("ALIAS_NAME").split(";")]
    names: dict[str, Body] = {}
    for text, kind, quality in found:
        plain = values.clean(text, "name", limits)
        if plain.upper() not in _NOTHING and plain not in names:
            names[plain] = name("", "", kind, quality, plain)
    return list(names.values())[: limits.values]


def _births(entry: Node) -> list[str]:
    births = dict.fromkeys(_birth(node) for node in entry.all("INDIVIDUAL_DATE_OF_BIRTH"))
    return [birth for birth in births if birth]


def _birth(node: Node) -> str:
    """One birth date; `""` where it says nothing that can be read: a bad date must not cost us the person."""
    kind = node.get("TYPE_OF_DATE").upper()
    try:
        if kind == "BETWEEN":
            return PartialDate(
                _year(node.get("FROM_YEAR")), qualifier="between", year_to=_year(node.get("TO_YEAR"))
            ).iso()
        day = PartialDate.parse((node.get("DATE") or node.get("YEAR"))[:10])
        if kind.startswith("APPROX") and not day.is_unknown:
            return PartialDate(day.year, day.month, day.day, qualifier="approximate").iso()
        return day.iso()
    except BadDate:
        return ""


def _year(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else None


def _nationalities(entry: Node) -> list[str]:
    texts = [value.text for node in entry.all("NATIONALITY") for value in node.all("VALUE")]
    return list(dict.fromkeys(code for text in texts if (code := code_of(text))))


def _papers(entry: Node) -> list[Body]:
    found = []
    for node in entry.all("INDIVIDUAL_DOCUMENT"):
        number = _clean(node.get("NUMBER"))
        if number.upper() in _NOTHING or len(number) > 40 or not any(c.isalnum() for c in number):
            continue
        kind = node.get("TYPE_OF_DOCUMENT", "TYPE_OF_DOCUMENT2").upper()
        issuer = code_of(node.get("ISSUING_COUNTRY", "COUNTRY_OF_ISSUE"))
        found.append({"type": "P" if "PASSPORT" in kind else "I", "issuing_state": issuer, "number": number})
    return found


def _listed_on(entry: Node) -> str:
    text = entry.get("LISTED_ON")[:10]
    try:
        return text if text and PartialDate.parse(text).is_full else ""
    except BadDate:
        return ""
