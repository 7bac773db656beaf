"""`xenia subject find|export|erase` and `xenia retention run`."""

from __future__ import annotations

import argparse
from pathlib import Path
from uuid import UUID

from xenia.access.standing import Standing
from xenia.commands import Call, Command
from xenia.errors import BadInput
from xenia.journal.forgetting import Wanted
from xenia.oversight import rights, running

LINE_LIMIT = 200
MOST_LINES = 100_000


def _standing(call: Call) -> Standing:
    if call.standing is None:
        raise RuntimeError("The command line gives every command with a permission its standing.")
    return call.standing


def _find_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", default="", help="the whole name in one")
    parser.add_argument("--surname", default="")
    parser.add_argument("--given-names", default="")
    parser.add_argument("--birth-date", default="", metavar="YYYY[-MM[-DD]]")
    parser.add_argument("--document", default="", metavar="NUMBER", help="number of a travel document")
    parser.add_argument("--issuing-state", default="", metavar="CODE", help="three letters, such as UTO")
    _reference(parser)


def _reference(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reference", required=True, metavar="R", help="number of the person's request; no name")


def _find(call: Call) -> int:
    options = call.options
    wanted = Wanted(
        surname=options.surname, given_names=options.given_names, name=options.name, birth_date=options.birth_date,
        document_number=options.document, issuing_state=options.issuing_state.upper(),
    )  # fmt: skip
    found = rights.find(_standing(call), wanted, rights.external(options.reference))
    for one in found:
        line = {
            "subject": str(one.subject),
            "room": one.room,
            "kind": one.kind,
            "label": one.label,
            "recorded_at": one.recorded_at.isoformat(),
        }
        call.answer("xenia/subject-found/1", line)
    call.say(f"{len(found)} found, {len({one.subject for one in found})} subjects." if found else "Nobody found.")
    return 0


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("subject", metavar="SUBJECT")
    _reference(parser)


def _export(call: Call) -> int:
    subject = rights.subject_of(call.options.subject)
    call.answer(
        "xenia/subject-export/1", rights.export(_standing(call), subject, rights.external(call.options.reference))
    )
    call.say(
        "Read it before you hand it over: the law may restrict what the person is told (data of others, alerts of other states)."
    )
    return 0


def _erase_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT")
    parser.add_argument("--file", metavar="FILE", help="a file with one subject on each line, - for standard input")
    parser.add_argument("--reason", required=True, choices=sorted(rights.REASONS), help="why")
    parser.add_argument("--rewrite", action="store_true", help="also write the tables anew; locks them meanwhile")
    _reference(parser)


def _erase(call: Call) -> int:
    options = call.options
    subjects = [rights.subject_of(text) for text in options.subjects] + (
        _listed(call, options.file) if options.file else []
    )
    if not subjects:
        raise BadInput("No subject was named.", "Name subjects, or a file with --file.", code="nothing-asked")
    done = rights.erase(
        _standing(call),
        subjects,
        reason=options.reason,
        reference=rights.external(options.reference),
        rewrite=options.rewrite,
        say=call.say,
    )
    clean = {"complete": done.cleaned.complete, "note": done.cleaned.note}
    call.answer("xenia/subject-erased/1", {"subjects": done.subjects, "counts": done.counts, "files": clean})
    call.say(f"{done.subjects} subjects erased. {done.cleaned.note}")
    call.say("Backups made before still hold them until they are deleted; see docs/how-to/back-up-and-restore.md.")
    return 0


def _listed(call: Call, path: str) -> list[UUID]:
    if path != "-" and not Path(path).is_file():
        raise BadInput(f"There is no file {Path(path).name}.", "Check the path.", code="no-file")
    subjects = []
    for line in call.lines(path, LINE_LIMIT):
        text = line.decode("utf-8", "replace").strip()
        if text:
            subjects.append(rights.subject_of(text))
        if len(subjects) > MOST_LINES:
            raise BadInput(f"More than {MOST_LINES:,} subjects.", "Split the file.", code="too-many-subjects")
    return subjects


def _retention_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="count only, delete nothing")
    parser.add_argument(
        "--clock-checked",
        action="store_true",
        help="the clock was checked: run although the journal slept for more than a year",
    )


def _retention(call: Call) -> int:
    done = running.run(
        _standing(call), dry_run=call.options.dry_run, clock_checked=call.options.clock_checked, say=call.say
    )
    call.answer("xenia/retention-run/1", done.to_json())
    verb = "are due" if done.dry_run else "were deleted"
    call.say(f"{sum(done.subjects.values()):,} subjects and {sum(done.entries.values()):,} entries {verb}.")
    return 0


COMMANDS = (
    Command("subject find", "Find what is held about a person.", _find, "subject.find", _find_arguments),
    Command(
        "subject export",
        "Export everything held about a subject, and who read it.",
        _export,
        "subject.export",
        _export_arguments,
    ),
    Command("subject erase", "Erase everything held about subjects.", _erase, "subject.erase", _erase_arguments),
    Command("retention run", "Delete what is past its time.", _retention, "retention.run", _retention_arguments),
)
