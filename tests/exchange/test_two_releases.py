"""Two releases, two processes, two databases: this one, and a copy that speaks the first version of the application only."""

from __future__ import annotations

import argparse
import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import xenia
from xenia.commands import Call
from xenia.site.story import pair, plot
from xenia.site.story.pair import Pair
from xenia.site.story.process import Side
from xenia.site.story.telling import Teller

SOURCE = Path(xenia.__file__).parent
FOLDER = Path("xenia/cases/procedures/readmission")
NEW_WORDS = {"person.language": "Invented", "person.description": "Tall; a scar on the left hand."}
OURS = plot.Agreement("CH-AZ", "CHE", "AZE", silence_is_consent=False, reply_days=25)
THEIRS = plot.Agreement("CH-AZ", "AZE", "CHE", silence_is_consent=False, reply_days=25)


def older_release(folder: Path) -> Path:
    """A copy of Xenia's source whose readmission knows version 1 of the application as the only one, and asks no photograph."""
    shutil.copytree(SOURCE, folder / "xenia", ignore=shutil.ignore_patterns("__pycache__", "locale/*/*.po"))
    procedure = folder / FOLDER
    (procedure / "messages/older/application.1.json").replace(procedure / "messages/application.json")
    (procedure / "messages/older").rmdir()
    text = (procedure / "procedure.yaml").read_text(encoding="utf-8")
    text, versions = re.subn(r"(application\.json, version: )2\b", r"\g<1>1", text)
    text, photographs = re.subn(r"photograph: \{required_at: \[submitted\], picture: true\}", "photograph: {}", text)
    assert (versions, photographs) == (1, 1)
    (procedure / "procedure.yaml").write_text(text, encoding="utf-8")
    return folder


@dataclass
class Both:
    """Both installations, as they stand when either asks the other."""

    new: Side
    old: Side
    ours: Pair
    theirs: Pair


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    new = Side("new", "CHE", tmp_path / "che")
    old = Side("old", "AZE", tmp_path / "aze", older_release(tmp_path / "older"))
    call = Call(argparse.Namespace(json=True), io.BytesIO(), io.StringIO(), io.StringIO())
    teller = Teller(call, {})
    try:
        new.start()
        old.start()
        ours = Pair({"requesting": new, "requested": old}, teller)
        theirs = Pair({"requesting": old, "requested": new}, teller)
        cards = {side: side.ask("card")["card"] for side in (new, old)}
        speaks = cards[old].pop("speaks")  # an older release's card says nothing of versions
        assert speaks["readmission/application"] == [1]
        assert cards[new]["speaks"]["readmission/application"] == [1, 2]
        new.ask("trust", card=cards[old])
        old.ask("trust", card=cards[new])
        ours.addresses = dict(zip(pair.NAMES, (cards[new]["address"], cards[old]["address"]), strict=True))
        theirs.addresses = dict(zip(pair.NAMES, (cards[old]["address"], cards[new]["address"]), strict=True))
        yield Both(new, old, ours, theirs)
    finally:
        new.stop()
        old.stop()


def asked(of: Pair, agreement: plot.Agreement, said: dict[str, Any] | None = None) -> None:
    """An application, sent and delivered."""
    form = plot.application(plot.SECOND, agreement, proof="copy_of_proof") | (said or {})
    of.create("Opened", agreement.profile, form)
    of.sides["requesting"].ask("attach_photograph", who="officer", thread=of.thread, name="Belduramir")
    of.act("requesting", "lead", "submit", "Sent")


def states(of: Pair) -> list[str]:
    """The state at the requesting side, then at the requested one."""
    return [stand.state if stand else "" for stand in of.stand().values()]


def told(of: Pair, side: str) -> list[tuple[str, int, str]]:
    """The messages of the case that this side sent: which, in what version, what became of them."""
    rows = of.sides[side].ask("show", thread=of.thread)["case"]["told"]
    return [(name, version, state) for name, version, state, ours in rows if ours]


def accepted(of: Pair) -> None:
    """The requested side looks into it and accepts; both say so."""
    of.act("requested", "officer", "verify", "Looked at")
    assert states(of) == ["verifying", "verifying"]
    of.act("requested", "lead", "accept", "Accepted", {"ground": "own_national", "document_needed": True})
    assert states(of) == ["accepted", "accepted"]
    here, there = of.stand().values()
    assert here and there and here.deadlines == there.deadlines and "transfer" in here.deadlines


def test_two_releases_work_a_case_both_ways_and_the_older_one_is_updated_meanwhile(both: Both) -> None:
    # The newer release asks: the older one does not read version 2, says so, and is told in version 1.
    asked(both.ours, OURS, NEW_WORDS)
    assert told(both.ours, "requesting") == [("application", 2, "refused"), ("application", 1, "accepted")]
    assert states(both.ours) == ["received", "received"]
    accepted(both.ours)
    first = both.ours.thread

    # The older release asks: what it says is taken as it says it.
    asked(both.theirs, THEIRS)
    assert told(both.theirs, "requesting") == [("application", 1, "accepted")]
    accepted(both.theirs)

    # What was learned is not asked again.
    asked(both.ours, OURS, NEW_WORDS)
    assert told(both.ours, "requesting") == [("application", 1, "accepted")]

    # The older one is updated: its first application tells so, and the newest version goes both ways.
    both.old.stop()
    both.old.source = None
    both.old.start()
    both.old.ask("trust", card=both.new.ask("card")["card"])  # listens again; nothing is pinned anew
    asked(both.theirs, THEIRS, NEW_WORDS)
    assert told(both.theirs, "requesting") == [("application", 2, "accepted")]
    asked(both.ours, OURS, NEW_WORDS)
    assert told(both.ours, "requesting") == [("application", 2, "accepted")]
    accepted(both.ours)

    # A case that began between the two releases goes on.
    both.ours.thread = first
    both.ours.act("requesting", "officer", "request_document", "Asked for", {"needed_by": "+20"})
    assert states(both.ours) == ["td_pending", "td_pending"]
    for side in (both.new, both.old):
        assert side.ask("whole")["whole"] is True
