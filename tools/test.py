"""`./xenia test`: every check and every test, on SQLite and on PostgreSQL. Standard library only.

    ./xenia test                                  everything
    ./xenia test tests/journal -k gapless         these tests on both databases; options are pytest's
    ./xenia test --only checks|sqlite|postgresql  one part (with or without paths)

What this machine lacks and cannot install is named in one plain line and counted as skipped.
Both databases are tested at the same time where there is more than one processor.
The last line is `N passed, N failed, N skipped`: tests of both runs, and each check as one.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from debian import install_missing
from postgres import Server, find_programs

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("checks", "sqlite", "postgresql")
CHECKS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "--quiet", "."],
    "mypy": ["-m", "mypy"],
    "import-linter": ["-c", "from importlinter.cli import lint_imports_command as run; run(['--no-logo'])"],
}
NO_TESTS_COLLECTED = 5  # pytest's exit code


@dataclass
class Tally:
    """What was counted so far, and the plain lines to repeat at the end."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    notes: list[str] = field(default_factory=list)

    def skip(self, reason: str) -> None:
        self.skipped += 1
        self.notes.append(f"SKIPPED: {reason}")

    def fail(self, reason: str) -> None:
        self.failed += 1
        self.notes.append(f"FAILED: {reason}")


def say(text: str) -> None:
    print(text, flush=True)


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XENIA_")}
    return {**kept, "PYTHONUTF8": "1", **more}


def run_checks(tally: Tally) -> None:
    for name, command in CHECKS.items():
        say(f"\n== {name}")
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, check=False
        )
        say(f"{name}: {'ok' if done.returncode == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s")
        if done.returncode == 0:
            tally.passed += 1
        else:
            tally.fail(name)


def count(report: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped tests of a JUnit report; an error counts as failed."""
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
    total, failures, errors, skipped = (
        sum(int(s.get(name, 0)) for s in suites) for name in ("tests", "failures", "errors", "skipped")
    )
    return total - failures - errors - skipped, failures + errors, skipped


def run_pytest(
    tally: Tally,
    name: str,
    options: list[str],
    folder: Path,
    *,
    may_be_empty: bool,
    beside: Beside | None = None,
    **more: str,
) -> None:
    """Run the tests and count them. `beside`: their output goes to its file, to be shown afterwards."""
    report = folder / f"{name}.xml"
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *options]
    if beside is None:
        say(f"\n== tests on {name}")
        done = subprocess.run(command, cwd=ROOT, env=environment(**more), stdin=subprocess.DEVNULL, check=False)
    else:
        done = beside.run(command, environment(**more))
    passed, failed, skipped = count(report) if report.exists() else (0, 0, 0)
    tally.passed += passed
    tally.failed += failed
    tally.skipped += skipped
    if failed:
        tally.notes.append(f"FAILED: {failed} tests on {name}")
    elif done.returncode and not (may_be_empty and done.returncode == NO_TESTS_COLLECTED):
        tally.fail(f"pytest on {name} ended with exit code {done.returncode}")


def print_coverage(report: Path) -> None:
    """Lines of each room that the SQLite run passed through."""
    if not report.exists():
        return
    rooms: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for name, entry in json.loads(report.read_text(encoding="utf-8"))["files"].items():
        parts = Path(name).parts
        room = parts[parts.index("xenia") + 1] if "xenia" in parts else name
        for key in (room if not room.endswith(".py") else "(root)", "all"):
            rooms[key][0] += entry["summary"]["covered_lines"]
            rooms[key][1] += entry["summary"]["num_statements"]
    say("\n== coverage by lines, SQLite run")
    for room, (covered, statements) in sorted(rooms.items(), key=lambda item: (item[0] == "all", item[0])):
        say(f"{room:<12} {100 * covered / max(statements, 1):5.1f} %  of {statements} lines")


class Beside:
    """The tests on PostgreSQL while those on SQLite run: each keeps one processor busy. `finish` shows what they said."""

    def __init__(self, folder: Path) -> None:
        self.tally = Tally()
        self.output = folder / "postgresql.txt"
        self.process: subprocess.Popen[bytes] | None = None
        self.thread = threading.Thread(target=run_on_postgresql, args=(self.tally, [], folder, self))
        self.thread.start()

    def run(self, command: list[str], environ: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
            )
            return subprocess.CompletedProcess(command, self.process.wait())

    def finish(self, tally: Tally) -> None:
        self.thread.join()
        say("\n== tests on PostgreSQL, run beside those on SQLite")
        if self.output.exists():
            say(self.output.read_text(encoding="utf-8", errors="replace"))
        tally.passed += self.tally.passed
        tally.failed += self.tally.failed
        tally.skipped += self.tally.skipped
        tally.notes += self.tally.notes

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
        self.thread.join()


def run_on_postgresql(tally: Tally, chosen: list[str], folder: Path, beside: Beside | None = None) -> None:
    programs = find_programs()
    if programs is None:
        tally.skip("PostgreSQL is not installed: no test ran on it (apt-get install postgresql).")
        return
    try:
        with Server(programs) as address:
            run_pytest(
                tally,
                "PostgreSQL",
                ["--database-tests", *chosen],
                folder,
                may_be_empty=bool(chosen),
                beside=beside,
                XENIA_DATABASE=address,
            )
    except RuntimeError as error:
        tally.fail(f"PostgreSQL did not start: {error}")


def wanted(arguments: list[str]) -> tuple[set[str], list[str]]:
    """Which parts to run, and what to hand to pytest."""
    if arguments[:1] == ["--only"]:
        if arguments[1:2] and arguments[1] in PARTS:
            return {arguments[1]}, arguments[2:]
        print(f"--only takes one of: {', '.join(PARTS)}", file=sys.stderr)
        sys.exit(2)
    return ({"sqlite", "postgresql"} if arguments else set(PARTS)), arguments


def main(arguments: list[str]) -> int:
    parts, chosen = wanted(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server below is stopped
    tally = Tally()
    if parts & {"sqlite", "postgresql"}:
        for reason in install_missing():
            tally.skip(reason)
    if "checks" in parts:
        run_checks(tally)
    folder, beside = Path(tempfile.mkdtemp(prefix="xenia-reports-")), None
    try:
        if parts >= {"sqlite", "postgresql"} and not chosen and (os.cpu_count() or 1) > 1:
            beside = Beside(folder)
        if "sqlite" in parts:
            report = folder / "coverage.json"
            coverage = [] if chosen else ["--cov=xenia", f"--cov-report=json:{report}"]
            run_pytest(tally, "SQLite", [*coverage, *chosen], folder, may_be_empty=bool(chosen))
            print_coverage(report)
        if beside is not None:
            beside.finish(tally)
        elif "postgresql" in parts:
            run_on_postgresql(tally, chosen, folder)
    finally:
        if beside is not None:
            beside.stop()
        shutil.rmtree(folder, ignore_errors=True)
    say("\n" + "\n".join(tally.notes) if tally.notes else "")
    say(f"{tally.passed} passed, {tally.failed} failed, {tally.skipped} skipped")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
