"""`xenia mrz`: reads machine-readable zones, one JSON line per document. Needs no database."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from xenia.commands import Call, Command
from xenia.errors import NotFound
from xenia.formats import mrz
from xenia.formats.dates import PartialDate

SCHEMA = "xenia/mrz/1"
# Longer lines than any zone are cut; the reading then says so.
_LONGEST_LINE_BYTES = 8_000


def as_json(reading: mrz.Reading) -> dict[str, Any]:
    """The reading in the shape that `docs/reference/commands.md` promises."""
    fields = reading.fields
    return {
        "layout": reading.layout,
        "fields": {
            "document_code": fields.document_code,
            "issuing_state": fields.issuing_state,
            "document_number": fields.document_number,
            "surname": fields.surname,
            "given_names": fields.given_names,
            "nationality": fields.nationality,
            "birth_date": _iso(fields.birth_date),
            "sex": fields.sex,
            "expiry_date": _iso(fields.expiry_date),
            "optional_data": " ".join(part for part in (fields.optional_data, fields.optional_data_2) if part),
        },
        "checks": [
            {"field": check.field, "expected": check.expected, "found": check.found, "ok": check.ok}
            for check in reading.checks
        ],
        "valid": reading.valid,
        "warnings": list(reading.warning_codes),
        "repairs": [
            {
                "field": repair.field,
                "line": repair.at.line + 1,
                "position": repair.at.start + 1,
                "found": repair.found,
                "repaired": repair.repaired,
                "applied": repair.applied,
            }
            for repair in reading.repairs
        ],
    }


def _iso(value: PartialDate | None) -> str | None:
    return (value.iso() or None) if value else None


def _read(call: Call) -> int:
    today = call.options.today or datetime.now(UTC).astimezone().date()
    count = unreadable = 0
    try:
        for text in mrz.documents(_lines(call)):
            reading = mrz.read(text, today=today)
            call.answer(SCHEMA, as_json(reading))
            count += 1
            unreadable += reading.layout is None
    except OSError as error:
        raise NotFound(
            f"The file {call.options.file} cannot be read: {error.strerror}.", "Check its name and rights."
        ) from error
    if not count:
        call.say("There is no document in this text.")
    return 0 if count and not unreadable else 1


def _lines(call: Call) -> Iterator[bytes]:
    """The lines of the input, whatever ends them; of a line that is too long only the beginning."""
    held = b""
    for chunk in call.lines(call.options.file, _LONGEST_LINE_BYTES):
        held += chunk
        if not chunk.endswith(b"\n"):
            whole, ending, held = held.rpartition(b"\r")
            held = held[: _LONGEST_LINE_BYTES + 1]
            if ending:
                yield whole + ending
            continue
        yield held
        held = b""
    if held:
        yield held


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", nargs="?", default="-", help="text file; - or nothing: standard input")
    parser.add_argument(
        "--today",
        metavar="YYYY-MM-DD",
        type=date.fromisoformat,
        help="the day from which centuries are counted; without it, today",
    )


COMMANDS = (
    Command(
        name="mrz",
        help="Read machine-readable zones: one JSON line per document.",
        run=_read,
        permission=None,
        arguments=_arguments,
        needs_home=False,
        writes=False,
    ),
)
