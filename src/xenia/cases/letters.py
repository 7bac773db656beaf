"""Letters of a case as PDF/UA, in the languages that the procedure has texts for. Making one is journalled as a read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from xenia import letters
from xenia.access.models import Authority
from xenia.access.standing import Standing
from xenia.cases import bodies, catalogue, facts, kinds, reach, showing
from xenia.cases.definition import Letter, Procedure
from xenia.cases.models import Case, CaseDeadline, CaseEvent
from xenia.errors import BadInput, NotFound
from xenia.journal import clock
from xenia.journal.actions import record_read


def offered(case: Case) -> tuple[Letter, ...]:
    """The letters of actions that were done in the case, in the procedure's order."""
    done = CaseEvent.objects.filter(case=case).values_list("action", flat=True)
    return after(catalogue.of(case), done)


def after(procedure: Procedure, done: Iterable[str]) -> tuple[Letter, ...]:
    """The letters of these actions, in the procedure's order."""
    names = {procedure.actions[one].letter for one in done if one in procedure.actions}
    return tuple(one for one in procedure.letters.values() if one.name in names)


def show(standing: Standing, case_id: UUID, letter: str, language: str) -> bytes:
    """The letter for somebody who may read the case; journalled first. Raises `NotFound`, `BadInput` as `make`."""
    case, procedure = reach.find(standing, case_id)
    body = {"cases": [str(case.pk)], "letter": letter, "language": language}
    record_read(kinds.PRINTED, body, reach.act_of(standing, case, procedure), subjects=[case.about])
    return make(case, letter, language)


def make(case: Case, letter: str, language: str) -> bytes:
    """The PDF. The caller has journalled the read.

    Raises `NotFound` (`no-letter`), `BadInput` (`letter-language`), `Unavailable` (`letter-not-made`).
    """
    procedure = catalogue.of(case)
    found = procedure.letters.get(letter)
    if found is None:
        raise NotFound(_("The procedure has no such letter."), _("Go back to the case."), code="no-letter")
    if language not in found.languages:
        raise BadInput(_("There are no words in that language."), _("Choose another language."), code="letter-language")
    template = procedure.folder / found.template
    prefix = f"case-{procedure.id}-{procedure.version}".replace("_", "-")
    letters.register(prefix, template.parent)
    data = content(case, procedure, found, language, clock.now())
    return letters.pdf(f"{prefix}/{template.stem}", data, language=language, title=data["title"])


def content(case: Case, procedure: Procedure, letter: Letter, language: str, now: datetime) -> dict[str, Any]:
    """What the template gets as `#data`: only texts, all in `language`."""
    opened, profile = facts.opened(case), procedure.profiles.get(case.profile)
    # A letter goes to others: what stays with this authority is taken out before anything is read of it.
    data = {name: showing.leaving(procedure.forms.get(name), answers) for name, answers in opened.items()}
    forms = [one.form for one in procedure.actions.values() if one.letter == letter.name and one.form]
    form = next((one for one in [*forms, *procedure.forms] if one in data), "")
    return {
        "language": language,
        "direction": "rtl" if get_language_info(language)["bidi"] else "ltr",
        "title": procedure.text(f"letter.{letter.name}", language),
        "reference": case.reference,
        "their_reference": case.their_reference,
        "authority": _authority(case.owner),
        "counterpart": case.counterpart,
        "date": now.date().isoformat(),
        "profile": profile.title if profile else "",
        "legal_basis": reach.basis(procedure, case.profile),
        "state": showing.state(procedure, case.state, language),
        "rows": [[label, value] for label, value in showing.rows(procedure, form, data.get(form, {}), language)],
        "fields": _flat(procedure, data, language),
        "words": dict(procedure.texts.get(language, procedure.texts.get("en", {}))),
        "deadlines": [
            [procedure.text(f"deadline.{row.rule}", language), row.due_on.isoformat()]
            for row in CaseDeadline.objects.filter(case=case, state="running").order_by("due_at")
        ],
        "reasons": _reasons(procedure, data.get(form, {}), language),
    }


def _authority(code: str) -> str:
    return Authority.objects.filter(code=code).values_list("name", flat=True).first() or code


def _flat(procedure: Procedure, data: dict[str, Any], language: str) -> dict[str, str]:
    """Every single answer by its dotted path."""
    found: dict[str, str] = {}

    def into(path: str, value: Any) -> None:
        if isinstance(value, dict):
            for key, part in value.items():
                into(f"{path}.{key}".lstrip("."), part)
        elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
            for number, one in enumerate(value):
                into(f"{path}.{number}", one)
        elif value is not None:
            found[path] = showing.word(procedure, path, value, language)

    into("", data)
    return found


def _reasons(procedure: Procedure, answers: dict[str, Any], language: str) -> list[str]:
    said = bodies.look_up(answers, "reasons") or bodies.look_up(answers, "reason") or []
    codes = [said] if isinstance(said, str) else said
    return [procedure.text(f"reason.{code}", language) for code in codes]
