"""`xenia insight report|outside`: a report that somebody else laid down the shape of; somebody else's figures."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from xenia.commands import Call, Command
from xenia.errors import BadInput

NAMES = ("committee", "eurostat", "refusals", "stays", "posts", "decisions")
FORMATS = ("csv", "xlsx", "sdmx", "json")
GRADES = ("interactive", "publication", "exact")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", choices=NAMES, help=", ".join(NAMES))
    parser.add_argument("--period", default="", help="2026, 2026-H1, 2026-Q1 or 2026-03; else the last quarter")
    parser.add_argument("--agreement", default="", help="of one agreement only, such as EU-AZ")
    parser.add_argument("--warehouse", metavar="DIR", default="", help="folder of facts; else the installation's own")
    parser.add_argument("--grade", choices=GRADES, default="", help="else the report's own")
    parser.add_argument("--reason", default="", help="what exact counts are for")
    parser.add_argument("--format", choices=FORMATS, default="csv")
    parser.add_argument("--table", default="", help="one of its tables only, such as migr_eirfs")
    parser.add_argument("--output", metavar="FILE", help="write there")
    parser.add_argument("--language", default="en", help="of titles and notes: en, fr, ar, az, ru, ka")


def _report(call: Call) -> int:
    from xenia.insight import actions
    from xenia.insight.official import Scope, catalogue, kept, making, out

    options = call.options
    if call.standing is None:
        raise RuntimeError("The command line gives every command with a permission its standing.")
    if options.format == "xlsx" and not options.output:
        raise BadInput("A workbook needs a file.", "Name it with --output FILE.xlsx.", code="output-missing")
    since, until = making.period(options.period or making.last_quarter(datetime.now(UTC).date()))
    report = catalogue.named(options.name)
    where = actions.warehouse(options.warehouse)
    scope = Scope(since, until, options.agreement)
    made = kept.with_coverage(making.make(call.standing, where, report, scope, options.grade, options.reason))
    data = kept.take(call.standing, made, options.format, options.language, options.table)
    if options.output:
        Path(options.output).write_bytes(data)
    else:
        call.out.write(data.decode("utf-8-sig"))
    for note in out.notes(made):
        call.say(note)
    return 0


def _outside_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE.csv")
    parser.add_argument("--source", required=True, metavar="TEXT", help="whose figures, which table, of when")
    parser.add_argument("--licence", required=True, metavar="TEXT", help="under which they may be shown")
    parser.add_argument("--name", default="", help="what they are called here; else the file's name")
    parser.add_argument("--small-as-five", action="store_true", help="the publisher writes 1 to 4 as 5, as UNHCR does")
    parser.add_argument("--warehouse", metavar="DIR", default="", help="folder of facts; else the installation's own")


def _outside(call: Call) -> int:
    from dataclasses import asdict

    from xenia.insight import actions
    from xenia.insight.official.outside import keeping

    options = call.options
    if call.standing is None:
        raise RuntimeError("The command line gives every command with a permission its standing.")
    convention = keeping.SMALL_AS_FIVE if options.small_as_five else ""
    kept, table = keeping.take(
        call.standing, actions.warehouse(options.warehouse), Path(options.file), options.source, options.licence,
        options.name, convention,
    )  # fmt: skip
    call.say(f"{kept.figures:,} figures, {kept.missing:,} of them not available, read as {kept.encoding}.")
    if kept.rounded:
        call.say(
            f"All are multiples of {kept.rounded}: totals were rounded on their own, parts need not add up to them."
        )
    call.answer("xenia/outside/1", {**asdict(kept), "breakdowns": table.breakdowns, "measures": table.measures})
    return 0


COMMANDS = (
    Command(
        "insight report",
        "Make a report for a period: a committee's, Eurostat's, refusals, stays, posts or decision times.",
        _report,
        "insight.read",
        arguments=_arguments,
        writes=False,
    ),
    Command(
        "insight outside",
        "Take a table that somebody else published, as it is, to be shown beside own figures.",
        _outside,
        "insight.load",
        arguments=_outside_arguments,
        writes=False,
    ),
)
