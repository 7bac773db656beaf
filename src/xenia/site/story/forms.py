"""Answers to any form: what a story says, and for the rest the plainest answer that the form's schema lets pass. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any


def fill(schema: Mapping[str, Any], said: Mapping[str, Any], on: date) -> dict[str, Any]:
    """Answers for `schema`: each required question, and every other that `said` answers.

    `said`: answers by dotted path, such as `person.surname`; `+12` is the day in twelve days; what the form does not ask is
    left out. `on`: the day that dates are answered with.
    """
    worked_out = {path: _day_or_text(value, on) for path, value in said.items()}
    return dict(_object(schema, worked_out, on, "", schema))


def _day_or_text(value: Any, on: date) -> Any:
    if isinstance(value, str) and value[:1] == "+" and value[1:].isdigit():
        return (on + timedelta(days=int(value[1:]))).isoformat()
    return value


def _object(schema: Mapping[str, Any], said: Mapping[str, Any], on: date, at: str, whole: Mapping[str, Any]) -> Any:
    answers = {}
    for name, part in schema.get("properties", {}).items():
        path = f"{at}{name}"
        below = any(one == path or one.startswith(f"{path}.") for one in said)
        if below or name in schema.get("required", ()):
            answers[name] = _answer(_meant(part, whole), said, on, path, whole)
    return answers


def _meant(part: Mapping[str, Any], whole: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part itself, or what it refers to within the schema."""
    reference = part.get("$ref", "")
    found: Any = whole
    for step in reference.removeprefix("#/").split("/") if reference else ():
        found = found[step]
    return {**found, **{k: v for k, v in part.items() if k != "$ref"}} if reference else part


def _answer(part: Mapping[str, Any], said: Mapping[str, Any], on: date, path: str, whole: Mapping[str, Any]) -> Any:
    if path in said:
        return said[path]
    kind = part.get("type", "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return _object(part, said, on, f"{path}.", whole)
    if kind == "array":
        one = _meant(part.get("items", {}), whole)
        return [_answer(one, said, on, path, whole) for _ in range(max(1, part.get("minItems", 0)))]
    if "const" in part:
        return part["const"]
    if part.get("enum"):
        return part["enum"][0]
    if kind == "boolean":
        return False
    if kind == "integer":
        return part.get("minimum", 1)
    return _text(part, on)


def _text(part: Mapping[str, Any], on: date) -> str:
    written = {"date": on.isoformat(), "time": "10:00", "date-time": f"{on.isoformat()}T10:00:00Z"}
    text = written.get(part.get("format", ""), part.get("examples", ["Invented"])[0])
    return str(text).ljust(part.get("minLength", 0), ".")[: part.get("maxLength", 1000)]
