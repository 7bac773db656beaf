"""An action on its way: form, pages, the draft between them. Knows addresses and drafts; writes only through actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse

from xenia.access.standing import Standing
from xenia.cases import drafts
from xenia.cases.definition import Action, Procedure
from xenia.cases.models import Case
from xenia.cases.pages import showing
from xenia.cases.pages.answering import COUNT, Answers, Raw, belongs, rows_of
from xenia.cases.pages.forms import Form, Problem
from xenia.cases.pages.questions import Page


@dataclass(frozen=True)
class Step:
    """One page of the form in the list beside it."""

    label: str
    url: str
    complete: bool
    current: bool


@dataclass
class Task:
    """One action of one officer. `case` None: it opens a case. `open`: agreement, other authority and the like for it.

    `main`: the main case of the family to which the new case belongs.
    """

    standing: Standing
    procedure: Procedure
    action: Action
    case: Case | None
    raw: Raw
    open: dict[str, Any]
    main: Case | None = None
    _read: tuple[Raw, Answers] | None = None

    @property
    def case_id(self) -> UUID | None:
        """The case at which the draft is kept: its own, the main one of the family, or None."""
        held = self.case or self.main
        return held.pk if held else None

    @property
    def form(self) -> Form | None:
        """What is asked."""
        return showing.form_of(self.procedure, self.action)

    @property
    def label(self) -> str:
        """What is done, in words."""
        return showing.word(self.procedure, "action", self.action.name)

    def url(self, name: str, *more: object) -> str:
        """The address of a page of this task: `page`, `check` or `discard`."""
        if self.case is not None:
            return reverse(f"cases:{name}", args=[self.case.pk, self.action.name, *more])
        if self.main is not None:
            return reverse(f"cases:member-{name}", args=[self.main.pk, self.action.name, *more])
        return reverse(f"cases:new-{name}", args=[self.procedure.id, self.action.name, *more])

    @property
    def begin(self) -> str:
        """Where a new case begins: the page before its form."""
        if self.main is not None:
            return reverse("cases:member", args=[self.main.pk, self.action.name])
        return reverse("cases:begin", args=[self.procedure.id, self.action.name])

    @property
    def home(self) -> str:
        """Where one goes back to."""
        held = self.case or self.main
        return reverse("cases:case", args=[held.pk]) if held else reverse("cases:index")

    def answers(self) -> Answers | None:
        """What was answered up to now; None where nothing is asked."""
        form = self.form
        if form is None:
            return None
        if self._read is None or self._read[0] is not self.raw:  # a page asks several times; answers are read once
            self._read = (self.raw, Answers(form.schema, self.raw, self.standing.zone))
        return self._read[1]

    def steps(self, current: int) -> tuple[Step, ...]:
        """The pages of the form; `current` counts from 0, -1 for none of them."""
        form, answers = self.form, self.answers()
        if form is None or answers is None:
            return ()
        return tuple(
            Step(
                form.title(page),
                self.url("page", number),
                _touched(self.raw, page) and not form.problems_of(page, answers),
                number == current,
            )
            for number, page in enumerate(form.pages)
        )

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong on any page, each leading to its field."""
        form, answers = self.form, self.answers()
        if form is None or answers is None:
            return ()
        found: list[Problem] = []
        for number, page in enumerate(form.pages):
            items = form.shown(page, self.raw, form.problems_of(page, answers))
            found += [Problem(one.id, one.text, self.url("page", number)) for one in form.summary(items)]
        return tuple(found)

    def saw(self, moves: str) -> None:
        """How far the case had moved when the page that is answered was made, as that page says."""
        if self.case is not None and moves.isascii() and moves.isdecimal() and len(moves) < 10:
            self.open["moves"] = min(int(moves), int(self.open.get("moves", moves)))

    def look_again(self, code: str) -> None:
        """Somebody else moved the case: the answers are kept, and count again once this page was looked at."""
        if self.case is None or code != "case-moved":
            return
        self.case.refresh_from_db()
        self.open["moves"] = self.case.moves
        if self.raw:
            self.save()

    def save(self) -> None:
        """Keep the draft."""
        drafts.save(
            self.standing, self.procedure, self.action.name, {"raw": self.raw, "open": self.open}, case_id=self.case_id
        )

    def drop(self) -> None:
        """Throw the draft away."""
        drafts.drop(self.standing, self.procedure, self.action.name, case_id=self.case_id)


def _touched(raw: Mapping[str, Any], page: Page) -> bool:
    return any(belongs(name, page.questions) for name in raw)


def merged(raw: Mapping[str, Any], page: Page, posted: QueryDict) -> Raw:
    """The answers of all pages with those of one page as they were posted just now."""
    made = {name: value for name, value in raw.items() if not belongs(name, page.questions)}
    for name in posted:
        if belongs(name, page.questions):
            values = [str(one) for one in posted.getlist(name)]
            made[name] = values if len(values) > 1 else values[0]
    for one in page.questions:
        made.setdefault("".join((".".join(one.path), COUNT)) if one.kind == "rows" else _first_name(one), "")
    return made


def _first_name(one: Any) -> str:
    while one.parts:
        one = one.parts[0]
    return ".".join(one.path)


def with_row(raw: Mapping[str, Any], name: str) -> Raw:
    """One empty row more."""
    return {**raw, name + COUNT: str(rows_of(raw, name) + 1)}


def without_row(raw: Mapping[str, Any], row: str) -> Raw:
    """One row less, the ones after it moved up. `row`: `documents.1`; anything else changes nothing."""
    name, _, text = row.rpartition(".")
    if not name or not text.isdecimal() or len(text) > 3 or int(text) >= rows_of(raw, name):
        return dict(raw)
    gone, made = int(text), {}
    for key, value in raw.items():
        number, rest = _row_of(key, name)
        if number is None or number < gone:
            made[key] = value
        elif number > gone:
            made[f"{name}.{number - 1}{rest}"] = value
    made[name + COUNT] = str(rows_of(raw, name) - 1)
    return made


def _row_of(key: str, name: str) -> tuple[int | None, str]:
    if not key.startswith(name + "."):
        return None, ""
    number, point, rest = key[len(name) + 1 :].partition(".")
    return (int(number), point + rest) if number.isdecimal() else (None, "")
