"""What a border post decides by, as data: terms, territory, questions, procedures for hits, letters. One place says what is in force.

At a centre: the files of this program, with those of country packs (`HOME/packs/<name>/frontier/...`, same names) in their place or
beside them; read once, when Xenia starts. At a unit: what its centre said last (`taking.py`), the program's own until then. Every text of a
procedure that something began under is kept, so that it goes on under it.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

from django.conf import settings

from xenia.journal import node

HERE: Final = Path(__file__).parent
FILES: Final = (
    "terms.json", "territory.json", "shift/terms.json", "second/questions.json", "second/languages.json",
)  # fmt: skip
FOLDERS: Final = (("second/procedures", ".json"), ("second/letters", ".typ"))
"""Folders all of whose files of that ending count; a pack may add to them."""
LONGEST: Final = 256 * 1024
MOST: Final = 200

F = TypeVar("F", bound=Callable[..., Any])
Texts = Mapping[str, str]

_lock = threading.Lock()
_own: Texts | None = None
_taken: Texts | None = None
_asked = False
_generation = 0


def _names(home: Path) -> list[str]:
    """The paths below a folder that count, by name."""
    found = [name for name in FILES if (home / name).is_file()]
    for folder, ending in FOLDERS:
        found += [f"{folder}/{one.name}" for one in sorted((home / folder).glob(f"*{ending}"))]
    return found


def counts(name: str) -> bool:
    """Whether that is the path of something that is in force here."""
    folder, _slash, last = name.rpartition("/")
    ending = dict(FOLDERS).get(folder)
    return name in FILES or (ending is not None and last.endswith(ending) and "\\" not in last and last[:1] != ".")


def program() -> Texts:
    """What this program brings."""
    return {name: (HERE / name).read_text(encoding="utf-8") for name in _names(HERE)}


def own() -> Texts:
    """What this installation says by itself: the program's files, and those of country packs, the last by name."""
    global _own
    with _lock:
        if _own is None:
            found = dict(program())
            for pack in sorted((Path(settings.XENIA_HOME) / "packs").glob("*/frontier")):
                found.update({name: (pack / name).read_text(encoding="utf-8") for name in _names(pack)})
            _own = MappingProxyType(found)
        return _own


def texts() -> Texts:
    """Everything in force, by path."""
    taken = _ask() if node.is_unit() else None
    return own() if taken is None else {**program(), **taken}


def text(name: str) -> str:
    """One of them. Raises `KeyError` for a path that is none: a fault of ours."""
    return texts()[name]


def under(folder: str) -> Mapping[str, str]:
    """Those in a folder, by the name of the file without its ending."""
    start = f"{folder}/"
    return {
        name[len(start) :].rpartition(".")[0]: said for name, said in sorted(texts().items()) if name.startswith(start)
    }


def letter(name: str) -> str | None:
    """The template of a letter of the second line, where one is in force."""
    return texts().get(f"second/letters/{name}.typ")


def cached(read: F) -> F:
    """Keeps what it gives until something else comes into force. Arguments must be hashable and given by place."""

    @lru_cache(maxsize=16)
    def kept(_at: int, *words: str) -> Any:
        return read(*words)

    @wraps(read)
    def now(*words: str) -> Any:
        if node.is_unit():
            _ask()
        return kept(_generation, *words)

    return now  # type: ignore[return-value]


def digest(said: str) -> str:
    """The hash under which a text is kept."""
    return hashlib.sha256(said.encode()).hexdigest()


def _ask() -> Texts | None:
    """At a unit: what was taken, read once. What comes into force while it is read is read anew, never kept back by what was before."""
    global _asked, _taken, _generation
    from xenia.frontier.models import RuleText

    while True:
        with _lock:
            if _asked:
                return _taken
            at = _generation
        rows = dict(RuleText.objects.filter(current=True).values_list("path", "text"))
        with _lock:
            if not _asked and _generation == at:
                _asked, _taken, _generation = True, MappingProxyType(rows) if rows else None, _generation + 1


def forget() -> None:
    """Look anew at the next question: something else is in force, or a pack's files changed."""
    global _asked, _own, _taken, _generation
    with _lock:
        _asked, _own, _taken, _generation = False, None, None, _generation + 1
