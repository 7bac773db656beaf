"""A listed document out of the named cells of one row. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from xenia.formats.lists import values
from xenia.formats.lists.records import DOCUMENT, STATUSES, Body, Limits, Record
from xenia.formats.lists.rows import Columns

DOCUMENT_COLUMNS = Columns(
    required=("type", "issuing_state", "number", "status"),
    optional=("record_id", "event_on", "event_place", "owner", "reference"),
    own=("type", "issuing_state", "number"),
)
_PLAIN = ("event_place", "owner", "reference")


def document(line: int, cells: Mapping[str, str], limits: Limits) -> Record:
    """The document of a row. Raises `Refusal`."""
    get = cells.get
    kind = values.document_type(cells["type"])
    issuer = values.state(cells["issuing_state"], "issuing_state")
    number = values.document_number(cells["number"])
    status = values.one_of(cells["status"], STATUSES, "status")
    told = get("record_id", "")
    identity = values.record_id(told) if told else values.own_record_id(kind, issuer, number)
    body: Body = {name: get(name, "") for name in _PLAIN}
    body.update(type=kind, issuing_state=issuer, number=number, status=status)
    body["event_on"] = values.partial_date(get("event_on", ""), "event_on")
    return Record(identity, DOCUMENT, body, line)
