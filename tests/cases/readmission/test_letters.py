"""The letters are set from what the engine gives them; `content` of xenia.cases.letters has this shape."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import xenia.cases
from xenia import letters
from xenia.cases.definition import load

FOLDERS = sorted((Path(xenia.cases.__file__).parent / "procedures").glob("readmission*"))
LETTERS = [(folder, name) for folder in FOLDERS for name in load(folder).letters]


def content(words: dict[str, str], reasons: list[str]) -> dict[str, Any]:
    return {
        "language": "en", "direction": "ltr", "title": "A letter", "reference": "R-2026-000001", "their_reference": "",
        "authority": "Migration service", "counterpart": "UTO/MIG", "date": "2026-09-01", "profile": "Utopia",
        "legal_basis": "Agreement", "state": "Sent", "rows": [["Surname", "Quliyev"], ["Given names", "Elvin"]],
        "fields": {"application.person.surname": "Quliyev", "travel_document.number": "UTO000017"},
        "words": words, "deadlines": [["Reply", "2026-09-16"]], "reasons": reasons,
    }  # fmt: skip


@pytest.mark.parametrize(("folder", "name"), LETTERS, ids=lambda one: getattr(one, "name", one))
def test_a_letter_is_set(folder: Any, name: str) -> None:
    procedure = load(folder)
    template = folder / procedure.letters[name].template
    prefix = f"test-{folder.name}"
    letters.register(prefix, template.parent)
    for reasons in ([], ["Nationality not confirmed", "Identity is another one"]):
        data = content(dict(procedure.texts["en"]), reasons)
        made = letters.pdf(f"{prefix}/{template.stem}", data, language="en", title="A letter")
        assert made.startswith(b"%PDF-") and len(made) > 5_000


@pytest.mark.parametrize(("folder", "name"), LETTERS, ids=lambda one: getattr(one, "name", one))
def test_answers_for_the_own_file_are_not_printed(folder: Any, name: str) -> None:
    """A letter leaves as a message does: with or without such answers it is the same, byte for byte."""
    procedure = load(folder)
    first = next(iter(procedure.forms))
    forms = [one.form for one in procedure.actions.values() if one.letter == name and one.form] or [first]
    stays = [
        procedure.text(f"field.{form}.{key}")
        for form in forms
        for key, part in procedure.forms[form]["properties"].items()
        if part.get("x-stays")
    ]
    prefix, template = f"test-{folder.name}", folder / procedure.letters[name].template
    letters.register(prefix, template.parent)
    data = content(dict(procedure.texts["en"]), [])
    without = letters.pdf(f"{prefix}/{template.stem}", data, language="en", title="A letter")
    data["rows"] = [*data["rows"], *([label, "ASYL-17"] for label in stays)]
    assert letters.pdf(f"{prefix}/{template.stem}", data, language="en", title="A letter") == without
