"""`xenia standby ...`: two servers of one centre. They run where the database may be a copy, so they set nothing up."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from xenia.commands import Call, Command

RISK = (
    "What the first server acknowledged alone, after this one was last in contact, is lost; files may be missing."
    " The first must not serve again: stop it, or take its line away."
)


def _as(call: Call, permission: str) -> Any:
    """Who acts. Only reads, so that it works on a copy."""
    from xenia.access import policy
    from xenia.site import setup

    setup.start_django()
    found = setup.acting(call.options.acting_as)
    policy.require(found, permission)
    return found


def _acting(run: Callable[[Call, Any], int]) -> Callable[[Call], int]:
    def command(call: Call) -> int:
        from xenia.site import setup
        from xenia.site.standby.actions import MANAGE

        code = run(call, _as(call, MANAGE))
        setup.settle()
        return code

    return command


def _pair(call: Call, who: Any) -> int:
    from xenia.site.standby import actions

    options = call.options
    actions.pair(who, options.here, options.second, options.door)
    call.say(
        f"This server is {options.here}. Copy HOME/keys to {options.second}, then run xenia standby prepare there."
    )
    call.answer("xenia/standby-paired/1", {"server": options.here, "second": options.second, "generation": 1})
    return 0


def _prepare(call: Call) -> int:
    from xenia.site import setup
    from xenia.site.standby import home, postgres

    setup.start_django()
    options = call.options
    name = home.named(options.name)
    home.key()  # says how to copy it
    held = home.read() or home.Held(name)
    postgres.copy(options.source, Path(options.folder), name)
    home.write(home.Held(name, held.generation))
    call.say(
        f"The copy lies in {options.folder}. Start PostgreSQL there, then xenia serve: it waits until it is promoted."
    )
    call.answer("xenia/standby-prepared/1", {"server": name, "folder": options.folder})
    return 0


def _together(call: Call, who: Any) -> int:
    from xenia.site.standby import actions

    actions.together(who)
    call.say("From now on nothing is acknowledged before both servers have it.")
    call.answer("xenia/standby-together/1", {"together": True})
    return 0


def _alone(call: Call) -> int:
    from xenia.site import setup
    from xenia.site.standby import actions, postgres

    setup.start_django()
    postgres.wait_for_nobody()
    actions.alone(_as(call, actions.MANAGE), call.options.reason)
    setup.settle()
    call.say("This server goes on alone. What it acknowledges now is lost if it is lost: bring the other back soon.")
    call.answer("xenia/standby-together/1", {"together": False})
    return 0


def _status(call: Call) -> int:
    from xenia.site.standby import telling

    _as(call, "keeping.doctor")
    said, would_lose = telling.status()
    for one in would_lose:
        call.say(one)
    call.answer("xenia/standby-status/1", {**said, "would_lose": would_lose})
    return int(bool(would_lose))


def _files(call: Call) -> int:
    from xenia.errors import Conflict
    from xenia.site.standby import copying, standing
    from xenia.site.standby.peer import Peer, other

    _as(call, "keeping.standby")
    if standing.look().why != standing.FOLLOWS:  # else what only this server has would be let go
        raise Conflict("Only the server that follows fetches files.", "Run it there.", code="not-a-standby")
    changed = copying.fetch(Peer(other()))
    call.say(f"{changed} files changed; {copying.missing()} that the database names are missing.")
    call.answer("xenia/standby-files/1", {"changed": changed, "missing": copying.missing()})
    return 0


def _serves(call: Call, made: Any) -> int:
    files_at = made.files_at.isoformat() if made.files_at else None
    call.say(
        f"This server serves from now on, in generation {made.generation}. It is alone until the other has joined again."
    )
    if made.missing:
        call.say(f"{made.missing} files that the database names are not here; they were copied last at {files_at}.")
    call.answer("xenia/standby-promoted/1", {**asdict(made), "files_at": files_at})
    return 0


def _switch(call: Call, who: Any) -> int:
    from xenia.site.standby import actions

    return _serves(call, actions.switch(who, call.say))


def _promote(call: Call, who: Any) -> int:
    from xenia.errors import BadInput
    from xenia.site.standby import actions

    if call.options.already:
        return _serves(call, actions.promoted_already(who))
    if not call.options.first_is_gone:
        raise BadInput(
            RISK, "If that is so: --first-is-gone. If the first lives: xenia standby switch.", code="risk-not-taken"
        )
    call.say(RISK)
    return _serves(call, actions.take_over(who))


def _rejoin(call: Call) -> int:
    from xenia.site import setup
    from xenia.site.standby import home, postgres

    setup.start_django()
    held = home.needed()
    postgres.rewind(call.options.source, Path(call.options.folder), held.server, call.options.config or "")
    call.say(
        "What only this server had is gone from it. Start PostgreSQL and xenia serve: it follows. Then, at the one that"
    )
    call.say("serves: xenia standby together.")
    call.answer("xenia/standby-rejoined/1", {"server": held.server, "folder": call.options.folder})
    return 0


def _account(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="acting_as", metavar="ACCOUNT", help="act as this account instead of the operator")


def _pairing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("here", help="name of this server, the first")
    parser.add_argument("second", help="name of the second one")
    parser.add_argument("door", help="where units reach the second one, https://HOST:PORT")
    _account(parser)


def _source(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", help="PostgreSQL's data directory on this machine")
    parser.add_argument(
        "--from", dest="source", required=True, metavar="ADDRESS", help="the other's PostgreSQL: postgresql://..."
    )


def _rejoining(parser: argparse.ArgumentParser) -> None:
    _source(parser)
    parser.add_argument("--config", metavar="FILE", help="its postgresql.conf, where that lies elsewhere")


def _preparing(parser: argparse.ArgumentParser) -> None:
    _source(parser)
    parser.add_argument("--name", required=True, help="name of this server, as given at the first")


def _parting(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("reason", help="why, in quotes")
    _account(parser)


def _promotion(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--first-is-gone", action="store_true", help="the first server is lost; its risk is known")
    parser.add_argument("--already", action="store_true", help="PostgreSQL was promoted by another program")
    _account(parser)


def _plain(name: str, help: str, run: Any, arguments: Any) -> Command:
    return Command(f"standby {name}", help, run, None, arguments, needs_home=False, writes=False)


COMMANDS = (
    _plain("pair", "At the first server: name the second.", _acting(_pair), _pairing),
    _plain("prepare", "At the second server: copy the first's database and follow it.", _prepare, _preparing),
    _plain("together", "Acknowledge nothing before both servers have it.", _acting(_together), _account),
    _plain("alone", "Go on without the other server, with a reason.", _alone, _parting),
    _plain("status", "How the two servers are; exit code 1 where something would be lost.", _status, _account),
    _plain("files", "At the server that follows: fetch the files beside the database now.", _files, _account),
    _plain("switch", "At the server that follows: take the other's place, as planned.", _acting(_switch), _account),
    _plain("promote", "At the server that follows: take the place of one that is gone.", _acting(_promote), _promotion),
    _plain("rejoin", "At a server that was replaced: follow the one that serves.", _rejoin, _rejoining),
)
