"""`xenia demo --story units`: a post loses its line, works on, and catches up; told step by step, both sides beside each other."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from xenia.commands import Call
from xenia.errors import Unavailable
from xenia.site.demo import bare, relay, scenes
from xenia.site.demo.bare import Bare

SCHEMA: Final = "xenia/units-story/1"
WIDTH: Final = 44
WORDS: Final = {"up": "a line", "down": "no line", "waiting": "not admitted yet", "halted": "halted"}
Stand = dict[str, Any]


def tell(call: Call) -> int:
    """Walk it; 1 where something did not come out as it should."""
    call.say("A centre and a post begin, in a folder that is thrown away ...")
    with tempfile.TemporaryDirectory(prefix="xenia-story-") as folder, bare.running(Path(folder)) as two:
        try:
            two.wait()
            _links(call, two)
            story = _Story(call, two)
            story.walk()
        except Unavailable as error:
            call.say(f"xenia: {error}")
            return 1
        call.say(f"{story.number} steps; all that was recorded at the post without a line is at the centre.")
        if call.interactive and not call.options.json:
            call.say("Both are still there, with the pages above. Enter ends them.")
            call.stdin.readline()
    return 0


def _links(call: Call, two: Bare) -> None:
    passwords, plan = two.passwords, two.plan
    call.say(
        f"Look on: the centre http://{two.bind}/demo/ (delmar {passwords['delmar']}, corvin {passwords['corvin']}),"
    )
    call.say(f"the post http://{plan.pages}/demo/ (runa, PIN {plan.pins['runa']}).")


class _Story:
    """What happens, in order; each step waits for what must follow from it."""

    def __init__(self, call: Call, two: Bare) -> None:
        self.call, self.two, self.number = call, two, 0

    def walk(self) -> None:
        """All of it. Raises `Unavailable` (code `demo-silent`) where something did not follow."""
        before, _there = self.tell("The line is whole", lambda centre, unit: unit["line"] == "up")
        self.two.line(relay.CUT)
        self.tell("The line is cut", lambda centre, unit: True)
        who = scenes.done(self.two.centre, "alert", who="late")["name"]
        self.tell(f"The centre enters an alert: {who}", lambda centre, unit: unit["alerts"] == 0)
        self.comes("clear", "admitted")
        self.comes("refuse", "referred", "the keys of a list that had come down: ask the centre")
        self.comes("late", "admitted", "of the new alert nobody has told the post")
        _here, cut_off = self.tell(
            "What the post wrote waits there",
            lambda centre, unit: (
                unit["line"] == "down" and unit["waiting"] > 0 and centre["received"] == before["received"]
            ),
        )
        self.two.line(relay.OPEN)
        self.tell(
            "The line is restored, and everything goes up",
            lambda centre, unit: (
                unit["waiting"] == 0
                and unit["line"] == "up"
                and centre["received"] >= cut_off["acknowledged"] + cut_off["waiting"]
                and centre["crossings"] == unit["crossings"] == before["crossings"] + 2
                and centre["referred"] == before["referred"] + 1
            ),
        )
        self.tell(
            "The centre asks again: it names whom the post only had as keys, and finds who should have been stopped",
            lambda centre, unit: centre["late"] == before["late"] + 2,
        )
        self.tell("The alert comes down to the post, as keys", lambda centre, unit: unit["alerts"] == 1)
        self.comes("late", "referred", "possible, the post knows now: ask the centre")

    def comes(self, one: str, expected: str, note: str = "") -> None:
        """Somebody of the cast comes to the post."""
        (came,) = scenes.done(self.two.unit, "travellers", who=[one])["came"]
        if came["became"] != expected:
            raise Unavailable(
                f"{came['name']} was {came['became']}, not {expected}.", "Look at the post.", code="demo-silent"
            )
        self.tell(f"{came['name']} comes to the post: {expected}", lambda centre, unit: True, note)

    def tell(self, title: str, true: Callable[[Stand, Stand], bool], note: str = "") -> tuple[Stand, Stand]:
        """Wait until it is so, then tell both sides."""
        centre, unit = self.two.until(title, true)
        self.number += 1
        if self.call.options.json:
            self.call.answer(
                SCHEMA, {"step": self.number, "title": title, "note": note, "centre": centre, "post": unit}
            )
        else:
            self._print(title, note, centre, unit)
        self.call.out.flush()
        return centre, unit

    def _print(self, title: str, note: str, centre: Stand, unit: Stand) -> None:
        out = self.call.out
        if self.number == 1:
            print(f"\n{'':4}{'centre':<{WIDTH}}post", file=out)
        print(f"{self.number:>2}. {title}{f' ({note})' if note else ''}", file=out)
        left = (
            f"{centre['received']} entries of the post",
            f"{centre['crossings']} crossings, {centre['referred']} referred",
            f"{centre['late']} found afterwards",
        )
        right = (
            f"{WORDS[unit['line']]}, {unit['waiting']} entries wait",
            f"{unit['crossings']} crossings, {unit['referred']} referred",
            "",
        )
        for one, other in zip(left, right, strict=True):
            print(f"{'':4}{one:<{WIDTH}}{other}".rstrip(), file=out)
