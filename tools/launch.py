"""Makes `.venv` what the locks say, then becomes Xenia. Standard library only.

Run by `./xenia`, with `.venv`'s own Python where that works, else with one from the system.
Nothing is downloaded or written when the locks have not changed since the last complete installation.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UNFINISHED = VENV / "xenia-unfinished"  # there while packages are being installed; left behind by an interrupted run
NO_PIP = (
    "Xenia needs pip to install its packages, and this Python has none.\n"
    "On Debian or Ubuntu: sudo apt-get install python3-venv    Elsewhere: install pip or uv."
)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def lock_stamp(lock: str) -> str:
    """What `.venv` must have been made from: the lock's hash, this Python, this kind of machine."""
    content = (ROOT / "requirements" / f"{lock}.txt").read_bytes()
    return f"{hashlib.sha256(content).hexdigest()} {platform.python_version()} {platform.machine()}\n"


def is_installed(lock: str) -> bool:
    stamp = VENV / f"xenia-{lock}.stamp"
    return not UNFINISHED.exists() and stamp.exists() and stamp.read_text(encoding="ascii") == lock_stamp(lock)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Holds the lock file; the kernel lets go of it however this process ends."""
    with (ROOT / ".venv.lock").open("w", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another ./xenia is installing. Waiting for it.")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def runs(*command: str | Path) -> bool:
    """Whether the command ends well; it is never asked to say why."""
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0


def base_python() -> str:
    """The Python that `.venv` is or will be made from."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def make_venv() -> None:
    """Leaves `.venv` marked as unfinished: the one that is there if it works, else a new one.

    A new one has no pip, so that it does not need Debian's python3-venv.
    """
    if VENV.exists() and (
        UNFINISHED.exists() or not runs(PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))")
    ):
        say("Removing a .venv that is unfinished or does not work.")
        shutil.rmtree(VENV)
    is_new = not VENV.exists()
    VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()
    if not is_new:
        return
    uv = shutil.which("uv")
    if runs(base_python(), "-m", "venv", "--without-pip", VENV) or (
        uv and runs(uv, "venv", "--python", base_python(), VENV)
    ):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    sys.exit(
        "Python's venv module is missing.\nOn Debian or Ubuntu: sudo apt-get install python3-venv    Elsewhere: install uv."
    )


def installers() -> Iterator[list[str]]:
    """Commands that can install into `.venv`, the quickest first; the later ones are for when an earlier one fails."""
    if uv := shutil.which("uv"):
        yield [uv, "pip", "install", "--quiet", "--python", str(PYTHON)]
    options = ["install", "-qq", "--no-input", "--disable-pip-version-check", "--no-warn-script-location"]
    if runs(base_python(), "-m", "pip", "--python", PYTHON, "--version"):  # pip 22.3 and newer
        yield [base_python(), "-m", "pip", "--python", str(PYTHON), *options]
    if runs(PYTHON, "-m", "pip", "--version") or runs(PYTHON, "-m", "ensurepip"):
        yield [str(PYTHON), "-m", "pip", *options]


def install_packages(lock: str) -> None:
    """Installs what `requirements/<lock>.txt` names, by hash, or ends with the installer's own words."""
    requirements = ROOT / "requirements" / f"{lock}.txt"
    count = sum(1 for line in requirements.read_text(encoding="utf-8").splitlines() if line[:1].isalnum())
    say(f"Installing {count} packages into .venv (only when requirements/{lock}.txt has changed; about a minute) ...")
    tried = False
    for installer in installers():
        tried = True
        done = subprocess.run(
            [*installer, "--require-hashes", "-r", str(requirements)], stdin=subprocess.DEVNULL, check=False
        )
        if done.returncode == 0:
            return
        say("That did not work; trying another way if there is one.")
    sys.exit(
        "The packages could not be installed: see above. Is the network there? Then run the same command again."
        if tried
        else NO_PIP
    )


def install(lock: str) -> None:
    """Makes `.venv` match the lock. The stamp is written last: an interrupted run starts again from nothing."""
    with one_at_a_time():
        if is_installed(lock):
            return
        make_venv()
        install_packages(lock)
        site = next(VENV.glob("lib/python3*/site-packages"))
        (site / "xenia-source.pth").write_text("../../../../src\n", encoding="ascii")
        (VENV / f"xenia-{lock}.stamp").write_text(lock_stamp(lock), encoding="ascii")
        UNFINISHED.unlink()


def main(arguments: list[str]) -> None:
    testing = arguments[:1] == ["test"]
    for lock in ("base", "test") if testing else ("base",):
        if not is_installed(lock):
            install(lock)
    program = [str(ROOT / "tools" / "test.py"), *arguments[1:]] if testing else ["-P", "-m", "xenia", *arguments]
    os.execv(PYTHON, [str(PYTHON), *program])


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(
            f"Xenia could not prepare its packages: {error}\nWho owns this folder? Its owner runs ./xenia once after each update."
        )
