"""The body of a message against the schema of its type, when it leaves and when it comes: nothing outside it passes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError
from referencing import Registry
from referencing.exceptions import Unresolvable

from xenia.errors import BadInput
from xenia.exchange import port

NOWHERE: Registry[Any] = Registry()
"""No schema is ever fetched from elsewhere."""


def _objects(schema: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(schema, Mapping):
        if schema.get("type") == "object" or schema.get("type") == ["object", "null"]:
            yield schema
        for inner in schema.values():
            yield from _objects(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _objects(inner)


def is_closed(schema: Mapping[str, Any]) -> bool:
    """Whether the body is an object and every object in it takes named fields only."""
    return schema.get("type") == "object" and all(
        one.get("additionalProperties") is False or one.get("unevaluatedProperties") is False
        for one in _objects(schema)
    )


def _where(fault: ValidationError) -> str:
    """The place of a fault by field names and numbers, never a value."""
    return "/".join(str(one) for one in fault.absolute_path)[:120] or "body"


def check(type: str, version: int, body: Mapping[str, Any]) -> port.Handler:
    """The handler whose schema the body fits.

    Raises `BadInput`: `unknown-type` (nobody here speaks this type and version), `open-schema` (a schema that would let
    other fields through), `bad-body-for-partner` (names the place, not the value).
    """
    handler = port.handler_of(type)
    schema = handler.schema(type, version) if handler else None
    if handler is None or schema is None:
        raise BadInput(
            f"Messages {type} of version {version} are not spoken here.", "Update Xenia.", code="unknown-type"
        )
    if not is_closed(schema):
        raise BadInput(
            f"The schema of {type} lets other fields through.",
            "Say additionalProperties: false in each of its objects.",
            code="open-schema",
        )
    try:
        fault = next(iter(Draft202012Validator(schema, registry=NOWHERE).iter_errors(dict(body))), None)
    except (SchemaError, Unresolvable, RecursionError) as error:
        raise BadInput(f"The schema of {type} is faulty.", "Run xenia procedures check.", code="open-schema") from error
    if fault is not None:
        raise BadInput(
            f"The message {type} does not fit its schema at {_where(fault)} ({fault.validator}).",
            "Only what the agreement names can be sent.",
            code="bad-body-for-partner",
        )
    return handler
