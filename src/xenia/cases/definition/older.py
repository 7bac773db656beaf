"""Older versions of messages: `messages/older/NAME.VERSION.json`, closed schemas as the present ones.

They are kept for as long as an authority may not have the newer release: what it says is taken, and it is told no more
than the version names that it reads.
"""

from __future__ import annotations

import re
from typing import Final

from xenia.cases.definition.model import OlderSchema, Procedure
from xenia.cases.definition.reader import Reader

FOLDER: Final = "messages/older/"
FILE: Final = re.compile(r"([a-z][a-z0-9_]{0,62})\.([0-9]{1,4})\.json")
NAMED: Final = "Name it for example messages/older/application.1.json: message, version."


def older_schemas(reader: Reader, message: str, newest: int) -> tuple[OlderSchema, ...]:
    """The older versions of the message, newest first. `newest`: the version of its present schema."""
    found: dict[int, OlderSchema] = {}
    for path in reader.folder.names():
        named = FILE.fullmatch(path.removeprefix(FOLDER)) if path.startswith(FOLDER) else None
        if named is None or named[1] != message:
            continue
        source, version = reader.read(path, dict), int(named[2])
        if source is None:
            continue
        if not 1 <= version < newest:
            what = f"version {version} of {message} is not older than the present one, which is {newest}"
            remedy = f"Raise messages: {message}: version: in procedure.yaml, or correct the file's name."
            reader.faults.append(source.fault("message-older", what, remedy))
        elif version in found:
            what = f"version {version} of {message} stands in {found[version].path} too"
            reader.faults.append(source.fault("message-older", what, "Keep one of the two files."))
        else:
            found[version] = OlderSchema(version, source.value, path)
    return tuple(found[version] for version in sorted(found, reverse=True))


def judge_older(reader: Reader, procedure: Procedure) -> None:
    """Faults of files below `messages/older/` that are no message's."""
    for path in reader.folder.names():
        if not path.startswith(FOLDER):
            continue
        source, named = reader.read(path, dict), FILE.fullmatch(path.removeprefix(FOLDER))
        if source is None:
            continue
        if named is None:
            what = "the name of this file says no message and version"
            reader.faults.append(source.fault("message-older", what, NAMED))
        elif named[1] not in procedure.messages:
            remedy = f"Known are: {', '.join(procedure.messages) or 'none'}. Correct the file's name or take it away."
            reader.faults.append(source.fault("unknown-message", f"there is no message “{named[1]}”", remedy))
