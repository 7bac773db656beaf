"""The commands of the journal: head, verify, prove, rebuild, and its bench and soak."""

from __future__ import annotations

import argparse
from pathlib import Path
from uuid import UUID

from xenia.commands import Call, Command
from xenia.errors import BadInput
from xenia.journal import heads, proofs, rebuild, scratch, sealer
from xenia.journal.heads import SignedHead
from xenia.journal.verify import verify


def _head(call: Call) -> int:
    sealer.seal_now()
    call.answer("xenia/head/1", heads.latest(call.options.node).to_json())
    return 0


def _kept(paths: list[str] | None) -> list[SignedHead]:
    kept = []
    for path in paths or []:
        try:
            text = Path(path).read_bytes()
        except OSError as error:
            raise BadInput(
                f"The head file {path} cannot be read.", "Give a file that exists.", code="bad-head"
            ) from error
        kept.append(heads.from_json(text))
    return kept


def _verify(call: Call) -> int:
    report = verify(_kept(call.options.head))
    call.answer("xenia/verify/1", report.to_json())
    for finding in report.findings.kept:
        where = (
            finding.position if finding.last in (None, finding.position) else f"{finding.position} to {finding.last}"
        )
        call.say(f"{finding.node} {where}: {finding.kind}: {finding.what} {finding.entry}".rstrip())
    for text in report.cannot_see:
        call.say(text)
    return 0 if report.is_whole else 1


def _prove(call: Call) -> int:
    try:
        entry = UUID(call.options.entry)
    except ValueError as error:
        raise BadInput("That is no id of an entry.", "Give it as it stands in the journal.", code="bad-id") from error
    sealer.seal_now()
    since = _kept([call.options.since])[0] if call.options.since else None
    call.answer("xenia/proof/1", proofs.prove(entry, since).to_json())
    return 0


def _rebuild(call: Call) -> int:
    if not call.options.check:
        raise BadInput("Only --check is there.", "Run xenia rebuild --check.", code="bad-input")
    whole = True
    for projection in rebuild.projections():
        compared, erased, found = rebuild.check(projection)
        whole = whole and not found
        call.answer(
            "xenia/rebuild/1",
            {
                "projection": projection.name,
                "compared": compared,
                "erased": erased,
                "differences": [{"key": one.key, "kind": one.kind} for one in found],
            },
        )
    return 0 if whole else 1


def _bench(call: Call) -> int:
    options = call.options
    call.say("A scratch journal is made for this and thrown away.")
    return scratch.run(
        "xenia.journal.bench", ["--seconds", str(options.seconds), "--writers", str(options.writers)], call
    )


def _soak(call: Call) -> int:
    options = call.options
    call.say("A scratch journal is made for this and thrown away.")
    return scratch.run("xenia.journal.soak", ["--count", str(options.count), "--seed", str(options.seed)], call)


def _node(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--node", metavar="NAME", help="of another node whose entries are kept here")


def _heads(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--head", metavar="FILE", action="append", help="a head kept elsewhere; may be given several times"
    )


def _proof(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("entry", metavar="ENTRY", help="id of the entry")
    parser.add_argument(
        "--from", dest="since", metavar="HEADFILE", help="also prove that the journal grew from this head"
    )


def _checking(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="compare, change nothing")


def _measure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seconds", type=int, default=10, help="how long each figure is measured")
    parser.add_argument("--writers", type=int, default=8, help="writers at the same time")


def _tamper(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=int, default=1000, help="how many tamperings")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same tamperings")


COMMANDS = (
    Command("journal head", "print the signed head of the journal", _head, "journal.verify", _node),
    Command(
        "journal verify", "verify the journal; name what was altered", _verify, "journal.verify", _heads, writes=False
    ),
    Command("journal prove", "prove that an entry is in the journal", _prove, "journal.read", _proof),
    Command("rebuild", "compare tables with what the entries say", _rebuild, "journal.verify", _checking, writes=False),
    Command(
        "bench journal",
        "measure the journal on this machine",
        _bench,
        "bench",
        _measure,
        needs_home=False,
        writes=False,
    ),
    Command(
        "soak tamper",
        "tamper with a scratch journal and see it found",
        _soak,
        "bench",
        _tamper,
        needs_home=False,
        writes=False,
    ),
)
