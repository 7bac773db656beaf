"""Forms and messages: JSON Schema 2020-12, the part of it that a page can ask and a message may say.

Checked by hand against a closed table of keywords, since that names the line and takes a hundredth of the time that
the meta-schema takes; `xenia procedures check` asks the meta-schema as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from xenia.cases.definition.conditions import CASE_FACTS
from xenia.cases.definition.model import Procedure
from xenia.cases.definition.reader import Reader
from xenia.cases.definition.source import Place, Source, Unreadable

X_NAMES = tuple("surname given_names birth_date sex nationality document_number document_state document_type".split())
TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")
MOST_PROPERTIES = 400
LONGEST_PATTERN = 300
CASE_SENT = ("profile", "urgent", "reference", "previous_thread", "main_thread", "documents", *CASE_FACTS)
_NESTED_REPEAT = re.compile(r"[+*}]\)[+*{]|[+*][+*]")


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_type(value: Any) -> bool:
    return value in TYPES if isinstance(value, str) else _is_words(value) and set(value) <= set(TYPES)


SIMPLE: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(
        ("title", "description", "format", "$schema", "$id", "$comment", "$anchor", "pattern", "$ref"), _is_text
    ),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), _is_count),
    **dict.fromkeys(("minContains", "maxContains"), _is_count),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), _is_number),
    **dict.fromkeys(("uniqueItems", "readOnly", "writeOnly", "deprecated"), lambda value: isinstance(value, bool)),
    **dict.fromkeys(("const", "default", "examples"), lambda value: True),
    "required": _is_words,
    "enum": lambda value: isinstance(value, list) and bool(value),
    "type": _is_type,
    "dependentRequired": lambda value: isinstance(value, dict) and all(map(_is_words, value.values())),
}
INNER = (
    "items",
    "additionalProperties",
    "contains",
    "propertyNames",
    "not",
    "if",
    "then",
    "else",
    "unevaluatedProperties",
)
TABLES = ("properties", "$defs", "patternProperties", "dependentSchemas")
LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
CONDITIONS = ("if", "then", "else", "not", "allOf", "anyOf", "oneOf", "contains", "dependentSchemas")

_INNER, _TABLES, _LISTS = frozenset(INNER), frozenset(TABLES), frozenset(LISTS)


def judge_schemas(reader: Reader, procedure: Procedure) -> None:
    """Faults of forms and messages."""
    for name, path in reader.section("forms").items():
        if name in procedure.forms:
            _whole(reader, reader.folder.read(path), form=True)
            _members(reader, procedure, name, reader.folder.read(path))
    for message in procedure.messages.values():
        for path, schema in ((message.path, message.schema), *((one.path, one.schema) for one in message.older)):
            source = reader.folder.read(path)
            _whole(reader, source, form=False)
            _sources(reader, procedure, source, schema)


def _whole(reader: Reader, source: Source, *, form: bool) -> None:
    root = source.value
    if root.get("type") != "object" or not isinstance(root.get("properties"), dict):
        remedy = 'Begin with {"type": "object", "properties": {…}}.'
        reader.faults.append(source.fault("schema", "the schema asks nothing", remedy))
        return
    count = 0
    for place, schema in walk(root):
        count += len(schema.get("properties", ())) if isinstance(schema.get("properties"), dict) else 0
        _keywords(reader, source, place, schema)
        if form and (schema.get("type") == "number"):
            remedy = "Write integer (cents, minutes) or string."
            reader.faults.append(source.fault("form-float", "broken numbers are not kept", remedy, *place, "type"))
        if not form:
            _closed(reader, source, place, schema)
    if count > MOST_PROPERTIES:
        remedy = f"Keep to {MOST_PROPERTIES}."
        reader.faults.append(source.fault("schema-size", f"the schema has {count} properties", remedy))


def walk(schema: Any) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Every schema inside a schema with its place; what is no schema is passed over."""
    waiting: list[tuple[Place, Any]] = [((), schema)]
    while waiting:
        place, here = waiting.pop()
        if not isinstance(here, dict):
            continue
        yield place, here
        for key, value in here.items():
            if key in _INNER:
                waiting.append(((*place, key), value))
            elif key in _TABLES and isinstance(value, dict):
                waiting += [((*place, key, name), inner) for name, inner in value.items()]
            elif key in _LISTS and isinstance(value, list):
                waiting += [((*place, key, number), inner) for number, inner in enumerate(value)]


def _members(reader: Reader, procedure: Procedure, form: str, source: Source) -> None:
    """A list of people for whom cases can be opened says which of its questions answers which of the form."""
    for place, schema in walk(source.value):
        way = schema.get("x-member")
        if way is None:
            continue
        if len(place) != 2 or not isinstance(way, dict) or not all(isinstance(path, str) for path in way.values()):
            remedy = 'Write at a list of the form: "x-member": {"surname": "person.surname"}.'
            reader.faults.append(source.fault("schema", "x-member says not who is meant", remedy, *place, "x-member"))
            continue
        for name, path in way.items():
            for said in (f"{place[1]}.{name}", path):
                if property_at(procedure, f"{form}.{said}") is None:
                    what = f"the form {form} asks no “{said}”"
                    remedy = "Name a question of the list, then one of the form."
                    reader.faults.append(source.fault("unknown-path", what, remedy, *place, "x-member", name))


def _keywords(reader: Reader, source: Source, place: Place, schema: dict[str, Any]) -> None:
    def bad(code: str, what: str, remedy: str, key: str) -> None:
        reader.faults.append(source.fault(code, what, remedy, *place, key))

    for key, value in schema.items():
        if key.startswith("x-"):
            if key == "x-name" and value not in X_NAMES:
                bad("schema", f"“{value}” is no x-name", f"Known are {', '.join(X_NAMES)}.", key)
            elif key == "x-shared" and not isinstance(value, bool):
                bad("schema", "x-shared must be true or false", "Write true, or take it away.", key)
        elif key in SIMPLE:
            if not SIMPLE[key](value):
                bad("schema", f"“{key}” cannot be {value!r:.60}", "Look it up in JSON Schema 2020-12.", key)
        elif key in INNER:
            if not isinstance(value, dict | bool):
                bad("schema", f"“{key}” must be a schema", "Look it up in JSON Schema 2020-12.", key)
        elif key in TABLES or key in LISTS:
            if not isinstance(value, dict if key in TABLES else list):
                bad("schema", f"“{key}” must hold schemas", "Look it up in JSON Schema 2020-12.", key)
        else:
            bad(
                "schema", f"“{key}” is no keyword that is read", "Look for a slip of the pen; hints begin with x-.", key
            )
    properties = schema.get("properties")
    if isinstance(properties, dict) and _is_words(schema.get("required")) and "if" not in place and "then" not in place:
        for name in schema["required"]:
            if name not in properties:
                bad("schema", f"“{name}” is required but not asked", "Add it to properties.", "required")
    if isinstance(schema.get("pattern"), str):
        _pattern(bad, schema["pattern"])
    if isinstance(schema.get("$ref"), str) and _referred(source.value, schema["$ref"]) is None:
        bad("schema-ref", f"“{schema['$ref']}” leads nowhere", "Refer within the file: #/$defs/NAME.", "$ref")


def _pattern(bad: Callable[[str, str, str, str], None], pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        bad("schema-pattern", f"the pattern cannot be read: {error}", "Correct it.", "pattern")
        return
    if len(pattern) > LONGEST_PATTERN or _NESTED_REPEAT.search(pattern):
        bad("schema-pattern", "the pattern could take for ever", "Repeat nothing that repeats inside.", "pattern")


def _referred(root: Mapping[str, Any], reference: str) -> Any:
    if not reference.startswith("#/"):
        return None
    here: Any = root
    for part in reference[2:].split("/"):
        here = here.get(part) if isinstance(here, Mapping) else None
    return here if isinstance(here, dict) else None


def _closed(reader: Reader, source: Source, place: Place, schema: dict[str, Any]) -> None:
    """Whatever describes an object must say that there is nothing else in it. Conditions only narrow; they may be open."""
    if any(part in CONDITIONS for part in place):
        return
    kind = schema.get("type")
    is_object = kind == "object" or (isinstance(kind, list) and "object" in kind) or "properties" in schema
    remedy = 'Add "additionalProperties": false here.'
    if is_object and schema.get("additionalProperties") is not False:
        what = "the message is open: anything could be told to the other state"
        reader.faults.append(source.fault("message-open", what, remedy, *place))
    elif not is_object and not set(schema) & {"type", "enum", "const", "$ref", "oneOf", "anyOf"}:
        what = "the message says not what this may be"
        reader.faults.append(source.fault("message-open", what, 'Add "type".', *place))
    if kind == "array" and "items" not in schema:
        what = "the message says not what the list may hold"
        reader.faults.append(source.fault("message-open", what, 'Add "items".', *place))
    if schema.get("patternProperties"):
        what = "the message takes any name that fits a pattern"
        reader.faults.append(source.fault("message-open", what, "Name each property.", *place))


def resolved(root: Mapping[str, Any], schema: Any) -> Mapping[str, Any]:
    """`schema`, with what its `$ref` refers to underneath it."""
    for _ in range(8):
        if not isinstance(schema, Mapping) or not isinstance(schema.get("$ref"), str):
            break
        found = _referred(root, schema["$ref"]) or {}
        schema = {**found, **{key: value for key, value in schema.items() if key != "$ref"}}
    return schema if isinstance(schema, Mapping) else {}


def property_at(procedure: Procedure, path: str) -> Mapping[str, Any] | None:
    """The schema of what a form asks at `form.question.part` (through lists); None where nothing is asked."""
    head, *rest = path.split(".")
    root = procedure.forms.get(head)
    if root is None:
        return None
    here = resolved(root, root)
    for part in rest:
        while here.get("type") == "array":
            here = resolved(root, here.get("items"))
        inside = here.get("properties")
        if not isinstance(inside, Mapping) or part not in inside:
            return None
        here = resolved(root, inside[part])
    return here


def leaves(schema: Mapping[str, Any]) -> Iterator[tuple[str, Place, Mapping[str, Any]]]:
    """Dotted path (without numbers of rows), place and schema of each single question, references followed."""

    def inside(here: Any, path: str, place: Place, depth: int) -> Iterator[tuple[str, Place, Mapping[str, Any]]]:
        here = resolved(schema, here)
        if depth > 12:
            return
        if here.get("type") == "array" and isinstance(here.get("items"), dict):
            yield from inside(here["items"], path, (*place, "items"), depth + 1)
        elif isinstance(here.get("properties"), dict):
            for name, one in here["properties"].items():
                yield from inside(one, f"{path}.{name}" if path else name, (*place, "properties", name), depth + 1)
        elif path:
            yield path, place, here

    yield from inside(schema, "", (), 0)


def _sources(reader: Reader, procedure: Procedure, source: Source, schema: Mapping[str, Any]) -> None:
    """Each part of a message must come from a question or from the case itself, and from none that must stay."""
    for path, place, one in leaves(schema):
        origin = _origin(schema, place) or path
        head, _, rest = origin.partition(".")
        if head == "case" and rest.split(".")[0] in CASE_SENT:
            continue
        asked = property_at(procedure, origin)
        if asked is None:
            remedy = "Add it to the form, or write x-from: form.question."
            reader.faults.append(source.fault("message-source", f"no form asks “{origin}”", remedy, *place))
        elif asked.get("x-stays") is True or one.get("x-stays") is True:
            remedy = "Take it out of the message."
            reader.faults.append(source.fault("message-secret", f"“{origin}” may not leave", remedy, *place))


def _origin(schema: Mapping[str, Any], place: Place) -> str:
    """The path that `x-from` of a part, or of something around it, says; `""` where none does."""
    here: Any = resolved(schema, schema)
    origin = ""
    names = list(place)
    while names:
        key = names.pop(0)
        if key == "properties":
            name = str(names.pop(0))
            here = resolved(schema, here.get("properties", {}).get(name))
            said = here.get("x-from")
            origin = said if isinstance(said, str) else (f"{origin}.{name}" if origin else "")
        else:
            here = resolved(schema, here.get("items"))
    return origin


def meta_faults(reader: Reader, procedure: Procedure) -> None:
    """What the meta-schema of JSON Schema 2020-12 says about forms and messages. Slow: for `check` only."""
    from jsonschema import Draft202012Validator, SchemaError

    names = [path for name, path in reader.section("forms").items() if name in procedure.forms]
    messages = procedure.messages.values()
    names += [path for one in messages for path in (one.path, *(older.path for older in one.older))]
    for name in names:
        try:
            source = reader.folder.read(name)
            Draft202012Validator.check_schema(source.value)
        except SchemaError as error:
            remedy = "Look it up in JSON Schema 2020-12."
            reader.faults.append(source.fault("schema", error.message[:160], remedy, *error.absolute_path))
        except Unreadable:
            continue
