"""Templates by name, and setting them. Each letter is set in a limited child process."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final

from xenia.errors import NotFound, Unavailable
from xenia.letters.glyphs import FONTS, printable, printable_data

log = logging.getLogger(__name__)

HOUSE: Final = Path(__file__).parent / "house" / "house.typ"
CHILD: Final = Path(__file__).parent / "child.py"
LONGEST_S: Final = 20.0
AT_ONCE: Final = 2
NAME = re.compile(r"([a-z][a-z0-9-]*)/([a-z][a-z0-9_-]*)")
RIGHT_TO_LEFT: Final = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})

Instead = Callable[[str], str | None]
_folders: dict[str, Path] = {}
_instead: dict[str, Instead] = {}
_turns = BoundedSemaphore(AT_ONCE)


def register(prefix: str, folder: Path, instead: Instead | None = None) -> None:
    """Letters `prefix/name` are `folder/name.typ`; a room registers its folder when its app is ready.

    `instead`: gives the template of a name that is in force in place of the file, or None.
    """
    if _folders.setdefault(prefix, folder) != folder:
        raise ValueError(f"Letters called {prefix} are registered twice, for {_folders[prefix]} and {folder}.")
    if instead is not None:
        _instead[prefix] = instead


def pdf(
    name: str, data: Mapping[str, Any], *, language: str, title: str, paper: str = "a4", flipped: bool = False
) -> bytes:
    """The letter as PDF/UA-1. `data` is what `#data` holds in the template: JSON, set as text and never read as markup.

    `language`: ISO 639 code, with or without region; decides direction. `title`: of the document, in that language.
    `paper`: a paper size of Typst, or `roll-80`, `roll-58`: a thermal roll of so many mm. Raises `NotFound` (`no-letter`) and `Unavailable` (`letter-not-made`).
    """
    file = _file(name)
    base = language.split("-")[0].lower()
    info = {
        "language": base,
        "direction": "rtl" if base in RIGHT_TO_LEFT else "ltr",
        "title": printable(title) or name,
        "paper": paper,
        "flipped": flipped,
    }
    job = {
        "files": {"main.typ": _template(name, file), "house.typ": HOUSE.read_text(encoding="utf-8")},
        "root": str(file.parent),
        "fonts": str(FONTS),
        "inputs": {"info": json.dumps(info), "data": json.dumps(printable_data(dict(data)), ensure_ascii=False)},
    }
    return _set(name, json.dumps(job).encode())


def _file(name: str) -> Path:
    parts = NAME.fullmatch(name)
    file = _folders[parts[1]] / f"{parts[2]}.typ" if parts and parts[1] in _folders else None
    if file is None or not file.is_file():
        raise NotFound(f"No letter is called {name}.", "Register its folder in the room.", code="no-letter")
    return file


def _template(name: str, file: Path) -> str:
    prefix, _slash, last = name.partition("/")
    said = _instead[prefix](last) if prefix in _instead else None
    return file.read_text(encoding="utf-8") if said is None else said


def _set(name: str, job: bytes) -> bytes:
    with _turns:
        try:
            # -I: neither the environment nor the current folder decides what is run.
            done = subprocess.run(
                [sys.executable, "-I", str(CHILD)],
                input=job,
                capture_output=True,
                timeout=LONGEST_S,
                env={},
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            log.error("letter_not_made name=%s reason=too-long", name)
            raise _failed() from late
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        # What Typst says may quote the data: only the name and the code are logged.
        log.error("letter_not_made name=%s code=%s", name, done.returncode)
        raise _failed()
    return done.stdout


def _failed() -> Unavailable:
    return Unavailable(
        "The letter could not be made.", "Use the printed page, and tell the administrator.", code="letter-not-made"
    )
