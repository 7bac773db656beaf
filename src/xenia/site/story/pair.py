"""The two sides of a story: started together, introduced to each other, moved through time together, asked how a case stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from xenia.site.story.process import Side
from xenia.site.story.telling import Stand, Teller, Told

MOST_ROUNDS = 6
DAY_S = 86_400.0
NAMES = ("requesting", "requested")


class Pair:
    """Both sides, what is told of them, and the case that the story follows."""

    def __init__(self, sides: Mapping[str, Side], teller: Teller, own: frozenset[str] = frozenset()) -> None:
        self.sides, self.teller, self.own = sides, teller, own
        self.chapter, self.thread, self.days, self.number = "", "", 0.0, 0
        self.addresses: dict[str, str] = {}

    def both(self, do: str, **what: Any) -> dict[str, dict[str, Any]]:
        """The same asked of both at once."""
        for side in self.sides.values():
            side.send(do, **what)
        return {name: side.answer() for name, side in self.sides.items()}

    def introduce(self) -> None:
        """Each is handed the other's card."""
        cards = {name: answer["card"] for name, answer in self.both("card").items()}
        self.addresses = {name: card["address"] for name, card in cards.items()}
        for name, other in (NAMES, NAMES[::-1]):
            self.sides[name].ask("trust", card=cards[other])

    def pass_days(self, days: float) -> None:
        """Let so many days pass at both, and let both look at their deadlines."""
        self.days += days
        self.both("wait", seconds=self.days * DAY_S)
        self.both("sweep")

    def carry(self) -> None:
        """Deliver what waits, both ways, until nothing waits any more."""
        for _ in range(MOST_ROUNDS):
            if not sum(self.sides[name].ask("deliver")["delivered"] for name in NAMES):
                return

    def stand(self) -> dict[str, Stand | None]:
        """How the case stands at both."""
        return {name: Stand.read(it["case"]) for name, it in self.both("show", thread=self.thread).items()}

    def tell(self, title: str, by: str, note: str = "") -> None:
        """Deliver, look at both, tell."""
        self.carry()
        self.number += 1
        on = self.sides["requesting"].ask("today")["today"]
        self.teller.tell(Told(self.number, on, self.chapter, title, by, self.stand(), note, self.own))

    def create(self, title: str, profile: str, said: Mapping[str, Any], previous: str = "") -> None:
        """A new case at the requesting side; the story follows it from here on."""
        made = self.sides["requesting"].ask(
            "start", who="officer", action="create", side="requesting", profile=profile, to=self.addresses["requested"],
            said=said, previous=previous,
        )  # fmt: skip
        self.thread = made["thread"]
        self.tell(title, "officer, requesting")

    def act(self, side: str, who: str, action: str, title: str, said: Mapping[str, Any] | None = None, *,
            agreed_by: str = "second-lead", reason: str = "") -> None:  # fmt: skip
        """One person's action; where it takes two, the second one agrees."""
        two = self.do(side, who, action, said, agreed_by=agreed_by, reason=reason)
        self.tell(title, f"{who} and {agreed_by}, {side}" if two else f"{who}, {side}")

    def do(self, side: str, who: str, action: str, said: Mapping[str, Any] | None = None, *,
           agreed_by: str = "second-lead", reason: str = "") -> bool:  # fmt: skip
        """The same without telling; whether it took two."""
        done = self.sides[side].ask("act", who=who, thread=self.thread, action=action, said=said or {}, reason=reason)
        if done["proposal"]:
            self.sides[side].ask("approve", who=agreed_by, proposal=done["proposal"])
        return bool(done["proposal"])


@contextmanager
def running(
    folder: Path, states: Mapping[str, str], teller: Teller, own: frozenset[str] = frozenset()
) -> Iterator[Pair]:
    """Both sides, each a process on a home of its own below `folder`; ended whatever happens. `own`: see `Told`."""
    sides = {name: Side(name, states[name], folder / f"{name}-{states[name].lower()}") for name in NAMES}
    try:
        for side in sides.values():
            side.start()
        pair = Pair(sides, teller, own)
        pair.introduce()
        yield pair
    finally:
        for side in sides.values():
            side.stop()
