"""Starting the worker, following its progress, and stopping it. The parent never reads what came from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import xenia
from xenia.errors import BadInput, Conflict, Unavailable, XeniaError
from xenia.formats.lists.records import BadList
from xenia.registers.lists.job import Job, Result, read_json

_LOOK_EVERY_S = 0.05
_ERRORS: dict[str, type[XeniaError]] = {"disk-full": Unavailable, "list-file": Unavailable, "list-format": BadInput}


@dataclass(frozen=True)
class Progress:
    """How far a load is. `share`: 0 to 1 of the input that was read, None where that says nothing."""

    step: str
    rows: int
    share: float | None


Tell = Callable[[Progress], None]


def progress_of(folder: Path) -> Progress | None:
    """What the worker last said, None before its first word."""
    said = read_json(folder / "progress.json")
    if not said:
        return None
    of_bytes = int(said.get("of_bytes") or 0)
    share = min(1.0, int(said["bytes"]) / of_bytes) if of_bytes and said["step"] == "reading" else None
    return Progress(str(said["step"]), int(said["rows"]), share)


def run(
    job: Job,
    secret: bytes,
    *,
    progress: Tell | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Result:
    """The worker's result. Raises its error, `Conflict` (`load-cancelled`), or `Unavailable` (`load-stopped`).

    However this ends, no worker is left running.
    """
    process = _start(job, secret)
    folder, last = Path(job.folder), None
    try:
        while process.poll() is None:
            if cancelled():
                raise Conflict(
                    "The load was cancelled.", "Nothing was changed. Load it again if you want.", code="load-cancelled"
                )
            now = progress_of(folder) if progress is not None else None
            if progress is not None and now is not None and now != last:
                progress(now)
                last = now
            time.sleep(_LOOK_EVERY_S)
    finally:
        stop(process)
    return _answer(folder, process.returncode)


def _start(job: Job, secret: bytes) -> subprocess.Popen[bytes]:
    path = job.write()
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(Path(xenia.__file__).resolve().parents[1]),
        "PYTHONUTF8": "1",
        "SQLITE_TMPDIR": job.folder,
        "TMPDIR": job.folder,
        "OPENBLAS_NUM_THREADS": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "xenia.registers.lists.worker", str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=job.folder,
        start_new_session=True,
    )
    assert process.stdin is not None
    with suppress(BrokenPipeError):
        process.stdin.write(secret.hex().encode() + b"\n")
        process.stdin.close()
    return process


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends the worker and whatever it started, by its own process group."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _answer(folder: Path, code: int) -> Result:
    said = read_json(folder / "result.json")
    if "result" in said and code == 0:
        return Result(**said["result"])
    if "error" in said:
        error = said["error"]
        kind = _ERRORS.get(error["code"], BadList)
        raise kind(error["message"], error["what_to_do"], code=error["code"])
    raise Unavailable(
        "The load stopped before its end.",
        "Nothing was changed. Load it again; if it stops again, see the log.",
        code="load-stopped",
    )
