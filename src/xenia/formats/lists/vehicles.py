"""A listed vehicle, or its number plate, out of the named cells of one row. Pure.

Fields as INTERPOL's stolen motor vehicles have them: plate, VIN, make, model, colour, date and country of theft.
"""

from __future__ import annotations

from collections.abc import Mapping

from xenia.formats.lists import values
from xenia.formats.lists.records import VEHICLE, VEHICLE_STATUSES, Body, Limits, Record
from xenia.formats.lists.rows import Columns

VEHICLE_COLUMNS = Columns(
    required=("plate", "plate_state", "vin", "status"),
    optional=(
        "record_id",
        "category",
        "make",
        "model",
        "colour",
        "event_on",
        "event_place",
        "owner",
        "reference",
        "reason",
        "instruction_first",
        "instruction_second",
        "handling",
        "valid_from",
        "valid_until",
    ),
    own=("plate_state", "plate", "vin"),
)
_PLAIN = (
    "make",
    "model",
    "colour",
    "event_place",
    "owner",
    "reference",
    "reason",
    "instruction_first",
    "instruction_second",
)


def vehicle(line: int, cells: Mapping[str, str], limits: Limits) -> Record:
    """The vehicle of a row; its own identity is its VIN, else its plate. Raises `Refusal`."""
    get = cells.get
    plate = values.document_number(cells["plate"], "plate") if cells["plate"] else ""
    vin = values.document_number(cells["vin"], "vin") if cells["vin"] else ""
    if not plate and not vin:
        raise values.Refusal("vehicle-missing", "plate", "")
    state = values.state(cells["plate_state"], "plate_state") if cells["plate_state"] else ""
    told = get("record_id", "")
    own = values.own_record_id("VIN", "", vin) if vin else values.own_record_id("PLATE", state, plate)
    body: Body = {name: get(name, "") for name in _PLAIN}
    body.update(plate=plate, plate_state=state, vin=vin, category=values.category(get("category", "")))
    body["status"] = values.one_of(cells["status"], VEHICLE_STATUSES, "status", reason="vehicle-status")
    body["handling"] = values.word(get("handling", ""), "handling")
    body["event_on"] = values.partial_date(get("event_on", ""), "event_on")
    for name in ("valid_from", "valid_until"):
        body[name] = values.full_date(get(name, ""), name)
    return Record(values.record_id(told) if told else own, VEHICLE, body, line)
