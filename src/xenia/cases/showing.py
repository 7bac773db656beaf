"""Answers of a form as lines of label and value, in words of the procedure. Pure but for the language given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xenia.cases.definition import Procedure


def leaving(schema: Mapping[str, Any] | None, answers: Any) -> Any:
    """The answers without those that never leave this authority (`x-stays` in the form's schema), at any depth."""
    if schema is None:
        return {}
    if isinstance(answers, Mapping) and schema.get("properties") is not None:
        parts = schema["properties"]
        kept = {name: part for name, part in parts.items() if name in answers and not part.get("x-stays")}
        return {name: leaving(part, answers[name]) for name, part in kept.items()}
    if isinstance(answers, list) and isinstance(schema.get("items"), Mapping):
        return [leaving(schema["items"], one) for one in answers]
    return answers


def state(procedure: Procedure, name: str, language: str) -> str:
    """The state in words."""
    return procedure.text(f"state.{name}", language) if name else ""


def rows(procedure: Procedure, form: str, answers: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    """(label, value) of each answer that was given, in the order of the form."""
    schema = procedure.forms.get(form)
    return list(_rows(procedure, schema, answers, form, language)) if schema else []


def _rows(
    procedure: Procedure, schema: Mapping[str, Any], answers: Any, path: str, language: str
) -> Iterator[tuple[str, str]]:
    if not isinstance(answers, Mapping):
        return
    for name, part in schema.get("properties", {}).items():
        value, at = answers.get(name), f"{path}.{name}"
        if value in (None, "", [], {}):
            continue
        if part.get("properties"):
            yield from _rows(procedure, part, value, at, language)
        elif isinstance(value, list) and isinstance(part.get("items"), Mapping) and part["items"].get("properties"):
            for number, one in enumerate(value, 1):
                head = f"{label(procedure, at, language)} {number}: "
                yield from ((head + key, text) for key, text in _rows(procedure, part["items"], one, at, language))
        else:
            yield label(procedure, at, language), word(procedure, at, value, language)


def label(procedure: Procedure, path: str, language: str) -> str:
    """The field's label; its own name where the folder has no text for it."""
    key = f"field.{path}"
    text = procedure.text(key, language)
    return path.rsplit(".", 1)[-1].replace("_", " ").capitalize() if text == key else text


def word(procedure: Procedure, path: str, value: Any, language: str) -> str:
    """One answer in words: choices by their texts, yes and no by the folder's `yes`, `no`."""
    if isinstance(value, bool):
        return procedure.text("yes" if value else "no", language).capitalize()
    if isinstance(value, list):
        return ", ".join(word(procedure, path, one, language) for one in value)
    for key in (f"value.{path}.{value}", f"reason.{value}"):
        text = procedure.text(key, language)
        if text != key:
            return text
    return str(value)
