"""`xenia lists load|diff|status|rebuild`: the lists from the command line, for people and for automation."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TextIO

from django.conf import settings

from xenia.commands import Call, Command
from xenia.errors import BadInput, NotFound
from xenia.formats.lists.reasons import sentence
from xenia.formats.lists.records import DOCUMENT, PERSON, VEHICLE, VISA
from xenia.registers.lists import actions, child, current, forgetting, queries, sources
from xenia.registers.lists.child import Progress
from xenia.registers.lists.inputs import MAPPED, PERSONS_ONLY
from xenia.registers.lists.job import Changes, Job, Result
from xenia.registers.lists.sources import PURPOSE
from xenia.registers.lists.versions import TOO_OLD

_CHANGES = ("added", "changed", "removed")
_ENDINGS = {".xml": "un-xml", ".json": "notices-json", ".xlsx": "xlsx", ".zip": "ofac-csv"}


def load(call: Call) -> int:
    """Loads a version of a list and answers what changed."""
    options, standing = call.options, call.standing
    assert standing is not None
    path = Path(options.file)
    form = options.format or (sources.one(options.source).format if options.source else _guessed(path))
    if not path.is_dir():
        _must_exist(path)
    source = sources.one(options.source).code if options.source else sources.for_register(options.register, form).code
    register = sources.one(source).register
    if register != options.register:
        raise BadInput(f"{source} is a source of {register}.", "Name that register.", code="list-source")
    report = actions.load(
        standing,
        source,
        path,
        form=form,
        dry_run=options.dry_run,
        reference=options.reference,
        progress=_teller(call),
        origin="command",
    )
    try:
        head = {"register": register, "source": source, "state": report.state, "number": report.number}
        if report.too_old:
            head["problem"] = TOO_OLD
        _answer(call.out, "xenia/list-load/1", head, report.result, report.changes)
        call.say(_summary(report.state, report.result))
        if report.too_old:
            call.say(_old(source, report.too_old))
    finally:
        report.discard()
    return 0


def diff(call: Call) -> int:
    """Compares two input files of one format and answers what changed; keeps nothing."""
    options = call.options
    for path in (Path(options.old), Path(options.new)):
        _must_exist(path)
    parent = Path(settings.XENIA_HOME)
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    kind = PERSON if options.format in PERSONS_ONLY else _kind_of(Path(options.new))
    with tempfile.TemporaryDirectory(prefix="diff-", dir=parent) as folder:
        job = Job(
            task="diff",
            folder=folder,
            register="diff",
            source="diff",
            kind=kind,
            format=options.format,
            input=options.new,
            old=options.old,
        )
        result = child.run(job, b"-", progress=_teller(call))
        _answer(call.out, "xenia/list-diff/1", {"format": options.format}, result, Changes(Path(folder)))
    return 0


def status(call: Call) -> int:
    """One line for each list source: its version in use, age, and what waits."""
    for line in queries.status():
        call.answer("xenia/list-source/1", asdict(line))
    return 0


def rebuild(call: Call) -> int:
    """Builds list files anew: with the search keys of this release, without records that wait to be erased."""
    standing, code = call.standing, call.options.source
    assert standing is not None
    lost = forgetting.rebuild(code, standing.act(PURPOSE, f"list:{code}"))
    current.warm()
    call.answer("xenia/list-rebuild/1", {"source": code, "removed": lost})
    return 0


def _guessed(path: Path) -> str:
    return "ofac-csv" if path.is_dir() else _ENDINGS.get(path.suffix.lower(), "csv")


def _must_exist(path: Path) -> None:
    if not path.is_file():
        raise NotFound(f"There is no file {path.name}.", "Check the path.", code="no-file")


def _kind_of(path: Path) -> str:
    """What a CSV lists, by its heading; the worker checks it properly."""
    with path.open("rb") as file:
        heading = file.readline(64_000)
    if b"sticker_number" in heading:
        return VISA
    return VEHICLE if b"plate_state" in heading else PERSON if b"surname" in heading else DOCUMENT


def _teller(call: Call) -> child.Tell:
    last = ""

    def tell(progress: Progress) -> None:
        nonlocal last
        share = f" ({progress.share:.0%})" if progress.share is not None else ""
        text = f"{progress.step}: {progress.rows:,} rows{share}"
        if text != last:
            call.say(text)
            last = text

    return tell


def _summary(state: str, result: Result) -> str:
    counts = result.counts
    done = {
        "published": "In use now",
        "tried": "Dry run: nothing was changed",
        "waiting": "This version removes more than its share or is too old: a second person must approve it",
    }[state]
    return (
        f"{done}. {counts['records']:,} records: {counts['added']:,} added, {counts['changed']:,} changed,"
        f" {counts['removed']:,} removed, {counts['refused']:,} refused, {counts['passed_over']:,} passed over."
    )


def _old(source: str, as_of: datetime) -> str:
    """What is wrong with a list that is too old before it is in use, and what to do."""
    hours = sources.one(source).max_age_hours
    return (
        f"{TOO_OLD}: this file is of {as_of:%Y-%m-%d}, and {source} allows {hours} hours; in use, it would send every"
        " traveller to second line. Ask the source for a newer file, or propose a longer age."
    )


def _answer(out: TextIO, schema: str, head: Mapping[str, object], result: Result, changes: Changes) -> None:
    """One JSON line, written piece by piece: a first load of ten million records has ten million ids."""
    counts = result.counts
    out.write(json.dumps({"schema": schema, **head, "records": counts["records"]}, ensure_ascii=False)[:-1])
    for change in _CHANGES:
        ids = (json.dumps(one, ensure_ascii=False) for one in changes.ids(change))
        _part(out, change, counts[change], {"ids": ids})
    for name in ("refused", "passed_over", "noted"):
        parts = {"ids": _refused_ids(changes, name), "rows": _refused(changes, name)}
        _part(out, name, counts[name], parts)
    kept_file = json.dumps(result.sha256 if head.get("number") else None)
    out.write(f', "kept": {counts["kept"]}, "sha256": {kept_file}}}\n')
    with suppress(ValueError, OSError):
        out.flush()


def _part(out: TextIO, name: str, count: int, parts: Mapping[str, Iterator[str]]) -> None:
    out.write(f', "{name}": {{"count": {count}')
    for label, items in parts.items():
        out.write(f', "{label}": [')
        for number, item in enumerate(items):
            out.write(f"{', ' if number else ''}{item}")
        out.write("]")
    out.write("}")


def _refused_ids(changes: Changes, state: str) -> Iterator[str]:
    """Record ids of refused rows; a row that has none is only among the rows."""
    for one in changes.refused():
        if one.state == state and one.record_id:
            yield json.dumps(one.record_id, ensure_ascii=False)


def _refused(changes: Changes, state: str) -> Iterator[str]:
    for one in changes.refused():
        if one.state == state:
            said = {"line": one.line, "id": one.record_id, "column": one.column, "reason": one.reason}
            yield json.dumps({**said, "message": sentence(one.reason)}, ensure_ascii=False)


def _load_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("register", metavar="REGISTER", help=", ".join(sources.KIND_OF_REGISTER))
    parser.add_argument("file", metavar="FILE", help="the list; for ofac-csv a zip or folder of its three files")
    parser.add_argument(
        "--format",
        choices=sources.FORMATS,
        help="default: the source's; without a source by the file's ending: .xml un-xml, .json notices-json, .xlsx xlsx, .zip ofac-csv, else csv",
    )
    parser.add_argument(
        "--source", metavar="CODE", help="the list source; default: the approved one of that register and format"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would change")
    parser.add_argument("--reference", metavar="R", default="", help="event or case that the load belongs to")


def _diff_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", metavar="OLD", help="the list before")
    parser.add_argument("new", metavar="NEW", help="the list after")
    known = [form for form in sources.FORMATS if form not in MAPPED]
    parser.add_argument("--format", choices=known, required=True)


def _rebuild_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="CODE", help="the list source")


COMMANDS: tuple[Command, ...] = (
    Command(
        "lists load", "Load a version of a list, or say what it would change.", load, "lists.load", _load_arguments
    ),
    Command(
        "lists diff",
        "Say what changed between two list files.",
        diff,
        None,
        _diff_arguments,
        needs_home=False,
        writes=False,
    ),
    Command(
        "lists status", "Say which list versions are in use and how old they are.", status, "lists.read", writes=False
    ),
    Command("lists rebuild", "Build the files of a list anew.", rebuild, "lists.load", _rebuild_arguments),
)
