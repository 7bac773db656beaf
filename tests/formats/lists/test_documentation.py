"""docs/reference/list-formats.md says what the code takes."""

from __future__ import annotations

import io
import re
from pathlib import Path

from xenia.formats.lists.csv import KINDS, read
from xenia.formats.lists.reasons import REASONS
from xenia.formats.lists.records import Record


def page(project: Path) -> str:
    return (project / "docs/reference/list-formats.md").read_text(encoding="utf-8")


def examples(project: Path) -> list[bytes]:
    return [text.encode() for text in re.findall(r"```\n(.*?)```", page(project), re.S)]


def test_the_examples_are_read_without_a_refusal(project: Path) -> None:
    for kind, raw in zip(KINDS, examples(project), strict=True):
        found = list(read(kind, io.BytesIO(raw)))
        assert len(found) == 2
        assert all(isinstance(one, Record) for one in found)


def test_every_column_and_every_reason_is_described(project: Path) -> None:
    text = page(project)
    for columns, _ in KINDS.values():
        assert [name for name in columns.required + columns.optional if f"`{name}`" not in text] == []
    for code, sentence in REASONS.items():
        assert f"| `{code}` | {sentence} |" in text
