#!/usr/bin/env python3
"""Makes this computer a Xenia unit, from this stick, with or without a line. Nothing but Python 3.11 with venv is needed.

    python3 -I start CODE RELEASE   without a line: both codes, from the paper and from the second person
    python3 -I start CODE           over a line to the centre; a colleague there compares a fingerprint
    python3 -I start --check CODE [RELEASE]   only look whether anything on the stick was altered

Every file is compared with the list that the centre made for these very codes before anything of it is run.
This file is the one thing that cannot check itself: its own fingerprint is printed on the paper (`sha256sum start`).
"""

import sys

if __name__ == "__main__" and not getattr(sys.flags, "safe_path", False):
    del sys.path[0]  # the stick's own folder: nothing on it is imported before it was compared

if sys.version_info < (3, 11):  # noqa: UP036 - this file meets machines that nobody prepared
    sys.exit("Python 3.11 or newer is needed. If there is one: python3.11 start")

import argparse
import hashlib
import hmac
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

FORMAT = "xenia/unit-image/1"
INDEX, SEAL, USED = "INDEX", "INDEX.seal", "USED"
FOLDERS = ("program", "wheels", "sealed", "guide")
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
CODE_LETTERS, ID_LETTERS, RELEASE_LETTERS = 25, 5, 10
BEHIND = timedelta(minutes=10)
PIECE = 1 << 20
SCRIPT = '#!/bin/sh\nhere=$(dirname "$(readlink -f "$0")")\nexport XENIA_HOME="$here/home"\n'
SCRYPT = {"n": 1 << 15, "r": 8, "p": 1, "maxmem": 64 << 20}


class Stopped(Exception):
    """What is wrong, in words for whoever stands before the machine. Nothing of the stick was run."""


def plain(typed: str, letters: int) -> str:
    """A code as it is used: small letters, spaces and hyphens do not matter. Raises `Stopped`."""
    text = typed.upper().translate(ALIKE)
    if len(text) != letters or any(one not in LETTERS for one in text):
        raise Stopped(f"That is no code of {letters} letters and digits. Type it again.")
    return text


def keys(code: str, release: str, salt: bytes) -> bytes:
    """96 bytes out of the codes: 32 to check the list with, 32 to open what is sealed, 32 for the first contact.

    Without the release code it is another secret, which opens nothing. scrypt: a guess costs 32 MB and a tenth of a second.
    """
    word = b"xenia/image/both" if release else b"xenia/image/code"
    said = b"\x00".join((word, code[ID_LETTERS:].encode(), release.encode()))
    return hashlib.scrypt(
        said, salt=salt, dklen=96, n=SCRYPT["n"], r=SCRYPT["r"], p=SCRYPT["p"], maxmem=SCRYPT["maxmem"]
    )


def seal_of(key: bytes, index: bytes) -> str:
    """What only somebody with the codes can write beside the list."""
    return hmac.new(key[:32], b"xenia/image/index\x00" + index, hashlib.sha256).hexdigest()


def read_index(stick: Path, code: str, release: str) -> tuple[dict[str, Any], bytes]:
    """The list of files and the keys of the codes. Raises `Stopped` for a wrong code or a list that was altered."""
    try:
        raw, seal = (stick / INDEX).read_bytes(), json.loads((stick / SEAL).read_bytes())
        said = json.loads(raw)
        sound = said["format"] == FORMAT and isinstance(said["files"], dict)
        made = keys(code, release, bytes.fromhex(said["salt"]))
        given = str(seal["both" if release else "code"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Stopped("This is no image of Xenia, or its list is damaged. Ask the centre for another stick.") from error
    if not sound or not hmac.compare_digest(seal_of(made, raw), given):
        raise Stopped(
            "A code is not the one of this stick, or the stick was altered. Compare the codes letter by letter;\n"
            "if they are right, do not use this stick, and call the centre."
        )
    return said, made


def check_time(said: dict[str, Any], now: datetime) -> None:
    """Nothing while the image holds. Raises `Stopped` for one that is too old, and for a clock that is behind it."""
    made, until = datetime.fromisoformat(said["made_at"]), datetime.fromisoformat(said["until"])
    if now < made - BEHIND:
        raise Stopped(f"The clock of this computer says {now:%Y-%m-%d %H:%M} UTC, before this stick was made. Set it.")
    if now > until:
        raise Stopped(f"This stick held until {until:%Y-%m-%d %H:%M} UTC. Ask the centre for a new one.")


def check_machine(said: dict[str, Any]) -> None:
    """Nothing where the wheels on the stick fit this computer. Raises `Stopped`."""
    if platform.system() != "Linux" or platform.machine() != said["machine"]:
        raise Stopped(
            f"This stick is for Linux on {said['machine']}; this is {platform.system()} on {platform.machine()}."
        )
    mine = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if mine not in said["python"]:
        raise Stopped(
            f"This stick is for Python {', '.join(said['python'])}; this is {mine}. Run it with python3.11, for example."
        )


def names_in(folder: Path) -> set[str]:
    """The files of the folders that are checked; links are named, never followed."""
    found: set[str] = set()
    for name in FOLDERS:
        for at, folders, files in os.walk(folder / name):
            here = Path(at).relative_to(folder)
            linked = [one for one in folders if (Path(at) / one).is_symlink()]
            found.update((here / one).as_posix() for one in [*files, *linked])
    return found


def take(stick: Path, said: dict[str, Any], to: Path | None, tell: Callable[[int], None]) -> None:
    """Read every file of the list, and copy it where `to` is given: what was compared is what will be run. Raises `Stopped`."""
    files = said["files"]
    wanted = {name for name in files if name.split("/")[0] in FOLDERS}
    strange = sorted(names_in(stick) - wanted)
    if strange:
        raise Stopped(f"{strange[0]} does not belong on this stick. Do not use it, and call the centre.")
    for name, (size, sha256) in files.items():
        parts = Path(name).parts
        if ".." in parts or Path(name).is_absolute():
            raise Stopped(f"{name} is no name of a file.")
        tell(_one(stick / name, to / name if to and len(parts) > 1 else None, name, size, sha256))


def _one(path: Path, to: Path | None, name: str, size: int, sha256: str) -> int:
    digest, count, out = hashlib.sha256(), 0, None
    try:
        if path.is_symlink():
            raise Stopped(f"{name} was altered. Do not use this stick, and call the centre.")
        if to is not None:
            to.parent.mkdir(parents=True, exist_ok=True)
            out = to.open("wb")
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                digest.update(piece)
                count += len(piece)
                if out is not None:
                    out.write(piece)
    except OSError as error:
        raise Stopped(f"{name} cannot be read or copied: {error.strerror}.") from error
    finally:
        if out is not None:
            out.close()
    if count != size or digest.hexdigest() != sha256:
        if to is not None:
            to.unlink(missing_ok=True)
        raise Stopped(f"{name} was altered. Do not use this stick, and call the centre.")
    return count


# On the computer


def environ(place: Path) -> dict[str, str]:
    """Nothing of this computer's settings decides what is installed or run."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("XENIA_", "PIP_", "UV_", "PYTHON", "DJANGO_", "SERVING_", "VIRTUAL_ENV"))
    }
    wheels = str(place / "wheels")
    own = {
        "XENIA_HOME": str(place / "home"),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": wheels,
        "PIP_CONFIG_FILE": os.devnull,
        "UV_NO_INDEX": "1",
        "UV_FIND_LINKS": wheels,
        "UV_OFFLINE": "1",
        "UV_NO_CONFIG": "1",
        "PYTHONUTF8": "1",
    }
    return kept | own


def xenia(place: Path, *words: str, said: str = "") -> None:
    """A command of Xenia as it is installed there. What is secret goes through its standard input. Raises `Stopped`."""
    launch = [sys.executable, "-I", str(place / "program" / "tools" / "launch.py"), *words]
    quiet = environ(place) | {"XENIA_LOG": "WARNING"}
    done = subprocess.run(launch, input=said.encode(), stdout=subprocess.DEVNULL, env=quiet, cwd=place, check=False)
    if done.returncode:
        raise Stopped("That did not work: see above. What was recorded is kept; run the same command again.")


def settle(stick: Path, place: Path, said: dict[str, Any], code: str, release: str) -> None:
    """Copy, install, become the unit. Whatever was begun and not finished there is begun anew. Raises `Stopped`."""
    mark = place / INDEX
    if place.exists() and any(place.iterdir()) and not mark.exists():
        raise Stopped(f"{place} is not empty. Name another folder: --to DIR.")
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in (INDEX, SEAL):
        shutil.copyfile(stick / name, place / name)
    for name in (*FOLDERS, "home"):
        shutil.rmtree(place / name, ignore_errors=True)
    total, done = sum(size for size, _sha256 in said["files"].values()), [0, -1]

    def tell(count: int) -> None:
        done[0] += count
        if (part := done[0] * 100 // max(total, 1)) != done[1]:
            done[1] = part
            print(f"\rCopying and checking: {part:3d} %", end="", file=sys.stderr, flush=True)

    try:
        take(stick, said, place, tell)
    finally:
        print(file=sys.stderr)
    (place / "program" / "xenia").chmod(0o755)
    tell_person("Installing, from the stick only; about a minute ...")
    xenia(place, "--version")
    for name, words in (("xenia", ""), ("run", " unit run")):
        script = place / name
        script.write_text(SCRIPT + f'exec "$here/program/xenia"{words} "$@"\n', encoding="ascii")
        script.chmod(0o700)
    if release:
        xenia(place, "unit", "open", str(place), said=f"{code}\n{release}\n")
    else:
        xenia(place, "unit", "enrol", said["centre"], code)
    for name in ("sealed", "wheels"):
        shutil.rmtree(place / name)  # opened and installed: no copy of it is left on this computer


def mark_used(stick: Path, said: dict[str, Any], place: Path) -> None:
    """Write on the stick that it was used; one that cannot be written is said to be so."""
    text = f"{said['unit']} was set up with this stick at {datetime.now(UTC):%Y-%m-%d %H:%M} UTC on {platform.node()}: {place}\n"
    try:
        (stick / USED).write_text(text, encoding="utf-8")
    except OSError:
        tell_person("The stick cannot be written: write on it by hand that it was used.")


def tell_person(text: str) -> None:
    """To standard error."""
    print(text, file=sys.stderr, flush=True)


def arguments(words: list[str]) -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="start", description="Makes this computer a Xenia unit, from this stick.")
    parser.add_argument("code", nargs="?", help="enrolment code, on the paper")
    parser.add_argument(
        "release", nargs="?", default="", help="release code, from the second person; not needed over a line"
    )
    parser.add_argument("--to", metavar="DIR", help="where to install; else a folder in your home")
    parser.add_argument("--bind", metavar="ADDRESS:PORT", default="127.0.0.1:8000", help="where its pages are served")
    parser.add_argument("--check", action="store_true", help="only look whether anything was altered")
    parser.add_argument("--no-run", action="store_true", help="set up, and do not serve yet")
    return parser.parse_args(words)


def work(words: list[str]) -> int:
    """All of it; the exit code. Raises `Stopped`."""
    stick, options = Path(__file__).resolve().parent, arguments(words)
    code = plain(options.code or input("Enrolment code, on the paper: "), CODE_LETTERS)
    release = options.release
    if not options.code:
        release = input("Release code, from the second person (none with a line: Enter): ")
    release = plain(release, RELEASE_LETTERS) if release.strip() else ""
    said, _keys = read_index(stick, code, release)
    place = Path(options.to).absolute() if options.to else Path.home() / f"xenia-{said['unit']}"
    if options.check:
        take(stick, said, None, lambda count: None)
        tell_person(f"{len(said['files'])} files are as the centre made them, for {said['label']}.")
        return 0
    home = place / "home"  # whose `serving.lock` says that somebody worked there: it is never begun anew
    half = (home / "units" / "brought.json").exists() and not (home / "serving.lock").exists()
    if (home / "unit.json").exists() and not half:
        raise Stopped(f"This computer is a unit already. Start it: {place}/run")
    if (stick / USED).exists():
        raise Stopped(
            f"This stick was used: {(stick / USED).read_text(encoding='utf-8').strip()}\nA second machine would not be heard by the centre."
        )
    check_time(said, datetime.now(UTC))
    check_machine(said)
    if release and not said["sealed"]:
        raise Stopped("This stick was made for a line: python3 -I start CODE")
    settle(stick, place, said, code, release)
    mark_used(stick, said, place)
    tell_person(f"{said['label']} is set up. From now on start it with: {place}/run")
    if options.no_run:
        return 0
    tell_person(f"Open http://{options.bind} in a browser of this computer. Stop with Ctrl-C.")
    return serve(place, options.bind, code)


def serve(place: Path, bind: str, code: str) -> NoReturn:
    """Become the unit that was set up there, open this once: the code goes through a pipe, and lies on no disk."""
    theirs, ours = os.pipe()
    os.write(ours, json.dumps({"code": code}).encode())
    os.close(ours)
    os.set_inheritable(theirs, True)
    os.chdir(place)
    around = environ(place) | {"XENIA_OPENING": f"/dev/fd/{theirs}"}
    os.execve(str(place / "run"), [str(place / "run"), "--bind", bind], around)  # noqa: S606


def main() -> int:
    """The exit code; what stops it is said without a trace of the program."""
    try:
        return work(sys.argv[1:])
    except Stopped as stop:
        tell_person(f"\n{stop}")
    except (KeyboardInterrupt, EOFError):
        tell_person("\nStopped by you. Run the same command again.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
