"""`xenia unit export|import|acknowledge`: the way without any line, on a stick that somebody carries."""

from __future__ import annotations

import argparse
from pathlib import Path

from xenia.commands import Call, Command
from xenia.errors import BadInput, Conflict


def _new_file(name: str) -> Path:
    path = Path(name)
    if path.exists():
        raise Conflict(f"{path.name} exists.", "Choose another name.", code="file-exists")
    return path


def _content(name: str, limit: int) -> bytes:
    path = Path(name)
    if not path.is_file():
        raise BadInput(f"There is no file {path.name}.", "Check the path.", code="no-file")
    if path.stat().st_size > limit:
        raise BadInput(f"{path.name} is too large.", "Give the file that Xenia wrote.", code="bad-backlog")
    return path.read_bytes()


def _export(call: Call) -> int:
    from xenia.journal import files
    from xenia.units import card, carrying

    assert call.standing is not None
    path = _new_file(call.options.file)
    most = carrying.MOST_BYTES >> 20
    if not 1 <= call.options.at_most <= most:
        raise BadInput(f"A file takes 1 to {most} MB.", "Choose another number with --at-most.", code="bad-input")
    made = carrying.export(call.standing, call.options.at_most << 20)
    files.write_lasting(path, made.token.encode())
    call.say(
        f"Entries {made.first:,} to {made.last:,} and {made.documents:,} documents are in {path.name}, which only the centre can open."
    )
    call.say("They stay here until its answer is back: xenia unit acknowledge FILE.")
    if made.left or made.documents_left:
        call.say(f"{made.left:,} entries and {made.documents_left:,} documents more go into the next file, after that.")
    call.answer(
        "xenia/unit-backlog/1",
        {
            "unit": card.needed().node,
            "first": made.first,
            "last": made.last,
            "parcels": made.parcels,
            "left": made.left,
            "documents": made.documents,
            "documents_left": made.documents_left,
        },
    )
    return 0


def _import(call: Call) -> int:
    from xenia.journal import clock, files
    from xenia.units import carrying
    from xenia.units.protocol import up

    assert call.standing is not None
    reply = _new_file(f"{call.options.file}.answer")
    token = _content(call.options.file, carrying.FILE_LIMIT).decode("ascii", errors="replace")
    done = carrying.take(call.standing, token, clock.now())
    files.write_lasting(reply, done.answer)
    call.say(f"{done.gained:,} entries of {done.unit.name} were new; {done.received:,} are here without a gap.")
    if done.documents:
        kept = sum(state == "kept" for state in done.documents.values())
        call.say(f"{kept:,} of {len(done.documents):,} documents in it are here.")
    if done.kind != up.RECEIVED:
        call.say(f"The unit is told: {done.kind}. Look at it under Administration, Units.")
    call.say(f"Carry the answer back to the unit: {reply.name}.")
    call.answer(
        "xenia/unit-backlog-imported/1",
        {
            "unit": done.unit.name,
            "answer": done.kind,
            "received": done.received,
            "gained": done.gained,
            "documents": len(done.documents),
            "file": reply.name,
        },
    )
    return int(done.kind != up.RECEIVED)


def _acknowledge(call: Call) -> int:
    from xenia.units import carrying, sending

    assert call.standing is not None
    gained = carrying.acknowledge(call.standing, _content(call.options.file, carrying.ANSWER_LIMIT))
    held = sending.line()
    call.say(f"The centre has {gained:,} more entries, {held.acknowledged:,} in all.")
    if held.halted:
        call.say(f"Nothing more goes up: {held.halted}.")
    until = held.lease_until.isoformat() if held.lease_until else None
    if until:
        call.say(f"This unit may work without its centre until {until}.")
    call.answer(
        "xenia/unit-acknowledged/1",
        {"gained": gained, "acknowledged": held.acknowledged, "halted": held.halted, "lease_until": until},
    )
    return int(bool(held.halted))


def _out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="write the encrypted file here, on a stick for example")


def _outward(parser: argparse.ArgumentParser) -> None:
    _out(parser)
    parser.add_argument(
        "--at-most",
        type=int,
        default=96,
        metavar="MB",
        help="entries first, documents in what is left of it (default 96)",
    )


def _in(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE", help="the file of a unit; the answer is written beside it as FILE.answer"
    )


def _back(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the centre's answer")


COMMANDS = (
    Command("unit export", "At a unit: write what waits into a file that only the centre can open.", _export, "units.read", _outward),
    Command("unit import", "At the centre: take a unit's file in, and write the answer to it.", _import, "units.manage", _in),
    Command("unit acknowledge", "At a unit: take the centre's answer to a file.", _acknowledge, "units.read", _back),
)  # fmt: skip
