"""`./xenia test`: every check and every test, on SQLite and on PostgreSQL. Standard library only.

    ./xenia test                                  everything
    ./xenia test tests/journal -k gapless         these tests on both databases; options are pytest's
    ./xenia test --only checks|sqlite|postgresql  one part (with or without paths)

What this machine lacks and cannot install is named in one plain line and counted as skipped.
A run of everything is cut into shares, two at a time where there is more than one processor.
A few tests that fail there are run once more, alone: what passes then is counted and named as unsteady.
The last line is `N passed, N failed, N skipped`: tests of both runs, and each check as one.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from collections.abc import Iterator
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
SHARES = (
    ("browser",),
    ("units",),
    ("site", "docs", "deploy"),
    ("insight",),
    ("exchange", "cases"),
)  # the longest first
RUNNING: set[subprocess.Popen[bytes]] = set()  # to be stopped with the run
AT_MOST_AGAIN = 8  # more than this many failures are no matter of a busy machine
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

    def add(self, other: Tally) -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.notes += other.notes


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


@dataclass(frozen=True)
class Share:
    """Tests that one process of pytest runs. `database`: an address, or "" for SQLite."""

    name: str
    options: tuple[str, ...]
    database: str = ""
    may_be_empty: bool = False

    def environment(self) -> dict[str, str]:
        return environment(**({"XENIA_DATABASE": self.database} if self.database else {}))


def run_pytest(tally: Tally, share: Share, folder: Path, output: Path | None = None) -> list[str]:
    """Run the tests, count them, and give the ids of those that failed. `output`: a file for what pytest says."""
    report, cache = folder / f"{share.name}.xml", folder / f"{share.name}.cache"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--durations=12",
        f"--junitxml={report}",
        "-o",
        f"cache_dir={cache}",
    ]
    command += share.options
    with output.open("wb") if output else contextlib.nullcontext() as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**share.environment(), "COVERAGE_FILE": str(folder / f"coverage.{share.name}")},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT if out else None,
        )
        RUNNING.add(process)
        code = process.wait()
        RUNNING.discard(process)
    passed, failed, skipped = count(report) if report.exists() else (0, 0, 0)
    tally.passed += passed
    tally.failed += failed
    tally.skipped += skipped
    if failed:
        tally.notes.append(failures(share, failed))
    elif code and not (share.may_be_empty and code == NO_TESTS_COLLECTED):
        tally.fail(f"pytest on {share.name} ended with exit code {code}")
    last = cache / "v" / "cache" / "lastfailed"
    return list(json.loads(last.read_text(encoding="utf-8"))) if failed and last.exists() else []


def failures(share: Share, number: int) -> str:
    return f"FAILED: {number} tests on {share.name}"


def shares() -> list[Share]:
    """All tests on SQLite, cut by folders; what no share names is in the last one."""
    everything = {one.name for one in (ROOT / "tests").iterdir() if one.name.startswith("test_") or holds_tests(one)}
    named = [[name for name in share if name in everything] for share in SHARES]
    rest = sorted(everything.difference(*named))
    return [
        Share(f"SQLite {number}", ("--cov=xenia", "--cov-report=", *(f"tests/{name}" for name in names)))
        for number, names in enumerate([*named, rest], 1)
        if names
    ]


def holds_tests(folder: Path) -> bool:
    return folder.is_dir() and any(folder.rglob("test_*.py"))


class Lanes:
    """Shares of the tests, two at a time; each one's output is shown when it has ended."""

    def __init__(self, tally: Tally, folder: Path) -> None:
        self.tally, self.folder = tally, folder
        self.failed: dict[str, tuple[Share, list[str]]] = {}
        self.waiting: queue.SimpleQueue[Share] = queue.SimpleQueue()
        self.saying = threading.Lock()

    def run(self, wanted: list[Share]) -> None:
        for share in wanted:
            self.waiting.put(share)
        threads = [threading.Thread(target=self._work, daemon=True) for _ in range(min(2, os.cpu_count() or 1))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _work(self) -> None:
        while True:
            try:
                share = self.waiting.get_nowait()
            except queue.Empty:
                return
            mine, output, began = Tally(), self.folder / f"{share.name}.txt", time.monotonic()
            failed = run_pytest(mine, share, self.folder, output)
            with self.saying:
                say(f"\n== tests on {share.name}: {' '.join(share.options)}")
                say(output.read_text(encoding="utf-8", errors="replace"))
                say(f"{share.name}: {time.monotonic() - began:.0f} s")
                self.tally.add(mine)
                if failed:
                    self.failed[share.name] = (share, failed)

    def again(self) -> None:
        """Run what failed once more, each share's alone, where they are few enough to be a matter of a busy machine."""
        if sum(len(ids) for _, ids in self.failed.values()) > AT_MOST_AGAIN:
            return
        for share, ids in self.failed.values():
            say(f"\n== once more, alone, on {share.name}")
            options = tuple(option for option in share.options if option == "--database-tests")
            mine = Tally()
            still = run_pytest(mine, Share(f"{share.name} again", (*options, *ids), share.database), self.folder)
            if mine.passed + mine.failed != len(ids):
                self.tally.fail(f"{share.name}: the second run was not of the same tests")
                continue
            steady = [one for one in ids if one not in still]
            self.tally.passed += len(steady)
            self.tally.failed -= len(steady)
            if not still:
                self.tally.notes.remove(failures(share, len(ids)))
            self.tally.notes += [
                f"UNSTEADY: failed beside others, passed alone: {one} ({share.name})" for one in steady
            ]


def print_coverage(folder: Path) -> None:
    """Lines of each room that the runs on SQLite passed through."""
    parts = sorted(str(one) for one in folder.glob("coverage.SQLite*"))
    report = folder / "coverage.json"
    made = {**environment(), "COVERAGE_FILE": str(folder / "coverage.all")}
    for command in (["combine", "--quiet", *parts], ["json", "--quiet", "-o", str(report)]):
        subprocess.run([sys.executable, "-m", "coverage", *command], cwd=ROOT, env=made, check=False)
    if not report.exists():
        return
    rooms: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for name, entry in json.loads(report.read_text(encoding="utf-8"))["files"].items():
        parts_of = Path(name).parts
        room = parts_of[parts_of.index("xenia") + 1] if "xenia" in parts_of else name
        for key in (room if not room.endswith(".py") else "(root)", "all"):
            rooms[key][0] += entry["summary"]["covered_lines"]
            rooms[key][1] += entry["summary"]["num_statements"]
    say("\n== coverage by lines, SQLite run")
    for room, (covered, statements) in sorted(rooms.items(), key=lambda item: (item[0] == "all", item[0])):
        say(f"{room:<12} {100 * covered / max(statements, 1):5.1f} %  of {statements} lines")


@contextlib.contextmanager
def postgresql(tally: Tally) -> Iterator[str]:
    """The address of a server of our own, or "" where there is none, which is counted."""
    programs = find_programs()
    if programs is None:
        tally.skip("PostgreSQL is not installed: no test ran on it (apt-get install postgresql).")
        yield ""
        return
    server = Server(programs)
    try:
        address = server.__enter__()
    except RuntimeError as error:
        tally.fail(f"PostgreSQL did not start: {error}")
        yield ""
        return
    try:
        yield address
    finally:
        server.__exit__(None, None, None)


def run_everything(tally: Tally, folder: Path) -> None:
    """All shares on both databases, the few that failed once more, and the coverage."""
    lanes, all_shares = Lanes(tally, folder), shares()
    with postgresql(tally) as address:
        if address:
            all_shares.insert(1, Share("PostgreSQL", ("--database-tests",), address))
        lanes.run(all_shares)
        lanes.again()
    print_coverage(folder)


def run_chosen(tally: Tally, parts: set[str], chosen: list[str], folder: Path) -> None:
    """What the arguments name, on one database or on both, one after the other."""
    if "sqlite" in parts:
        say("\n== tests on SQLite")
        run_pytest(tally, Share("SQLite", tuple(chosen), may_be_empty=bool(chosen)), folder)
    if "postgresql" in parts:
        with postgresql(tally) as address:
            if address:
                say("\n== tests on PostgreSQL")
                options = ("--database-tests", *chosen)
                run_pytest(tally, Share("PostgreSQL", options, address, may_be_empty=bool(chosen)), folder)


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
    folder = Path(tempfile.mkdtemp(prefix="xenia-reports-"))
    try:
        if parts >= {"sqlite", "postgresql"} and not chosen:
            run_everything(tally, folder)
        else:
            run_chosen(tally, parts, chosen, folder)
    finally:
        for process in list(RUNNING):
            process.terminate()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)
    say("\n" + "\n".join(tally.notes) if tally.notes else "")
    say(f"{tally.passed} passed, {tally.failed} failed, {tally.skipped} skipped")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
