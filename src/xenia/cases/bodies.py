"""Message bodies out of a case's answers and back: only what the message's schema names can leave. Pure."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator

Facts = Mapping[str, Any]
DOCUMENTS = "case.documents"
MOST_FAULTS: Final = 200
_NOTHING = object()


def look_up(facts: Facts, path: str) -> Any:
    """The fact at a dotted path, None where there is none."""
    here: Any = facts
    for part in path.split("."):
        if not isinstance(here, Mapping) or part not in here:
            return None
        here = here[part]
    return here


def body(schema: Mapping[str, Any], facts: Facts) -> dict[str, Any]:
    """The body that a closed schema allows, taken from the facts; a property without a fact is left out.

    A property's value comes from its `x-from`, else from its own path. Whatever the schema does not name stays here.
    """
    made = _object(schema, facts, "", facts)
    return made if isinstance(made, dict) else {}


def _object(schema: Mapping[str, Any], source: Any, path: str, facts: Facts) -> Any:
    made = {}
    for name, part in schema.get("properties", {}).items():
        at = str(part.get("x-from", f"{path}.{name}".lstrip(".")))
        here = source.get(name) if isinstance(source, Mapping) else None
        value = look_up(facts, at) if "x-from" in part else here
        kept = _kept(part, value, at, facts)
        if kept is not _NOTHING:
            made[name] = kept
    return made if made or path == "" else _NOTHING


def _kept(part: Mapping[str, Any], value: Any, path: str, facts: Facts) -> Any:
    if part.get("properties") is not None:
        return _object(part, value, path, facts)
    if value is None:
        return _NOTHING
    items = part.get("items")
    if isinstance(value, list) and isinstance(items, Mapping):
        kept = [_kept(items, one, path, facts) for one in value]
        return [one for one in kept if one is not _NOTHING]
    if isinstance(value, Mapping):
        return _NOTHING  # the schema says nothing of its parts: nothing of it leaves
    return value


def placed(schema: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that a received body gives, at the paths where they were taken from: forms, and what it says of `case`."""
    made: dict[str, Any] = {}
    for path, value in _leaves(schema, told, ""):
        _put(made, path, value)
    return made


def _leaves(schema: Mapping[str, Any], told: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    for name, part in schema.get("properties", {}).items():
        if name not in told:
            continue
        at = str(part.get("x-from", f"{path}.{name}".lstrip(".")))
        value = told[name]
        if part.get("properties") is not None and isinstance(value, Mapping):
            yield from _leaves(part, value, at)
        else:
            yield at, value


def _put(made: dict[str, Any], path: str, value: Any) -> None:
    *way, last = path.split(".")
    here = made
    for part in way:
        here = here.setdefault(part, {})
    here[last] = value


def document_kinds(schema: Mapping[str, Any]) -> frozenset[str] | None:
    """Kinds of documents that leave with such a message, as its schema lists them; None where it has no documents.

    Documents leave only where the schema names a property taken from `case.documents` with an enum of kinds.
    """
    for part in schema.get("properties", {}).values():
        if part.get("x-from") == DOCUMENTS:
            kind = part.get("items", {}).get("properties", {}).get("kind", {})
            return frozenset(str(one) for one in kind.get("enum", ()))
        inner = document_kinds(part)
        if inner is not None:
            return inner
    return None


def fitted(schema: Mapping[str, Any], made: Mapping[str, Any]) -> dict[str, Any] | None:
    """The body with whatever the schema does not take left out, from the inside outwards; None where the rest does not do.

    For older versions: an answer that the version has no word for is not told, rather than the message.
    """
    validator, kept = Draft202012Validator(schema), copy.deepcopy(dict(made))
    for _round in range(MOST_FAULTS):
        fault = next(validator.iter_errors(kept), None)
        if fault is None:
            return kept
        way = list(fault.absolute_path)
        if not way:
            return None
        here: Any = kept
        for step in way[:-1]:
            here = here[step]
        del here[way[-1]]
    return None


def left_out(whole: Any, kept: Any, path: str = "") -> Iterator[str]:
    """Paths of the facts in `whole` that `kept` lacks or says otherwise; rows of lists are not counted apart."""
    if isinstance(whole, Mapping):
        inside = kept if isinstance(kept, Mapping) else {}
        for name, value in whole.items():
            yield from left_out(value, inside.get(name, _NOTHING), f"{path}.{name}".lstrip("."))
    elif isinstance(whole, list) and isinstance(kept, list) and len(whole) == len(kept):
        for one, other in zip(whole, kept, strict=True):
            yield from left_out(one, other, path)
    elif whole != kept:
        yield path
