"""A page for users, in Markdown, generated from a folder: what can be done when, by whom, within which time."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from xenia.cases.definition.model import Action, DeadlineRule, LengthSource, Procedure

_Text = Callable[[str, str], str]


def page(procedure: Procedure, language: str = "en") -> str:
    """The page of one version of a procedure; ends with a line break. Texts are the folder's, so is their language."""

    def text(kind: str, name: str) -> str:
        return _cell(procedure.text(f"{kind}.{name}", language)) if name else ""

    parts = [
        f"# {_cell(procedure.text('procedure', language))}",
        f"Version {procedure.version} of `{procedure.id}`. Purpose: {procedure.purpose}. "
        f"Legal basis: {_basis(procedure)}. Handling: {procedure.confidentiality}.",
        "## Who",
        _table(("Role", "Roles of the policy"), ((text("role", n), ", ".join(w)) for n, w in procedure.roles.items())),
        "## States",
        _table(
            ("State", "What can be done there"),
            (
                (
                    text("state", name) + (" (the end)" if state.final else ""),
                    ", ".join(text("action", action.name) for action in procedure.from_state(name)) or "nothing",
                )
                for name, state in procedure.states.items()
            ),
        ),
        "## Actions",
        _table(
            ("Action", "From", "To", "Who", "Form"),
            (_action(action, text) for action in procedure.actions.values()),
        ),
    ]
    if procedure.deadlines:
        rows = (_deadline(rule, text) for rule in procedure.deadlines.values())
        parts += [
            "## Time limits",
            _table(("Limit", "Begins with", "Ends with", "Length", "When over", "Source"), rows),
        ]
    if procedure.profiles:
        parts += ["## Agreements", _profiles(procedure)]
    if procedure.results:
        rows_of_results = (
            (text("result", one.name), f"{one.retain}, then {one.then}") for one in procedure.results.values()
        )
        parts += ["## Results", _table(("Result", "Kept for"), rows_of_results)]
    return "\n\n".join(parts) + "\n"


def _cell(text: str) -> str:
    """Text that cannot break a table or become markup."""
    plain = " ".join(text.split()).replace("\\", "\\\\")
    for sign in "|<>[]*_`":
        plain = plain.replace(sign, f"\\{sign}")
    return plain


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _basis(procedure: Procedure) -> str:
    return "the agreement of the case" if procedure.legal_basis == "profile" else _cell(procedure.legal_basis)


def _action(action: Action, text: _Text) -> tuple[str, ...]:
    who = text("role", action.role) or {"clock": "the clock", "receipt": "the receipt"}.get(action.by, action.by)
    if action.side:
        who += f", {text('side', action.side)}"
    if action.four_eyes:
        who += "; two persons"
    states = ", ".join(text("state", name) for name in action.from_) or "(opens a case)"
    return (text("action", action.name), states, text("state", action.to) or "stays", who, text("form", action.form))


def _deadline(rule: DeadlineRule, text: _Text) -> tuple[str, ...]:
    expiry = rule.on_expiry.action if rule.on_expiry else ""
    source = rule.rule or (f"agreement: {rule.rule_profile or rule.length.profile}")
    length = _length(rule.length)
    if rule.backwards_from:
        length += f" before {text('field', rule.backwards_from)}"
    return (
        text("deadline", rule.name),
        ", ".join(text("action", name) for name in rule.starts),
        ", ".join(text("action", name) for name in rule.stops),
        length,
        text("action", expiry) or "a work item",
        _cell(source),
    )


def _length(source: LengthSource) -> str:
    return str(source.length) if source.length else _cell(f"agreement: {source.profile}")


def _profiles(procedure: Procedure) -> str:
    """One table per agreement: each value that its limits need, where it is written, how sure that is."""
    parts = []
    for profile in procedure.profiles.values():
        rows = (
            (_cell(key), _cell("none" if one.value is None else str(one.value)), _cell(one.source), one.confidence)
            for key, one in profile.values.items()
        )
        parts += [f"### {_cell(profile.title or profile.id)}", _table(("Value", "Says", "Source", "Sureness"), rows)]
    return "\n\n".join(parts)
