"""Reads and judges a folder: `load` for those who run it, `check` for those who write it."""

from __future__ import annotations

from pathlib import Path

from xenia.cases.definition.build import build
from xenia.cases.definition.meaning import judge
from xenia.cases.definition.model import Fault, Faulty, Procedure
from xenia.cases.definition.reader import Reader
from xenia.cases.definition.source import MAIN, Folder, Unreadable


def load(folder: Path) -> Procedure:
    """The procedure in `folder`. Raises `Faulty` with every fault found; runs no worked case."""
    procedure, faults = examine(folder)
    if faults or procedure is None:
        raise Faulty(folder.name, faults)
    return procedure


def examine(folder: Path, *, deeper: bool = False) -> tuple[Procedure | None, tuple[Fault, ...]]:
    """The procedure as far as it can be read, and its faults in the order of files and lines.

    `deeper`: asks the meta-schema of each form and message too and, if nothing is wrong so far, runs the worked cases.
    """
    files = Folder(folder.resolve())
    try:
        files.names()
        source = files.read(MAIN)
    except Unreadable as bad:
        return None, (bad.fault,)
    if not isinstance(source.value, dict):
        return None, (source.fault("shape", "this is no procedure", "Begin with: id: and version:."),)
    reader = Reader(files, source)
    try:
        procedure = build(reader)
        judge(reader, procedure)
        if deeper:
            _deeper(reader, procedure)
    except Unreadable as bad:
        reader.faults.append(bad.fault)
        return None, tuple(sorted(set(reader.faults)))
    return procedure, tuple(sorted(set(reader.faults)))


def _deeper(reader: Reader, procedure: Procedure) -> None:
    from xenia.cases.definition.schemas import meta_faults  # with jsonschema, which loading does without
    from xenia.cases.definition.worked import judge_worked

    meta_faults(reader, procedure)
    if not reader.faults:
        judge_worked(reader, procedure)
