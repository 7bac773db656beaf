"""`xenia demo`: fill the demo world and serve it."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from xenia.commands import Call, Command

if TYPE_CHECKING:
    from xenia.site.demo.neighbour import Neighbour
    from xenia.site.demo.post import Plan


def today() -> date:
    """The local day of the demo's post."""
    from xenia.site.demo import world

    return datetime.now(UTC).astimezone(ZoneInfo(world.ZONE)).date()


def _demo(call: Call) -> int:
    if call.options.word:
        return _at_the_post(call)
    if call.options.scenario:
        return _scenario(call)
    if call.options.story == "units":
        from xenia.site.demo import units_story

        return units_story.tell(call)
    if call.options.story:
        from xenia.site.story import commands as story

        call.options.profile, call.options.short = "UTO-ARC", False
        return story.COMMANDS[0].run(call)
    if os.environ.get("XENIA_DEMO") not in ("1", "yes", "true", "on"):
        # Settings are read when Django starts: begin again with the demo's home and its banner.
        environ = {**os.environ, "XENIA_DEMO": "1"}
        environ.setdefault("XENIA_HOME", "var/demo")
        environ.setdefault("XENIA_LOG", "WARNING")  # so that address and sign-ins stay in sight
        os.execve(sys.executable, [sys.executable, "-m", "xenia", "demo", *_own_options(call)], environ)  # noqa: S606
    return _serve(call)


def _at_the_post(call: Call) -> int:
    """`demo line [cut|restore]`, `demo travellers [COUNT]`: done by the demo that runs. Raises `BadInput` (`demo-words`), `Unavailable` (`demo-silent`)."""
    from xenia.errors import BadInput, Unavailable
    from xenia.site import options
    from xenia.site.demo import post, relay, scenes

    word, what = call.options.word, call.options.what
    plan = post.read(options.home({"HOME": os.environ.get("XENIA_HOME") or "var/demo"}))
    if plan is None or not relay.state(Path(plan.wish)):
        raise Unavailable("No demonstration runs there.", "Start it: ./xenia demo", code="demo-silent")
    wish = Path(plan.wish)
    if word == "travellers" and (what or "3").isdecimal():
        for one in scenes.done(Path(plan.home), "travellers", count=int(what or 3))["came"]:
            call.say(f"{one['name']}: {one['verdict']}, {one['became']}")
    elif word == "line" and what in (None, "cut", "restore"):
        wanted = {"cut": relay.CUT, "restore": relay.OPEN}.get(what or "")
        if wanted and not relay.ask(wish, wanted):
            raise Unavailable("The line does not answer.", "Start the demonstration again.", code="demo-silent")
        call.say(f"The line of Korun Pass is {'whole' if relay.state(wish) == relay.OPEN else 'cut'}.")
    else:
        raise BadInput(
            "That is nothing to do with the demonstration.",
            "Use line cut, line restore, travellers 3.",
            code="demo-words",
        )
    return 0


def _own_options(call: Call) -> list[str]:
    options = [word for word, said in (("--no-serve", call.options.no_serve), ("--bare", call.options.bare)) if said]
    return [*options, "--bind", call.options.bind] if call.options.bind else options


def _serve(call: Call) -> int:
    from xenia.site import setup
    from xenia.site.cli import serve
    from xenia.site.demo import neighbour, post, world
    from xenia.site.settings import VALUES

    if call.options.neighbour:
        return neighbour.serve(call)
    if call.options.post:
        return post.serve(call)
    setup.ensure(call.say)
    world.build()
    _fill(call)
    setup.settle()
    if call.options.no_serve:
        _greet(call, None, None)
        return 0
    bind = call.options.bind or VALUES["BIND"]
    with _alone(bind) if call.options.bare else neighbour.beside(call, bind) as other:
        plan = post.prepare(bind)
        setup.settle()
        with post.beside(plan):
            _greet(call, other, plan)
            call.options.workers, call.options.exchange = 1, neighbour.own_door(bind)
            return serve.serve(call)


@contextmanager
def _alone(bind: str) -> Iterator[None]:
    """Nobody beside us, but a door for units."""
    from xenia.site.demo import neighbour, world

    neighbour.introduce(world.MIGRATION, bind)
    yield None


def _fill(call: Call) -> None:
    """Lists, the past and today, where they are missing."""
    from django.conf import settings

    from xenia.site.demo import counted, history, lists, scenario, traffic

    seed = traffic.SEED
    planted, passing = scenario.planted(today()), [] if call.options.bare else traffic.both_days(seed, today())
    if call.options.bare:
        vars(lists).update(lists.FEW)
    folder = Path(settings.XENIA_HOME) / "demo-lists"
    lists.load_all(folder, planted, seed, call.say, [one.person for one in passing])
    if call.options.bare:
        return
    history.run(planted, [one.person for one in passing if one.direction == "exit"], seed, today(), call.say)
    traffic.run(today(), seed, call.say)
    counted.run(seed, today(), call.say)


def _greet(call: Call, other: Neighbour | None, plan: Plan | None) -> None:
    from xenia.site.demo import world
    from xenia.site.settings import VALUES

    passwords = world.sign_ins()
    call.say(f"\nXenia, demonstration. Open http://{call.options.bind or VALUES['BIND']}/ and sign in:\n")
    for one in world.OFFICERS:
        call.say(f"  {one.username:<12} {passwords[one.username]:<28} {one.role.replace('-', ' ')}")
    if other is not None:
        theirs = json.loads((other.home / "demo-sign-ins.json").read_text(encoding="utf-8"))
        call.say(f"\nThe Migration Service of Arcadia, with a database of its own: http://{other.pages}/\n")
        for who in ("tamsin", "lead", "lead2", "consul"):
            call.say(f"  {who:<12} {theirs[who]}")
    if plan is not None:
        call.say(f"\nKorun Pass, a post on a line that you can cut, in about half a minute: http://{plan.pages}/\n")
        for who, pin in plan.pins.items():
            call.say(f"  {who:<12} PIN {pin}")
        call.say(f"\nWhat to try there, and the line: http://{call.options.bind or VALUES['BIND']}/demo/")
    call.say("\nThirty documents to scan: ./xenia demo --scenario      Stop: Ctrl-C")
    call.say(f"Other commands on this demo: XENIA_HOME={_where()} ./xenia journal verify\n")


def _where() -> str:
    """The demo's home as one would type it: relative to the project where it lies inside."""
    from django.conf import settings

    from xenia.site.options import PROJECT

    home = Path(settings.XENIA_HOME)
    return shlex.quote(str(home.relative_to(PROJECT) if home.is_relative_to(PROJECT) else home))


def _scenario(call: Call) -> int:
    from xenia.site.demo import scenario

    for number, one in enumerate(scenario.examples(today()), 1):
        lines = list(one.lines)
        if call.options.json:
            data = {
                "number": number,
                "title": one.title,
                "lines": lines,
                "expect": one.expect,
                "verdict": one.verdict,
                "then": one.then,
                "direction": one.direction,
                "plate": one.plate,
            }
            call.answer("xenia/scenario/1", data)
            continue
        print(f"{number:2}. {one.title}", file=call.out)
        beside = [f"({one.direction})" if one.direction == "exit" else "", f"plate {one.plate}" if one.plate else ""]
        print(textwrap.indent("\n".join([*lines, *filter(None, beside)]), "      "), file=call.out)
        print(f"    expect: {one.expect}\n    then:   {one.then}\n", file=call.out)
    return 0


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "word", nargs="?", choices=("line", "travellers"), help="at the post without a line: its line, or travellers"
    )
    parser.add_argument("what", nargs="?", help="of the line: cut or restore; of travellers: how many")
    parser.add_argument(
        "--scenario", action="store_true", help="print thirty documents to scan and what to expect of each"
    )
    parser.add_argument(
        "--story",
        choices=("readmission", "units"),
        help="walk one case from detention to transfer, or a post that loses its line; both sides side by side",
    )
    parser.add_argument("--json", action="store_true", help="with --scenario or --story: as JSON lines")
    parser.add_argument("--post", metavar="PLAN", help=argparse.SUPPRESS)
    parser.add_argument("--bare", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--neighbour", metavar="CARD", help=argparse.SUPPRESS)
    parser.add_argument("--bind", metavar="ADDRESS:PORT", help="listen here instead of XENIA_BIND")
    parser.add_argument("--no-serve", action="store_true", help="fill the demo and stop")


COMMANDS = (
    Command(
        "demo",
        "Fill the demo world and serve it on this machine.",
        _demo,
        None,
        _arguments,
        needs_home=False,
        writes=False,
    ),
)
