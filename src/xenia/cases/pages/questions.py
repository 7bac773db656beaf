"""The questions that a JSON Schema (2020-12) asks, in its own order, and the pages that they stand on. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

EACH: Final = "*"
"""Stands in a path for the number of a row: `documents.*.number`."""
LONG_TEXT: Final = 200
FEW: Final = 6
"""Choices up to this number are shown beside each other, more in a list to open."""
NOT_ASKED: Final = "hidden"
FORMATS: Final = {"date": "date", "date-time": "moment", "time": "time"}


@dataclass(frozen=True)
class Question:
    """One question, a group of questions (`object`) or a list of rows (`rows`).

    `path`: names from the top of the form, `*` for a row. `kind`: text, area, lines, code, date, partial, moment, time,
    integer, number, check, yesno, choice, radios, many, fixed, object, rows. `parts`: of an object, or of one row.
    """

    path: tuple[str, ...]
    kind: str
    schema: Mapping[str, Any]
    required: bool
    group: str = ""
    parts: tuple[Question, ...] = ()

    @property
    def key(self) -> str:
        """The path without rows, as texts name it: `documents.number`."""
        return ".".join(part for part in self.path if part != EACH)


@dataclass(frozen=True)
class Page:
    """One group of questions; `name` as `x-group` says, "" where the schema names none."""

    name: str
    questions: tuple[Question, ...]


def read(schema: Mapping[str, Any]) -> tuple[Question, ...]:
    """The questions of a form, in the order of the schema. References may only point into the same schema."""
    return tuple(_parts(schema, schema, ()))


def pages(schema: Mapping[str, Any]) -> tuple[Page, ...]:
    """The pages of a form: one per group, in the order in which the groups come first; what is fixed is not asked."""
    found: dict[str, list[Question]] = {}
    for one in read(schema):
        for part in _split(one):
            if part.kind != "fixed":
                found.setdefault(part.group, []).append(part)
    return tuple(Page(name, tuple(questions)) for name, questions in found.items())


def leaves(questions: Sequence[Question]) -> Iterator[Question]:
    """Every single question, also those in groups and rows."""
    for one in questions:
        if one.parts:
            yield from leaves(one.parts)
        else:
            yield one


def _split(one: Question) -> Iterator[Question]:
    """The question, or where its parts stand on several pages, a piece of it for each."""
    groups = {part.group for part in one.parts}
    if one.kind != "object" or not groups - {one.group}:
        yield one
        return
    for group in dict.fromkeys(part.group for part in one.parts):
        yield replace(one, group=group, parts=tuple(part for part in one.parts if part.group == group))


def _parts(schema: Mapping[str, Any], root: Mapping[str, Any], path: tuple[str, ...], group: str = "") -> Iterator[Any]:
    needed = set(schema.get("required", ()))
    for name, part in schema.get("properties", {}).items():
        yield _question(_resolved(part, root), root, (*path, name), name in needed, group)


def _question(
    schema: Mapping[str, Any], root: Mapping[str, Any], path: tuple[str, ...], required: bool, group: str
) -> Question:
    kind = _kind(schema, root, required)
    own = str(schema.get("x-group") or group or (path[0] if kind in ("object", "rows") else ""))
    parts: tuple[Question, ...] = ()
    if kind == "object":
        parts = tuple(_parts(schema, root, path, own))
    elif kind == "rows":
        parts = tuple(_parts(_resolved(schema.get("items", {}), root), root, (*path, EACH), own))
    return Question(path, kind, schema, required, own, parts)


def _resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = str(schema.get("$ref", ""))
    if not reference.startswith("#/"):
        return schema
    found: Any = root
    for part in reference[2:].split("/"):
        found = found.get(part, {}) if isinstance(found, Mapping) else {}
    return {**_resolved(found, root), **{name: value for name, value in schema.items() if name != "$ref"}}


def _type(schema: Mapping[str, Any]) -> str:
    said = schema.get("type", "")
    if isinstance(said, list):
        said = next((one for one in said if one != "null"), "string")
    return str(said or ("object" if "properties" in schema else "string"))


def _kind(schema: Mapping[str, Any], root: Mapping[str, Any], required: bool) -> str:
    hint, type_ = str(schema.get("x-widget", "")), _type(schema)
    if "const" in schema or hint == NOT_ASKED:
        return "fixed"
    if type_ == "object":
        return "object"
    if type_ == "array":
        return _kind_of_list(_resolved(schema.get("items", {}), root))
    if type_ == "boolean":
        return "yesno" if required or hint in ("radios", "yesno") else "check"
    if "enum" in schema:
        return "choice" if hint == "select" or len(schema["enum"]) > FEW else "radios"
    if type_ in ("integer", "number"):
        return type_
    return _kind_of_text(schema, hint)


def _kind_of_list(items: Mapping[str, Any]) -> str:
    if _type(items) == "object":
        return "rows"
    return "many" if "enum" in items else "lines"


def _kind_of_text(schema: Mapping[str, Any], hint: str) -> str:
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    if hint in ("date", "partial-date", "partial") or schema.get("x-name") == "birth_date":
        return "date" if hint == "date" else "partial"
    if hint in ("textarea", "area") or (not hint and int(schema.get("maxLength", 0)) > LONG_TEXT):
        return "area"
    if hint in ("code", "state", "country") or schema.get("x-name") in ("document_number", "nationality"):
        return "code"
    return "text"
