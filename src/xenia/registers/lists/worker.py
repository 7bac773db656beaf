"""The child process that reads a list from outside: limited in memory and time, low in priority, without Django.

`python -m xenia.registers.lists.worker JOB` with the register's secret as one line of hexadecimal on standard input.
It writes into the run's folder only; whatever happens to it, the parent and the version in use are not touched.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import asdict
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import Any, TextIO

from xenia.errors import XeniaError
from xenia.formats.lists.records import (
    PERSON,
    PERSON_FIELDS,
    VEHICLE,
    VEHICLE_FIELDS,
    VISA,
    BadList,
    Record,
    Refused,
    Told,
)
from xenia.matching.keys import RULES_VERSION
from xenia.registers.lists import delta, inputs, keyed
from xenia.registers.lists.build import Built, build
from xenia.registers.lists.diff import CHANGES, differences
from xenia.registers.lists.file import ListFile
from xenia.registers.lists.job import DELTA, MOST_REFUSED, Job, Result, write_json
from xenia.registers.lists.report import Report
from xenia.registers.lists.subjects import erasing_key, subject_bytes

_TELL_EVERY_S = 0.3
# The system call that puts a process into the idle class of disk traffic. Source: Linux, ioprio_set(2).
_IOPRIO_SET = {"x86_64": 251, "aarch64": 30, "riscv64": 30}
_WHO_PROCESS, _IDLE_CLASS = 1, 3 << 13
# Fields that a source may fill where its file leaves them empty.
_DEFAULTED = {PERSON: PERSON_FIELDS, VEHICLE: VEHICLE_FIELDS, VISA: ("issuing_authority",)}
_SORTED_IN_MEMORY = 3_000_000


def main(arguments: list[str]) -> int:
    """Does one job; 0 where it left a result, 1 where it left an error, else the system's code."""
    job = Job.read(Path(arguments[0]))
    limit(job)
    secret = bytes.fromhex(sys.stdin.readline().strip())
    answer = Path(job.folder) / "result.json"
    try:
        said: dict[str, Any] = {"result": asdict(Work(job, secret).run())}
    except XeniaError as error:
        said = _failed(error)
    except MemoryError:
        how = "Ask its source for it in parts."
        said = _failed(BadList("The list needs more memory than a load may take.", how, code="list-too-large"))
    write_json(answer, said)
    return 0 if "result" in said else 1


def _failed(error: XeniaError) -> dict[str, Any]:
    return {"error": {"code": error.code, "message": error.message, "what_to_do": error.what_to_do}}


def limit(job: Job) -> None:
    """Bounds what this process may take, and leaves no core file with listed persons in it."""
    resource.setrlimit(resource.RLIMIT_AS, (job.memory_bytes, job.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (job.cpu_s, job.cpu_s))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o077)
    give_way()


def give_way() -> None:
    """Takes processor and disk only where nobody else wants them: loading a list never delays a check."""
    os.nice(19)
    with suppress(AttributeError, OSError):  # not Linux, or not allowed here
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    number = _IOPRIO_SET.get(platform.machine()) if sys.platform == "linux" else None
    if number is not None:
        with suppress(OSError):
            ctypes.CDLL(None).syscall(number, _WHO_PROCESS, 0, _IDLE_CLASS)


class Work:
    """One job on its way."""

    def __init__(self, job: Job, secret: bytes) -> None:
        self.job, self.secret = job, secret
        self.folder = Path(job.folder)
        self.told, self.parent, self.last = Told(), os.getppid(), 0.0
        self.counts = dict.fromkeys(("refused", "passed_over", "noted", "kept"), 0)
        self.size = inputs.size(Path(job.input)) if job.input else 0
        self.refused_file: TextIO | None = None

    def run(self) -> Result:
        """Builds the file, compares it, leaves what changed beside it."""
        job = self.job
        if job.task == "look":
            write_json(self.folder / "look.json", inputs.look(job))
            return Result({})
        if job.task == "keyed":
            return self._keyed()
        old = ListFile.open(Path(job.old)) if job.old and job.task == "load" else None
        with closing((self.folder / "refused.jsonl").open("w", encoding="utf-8")) as file:
            self.refused_file = file
            if job.task == "diff":
                return self._compare_inputs()
            if job.task == "rebuild":
                old_one = ListFile.open(Path(job.old))
                built = self._build(Path(job.out), self._left(old_one), self.secret)
                removed = old_one.count - sum(built.counts.values())
                self._difference()
                return self._result(built, {"before": old_one.count, "added": 0, "changed": 0, "removed": removed})
            built = self._build(Path(job.out), self._taken(job.input, old), None if job.dry_run else self.secret)
        with_old = {"before": old.count if old else 0, **self._changes(old, Path(job.out))}
        if job.dry_run:
            Path(job.out).unlink()
        elif old is not None:
            self._difference()
        return self._result(built, with_old)

    def _keyed(self) -> Result:
        """What units get of a list as keys, and the difference to what they got before."""
        job, over = self.job, laid_over(Path(self.job.laid_over))
        listed = (one for one in ListFile.open(Path(job.input)).records() if one.record_id not in over)
        fresh = (Record(name, job.kind, body) for name, body in over.items() if body is not None)
        meta = {**job.meta, "register": job.register, "source": job.source}
        words = [frozenset(some) for some in (job.quiet, job.noticed, job.shown, job.said_as)]
        what = keyed.What(words[0], words[1], date.today().isoformat(), words[2], words[3])
        secret = keyed.list_secret(self.secret, job.source)
        built = keyed.write(Path(job.out), chain(listed, fresh), meta, secret, what, self._tell)
        if job.old:
            self._difference()
        return self._result(built, {})

    def _result(self, built: Built, more: dict[str, int]) -> Result:
        counts = {"records": sum(built.counts.values()), **built.counts, **self.counts, **more}
        return Result(counts, built.sha256, built.size_bytes, self.told.as_of, RULES_VERSION)

    def _difference(self) -> None:
        """What units that have the version before need of the new one; where it is not to be had, they fetch it whole."""
        try:
            delta.write(Path(self.job.old), Path(self.job.out), Path(self.job.out).with_name(DELTA))
        except (MemoryError, OSError):
            Path(self.job.out).with_name(DELTA).unlink(missing_ok=True)

    def _compare_inputs(self) -> Result:
        old, new = self.folder / "old.list", self.folder / "new.list"
        self._build(old, self._taken(self.job.old, None, count_refused=False), None)
        self.told = Told()
        built = self._build(new, self._taken(self.job.input, None), None)
        before = ListFile.open(old)
        counts = {"before": before.count, **self._changes(before, new)}
        old.unlink()
        new.unlink()
        return self._result(built, counts)

    def _build(self, path: Path, records: Iterator[Record], secret: bytes | None) -> Built:
        job = self.job
        meta = {**job.meta, "register": job.register, "source": job.source}
        return build(path, records, meta, secret=secret, progress=self._tell, refuse=self._refuse)

    def _taken(self, path: str, old: ListFile | None, count_refused: bool = True) -> Iterator[Record]:
        """Records of the input, in which a refused row never removes the record that stood in the version before."""
        taken, most = 0, self.job.most_rows or None
        for item in islice(inputs.records(self.job, Path(path), self.told), most):
            if isinstance(item, Record):
                taken += 1
                yield self._filled(item)
                continue
            if count_refused:
                self._refuse(item)
            whose = "" if item.passed_over or item.noted else item.record_id
            kept = old.get(whose) if old and whose else None
            if kept is not None:
                self.counts["kept"] += 1
                yield Record(whose, self.job.kind, kept, item.line)
        if not taken and self.counts["refused"]:
            raise BadList(
                "Every row of the list was refused.", "See the refused rows, and check the columns.", code="list-empty"
            )

    def _filled(self, record: Record) -> Record:
        fields = _DEFAULTED.get(record.kind, ())
        for name, value in self.job.defaults.items():
            if name in fields and not record.body.get(name):
                record.body[name] = value
        return record

    def _left(self, old: ListFile) -> Iterator[Record]:
        """Records of the old file without those that are to be erased."""
        erase = frozenset(self.job.erase)
        for record in old.records():
            if erasing_key(self.secret, subject_bytes(old.place, record.record_id)) not in erase:
                yield record

    def _refuse(self, refused: Refused) -> None:
        self.counts[refused.state] += 1
        told = sum(self.counts[name] for name in ("refused", "passed_over", "noted"))
        if self.refused_file is not None and told <= MOST_REFUSED:
            self.refused_file.write(json.dumps(asdict(refused), ensure_ascii=False) + "\n")

    def _changes(self, old: ListFile | None, path: Path) -> dict[str, int]:
        new = ListFile.open(path)
        files: dict[str, TextIO] = {
            change: (self.folder / f"{change}.txt").open("w", encoding="utf-8") for change in CHANGES
        }
        files["report"] = (self.folder / "report.jsonl").open("w", encoding="utf-8")
        report = Report(files["report"], self.job.kind, old, new)
        counts: dict[str, int] = dict.fromkeys(CHANGES, 0)
        for row, (change, record_id) in enumerate(differences(old, new)):
            counts[change] += 1
            report.add(change, record_id, counts[change])
            files[change].write(json.dumps(record_id, ensure_ascii=False) + "\n")
            if row % 2_000 == 0:
                self._tell("comparing", row)
        for file in files.values():
            file.close()
        for change in CHANGES:
            if 1 < counts[change] <= _SORTED_IN_MEMORY:
                _sort(self.folder / f"{change}.txt")
        return counts

    def _tell(self, step: str, rows: int) -> None:
        """Says how far the work is, and stops where nobody waits for it any more."""
        now = time.monotonic()
        if now - self.last < _TELL_EVERY_S:
            return
        self.last = now
        if os.getppid() != self.parent:
            raise SystemExit("The process that asked for this is gone.")
        write_json(
            self.folder / "progress.json",
            {"step": step, "rows": rows, "bytes": self.told.bytes, "of_bytes": self.size},
        )


def laid_over(path: Path) -> dict[str, dict[str, Any] | None]:
    """Bodies by the record_id that they replace, None where the record is taken out."""
    return {one["record_id"]: one["body"] for one in map(json.loads, path.read_text(encoding="utf-8").splitlines())}


def _sort(path: Path) -> None:
    lines = sorted(path.read_text(encoding="utf-8").splitlines(keepends=True), key=json.loads)
    path.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
