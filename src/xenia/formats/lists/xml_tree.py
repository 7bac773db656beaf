"""Elements of an XML file one after another, each as a small tree; never the whole file, never an entity. Pure.

Any DOCTYPE is refused before anything in it is read, so there are no entities to expand and none outside to fetch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from xenia.formats.lists.records import BadList, Limits, Told

_CHUNK_BYTES = 65_536
# A start tag or a comment may be so long before it must end.
_TOKEN_BYTES = 1_000_000
_DEPTH = 16
_NODES = 5_000


@dataclass
class Node:
    """One element: its name, its text, its children in order. `line` where it begins."""

    name: str
    line: int
    children: list[Node] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text directly in the element, spaces and line breaks drawn together."""
        return " ".join("".join(self.pieces).split())

    def all(self, name: str) -> list[Node]:
        """Children of that name."""
        return [child for child in self.children if child.name == name]

    def get(self, *names: str) -> str:
        """Text of the first child of one of these names that has any, else `""`."""
        return next((child.text for name in names for child in self.all(name) if child.text), "")


def elements(stream: BinaryIO, root: str, wanted: frozenset[str], limits: Limits, told: Told) -> Iterator[Node]:
    """Every element called one of `wanted`, whole, in the order of the file; `told.extra` gets the root's attributes.

    Raises `BadList`: `list-xml` (DOCTYPE, another root, too deep, too large an element), `list-cut` (not well-formed
    or cut off), `list-too-large`.
    """
    reader = _Reader(root, wanted, limits, told)
    while chunk := stream.read(_CHUNK_BYTES):
        told.bytes += len(chunk)
        if told.bytes > limits.file_bytes:
            raise BadList("The file is larger than a list may be.", "Ask its source.", code="list-too-large")
        reader.feed(chunk)
        yield from reader.take()
    reader.finish()
    yield from reader.take()


class _Reader:
    def __init__(self, root: str, wanted: frozenset[str], limits: Limits, told: Told) -> None:
        self.root, self.wanted, self.limits, self.told = root, wanted, limits, told
        self.done: list[Node] = []
        self.open: list[Node] = []
        self.depth = self.nodes = self.chars = self.fed = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.EntityDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def feed(self, chunk: bytes, last: bool = False) -> None:
        try:
            self.parser.Parse(chunk, last)
        except expat.ExpatError as error:
            raise BadList(
                f"The file is not whole XML: line {error.lineno}.", "Ask its source for it again.", code="list-cut"
            ) from None
        self.fed += len(chunk)
        if self.fed - max(self.parser.CurrentByteIndex, 0) > _TOKEN_BYTES:
            raise _bad("One tag of the file has no end.")

    def finish(self) -> None:
        self.feed(b"", last=True)

    def take(self) -> list[Node]:
        done, self.done = self.done, []
        return done

    def _doctype(self, *_: object) -> None:
        raise _bad("The file declares a document type or entities.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth == 1:
            if name != self.root:
                raise _bad(f"The file does not begin with {self.root}.")
            self.told.extra = {key: value[:200] for key, value in list(attributes.items())[:20]}
        if self.depth > _DEPTH:
            raise _bad("The elements of the file are nested too deep.")
        if not self.open and name not in self.wanted:
            return
        self.nodes += 1
        if self.nodes > _NODES:
            raise _bad("One entry of the file has too many parts.")
        node = Node(name, self.parser.CurrentLineNumber)
        if self.open:
            self.open[-1].children.append(node)
        self.open.append(node)

    def _text(self, text: str) -> None:
        if self.open:
            self.chars += len(text)
            if self.chars > 100 * self.limits.value_chars:
                raise _bad("One entry of the file is too long.")
            self.open[-1].pieces.append(text)

    def _end(self, name: str) -> None:
        self.depth -= 1
        if not self.open:
            return
        node = self.open.pop()
        if not self.open:
            self.done.append(node)
            self.nodes = self.chars = 0
            self.told.rows += 1
            if self.told.rows > self.limits.rows:
                raise BadList("The file is larger than a list may be.", "Ask its source.", code="list-too-large")


def _bad(message: str) -> BadList:
    return BadList(message, "Ask its source for the list as it is published.", code="list-xml")
