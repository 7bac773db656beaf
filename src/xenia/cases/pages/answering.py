"""What was typed, read as the data that a schema asks for; what is wrong, in words, by the name of its field. Pure.

A field's name is its path with points, rows counted from 0: `documents.0.number`. `documents#` holds the number of rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from datetime import time as day_time
from typing import Any, Final
from zoneinfo import ZoneInfo

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from xenia.cases.pages.questions import EACH, Question, read
from xenia.identity.forms import partial_date

Raw = dict[str, Any]
"""Texts by field name; lists of texts where several may be ticked."""
MOST_ROWS: Final = 50
COUNT: Final = "#"
YES: Final = "yes"
NO: Final = "no"
LONGEST: Final = 20_000
_NOTHING: Final = object()
_MOMENT = re.compile(r"^(.*?)[\s,T]+(\d{1,2})[:.h](\d{2})$")


def rows_of(raw: Mapping[str, Any], name: str, least: int = 0) -> int:
    """How many rows a list shows."""
    text = str(raw.get(name + COUNT, ""))
    return min(max(int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0, least), MOST_ROWS)


def name_of(path: Sequence[str], at: Sequence[int] = ()) -> str:
    """The field's name of a path, its rows numbered."""
    numbers = iter(at)
    return ".".join(str(next(numbers, 0)) if part == EACH else part for part in path)


def belongs(name: str, questions: Sequence[Question]) -> bool:
    """Whether a field belongs to one of these questions."""
    plain = name.removesuffix(COUNT)
    return any(_beneath(plain, leaf) for one in questions for leaf in _tops(one))


def _tops(one: Question) -> Iterator[str]:
    """Names of a question's own fields: an object on several pages owns only the parts that stand on this one."""
    if one.kind == "object":
        for part in one.parts:
            yield from _tops(part)
    else:
        yield name_of(one.path)


def _beneath(name: str, top: str) -> bool:
    return name == top or name.startswith(top + ".")


class Answers:
    """Answers to one form. `data`: as the schema wants it; `problems`: field name to the code of what is wrong.

    `zone`: IANA name of the zone in which moments are typed.
    """

    def __init__(self, schema: Mapping[str, Any], raw: Mapping[str, Any], zone: str = "UTC") -> None:
        self.schema, self.raw, self.zone = schema, raw, zone
        self.questions = read(schema)
        self.problems: dict[str, str] = {}
        self._kept: dict[str, list[int]] = {}
        self.data = self._object(self.questions, ())
        self._validate()

    def _object(self, parts: Sequence[Question], at: tuple[int, ...]) -> dict[str, Any]:
        found = ((one.path[-1], self._value(one, at)) for one in parts)
        return {name: value for name, value in found if value is not _NOTHING}

    def _value(self, one: Question, at: tuple[int, ...]) -> Any:
        name = name_of(one.path, at)
        if one.kind == "fixed":
            return one.schema.get("const", one.schema.get("default", _NOTHING))
        if one.kind == "object":
            value = self._object(one.parts, at)
            return value if one.required or _says_something(value) else _NOTHING
        if one.kind == "rows":
            return self._rows(one, at, name)
        if one.kind == "check":
            return self.raw.get(name) == YES
        typed = self.raw.get(name, "")
        if one.kind == "many":
            chosen = [typed] if isinstance(typed, str) and typed else list(typed or ())
            return chosen or ([] if one.required else _NOTHING)
        text = str(typed).replace("\r\n", "\n").replace("\x00", "").strip()[:LONGEST]
        return self._single(one, name, text) if text else _NOTHING

    def _rows(self, one: Question, at: tuple[int, ...], name: str) -> Any:
        found, kept = [], []
        for number in range(rows_of(self.raw, name)):
            value = self._object(one.parts, (*at, number))
            if _says_something(value):
                found.append(value)
                kept.append(number)
        self._kept[name] = kept
        return found if found or one.required else _NOTHING

    def _single(self, one: Question, name: str, text: str) -> Any:
        try:
            return _read(one, text, self.zone)
        except ValueError:
            self.problems[name] = one.kind
            return _NOTHING

    def _validate(self) -> None:
        checker = FormatChecker(formats=("date",))
        for error in Draft202012Validator(dict(self.schema), format_checker=checker).iter_errors(self.data):
            for name, code in self._named(error):
                self.problems.setdefault(name, code)

    def _named(self, error: ValidationError) -> Iterator[tuple[str, str]]:
        at = self._typed_at(list(error.absolute_path))
        wanted: Any = error.validator_value
        instance: Any = error.instance
        if error.validator == "required":
            for missing in wanted:
                if missing not in instance:
                    yield ".".join([*at, missing]), "required"
        elif error.validator in ("anyOf", "oneOf") and isinstance(instance, dict):
            yield ".".join([*at, *self._first_of(wanted)]), "one-of"
        else:
            yield ".".join(at), str(error.validator)

    @staticmethod
    def _first_of(branches: Sequence[Mapping[str, Any]]) -> list[str]:
        """The field where a choice between several answers is told of: the first that any of the branches asks for."""
        for branch in branches:
            if branch.get("required"):
                return [str(branch["required"][0])]
        return []

    def _typed_at(self, path: list[Any]) -> list[str]:
        """The path as typed: rows left empty were not counted in the data but stand on the page.

        One of several values in one field is told of at that field.
        """
        found: list[str] = []
        for part in path:
            if isinstance(part, int):
                kept = self._kept.get(".".join(found))
                if kept is None:
                    break
                part = kept[part]
            found.append(str(part))
        return found


def _says_something(value: Any) -> bool:
    """Whether somebody answered: an unticked box alone is no answer."""
    if isinstance(value, dict):
        return any(_says_something(one) for one in value.values())
    return value is not False and value not in ([], "")


def _read(one: Question, text: str, zone: str) -> Any:
    if one.kind in ("date", "partial"):
        iso = partial_date(text)
        if one.kind == "date" and len(iso) != 10:
            raise ValueError(text)
        return iso
    if one.kind == "moment":
        return _moment(text, zone)
    if one.kind == "time":
        return day_time.fromisoformat(text.zfill(5)).strftime("%H:%M")
    if one.kind == "integer":
        return int(text.replace(" ", ""))
    if one.kind == "number":
        return _number(text)
    if one.kind == "yesno":
        return {YES: True, NO: False}[text] if text in (YES, NO) else _bad(text)
    if one.kind == "lines":
        return [line.strip() for line in text.split("\n") if line.strip()]
    if one.kind in ("choice", "radios"):
        return next((value for value in one.schema["enum"] if str(value) == text), text)
    return _as_pattern(one, text if one.kind == "area" else " ".join(text.split()))


def _bad(text: str) -> bool:
    raise ValueError(text)


def _number(text: str) -> float:
    value = float(text.replace(" ", "").replace(",", "."))
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError(text)
    return value


def _as_pattern(one: Question, text: str) -> str:
    """Capital letters where the schema's pattern wants them, so that nobody need care."""
    pattern, capitals = str(one.schema.get("pattern", "")), text.upper()
    if pattern and not re.search(pattern, text) and re.search(pattern, capitals):
        return capitals
    return text


def _moment(text: str, zone: str) -> str:
    """An ISO moment with its offset from `24 11 2026 16:00` in the zone, or from ISO itself."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        found = _MOMENT.match(text)
        if found is None:
            raise
        value = datetime.fromisoformat(f"{partial_date(found[1])}T{int(found[2]):02d}:{found[3]}")
    return (value if value.tzinfo else value.replace(tzinfo=ZoneInfo(zone))).isoformat(timespec="seconds")


def typed(schema: Mapping[str, Any], data: Mapping[str, Any], zone: str = "UTC") -> Raw:
    """The texts that a form shows for data that is there already: the reverse of `Answers`."""
    raw: Raw = {}
    _fill(read(schema), data, (), raw, zone)
    return raw


def _fill(parts: Sequence[Question], data: Mapping[str, Any], at: tuple[int, ...], raw: Raw, zone: str) -> None:
    for one in parts:
        value = data.get(one.path[-1], one.schema.get("default"))
        name = name_of(one.path, at)
        if one.kind == "object":
            _fill(one.parts, value if isinstance(value, Mapping) else {}, at, raw, zone)
        elif one.kind == "rows":
            found = value if isinstance(value, list) else []
            if found:
                raw[name + COUNT] = str(len(found))
            for number, row in enumerate(found[:MOST_ROWS]):
                _fill(one.parts, row if isinstance(row, Mapping) else {}, (*at, number), raw, zone)
        elif value is not None and one.kind != "fixed":
            raw[name] = _as_typed(one, value, zone)


def _as_typed(one: Question, value: Any, zone: str) -> Any:
    if isinstance(value, bool):
        return YES if value else (NO if one.kind == "yesno" else "")
    if one.kind in ("date", "partial"):
        return " ".join(part.lstrip("0") for part in reversed(str(value).split("-")))
    if one.kind == "moment":
        local = datetime.fromisoformat(str(value))
        local = local.astimezone(ZoneInfo(zone)) if local.tzinfo else local
        return f"{local.day} {local.month} {local.year} {local:%H:%M}"
    if one.kind == "many":
        return [str(each) for each in value]
    return "\n".join(str(each) for each in value) if one.kind == "lines" else str(value)
