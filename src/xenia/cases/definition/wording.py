"""Every text that a page of this procedure shows must be there in each of its languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xenia.cases.definition.model import Procedure
from xenia.cases.definition.reader import Reader
from xenia.cases.definition.schemas import leaves, resolved, walk

KINDS = (
    "procedure state action deadline role side form field hint group value decision reason result document letter message"
    " profile page help"
).split()


def wanted(procedure: Procedure) -> Iterator[tuple[str, ...]]:
    """The texts needed; each a tuple of keys of which one must be there."""
    yield ("procedure",)
    named = ("state", "action", "deadline", "role", "form", "decision", "result", "document", "letter", "message")
    for kind in named:
        for name in getattr(procedure, f"{kind}s"):
            yield (f"{kind}.{name}",)
    for side in procedure.sides:
        yield (f"side.{side}",)
    for decision in procedure.decisions.values():
        for value in decision.values:
            yield (f"value.{decision.name}.{value}", f"value.{value}")
        for reason in decision.reasons:
            yield (f"reason.{reason}",)
    for form, schema in procedure.forms.items():
        for path, _, one in leaves(schema):
            if "const" in one or one.get("x-widget") == "hidden":
                continue
            yield (f"field.{form}.{path}",)
            for value in one.get("enum", ()) if one.get("x-name") != "sex" else ():
                if isinstance(value, str):
                    yield (f"value.{form}.{path}.{value}", f"value.{path.split('.')[-1]}.{value}", f"value.{value}")
        for group in _groups(schema):
            yield (f"group.{form}.{group}", f"group.{group}")


def _groups(schema: Mapping[str, Any]) -> Iterator[str]:
    """Groups that a form names, and its objects and lists of rows that are in none."""
    found: dict[str, None] = {}
    for name, raw in schema.get("properties", {}).items():
        one = resolved(schema, raw)
        is_group = "properties" in one or "properties" in resolved(schema, one.get("items"))
        if is_group and not one.get("x-group"):
            found.setdefault(name)
    for _, inner in walk(schema):
        if isinstance(inner.get("x-group"), str):
            found.setdefault(inner["x-group"])
    yield from found


def judge_wording(reader: Reader, procedure: Procedure) -> None:
    """A fault for each text that is missing, and for each that belongs to nothing."""
    needed = list(dict.fromkeys(wanted(procedure)))
    known = frozenset(KINDS)
    if "en" not in procedure.languages:
        reader.fault("language", "English is missing", "Add en: other languages fall back to it.", "languages")
    for language, texts in procedure.texts.items():
        source = reader.folder.read(f"locale/{language}.yaml")
        for keys in needed:
            if keys[0] not in texts and not any(key in texts for key in keys):
                what = f"the text “{keys[0]}” is missing in {language}"
                reader.faults.append(source.fault("text-missing", what, f"Add {keys[0]}: … to this file."))
        for key in texts:
            if key.partition(".")[0] not in known:
                remedy = f"Keys begin with one of {', '.join(KINDS)}."
                reader.faults.append(source.fault("text-unknown", f"“{key}” is no text that is shown", remedy, key))
