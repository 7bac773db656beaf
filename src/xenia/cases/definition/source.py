"""Files of a procedure folder: read within limits, with the line of everything in them.

YAML as its authors mean it: plain data. No tags, anchors, aliases, second documents, doubled keys; `yes`, `no`, `on`
and dates are text (YAML 1.2); nothing can run, nothing can grow. Files outside the folder and links are refused.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from xenia.cases.definition.model import Fault

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # a PyYAML built without libyaml: slower, the same result
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

MAIN = "procedure.yaml"
LARGEST_BYTES = 512 * 1024
LARGEST_FOLDER_BYTES = 8 * 1024 * 1024
MOST_FILES = 400
MOST_NODES = 50_000
DEEPEST = 24
_PLAIN = {"null": None, "~": None, "": None, "true": True, "false": False, "True": True, "False": False}
_INT = re.compile(r"[-+]?(0|[1-9]\d{0,17})")
_FLOAT = re.compile(r"[-+]?\d{1,15}\.\d{1,15}")
Place = tuple[str | int, ...]


class Unreadable(Exception):
    """A file that cannot be read as data; `fault` says which and why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True)
class Source:
    """One file read. `value`: its data. `raw`: its bytes."""

    file: str
    value: Any
    raw: bytes
    known_lines: Mapping[Place, int] | None = None

    @cached_property
    def lines(self) -> Mapping[Place, int]:
        """Place (keys and indexes from the top) -> line. Of JSON worked out only when a fault asks."""
        if self.known_lines is not None:
            return self.known_lines
        try:
            return _read_yaml(self.file, self.raw)[1]
        except Unreadable:
            return {}

    def line(self, *place: str | int) -> int:
        """The line of `place`, or of the nearest thing around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def fault(self, code: str, what: str, remedy: str, *place: str | int) -> Fault:
        """A fault at `place` of this file."""
        return Fault(self.file, self.line(*place), code, _upper(what), remedy)


def _upper(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."


class Folder:
    """The files of one procedure. Everything that reads them goes through here."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: dict[str, Source] = {}
        self._names: tuple[str, ...] | None = None
        self._held: dict[str, bytes] = {}

    def names(self) -> tuple[str, ...]:
        """All files below, as relative POSIX paths in order. Raises `Unreadable` for links and too many or too large files."""
        if self._names is None:
            self._names = self._listed()
        return self._names

    def _listed(self) -> tuple[str, ...]:
        found: list[str] = []
        total = 0
        waiting = [(self.path, "")]
        while waiting:
            folder, prefix = waiting.pop()
            for one in os.scandir(folder) if folder.is_dir() else ():
                name = prefix + one.name
                if one.is_symlink():
                    raise Unreadable(Fault(name, 0, "link", "This is a link.", "Copy the file into the folder."))
                if one.name.startswith((".", "__pycache__")):
                    continue
                if one.is_dir():
                    waiting.append((folder / one.name, f"{name}/"))
                    continue
                total += one.stat().st_size
                found.append(name)
                if len(found) > MOST_FILES or total > LARGEST_FOLDER_BYTES:
                    remedy = f"Keep to {MOST_FILES} files and {LARGEST_FOLDER_BYTES // 1024 // 1024} MiB."
                    raise Unreadable(Fault(name, 0, "folder-too-large", "The folder is too large.", remedy))
        return tuple(sorted(found))

    def content(self, name: str) -> bytes:
        """Content of one file, read once. Raises `Unreadable`: outside the folder, missing, too large."""
        if name not in self._held:
            self._held[name] = self._fetched(name)
        return self._held[name]

    def _fetched(self, name: str) -> bytes:
        pure = PurePosixPath(name)
        if pure.is_absolute() or ".." in pure.parts or "\\" in name or ":" in name or "\0" in name:
            raise Unreadable(Fault(MAIN, 0, "file-outside", f"“{name}” lies outside the folder.", "Name a file in it."))
        if name not in self.names():  # which holds no link, and nothing that a link leads to
            raise Unreadable(Fault(name, 0, "file-missing", "There is no such file.", "Add it or correct its name."))
        with (self.path / pure).open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
        if len(content) > LARGEST_BYTES:
            remedy = f"Keep each file under {LARGEST_BYTES // 1024} KiB."
            raise Unreadable(Fault(name, 0, "file-too-large", "The file is too large.", remedy))
        return content

    def read(self, name: str) -> Source:
        """One YAML or JSON file as data. Raises `Unreadable`."""
        if name not in self._read:
            raw = self.content(name)
            if name.endswith(".json"):
                self._read[name] = Source(name, _read_json(name, raw), raw)
            else:
                value, lines = _read_yaml(name, raw)
                self._read[name] = Source(name, value, raw, lines)
        return self._read[name]


def _text(name: str, raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Unreadable(Fault(name, line, "not-utf8", "The file is not UTF-8.", "Save it as UTF-8.")) from error


def _read_json(name: str, raw: bytes) -> Any:
    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(found)
        if len(made) != len(found):
            keys = [key for key, _ in found]
            double = next(key for key in keys if keys.count(key) > 1)
            raise _Doubled(double)
        return made

    text = _text(name, raw)
    try:
        return json.loads(text, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        raise Unreadable(
            Fault(name, error.lineno, "json", f"This is not JSON: {error.msg}.", "Correct the line or the one before.")
        ) from error
    except _Doubled as error:
        line = _second_line(text, error.key)
        raise Unreadable(
            Fault(name, line, "doubled-key", f"“{error.key}” stands twice in one object.", "Keep one of the two.")
        ) from error
    except RecursionError as error:
        raise Unreadable(Fault(name, 0, "too-deep", "The file is nested too deep.", "Make it flatter.")) from error


class _Doubled(Exception):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _second_line(text: str, key: str) -> int:
    found = [match.start() for match in re.finditer(re.escape(json.dumps(key, ensure_ascii=False)) + r"\s*:", text)]
    return text.count("\n", 0, found[1]) + 1 if len(found) > 1 else 1


def _read_yaml(name: str, raw: bytes) -> tuple[Any, dict[Place, int]]:
    try:
        return _Builder(name, _text(name, raw)).document()
    except yaml.YAMLError as error:
        mark: Any = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it cannot be read"
        line = mark.line + 1 if mark is not None else 1
        fault = Fault(name, line, "yaml", f"This is not YAML: {problem}.", "Look at indents, colons and quotes here.")
        raise Unreadable(fault) from error


class _Builder:
    """Data from the parser's events, so that nothing is built that we do not build here."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._loader = Loader(text)
        self._lines: dict[Place, int] = {}
        self._nodes = 0

    def document(self) -> tuple[Any, dict[Place, int]]:
        loader = self._loader
        try:
            loader.get_event()
            if loader.check_event(yaml.StreamEndEvent):
                return None, {}
            loader.get_event()
            value = self._node((), loader.get_event())
            loader.get_event()
            after = loader.get_event()
            if not isinstance(after, yaml.StreamEndEvent):
                raise self._refuse(after, "yaml-documents", "a second document begins here", "Keep one in each file.")
            return value, self._lines
        finally:
            loader.dispose()

    def _refuse(self, event: Any, code: str, what: str, remedy: str) -> Unreadable:
        return Unreadable(Fault(self._name, event.start_mark.line + 1, code, _upper(what), remedy))

    def _node(self, place: Place, event: Any) -> Any:
        self._nodes += 1
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise self._refuse(event, "yaml-alias", "anchors and aliases are not read", "Write the value out.")
        if event.tag:
            raise self._refuse(event, "yaml-tag", f"the tag {event.tag} is not read", "Take the tag away.")
        if self._nodes > MOST_NODES or len(place) > DEEPEST:
            raise self._refuse(event, "too-deep", "the file is nested too deep or too long", "Make it flatter.")
        self._lines.setdefault(place, event.start_mark.line + 1)
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event.value, bool(event.implicit[0]))
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(place)
        return self._mapping(place)

    def _sequence(self, place: Place) -> list[Any]:
        made: list[Any] = []
        while True:
            event = self._loader.get_event()
            if isinstance(event, yaml.SequenceEndEvent):
                return made
            made.append(self._node((*place, len(made)), event))

    def _mapping(self, place: Place) -> dict[str, Any]:
        made: dict[str, Any] = {}
        get, lines, scalar = self._loader.get_event, self._lines, yaml.ScalarEvent
        while True:
            event = get()
            if isinstance(event, yaml.MappingEndEvent):
                return made
            if not isinstance(event, scalar):
                raise self._refuse(event, "yaml-key", "a key must be a plain word", "Put quotes around it.")
            if event.anchor or event.tag:
                raise self._refuse(event, "yaml-tag", "a key has a tag or an anchor", "Take it away.")
            key = event.value
            if key == "<<":
                raise self._refuse(event, "yaml-alias", "merge keys are not read", "Write the values out.")
            if key in made:
                raise self._refuse(event, "doubled-key", f"“{key}” stands twice", "Keep one of the two.")
            mark: Any = event.start_mark
            inside = (*place, key)
            lines[inside] = mark.line + 1
            made[key] = None
            event = get()
            if isinstance(event, scalar) and not event.anchor and not event.tag and self._nodes < MOST_NODES:
                self._nodes += 1  # most of a folder is lines of one text each: not worth a call
                made[key] = _scalar(event.value, event.implicit[0]) if event.implicit[0] else event.value
            else:
                made[key] = self._node(inside, event)


def _scalar(text: str, plain: bool) -> Any:
    if not plain:
        return text
    if text in _PLAIN:
        return _PLAIN[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
