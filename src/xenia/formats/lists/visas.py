"""A visa or residence permit out of the named cells of one row. Pure.

Fields as in the Visa Information System: Regulation (EC) 767/2008 article 10.
"""

from __future__ import annotations

from collections.abc import Mapping

from xenia.formats.lists import values
from xenia.formats.lists.names import names_of
from xenia.formats.lists.records import (
    VISA,
    VISA_ENTRIES,
    VISA_MOST_DAYS,
    VISA_STATUSES,
    VISA_TYPES,
    Body,
    Limits,
    Record,
)
from xenia.formats.lists.rows import Columns

VISA_COLUMNS = Columns(
    required=("sticker_number", "issuing_state", "type", "valid_from", "valid_until"),
    optional=(
        "record_id",
        "surname",
        "given_names",
        "birth_date",
        "sex",
        "nationalities",
        "documents",
        "entries",
        "days",
        "territory",
        "status",
        "ltv",
        "issued_on",
        "issuing_authority",
        "remarks",
    ),
    own=("issuing_state", "sticker_number"),
)
_MANY_ENTRIES = frozenset({"M", "MULT", "MULTIPLE", "MUL"})
_YES, _NO = frozenset({"yes", "true", "1", "y"}), frozenset({"", "no", "false", "0", "n"})


def visa(line: int, cells: Mapping[str, str], limits: Limits) -> Record:
    """The visa of a row; its own identity is `V:<issuing state>:<sticker number>`. Raises `Refusal`."""
    get = cells.get
    issuer = values.state(cells["issuing_state"], "issuing_state")
    number = values.document_number(cells["sticker_number"], "sticker_number")
    told = get("record_id", "")
    body: Body = {name: get(name, "") for name in ("issuing_authority", "remarks")}
    body.update(_holder(cells, limits), sticker_number=number, issuing_state=issuer)
    body["type"] = values.one_of(cells["type"], VISA_TYPES, "type", reason="visa-type")
    for name in ("valid_from", "valid_until"):
        body[name] = values.full_date(cells[name], name, must=True)
    if body["valid_until"] < body["valid_from"]:
        raise values.Refusal("backwards", "valid_until", body["valid_until"])
    body["issued_on"] = values.full_date(get("issued_on", ""), "issued_on")
    body.update(entries=_entries(get("entries", "")), days=_days(get("days", "")), ltv=_yes(get("ltv", "")))
    body["status"] = values.one_of(get("status", "") or "issued", VISA_STATUSES, "status", reason="visa-status")
    body["territory"] = [_place(text) for text in values.several(get("territory", ""), "territory", limits)]
    identity = values.record_id(told) if told else values.own_record_id("V", issuer, number)
    return Record(identity, VISA, body, line)


def _holder(cells: Mapping[str, str], limits: Limits) -> Body:
    """Whom it was issued to; a sticker may be listed without its holder."""
    get = cells.get
    named = get("surname") or get("given_names")
    nationalities = values.several(get("nationalities", ""), "nationalities", limits)
    births = values.several(get("birth_date", ""), "birth_date", limits)
    return {
        "names": names_of(cells, limits) if named else [],
        "birth_dates": [values.partial_date(text, "birth_date") for text in births],
        "sex": values.sex(get("sex", "")),
        "nationalities": [values.state(text, "nationalities") for text in nationalities],
        "documents": values.papers(values.several(get("documents", ""), "documents", limits)),
    }


def _entries(text: str) -> str:
    plain = text.upper()
    plain = "MULT" if plain in _MANY_ENTRIES else plain.removeprefix("0")
    if plain and plain not in VISA_ENTRIES:
        raise values.Refusal("entries", "entries", text)
    return plain


def _days(text: str) -> int:
    if text and not (text.isascii() and text.isdigit() and len(text) <= 4 and int(text) <= VISA_MOST_DAYS):
        raise values.Refusal("days", "days", text)
    return int(text or 0)


def _yes(text: str) -> bool:
    if text.lower() not in _YES | _NO:
        raise values.Refusal("yes-no", "ltv", text)
    return text.lower() in _YES


def _place(text: str) -> str:
    return values.category(text, "territory", reason="territory").upper()
