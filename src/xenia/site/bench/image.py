"""`xenia bench image`: from a stick to the first traveller checked, in an empty home and without any network."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from xenia.commands import Call, Command
from xenia.errors import Unavailable
from xenia.journal.bench import machine

MODULE: Final = "xenia.site.bench.image_measured"
NAME: Final = "uto-pm1-r1"
POST: Final = "UTO-PM1"


def _run(call: Call) -> int:
    said: dict[str, Any] = {"machine": machine(), "network": not _can_be_alone()}
    with tempfile.TemporaryDirectory(prefix="xenia-image-") as place:
        folder = Path(place)
        centre, laptop = _environ(folder / "centre"), folder / "laptop"
        laptop.mkdir()
        _does(centre, "-m", MODULE, "centre")
        began = time.perf_counter()
        codes = _image(centre, folder, call.options.wheels)
        said |= {"image_s": _since(began), "bytes": codes["bytes"], "files": codes["files"]}
        call.say(f"Made in {said['image_s']} s: {codes['bytes'] >> 20} MB. Now without a network:")
        began = time.perf_counter()
        _start(folder / "stick", laptop, codes)
        said["set_up_s"] = _since(began)
        first = _traveller(laptop, codes)
        said |= {"first_traveller_s": _since(began), "taken": first["taken"]}
    call.say(
        f"Set up in {said['set_up_s']} s; the first traveller is admitted {said['first_traveller_s']} s after the start."
    )
    call.answer("xenia/bench-image/1", said)
    return 0


def _since(began: float) -> float:
    return round(time.perf_counter() - began, 1)


def _environ(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XENIA_", "SERVING_"))}
    return kept | {"XENIA_HOME": str(home), "XENIA_STATE": "UTO", "XENIA_LOG": "WARNING"}


def _does(environ: dict[str, str], *words: str) -> dict[str, Any]:
    """The last line that our own Python said. Raises `Unavailable` (code `bench-image`)."""
    return _said(subprocess.run([sys.executable, *words], env=environ, capture_output=True, text=True, check=False))


def _said(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    if done.returncode:
        raise Unavailable(f"The bench came to its end: {done.stderr[-400:]}", "See above.", code="bench-image")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else {}
    return found


def _image(centre: dict[str, str], folder: Path, wheels: str | None) -> dict[str, Any]:
    words = ["--post", POST, "--name", NAME, "--centre", "https://127.0.0.1:9", "--without-line", "--print-codes"]
    more = ["--wheels", wheels] if wheels else []
    made = _does(centre, "-m", "xenia", "unit", "image", str(folder / "stick"), *words, *more, "--as", "admin")
    return made | {"release": _does(centre, "-m", "xenia", "unit", "approve", NAME, "--as", "chief")["code"]}


def _can_be_alone() -> bool:
    """Whether a process of ours can be given no network at all."""
    tool = shutil.which("unshare")
    return bool(tool) and subprocess.run([str(tool), "-rn", "true"], capture_output=True, check=False).returncode == 0


def _alone(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run it without a network, where this machine can do that; in an environment of almost nothing."""
    before = [str(shutil.which("unshare")), "-rn"] if _can_be_alone() else []
    return subprocess.run([*before, *words], capture_output=True, text=True, check=False, **more)


def _start(stick: Path, laptop: Path, codes: dict[str, Any]) -> None:
    base = str(getattr(sys, "_base_executable", None) or sys.executable)
    bare = {"HOME": str(laptop), "PATH": os.environ.get("PATH", os.defpath)}
    done = _alone(base, str(stick / "start"), "--no-run", codes["code"], codes["release"], env=bare, cwd=laptop)
    _said(done)


def _traveller(laptop: Path, codes: dict[str, Any]) -> dict[str, Any]:
    """The program that was installed from the stick, opened with the code through a pipe."""
    place = laptop / f"xenia-{NAME}"
    reads, writes = os.pipe()
    os.write(writes, json.dumps({"code": codes["code"]}).encode())
    os.close(writes)
    own = {"XENIA_HOME": str(place / "home"), "XENIA_OPENING": f"/dev/fd/{reads}", "XENIA_LOG": "WARNING"}
    ada = next(one["code"] for one in codes["officers"] if one["user"] == "ada")
    python = str(place / "program" / ".venv" / "bin" / "python")
    try:
        bare = {"HOME": str(laptop), "PATH": os.defpath}
        return _said(_alone(python, "-P", "-m", MODULE, "traveller", ada, env=bare | own, pass_fds=(reads,)))
    finally:
        os.close(reads)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--wheels", metavar="DIR", help="take the packages from this folder, and ask no package index")


BENCH = Command(
    "bench image",
    "Measure how soon a laptop checks its first traveller, from a stick and without any network.",
    _run,
    "bench",
    _arguments,
    needs_home=False,
    writes=False,
)
