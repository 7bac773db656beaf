"""`xenia procedures check|new|draw`: for those who write procedures; touches no case."""

from __future__ import annotations

import argparse
from pathlib import Path

from django.conf import settings

from xenia.cases.definition import check, load
from xenia.cases.definition.draw import draw
from xenia.cases.definition.page import page
from xenia.cases.definition.scaffold import scaffold
from xenia.cases.folders import folders
from xenia.commands import Call, Command
from xenia.errors import NotFound


def _check(call: Call) -> int:
    """One line for each fault, with file, line and remedy; 1 if there is any."""
    count = 0
    for folder in [_folder(one) for one in call.options.folder] or folders():
        faults = check(folder)
        count += len(faults)
        for fault in faults:
            if not call.options.json:
                where = f"{folder / fault.file}:{fault.line}"
                print(f"{where}: {fault.what} {fault.remedy} [{fault.code}]", file=call.out)
                continue
            line = {"folder": folder.name, "file": fault.file, "line": fault.line, "code": fault.code}
            call.answer("xenia/procedure-fault/1", {**line, "what": fault.what, "remedy": fault.remedy})
        many = {0: "no fault", 1: "1 fault"}.get(len(faults), f"{len(faults)} faults")
        call.say(f"{folder.name}: {many}")
    return 1 if count else 0


def _folder(said: str) -> Path:
    """The folder named, or that of the installed procedure of this name."""
    if Path(said).is_dir():
        return Path(said)
    return next((one for one in reversed(folders()) if one.name == said), Path(said))


def _new(call: Call) -> int:
    """Writes a folder that passes `check` as it is."""
    name = call.options.name
    home = Path(settings.XENIA_HOME) / "packs" / name / "procedures"
    folder = scaffold(name, Path(call.options.into) if call.options.into else home)
    call.answer("xenia/procedure/1", {"procedure": name, "folder": str(folder)})
    call.say("Change its files, then run: xenia procedures check " + str(folder))
    return 0


def _draw(call: Call) -> int:
    """The diagram, or with `--page` the page for users, to standard output."""
    name = call.options.name
    found = (
        [Path(name)] if (Path(name) / "procedure.yaml").is_file() else [one for one in folders() if one.name == name]
    )
    if not found:
        known = ", ".join(one.name for one in folders()) or "none"
        raise NotFound(
            f"There is no procedure {name}.", f"Name a folder, or one of: {known}.", code="unknown-procedure"
        )
    procedure = load(found[-1])
    make = page if call.options.page else draw
    print(make(procedure, call.options.language), end="", file=call.out)
    return 0


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder",
        nargs="*",
        help="folders, or names of procedures, to check; none: every procedure of this installation",
    )
    parser.add_argument("--json", action="store_true", help="one JSON line for each fault")


def _new_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="small letters, digits and hyphens")
    parser.add_argument("--into", help="folder to write it into; else a country pack of its own in XENIA_HOME")


def _draw_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="name of a procedure, or its folder")
    parser.add_argument("--language", default="en", help="language of the labels")
    parser.add_argument("--page", action="store_true", help="a page for users in Markdown instead of the diagram")


COMMANDS = (
    Command(
        "procedures check",
        "Name every fault of procedure folders, with file, line and remedy.",
        _check,
        None,
        _check_arguments,
        needs_home=False,
        writes=False,
    ),
    Command(
        "procedures new",
        "Begin a procedure: a folder that works as it is.",
        _new,
        None,
        _new_arguments,
        needs_home=False,
        writes=False,
    ),
    Command(
        "procedures draw",
        "Draw the states and actions of a procedure as SVG.",
        _draw,
        None,
        _draw_arguments,
        needs_home=False,
        writes=False,
    ),
)
