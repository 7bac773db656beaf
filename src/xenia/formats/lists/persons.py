"""A listed person out of the named cells of one row. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from xenia.formats.lists import values
from xenia.formats.lists.names import names_of
from xenia.formats.lists.records import PERSON, Body, Limits, Record
from xenia.formats.lists.rows import Columns

PERSON_COLUMNS = Columns(
    required=("record_id", "surname", "given_names", "birth_date"),
    optional=(
        "category",
        "aliases",
        "weak_aliases",
        "birth_names",
        "native_names",
        "sex",
        "nationalities",
        "documents",
        "reason",
        "instruction_first",
        "instruction_second",
        "handling",
        "valid_from",
        "valid_until",
        "review_on",
        "issuing_authority",
        "legal_basis",
        "decision",
        "confidence",
        "colour",
        "offences",
        "description",
        "warrant",
        "contact",
    ),
)
_PLAIN = (
    "reason",
    "instruction_first",
    "instruction_second",
    "issuing_authority",
    "legal_basis",
    "decision",
    "offences",
    "description",
    "warrant",
    "contact",
)


def person(line: int, cells: Mapping[str, str], limits: Limits) -> Record:
    """The person of a row. Raises `Refusal`."""
    get = cells.get
    body: Body = {name: get(name, "") for name in _PLAIN}
    body["names"] = names_of(cells, limits)
    births = values.several(cells["birth_date"], "birth_date", limits)
    body["birth_dates"] = [values.partial_date(text, "birth_date") for text in births]
    body["category"] = values.category(get("category", ""))
    body["sex"] = values.sex(get("sex", ""))
    nationalities = values.several(get("nationalities", ""), "nationalities", limits)
    body["nationalities"] = [values.state(text, "nationalities") for text in nationalities]
    body["documents"] = values.papers(values.several(get("documents", ""), "documents", limits))
    for name in ("handling", "confidence", "colour"):
        body[name] = values.word(get(name, ""), name)
    for name in ("valid_from", "valid_until", "review_on"):
        body[name] = values.full_date(get(name, ""), name)
    return Record(values.record_id(cells["record_id"]), PERSON, body, line)
