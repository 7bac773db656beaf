"""Answers checked against the form's JSON Schema; every fault with its path, so that a page can say it at the field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from xenia.cases.definition import Action, Procedure
from xenia.errors import BadInput

MOST_BYTES: Final = 256 * 1024
CHECKER: Final = FormatChecker(formats=["date", "email", "uuid"])


@CHECKER.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    """A time with its zone; jsonschema knows none without another package."""
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@dataclass(frozen=True)
class FormFault:
    """One answer that will not do. `path`: dotted, from the form's top, indexes as numbers; `keyword`: of the schema."""

    path: str
    keyword: str
    message: str


class BadForm(BadInput):
    """Answers that the form does not take; `faults` has at least one."""

    code = "case-form"

    def __init__(self, faults: tuple[FormFault, ...]) -> None:
        first = faults[0]
        super().__init__(
            _("Some answers are missing or wrong: %(field)s") % {"field": first.path or "-"},
            first.message,
            code="case-form",
        )
        self.faults = faults


def faults(procedure: Procedure, form: str, answers: Mapping[str, Any]) -> tuple[FormFault, ...]:
    """What is wrong with the answers, in the order of the form; () where nothing is."""
    found = _cached(procedure, form).iter_errors(dict(answers))
    made = [fault for error in found for fault in _told(error)]
    return tuple(sorted(dict.fromkeys(made), key=lambda one: (one.path, one.keyword)))


_validators: dict[tuple[str, str], Draft202012Validator] = {}


def _cached(procedure: Procedure, form: str) -> Draft202012Validator:
    key = (procedure.hash, form)
    if key not in _validators:
        _validators[key] = Draft202012Validator(procedure.forms[form], format_checker=CHECKER)
    return _validators[key]


def _told(error: ValidationError) -> list[FormFault]:
    path = ".".join(str(part) for part in error.absolute_path)
    keyword = str(error.validator)
    if keyword == "required":
        wanted: Any = error.validator_value
        given: Any = error.instance
        missing = [name for name in wanted if name not in given]
        return [FormFault(f"{path}.{name}".lstrip("."), "required", _("Give an answer.")) for name in missing]
    if keyword in ("anyOf", "oneOf", "allOf", "if") and error.context:
        return [fault for one in error.context for fault in _told(one)]
    return [FormFault(path, keyword, _words(keyword, error.validator_value))]


def _words(keyword: str, wanted: Any) -> str:
    match keyword:
        case "enum" | "const":
            return _("Choose one of the answers.")
        case "format" if wanted == "date":
            return _("Write a date that exists.")
        case "maxLength":
            return _("Use at most %(number)s characters.") % {"number": wanted}
        case "minItems" | "minLength" | "minProperties":
            return _("Give an answer.")
        case "additionalProperties" | "unevaluatedProperties":
            return _("The form has no such field.")
    return _("Write it in another way.")


def check(procedure: Procedure, action: Action, answers: Mapping[str, Any] | None) -> dict[str, Any]:
    """The answers of an action, sound. {} where the action has no form.

    Raises `BadForm` (code `case-form`), also where the decision needs a reason and none is given.
    """
    if not action.form:
        if answers:
            raise BadForm((FormFault("", "additionalProperties", _("This action takes no answers.")),))
        return {}
    given = dict(answers or {})
    if len(json.dumps(given, ensure_ascii=False, default=str).encode()) > MOST_BYTES:
        raise BadForm((FormFault("", "maxLength", _("Write it in another way.")),))
    found = faults(procedure, action.form, given) or _reasons(procedure, action, given)
    if found:
        raise BadForm(found)
    return given


def _reasons(procedure: Procedure, action: Action, given: Mapping[str, Any]) -> tuple[FormFault, ...]:
    decision = procedure.decisions.get(action.decision)
    if decision is None:
        return ()
    said = given.get("reasons", given.get("reason", []))
    codes = [said] if isinstance(said, str) and said else list(said or [])
    field = "reasons" if "reasons" in procedure.forms[action.form].get("properties", {}) else "reason"
    if (action.value or action.to) in decision.reason_required_for and not codes:
        return (FormFault(field, "required", _("Say why.")),)
    if decision.reasons and field == "reasons" and not set(codes) <= set(decision.reasons):
        return (FormFault(field, "enum", _("Choose one of the answers.")),)
    return ()
