"""What an image is made of: the program as it runs here, the wheels that the locks name, and the list of it all."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from xenia.errors import BadInput, Conflict, Unavailable

PROJECT: Final = Path(__file__).resolve().parents[4]
TAKEN: Final = (
    "xenia", "src", "requirements/base.txt", "tools/launch.py", "pyproject.toml", "README.md", "LICENSE", "LICENSES", "REUSE.toml",
)  # fmt: skip
LEFT: Final = frozenset({"__pycache__", ".mypy_cache", ".ruff_cache"})
LOCK: Final = PROJECT / "requirements" / "base.txt"
HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
Tell = Callable[[int], None]


def sources() -> list[tuple[str, Path]]:
    """The files of the program and their names on the stick. Raises `Conflict` (code `no-source`) where only packages are installed."""
    if not (PROJECT / "pyproject.toml").is_file() or not LOCK.is_file():
        raise Conflict(
            "This installation has no source tree that could go along.",
            "Make the image where Xenia was unpacked, not pip-installed.",
            code="no-source",
        )
    found = [
        (f"program/{path.relative_to(PROJECT).as_posix()}", path) for name in TAKEN for path in _below(PROJECT / name)
    ]
    return sorted(found)


def _below(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for at, folders, names in os.walk(path):
        folders[:] = sorted(one for one in folders if one not in LEFT and not one.endswith(".egg-info"))
        yield from (Path(at) / one for one in sorted(names) if not one.endswith((".pyc", ".part", "~")))


def allowed() -> frozenset[str]:
    """SHA-256 of every file that the lock allows."""
    return frozenset(HASH.findall(LOCK.read_text(encoding="utf-8")))


def fetch(into: Path, given: Path | None, python: str | None) -> list[Path]:
    """The wheels that the lock names, for this kind of machine; each is one that the lock allows.

    From `given`, a folder, else as pip finds them: in its cache, or where it is set to look. `python`: for that version instead of ours.
    Raises `Unavailable` (`no-wheels`, `no-pip`), `BadInput` (`odd-wheel`).
    """
    into.mkdir(parents=True, exist_ok=True)
    _downloaded(into, given, python)
    known, found = allowed(), sorted(into.glob("*.whl"))
    for path in found:
        if sha256_of(path) not in known:
            raise BadInput(f"{path.name} is none of those that the lock names.", "Fetch it again.", code="odd-wheel")
    return found


def _downloaded(into: Path, given: Path | None, python: str | None) -> None:
    alone = ["--no-index", "--find-links", str(given)] if given is not None else []
    other = ["--python-version", python, "--implementation", "cp"] if python else []
    words = ("download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", str(into), *alone, *other)
    _pip(*words, alone=given is not None)


def _pip(*words: str, alone: bool) -> None:
    """Run pip on the lock; `alone`: without what this machine has set for it. Raises `Unavailable`."""
    command = [
        *_pip_command(),
        *words,
        "--disable-pip-version-check",
        "--no-input",
        "--require-hashes",
        "-r",
        str(LOCK),
    ]
    kept = {k: v for k, v in os.environ.items() if not alone or not k.startswith("PIP_")}
    more = {"PIP_CONFIG_FILE": os.devnull} if alone else {}
    done = subprocess.run(command, capture_output=True, text=True, env=kept | more, check=False)
    if done.returncode:
        last = next((line for line in reversed(done.stderr.splitlines()) if line.startswith("ERROR")), "")
        raise Unavailable(
            f"Not all wheels that a fresh machine needs can be had. {last[:200]}".strip(),
            "Bring the line to the package index up, or give a folder that holds them: --wheels DIR.",
            code="no-wheels",
        )


def _pip_command() -> list[str]:
    """How pip is run: the installation's own, or that of the Python that it was made from. Raises `Unavailable` (code `no-pip`)."""
    base = str(getattr(sys, "_base_executable", None) or sys.executable)
    for python in (sys.executable, base):
        command = [python, "-m", "pip"]
        if subprocess.run([*command, "--version"], capture_output=True, check=False).returncode == 0:
            return command
    raise Unavailable(
        "There is no pip here to fetch the wheels with.", "Install it, such as python3-pip.", code="no-pip"
    )


def machine() -> str:
    """What kind of machine the wheels fit, as Python says it."""
    return platform.machine()


def python() -> str:
    """The version of Python that the wheels fit."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def sha256_of(path: Path) -> str:
    """In hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy(pairs: list[tuple[str, Path]], to: Path, tell: Tell) -> None:
    """Each file under its name; `tell` hears of its bytes."""
    for name, path in pairs:
        target = to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        tell(path.stat().st_size)


def listed(folder: Path) -> dict[str, list[Any]]:
    """Size and SHA-256 of every file of the image, by name."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): [path.stat().st_size, sha256_of(path)] for path in found}


def index_bytes(said: dict[str, Any]) -> bytes:
    """The list as it is written, signed and sealed."""
    return json.dumps(said, ensure_ascii=False, indent=0, sort_keys=True).encode()
