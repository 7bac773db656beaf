"""What a command of the command line is; rooms declare theirs in `<room>/commands.py` as `COMMANDS`.

`site/cli` collects them, parses arguments, finds the account they act as, checks the permission,
and hands the ones that write to the serving process where one runs on the same SQLite file.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

if TYPE_CHECKING:
    from xenia.access.standing import Standing


@dataclass
class Call:
    """One run of a command: its options, its streams and the account it acts as."""

    options: argparse.Namespace
    stdin: BinaryIO
    out: TextIO
    err: TextIO
    standing: Standing | None = None
    interactive: bool = False

    def say(self, text: str) -> None:
        """A message for a person, to standard error."""
        print(text, file=self.err, flush=True)

    def answer(self, schema: str, data: dict[str, Any]) -> None:
        """One JSON line to standard output; `schema` such as `xenia/mrz/1` is its first field."""
        print(json.dumps({"schema": schema, **data}, ensure_ascii=False), file=self.out)

    def lines(self, path: str | None, limit_bytes: int) -> Iterator[bytes]:
        """Lines of the file at `path`, or of standard input for None and `-`, each cut at the limit plus one."""
        if path is None or path == "-":
            yield from iter(lambda: self.stdin.readline(limit_bytes + 1), b"")
            return
        with Path(path).open("rb") as file:
            yield from iter(lambda: file.readline(limit_bytes + 1), b"")


@dataclass(frozen=True)
class Command:
    """`name` may have two words (`journal verify`). `run` returns the exit code: 0 done, 1 failed.

    `permission`: what the account needs (see `docs/reference/permissions.md`); None only for commands
    that touch neither database nor personal data kept by Xenia. `needs_home`: sets up XENIA_HOME first, as
    every command with a permission does.
    `writes`: handed to the serving process where one holds the SQLite file; with False it always runs here.
    """

    name: str
    help: str
    run: Callable[[Call], int]
    permission: str | None
    arguments: Callable[[argparse.ArgumentParser], None] = field(default=lambda parser: None)
    needs_home: bool = True
    writes: bool = True
