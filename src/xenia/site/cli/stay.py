"""`xenia stay`: the short-stay rule for stays given as JSON. Needs no database."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import chain
from typing import Any

import re2

from xenia.commands import Call, Command
from xenia.errors import BadInput, NotFound
from xenia.registers.stays.rules import Situation, Stay, situation

SCHEMA = "xenia/stay/1"
MOST_STAYS = 10_000
LONGEST_BYTES = 4 << 20
DAY = re2.compile(r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}")
FIELDS = {"stays", "on"}
STAY_FIELDS = {"entry", "exit", "counted"}
EXAMPLE = '{"stays": [{"entry": "2026-01-01", "exit": null}], "on": "2026-03-01"}'


def as_json(found: Situation) -> dict[str, Any]:
    """The situation in the shape that `docs/reference/commands.md` promises."""
    return {
        "used_days": found.used_days,
        "remaining_days": found.remaining_days,
        "lawful": found.lawful,
        "latest_exit": found.latest_exit.isoformat() if found.latest_exit else None,
        "earliest_reentry": found.earliest_reentry.isoformat() if found.earliest_reentry else None,
    }


def question(data: Any) -> tuple[list[Stay], date]:
    """The stays and the day asked about. Raises `BadInput` (code `bad-stays`) that names what is wrong."""
    _object(data, "The question", FIELDS, FIELDS)
    stays = data["stays"]
    if not isinstance(stays, list):
        raise _bad("'stays' is not a list.", 'Give a list of {"entry", "exit"}; an empty list where there are none.')
    if len(stays) > MOST_STAYS:
        raise _bad(f"There are {len(stays):,} stays.", f"Give at most {MOST_STAYS:,}.")
    return [_stay(one, f"Stay {number}") for number, one in enumerate(stays, 1)], _day(data["on"], "'on'")


def _stay(data: Any, name: str) -> Stay:
    _object(data, name, STAY_FIELDS, {"entry"})
    entry = _day(data["entry"], f"{name}: 'entry'")
    end = None if data.get("exit") is None else _day(data["exit"], f"{name}: 'exit'")
    if end is not None and end < entry:
        raise _bad(f"{name} ends on {end}, before it begins on {entry}.", "Correct the days, or put them in order.")
    counted = data.get("counted", True)
    if not isinstance(counted, bool):
        raise _bad(f"{name}: 'counted' is neither true nor false.", "Leave it out for a short stay.")
    return Stay(entry, end, counted)


def _object(data: Any, name: str, known: set[str], needed: set[str]) -> None:
    if not isinstance(data, Mapping):
        raise _bad(f"{name} is not a JSON object.", f"Give an object with {', '.join(sorted(known))}.")
    odd = sorted(set(data) - known)
    if odd:
        raise _bad(f"{name} has an unknown field {odd[0][:40]!r}.", f"Fields: {', '.join(sorted(known))}.")
    if missing := sorted(needed - set(data)):
        raise _bad(f"{name} has no field {missing[0]!r}.", f"Fields: {', '.join(sorted(known))}.")


def _day(value: Any, name: str) -> date:
    if isinstance(value, str) and DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise _bad(f"{name} is not a day between 1900 and 2199.", "Write it as 2026-03-31.")


def _bad(what: str, to_do: str) -> BadInput:
    return BadInput(what, to_do, code="bad-stays")


def questions(lines: Iterator[bytes]) -> Iterator[tuple[list[Stay], date]]:
    """Each question of the input: one JSON document, or one question a line. Raises `BadInput` that names the line."""
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    first = next(numbered, None)
    if first is None:
        return
    if not _looks_whole(first[1]):
        yield question(_parsed(_document(first[1], lines)))
        return
    for number, line in chain([first], numbered):
        try:
            yield question(_parsed(line))
        except BadInput as error:
            raise BadInput(f"Line {number}: {error.message}", error.what_to_do, code=error.code) from None


def _looks_whole(line: bytes) -> bool:
    """Whether a line begins and ends like an object: then every line is a question of its own."""
    return line.strip()[:1] == b"{" and line.strip()[-1:] == b"}"


def _document(first: bytes, rest: Iterator[bytes]) -> bytes:
    text = first
    for line in rest:
        text += line
        if len(text) > LONGEST_BYTES:
            break
    return text


def _parsed(text: bytes) -> Any:
    if len(text) > LONGEST_BYTES:
        raise _bad(f"The question is longer than {LONGEST_BYTES >> 20} MiB.", "Split it.")
    try:
        return json.loads(text, object_pairs_hook=_no_twins)
    except (ValueError, RecursionError):
        raise _bad("This is not JSON.", f"Write it as {EXAMPLE}.") from None


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _bad("A field is given twice.", "Give each field once.")
    return found


def _answer(call: Call) -> int:
    count = 0
    try:
        for stays, on in questions(call.lines(call.options.file, LONGEST_BYTES)):
            call.answer(SCHEMA, as_json(situation(stays, on)))
            count += 1
    except OSError as error:
        raise NotFound(
            f"The file {call.options.file} cannot be read: {error.strerror}.", "Check its name and rights."
        ) from error
    if not count:
        raise _bad("There is no question in this text.", f"Write it as {EXAMPLE}.")
    return 0


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", nargs="?", default="-", help="JSON file; - or nothing: standard input")


COMMANDS = (
    Command(
        name="stay",
        help="Work out days of short stay left, the latest exit and the earliest re-entry.",
        run=_answer,
        permission=None,
        arguments=_arguments,
        needs_home=False,
        writes=False,
    ),
)
