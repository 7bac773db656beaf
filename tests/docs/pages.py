"""Reads the documentation: its pages, headings, code and links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
DOCS = PROJECT / "docs"
FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"^(?:sudo -u \S+ )?(?:\S*/)?xenia +(\S.*)$")


@dataclass(frozen=True)
class Page:
    """One page of Markdown; `name` is its path from the project's root."""

    path: Path

    @property
    def name(self) -> str:
        return str(self.path.relative_to(PROJECT))

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def headings(self, level: int) -> list[str]:
        return re.findall(rf"^{'#' * level} +(.+?)\s*$", FENCE.sub("", self.text), re.MULTILINE)

    def links(self) -> list[str]:
        return LINK.findall(FENCE.sub("", self.text))

    def commands(self) -> list[str]:
        """What stands after `xenia` in code: lines of fenced blocks, and code in running text."""
        text = self.text
        lines = [line for block in FENCE.findall(text) for line in block.splitlines()]
        code = lines + re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
        return [
            found[1].split(" #")[0].strip()
            for line in code
            if (found := COMMAND.match(line.strip().removeprefix("$ ")))
        ]


def pages() -> list[Page]:
    """Every page of the project: README.md, docs, and the rooms' own."""
    return [
        Page(path)
        for path in [PROJECT / "README.md", *sorted(DOCS.rglob("*.md")), *sorted((PROJECT / "src").rglob("*.md"))]
    ]


def page(name: str) -> Page:
    return Page(DOCS / name)


def anchors(text: str) -> set[str]:
    """What a link may put after `#`: GitHub's spelling of each heading."""
    headings = re.findall(r"^#+ +(.+?)\s*$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
