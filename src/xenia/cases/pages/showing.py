"""Words of a procedure in the reader's language, and its forms as a page asks them."""

from __future__ import annotations

import copy
from typing import Any

from django.utils.translation import get_language

from xenia.cases.definition import Action, Procedure
from xenia.cases.pages.forms import Form, Texts, plain


def texts(procedure: Procedure) -> Texts:
    """The procedure's texts in the reader's language; "" where it has none."""
    language = get_language() or "en"

    def said(key: str) -> str:
        found = procedure.text(key, language)
        return "" if found == key else found

    return said


def word(procedure: Procedure, kind: str, name: str) -> str:
    """What a state, action, deadline, result, document or message is called: `word(p, "state", "draft")`."""
    return (texts(procedure)(f"{kind}.{name}") or plain(name)) if name else ""


def title(procedure: Procedure) -> str:
    """What the procedure is called."""
    return texts(procedure)("procedure") or plain(procedure.id)


def form_of(procedure: Procedure, action: Action) -> Form | None:
    """The form of an action, its reasons as choices; None where it asks nothing."""
    if not action.form:
        return None
    return Form(action.form, _with_reasons(procedure, action), texts(procedure))


def _with_reasons(procedure: Procedure, action: Action) -> dict[str, Any]:
    """The schema, with the decision's codes where its own says only that there are reasons."""
    schema = procedure.forms[action.form]
    decision = procedure.decisions.get(action.decision)
    asked = schema.get("properties", {})
    if decision is None or not decision.reasons or not {"reason", "reasons"} & set(asked):
        return schema
    made = copy.deepcopy(schema)
    one, several = made["properties"].get("reason"), made["properties"].get("reasons")
    if one is not None:
        one.setdefault("enum", list(decision.reasons))
    if several is not None:
        several.setdefault("items", {}).setdefault("enum", list(decision.reasons))
    value = action.value or action.to
    if value in decision.reason_required_for:
        name = "reason" if one is not None else "reasons"
        made["required"] = sorted({*made.get("required", ()), name})
    return made
