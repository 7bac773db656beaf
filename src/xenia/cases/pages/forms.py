"""One page of a form as its template shows it: questions with labels, values and errors, and every answer to be checked.

Texts come from the procedure: `field.<form>.<path>`, `hint.<form>.<path>`, `value.<form>.<path>.<value>`,
`group.<form>.<name>`; then the schema's own `title` and `description`; then the name itself, written for people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from xenia.cases.pages.answering import COUNT, MOST_ROWS, NO, YES, Answers, belongs, name_of, rows_of
from xenia.cases.pages.questions import EACH, Page, Question, pages
from xenia.cases.pages.saying import day, moment

Texts = Callable[[str], str]
"""A text of the procedure by its key; "" where it has none."""


@dataclass(frozen=True)
class Option:
    """One choice of a question."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Shown:
    """One thing on a page. `kind` as `Question.kind`; `row` for one row of a list. `errors`: in words."""

    kind: str
    name: str
    id: str
    label: str
    hint: str = ""
    required: bool = False
    value: str = ""
    errors: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    parts: tuple[Shown, ...] = ()
    longest: int = 0
    removable: bool = False

    @property
    def described(self) -> str:
        """Ids of the texts that describe the control."""
        about = [f"{self.id}-hint"] if self.hint else []
        return " ".join([*about, f"{self.id}-error"] if self.errors else about)

    @property
    def short(self) -> bool:
        """Whether the answer is a few signs long."""
        return self.kind in ("date", "partial", "time", "integer", "number", "code") or 0 < self.longest <= 20


@dataclass(frozen=True)
class Problem:
    """One line of the summary: where it leads to, and the same words as at the field. `page`: address, "" for this one."""

    id: str
    text: str
    page: str = ""

    @property
    def href(self) -> str:
        """The address of the field; "" where it leads nowhere."""
        return f"{self.page}#{self.id}" if self.id else self.page


@dataclass(frozen=True)
class Answer:
    """One answer as it is read. `code`: it runs left to right. `path`: its name without rows."""

    label: str
    value: str
    code: bool = False
    path: str = ""


@dataclass(frozen=True)
class Section:
    """The answers of one group; `page` counts from 0 in the form."""

    name: str
    label: str
    answers: tuple[Answer, ...]
    page: int = 0


def id_of(name: str) -> str:
    """The id of a field on the page."""
    return "f-" + name.replace(".", "-").replace(COUNT, "")


class Form:
    """A form of a procedure: `schema` with its texts. Holds no answers."""

    def __init__(self, name: str, schema: Mapping[str, Any], texts: Texts) -> None:
        self.name, self.schema, self.texts = name, schema, texts
        self.pages: tuple[Page, ...] = pages(schema)

    def title(self, page: Page) -> str:
        """The heading of a page."""
        if not page.name:
            return self.texts(f"form.{self.name}") or plain(self.name)
        return self.texts(f"group.{self.name}.{page.name}") or self.texts(f"group.{page.name}") or plain(page.name)

    def label(self, one: Question) -> str:
        """What a question is called."""
        said = self.texts(f"field.{self.name}.{one.key}") or str(one.schema.get("title", ""))
        return said or plain(one.path[-1])

    def hint(self, one: Question) -> str:
        """What stands under the label."""
        said = self.texts(f"hint.{self.name}.{one.key}") or str(one.schema.get("description", ""))
        examples = {
            "date": _("Day month year, for example 27 3 2019"),
            "partial": _("Day month year, for example 8 6 1991. Leave out what is not known: 6 1991, or 1991"),
            "moment": _("Day month year and time, for example 27 3 2019 16:30"),
            "time": _("Hour and minute, for example 16:30"),
            "lines": _("One to a line"),
        }
        return said or examples.get(one.kind, "")

    def choice(self, one: Question, value: object) -> str:
        """What a value of a list of choices is called."""
        for key in (f"value.{self.name}.{one.key}.{value}", f"value.{one.path[-1]}.{value}", f"value.{value}"):
            if said := self.texts(key):
                return said
        at_hand = one.schema.get("x-labels", {})
        if isinstance(at_hand, Mapping) and value in at_hand:
            return str(at_hand[value])
        said = self.texts(f"reason.{value}") if one.path[-1].startswith("reason") else ""
        text = str(value)
        return said or (text if text.isupper() else plain(text))

    def shown(self, page: Page, raw: Mapping[str, Any], problems: Mapping[str, str]) -> tuple[Shown, ...]:
        """The questions of a page with what was typed and what is wrong with it."""
        return tuple(self._shown(one, raw, problems, ()) for one in page.questions if one.kind != "fixed")

    def _shown(self, one: Question, raw: Mapping[str, Any], problems: Mapping[str, str], at: tuple[int, ...]) -> Shown:
        name = name_of(one.path, at)
        code, label = problems.get(name, ""), self.label(one)
        errors = (said(code, label, one.schema),) if code else ()
        if one.kind == "object":
            parts = tuple(self._shown(part, raw, problems, at) for part in one.parts if part.kind != "fixed")
            return Shown("object", name, id_of(name), label, self.hint(one), one.required, errors=errors, parts=parts)
        if one.kind == "rows":
            return self._rows(one, raw, problems, at, errors)
        typed = raw.get(name, "")
        value = "" if isinstance(typed, list) else str(typed)
        longest = int(one.schema.get("maxLength", 0))
        return Shown(
            one.kind, name, id_of(name), label, self.hint(one), one.required, value, errors,
            self._options(one, typed), (), longest,
        )  # fmt: skip

    def _rows(
        self, one: Question, raw: Mapping[str, Any], problems: Mapping[str, str], at: tuple[int, ...], errors: Any
    ) -> Shown:
        name, label = name_of(one.path, at), self.label(one)
        least = max(1 if one.required else 0, int(one.schema.get("minItems", 0)))
        count, most = rows_of(raw, name, least), min(int(one.schema.get("maxItems", MOST_ROWS)), MOST_ROWS)
        rows = tuple(
            Shown(
                "row", f"{name}.{number}", id_of(f"{name}.{number}"), f"{label} {number + 1}",
                parts=tuple(
                    self._shown(part, raw, problems, (*at, number)) for part in one.parts if part.kind != "fixed"
                ),
                removable=count > least,
            )
            for number in range(count)
        )  # fmt: skip
        more = count < most
        return Shown(
            "rows", name, id_of(name), label, self.hint(one), one.required, str(count), errors,
            parts=rows, removable=more,
        )  # fmt: skip

    def _options(self, one: Question, typed: Any) -> tuple[Option, ...]:
        if one.kind == "yesno":
            return (Option(YES, _("yes"), typed == YES), Option(NO, _("no"), typed == NO))
        chosen = {str(each) for each in typed} if isinstance(typed, list) else {str(typed)}
        values = one.schema.get("items", {}).get("enum", ()) if one.kind == "many" else one.schema.get("enum", ())
        return tuple(Option(str(value), self.choice(one, value), str(value) in chosen) for value in values)

    def problems_of(self, page: Page, answers: Answers) -> dict[str, str]:
        """What is wrong on one page."""
        return {name: code for name, code in answers.problems.items() if belongs(name, page.questions)}

    def summary(self, items: Sequence[Shown]) -> tuple[Problem, ...]:
        """The lines above the form, in the order of the page."""
        return tuple(problem for one in items for problem in _problems(one))

    def sections(self, data: Mapping[str, Any]) -> tuple[Section, ...]:
        """Every answer of data that is there, group by group, as it is read."""
        made = (
            Section(page.name, self.title(page), tuple(self._answers(page.questions, data, "")), number)
            for number, page in enumerate(self.pages)
        )
        return tuple(made)

    def _answers(self, parts: Sequence[Question], data: Mapping[str, Any], before: str) -> Iterator[Answer]:
        for one in parts:
            value = data.get(one.path[-1]) if isinstance(data, Mapping) else None
            if value in (None, "", [], {}):
                continue
            if one.kind == "object":
                yield from self._answers(one.parts, value, before)
            elif one.kind == "rows":
                for number, row in enumerate(value, 1):
                    yield from self._answers(one.parts, row, f"{before}{self.label(one)} {number}: ")
            else:
                code = one.kind == "code"
                yield Answer(before + self.label(one), self.said_value(one, value), code, one.key)

    def said_value(self, one: Question, value: Any) -> str:
        """One answer in words."""
        if isinstance(value, bool):
            return str(_("yes") if value else _("no"))
        if isinstance(value, list):
            return ", ".join(self.choice(one, each) if one.kind == "many" else str(each) for each in value)
        if one.kind in ("choice", "radios"):
            return self.choice(one, value)
        if one.kind in ("date", "partial"):
            return day(str(value))
        return moment(str(value)) if one.kind == "moment" else str(value)


def _problems(one: Shown) -> Iterator[Problem]:
    for text in one.errors:
        yield Problem(_first(one), text)
    for part in one.parts:
        yield from _problems(part)


def _first(one: Shown) -> str:
    """Where the link of the summary leads: the control, or the first of its choices."""
    return f"{one.id}-0" if one.options and one.kind != "choice" else one.id


def plain(name: str) -> str:
    """A name of the schema, written for people: `birth_date` becomes `Birth date`."""
    text = name.replace(EACH, "").replace("_", " ").replace("-", " ").strip()
    return text[:1].upper() + text[1:]


def said(code: str, label: str, schema: Mapping[str, Any]) -> str:
    """What is wrong with an answer and what to write instead. `code`: of `Answers.problems`."""
    own = schema.get("x-error")
    if own and code != "required":
        return str(own)
    named = {"what": label, "least": schema.get("minLength", ""), "most": schema.get("maxLength", "")}
    told = {
        "required": _("%(what)s: the answer is missing"),
        "minItems": _("%(what)s: add at least one"),
        "one-of": _("%(what)s: answer this or one of the others"),
        "date": _("%(what)s: write day month year, for example 8 6 1991"),
        "partial": _("%(what)s: write day month year, for example 8 6 1991"),
        "moment": _("%(what)s: write day month year and time, for example 27 3 2019 16:30"),
        "time": _("%(what)s: write hour and minute, for example 16:30"),
        "integer": _("%(what)s: write a whole number"),
        "number": _("%(what)s: write a number"),
        "minLength": _("%(what)s: write at least %(least)s letters"),
        "maxLength": _("%(what)s: write at most %(most)s letters"),
        "enum": _("%(what)s: choose one of the list"),
        "yesno": _("%(what)s: choose one of the list"),
        "not": _("%(what)s: nothing of this may be told to another state"),
        "format": _("%(what)s: write day month year, for example 8 6 1991"),
    }
    if code in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        return _("%(what)s: the number is too small or too large") % named
    return str(told.get(code, _("%(what)s: this is not written as it should be"))) % named
