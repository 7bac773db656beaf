"""`xenia insight load|query`: facts in, tables out."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from xenia.access.standing import Standing
from xenia.commands import Call, Command
from xenia.errors import BadInput
from xenia.insight.official import commands as official_commands

GRADES = ("interactive", "publication", "exact")
FORMATS = ("csv", "json", "xlsx", "sdmx")


def _standing(call: Call) -> Standing:
    if call.standing is None:
        raise RuntimeError("The command line gives every command with a permission its standing.")
    return call.standing


def _load_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FACTS.csv")
    parser.add_argument("--warehouse", metavar="DIR", default="", help="folder of facts; else the installation's own")
    parser.add_argument("--preview", action="store_true", help="look through it only")
    parser.add_argument("--errors", metavar="FILE", help="write each fault with its line and column there, as CSV")


def _load(call: Call) -> int:
    from xenia.formats import tables
    from xenia.insight import actions, loading

    file = Path(call.options.file)
    seen = loading.look(file)
    told = {"rows": seen.rows, "crossings": seen.crossings, "first": seen.first, "last": seen.last, "posts": seen.posts}
    call.say(f"{seen.rows:,} lines, {seen.crossings:,} crossings, {seen.posts} posts, {seen.first} to {seen.last}.")
    if call.options.errors:
        Path(call.options.errors).write_bytes(tables.csv_bytes(["line", "column", "fault"], seen.faults))
    for line, column, what in seen.faults[:5]:
        call.say(f"line {line}, {column}: {what}")
    if call.options.preview:
        call.answer("xenia/facts/1", {**told, "faults": len(seen.faults), "loaded": False})
        return 1 if seen.faults else 0
    _seen, made = actions.load(_standing(call), actions.warehouse(call.options.warehouse), file)
    call.answer("xenia/facts/1", {**told, "faults": 0, "loaded": True, "digest": made.digest})
    return 0


def _query_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--warehouse", metavar="DIR", default="", help="folder of facts; else the installation's own")
    parser.add_argument("--measure", required=True, metavar="M", help="such as crossings, refusals, persons")
    parser.add_argument("--by", default="", metavar="D,D", help="breakdowns, such as month,nationality")
    parser.add_argument("--where", action="append", default=[], metavar="D=A,B", help="only these; D!=A: without them")
    parser.add_argument("--since", type=_day, metavar="DAY", help="from this day")
    parser.add_argument("--until", type=_day, metavar="DAY", help="until before this day")
    parser.add_argument("--grade", choices=GRADES, default="interactive")
    parser.add_argument("--reason", default="", help="what exact counts are for")
    parser.add_argument("--format", choices=FORMATS, default="csv")
    parser.add_argument("--output", metavar="FILE", help="write there; beside a CSV also FILE-metadata.json (CSVW)")
    parser.add_argument("--language", default="en", help="of labels: en, fr, ar, az, ru, ka")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no day such as 2026-03-02") from None


def _query(call: Call) -> int:
    from xenia.insight import actions, out
    from xenia.insight.question import asked

    options = call.options
    by = [one.strip() for one in options.by.split(",") if one.strip()]
    wanted = asked(options.measure, by, options.where, options.since, options.until)
    if options.format == "xlsx" and not options.output:
        raise BadInput("A workbook needs a file.", "Name it with --output FILE.xlsx.", code="output-missing")
    made = actions.ask(_standing(call), actions.warehouse(options.warehouse), wanted, options.grade, options.reason)
    data = out.FORMATS[options.format](made, options.language)
    if not options.output:
        call.out.write(data.decode("utf-8-sig"))
    else:
        path = Path(options.output)
        path.write_bytes(data)
        if options.format == "csv":
            path.with_name(path.name + "-metadata.json").write_bytes(out.csvw(made, path.name, options.language))
    for note in out.notes(made):
        call.say(note)
    if made.hidden:
        call.say(f"{made.hidden:,} of {len(made.cells):,} cells are hidden.")
    return 0


COMMANDS = (
    Command(
        "insight load",
        "Load facts without persons from a CSV file into the warehouse.",
        _load,
        "insight.load",
        arguments=_load_arguments,
        writes=False,
    ),
    Command(
        "insight query",
        "Ask the warehouse for a table in a grade of disclosure control.",
        _query,
        "insight.read",
        arguments=_query_arguments,
        writes=False,
    ),
    *official_commands.COMMANDS,
)
