"""`xenia insight rebuild|close|verify`: the facts of this journal made again, a month closed, closed months looked at."""

from __future__ import annotations

import argparse

from xenia.commands import Call, Command

PURPOSE = "statistics"


def _rebuild(call: Call) -> int:
    from xenia.insight.tailing import rebuilding

    assert call.standing is not None
    done = rebuilding.rebuild(call.standing.act(PURPOSE, "rebuild"), call.say)
    call.say(f"{done.rows:,} facts, from a journal of {done.position:,} entries.")
    call.answer("xenia/insight-rebuilt/1", {"position": done.position, "rows": done.rows})
    return 0


def _close_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("period", metavar="MONTH", help="a month that is over, such as 2026-10")
    parser.add_argument("--again", metavar="REASON", default="", help="sign a closed month anew: why")


def _close(call: Call) -> int:
    from xenia.insight.tailing import closing

    assert call.standing is not None
    act = call.standing.act(PURPOSE, f"month:{call.options.period}")
    told = closing.close(call.options.period, act, again=call.options.again.strip()[:200])
    call.say(f"{told['period']} is closed.")
    call.answer(
        "xenia/insight-closed/1", {"period": told["period"], "version": told["version"], "facts": told["facts"]}
    )
    return 0


WRONG = {
    "changed": "its facts are not those that were signed",
    "signature": "it was not signed by this installation",
    "journal": "the journal holds another version of it, or none",
}


def _verify(call: Call) -> int:
    from xenia.insight.tailing import closing

    found = closing.verify()
    for one in found:
        said = f"WRONG: {WRONG[one.fault]}" if one.fault else "as signed"
        call.say(f"{one.period}, version {one.version}: {said}.")
    if not found:
        call.say("No month is closed.")
    told = [{"period": one.period, "version": one.version, "fault": one.fault} for one in found]
    call.answer("xenia/insight-verified/1", {"months": told})
    return 1 if any(one.fault for one in found) else 0


COMMANDS = (
    Command(
        "insight rebuild",
        "Delete the facts that follow from the journal and make them again.",
        _rebuild,
        "insight.load",
    ),
    Command(
        "insight close",
        "Close a month: sign the checksums of its facts.",
        _close,
        "insight.load",
        arguments=_close_arguments,
    ),
    Command(
        "insight verify",
        "Hold the facts of closed months against their signed checksums.",
        _verify,
        "insight.load",
        writes=False,
    ),
)
