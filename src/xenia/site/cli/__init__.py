"""The command line: finds the command, its account and the process that may write, then runs it.

Exit codes: 0 done, 1 failed, 2 wrong use. JSON lines with a `schema` field go to standard output,
messages to standard error.
"""

from __future__ import annotations

import argparse
import importlib
import io
import logging
import os
import sys
import uuid
from pathlib import Path
from typing import BinaryIO

from xenia.commands import Call, Command
from xenia.errors import XeniaError
from xenia.site.cli.index import INDEX, Place

PURE = frozenset({"xenia.site.cli.mrz", "xenia.site.cli.stay"})
PATHS = frozenset({"FILE", "DIR", "HOME", "OLD", "NEW", "HEAD"})


def entry() -> None:
    """The console command `xenia`."""
    sys.exit(main(sys.argv[1:]))


def main(argv: list[str]) -> int:
    """Run one command line; returns the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xenia.site.settings")
    place = INDEX.get(argv[0]) if argv else None
    if place is None:
        return _overview(argv)
    try:
        if not place.local:
            from xenia.site.cli import handover

            code = handover.offer(argv)
            if code is not None:
                return code
        typed: BinaryIO = sys.stdin.buffer if sys.stdin else io.BytesIO()  # None where it was closed
        interactive = bool(sys.stdin and sys.stdin.isatty())
        call = Call(argparse.Namespace(), typed, sys.stdout, sys.stderr, interactive=interactive)
        return run(argv, call, Path.cwd())
    except XeniaError as error:
        print(f"xenia: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - the reader left; nothing more can be said
        return 1
    except KeyboardInterrupt:
        print("xenia: stopped by you; what was acknowledged is kept.", file=sys.stderr)
        return 1


def run(argv: list[str], call: Call, cwd: Path) -> int:
    """Parse and run `argv` in this process, writing to the streams of `call`."""
    place = INDEX[argv[0]]
    try:
        command, options = _parse(argv, place, call)
    except _WrongUse as wrong:
        return wrong.code
    _absolute_paths(command, options, cwd)
    call.options = options
    try:
        return _run(command, call)
    except XeniaError as error:
        call.say(f"xenia: {error}")
        return 1
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as error:
        if (found := _trouble(error)) is not None:
            call.say(f"xenia: {found}")
            return 1
        number = uuid.uuid4().hex[:8]
        logging.getLogger("xenia").exception("command failed", extra={"error_id": number})
        call.say(
            f"xenia: something went wrong inside Xenia. Nothing half-done was kept. Report error {number}; the log has it."
        )
        return 1


def _trouble(error: Exception) -> XeniaError | None:
    """What to say of a disk or database that cannot be had."""
    from xenia.site.keeping import storage

    return storage.trouble(error)


def _run(command: Command, call: Call) -> int:
    if command.permission is None and not command.needs_home:
        return command.run(call)
    from xenia.site import setup

    setup.start_django()
    if command.needs_home or command.permission is not None:  # who may is asked of the home's accounts
        _enter(call)
        setup.ensure(call.say)
    if command.permission is not None:
        from xenia.access import policy

        call.standing = setup.acting(call.options.acting_as)
        policy.require(call.standing, command.permission)
    code = command.run(call)
    if command.writes:
        setup.settle()
    return code


def _enter(call: Call) -> None:
    """A unit keeps an encrypted store: whoever runs a command opens it first."""
    from xenia.units.store import entering

    entering.enter(call)


class _WrongUse(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class _Parser(argparse.ArgumentParser):
    """argparse that speaks to the streams of the call, not of the process."""

    call: Call

    def _print_message(self, message: str, file: object = None) -> None:
        target = self.call.out if file is sys.stdout else self.call.err
        if message:
            target.write(message)

    def exit(self, status: int = 0, message: str | None = None) -> None:  # type: ignore[override]
        if message:
            self.call.err.write(message)
        raise _WrongUse(status)


def commands_of(place: Place) -> tuple[Command, ...]:
    """The commands that the modules at `place` declare."""
    if not PURE.issuperset(place.modules):
        from xenia.site import setup

        setup.start_django()
    return tuple(one for name in place.modules for one in importlib.import_module(name).COMMANDS)


def _parse(argv: list[str], place: Place, call: Call) -> tuple[Command, argparse.Namespace]:
    kind = type("Parser", (_Parser,), {"call": call})
    mine = [command for command in commands_of(place) if command.name.split()[0] == argv[0]]
    single = next((command for command in mine if command.name == argv[0]), None)
    parser = kind(prog=f"xenia {argv[0]}", description=single.help if single else None)
    if single is not None:
        command = single
        _arguments(parser, single)
    else:
        below = parser.add_subparsers(dest="second_word", required=True, metavar="COMMAND", parser_class=kind)
        for one in mine:
            _arguments(below.add_parser(one.name.split()[1], help=one.help, description=one.help), one)
    options = parser.parse_args(argv[1:])
    if single is None:
        command = next(one for one in mine if one.name == f"{argv[0]} {options.second_word}")
    return command, options


def _arguments(parser: argparse.ArgumentParser, command: Command) -> None:
    command.arguments(parser)
    if command.permission is not None:
        parser.add_argument(
            "--as", dest="acting_as", metavar="ACCOUNT", help="act as this account instead of the operator"
        )
    parser.set_defaults(path_options=[a.dest for a in parser._actions if a.metavar in PATHS])


def _absolute_paths(command: Command, options: argparse.Namespace, cwd: Path) -> None:
    """Paths are meant from where the person stands, also when another process runs the command; none given stays none."""
    for name in options.path_options:
        value = getattr(options, name, None)
        if isinstance(value, str) and value not in ("", "-"):
            setattr(options, name, str(cwd / value))
        elif isinstance(value, list):
            setattr(options, name, [v if v in ("", "-") else str(cwd / v) for v in value])


def _overview(argv: list[str]) -> int:
    wanted = bool(argv) and argv[0] in ("help", "--help", "-h", "--version")
    out = sys.stdout if wanted else sys.stderr
    if argv and argv[0] == "--version":
        from xenia import __version__

        print(f"xenia {__version__}", file=out)
        return 0
    if argv and not wanted:
        print(f"xenia: there is no command {argv[0]!r}.", file=out)
    print(
        "usage: xenia COMMAND ...\n\nCommands: "
        + ", ".join(INDEX)
        + "\n\n`xenia COMMAND --help` tells more; docs/reference/commands.md has all.",
        file=out,
    )
    return 0 if wanted else 2
