"""`xenia story readmission`: two installations on this machine run whole cases with each other, over mutual TLS."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from xenia.commands import Call, Command
from xenia.site.story import pair, plot
from xenia.site.story.telling import Teller

if TYPE_CHECKING:
    from xenia.cases.definition import Procedure

EUROPEAN = "LTU"
"""Who asks where an agreement is with the Union."""


def _readmission(call: Call) -> int:
    of = agreement(call.options.profile)
    states = {"requesting": of.requesting, "requested": of.requested}
    teller = Teller(call, states)
    call.say(f"Two installations begin, {of.requesting} and {of.requested}, under {of.profile} ...")
    with (
        tempfile.TemporaryDirectory(prefix="xenia-story-") as folder,
        pair.running(Path(folder), states, teller, of.own) as two,
    ):
        plot.tell(two, of, short=call.options.short)
        whole = all(answer["whole"] for answer in two.both("whole").values())
    if teller.disagreed or not whole:
        call.say(f"{teller.disagreed} steps on which the sides disagree." if whole else "A journal is not whole.")
        return 1
    call.say(f"{two.number} steps; both sides agreed on every state and every deadline, and both journals are whole.")
    return 0


def agreement(profile: str) -> plot.Agreement:
    """What the story needs of a profile, read from the procedure's folder. Raises `NotFound` (code `no-profile`)."""
    from xenia import cases
    from xenia.cases import definition
    from xenia.cases.definition import Length
    from xenia.errors import NotFound

    procedure = definition.load(Path(cases.__file__).parent / "procedures" / "readmission")
    known = procedure.profiles
    if profile not in known:
        raise NotFound(
            f"No agreement profile is called {profile}.", f"Profiles: {', '.join(sorted(known))}.", code="no-profile"
        )
    one = known[profile]
    length = Length.parse(str(one.value("reply_normal") or "15 calendar days"))
    asks, asked = (one.states[0], one.states[1]) if len(one.states) == 2 else (_european(one.states), one.states[0])
    return plot.Agreement(
        profile,
        asks,
        asked,
        one.value("silence") == "consent",
        length.amount * 2 + 12,
        frozenset(
            rule.name for rule in procedure.deadlines.values() if all(_unsaid(procedure, a) for a in rule.starts)
        ),
    )


def _european(states: tuple[str, ...]) -> str:
    return EUROPEAN if EUROPEAN in states else states[1]


def _unsaid(procedure: Procedure, action: str) -> bool:
    """Whether an action is done by a person of one side and not sent to the other."""
    return procedure.actions[action].by == "person" and not procedure.actions[action].message


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--profile", default="EU-AZ", help="the agreement that the two follow (default EU-AZ)")
    parser.add_argument("--short", action="store_true", help="only the case that ends at the border")
    parser.add_argument("--json", action="store_true", help="each step as a JSON line")


COMMANDS = (
    Command(
        "story readmission",
        "Two installations on this machine run readmission cases with each other, from the application to the border.",
        _readmission,
        None,
        _arguments,
        needs_home=False,
        writes=False,
    ),
)
