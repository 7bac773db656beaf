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
