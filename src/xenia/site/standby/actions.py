"""The pair of servers: named, bound to each other, parted, and which of the two serves. Every change is a named person's."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connection

from xenia.access import policy
from xenia.access.standing import Standing
from xenia.errors import BadInput, Conflict, NotFound, Unavailable, XeniaError
from xenia.exchange import own
from xenia.journal import awaited
from xenia.journal.actions import append, writing
from xenia.site.standby import copying, home, kinds, postgres, standing
from xenia.site.standby.models import Generation, Server
from xenia.site.standby.peer import Peer, other

MANAGE: Final = "keeping.standby"
WAIT_S: Final = 120.0
FOLLOWS_S: Final = 60.0
Say = Callable[[str], None]


def pair(who: Standing, here: str, second: str, door: str) -> None:
    """This server is `here`, the first of two; the second one will be heard at `door`. It is not waited for yet.

    Raises `NotAllowed`, `BadInput` (`bad-server-name`, `bad-url`), `Conflict` (`needs-postgresql`, `paired-already`, `no-door`).
    """
    policy.require(who, MANAGE)
    if connection.vendor != "postgresql":
        raise Conflict(
            "A second server follows by PostgreSQL's own replication.", "Set XENIA_DATABASE.", code="needs-postgresql"
        )
    if home.read() is not None or Server.objects.exists():
        raise Conflict("This centre has its two servers.", "See xenia standby status.", code="paired-already")
    if not own.url():
        raise Conflict(
            "Units would not know where to find this server.", "Set its address: xenia exchange own.", code="no-door"
        )
    if not door.startswith("https://") or len(door) > 300 or door.rstrip("/") == own.url():
        raise BadInput("The second server is reached by https, elsewhere.", "Give https://HOST:PORT.", code="bad-url")
    names = [home.named(here), home.named(second)]
    if here == second:
        raise BadInput("Both servers have one name.", "Give two.", code="bad-server-name")
    for kind in own.KINDS:  # made now, so that they are copied with the others
        own.current(kind)
    home.make_key()
    with writing():
        Server.objects.bulk_create(
            Server(name=name, door=url, place=place)
            for place, (name, url) in enumerate(zip(names, (own.url(), door.rstrip("/")), strict=True), 1)
        )
        _begin(1, here, "paired")
        append(kinds.PAIRED, {"first": here, "second": second, "door": door}, who.act("operation", "standby"))
    home.write(home.Held(here, 1))
    standing.forget()


def _begin(number: int, server: str, how: str) -> None:
    Generation.objects.create(number=number, server=server, how=how, began_at=datetime.now(UTC))


def together(who: Standing) -> None:
    """From now on nothing is acknowledged before the other server has it on its disk.

    Raises `NotAllowed`, `Conflict` (`no-pair`, `not-serving`, `not-following`, `first-not-ready`).
    """
    policy.require(who, MANAGE)
    name = _serving().pk
    lacking = postgres.missing()
    if lacking:
        raise Conflict(f"PostgreSQL lacks: {'; '.join(lacking)}.", "Set it and restart it.", code="first-not-ready")
    _followed(lambda one: one["name"] == name and one["state"] == "streaming", name)
    postgres.require(name)
    try:
        _followed(lambda one: one["sync_state"] in ("sync", "quorum"), name)
    except Conflict:
        postgres.require("")
        raise
    with writing():  # waits for the other already
        append(kinds.TOGETHER, {"with": name}, who.act("operation", "standby"))
    standing.forget()


def _followed(so: Callable[[dict[str, Any]], bool], name: str) -> None:
    """Wait a while until a server follows so. Raises `Conflict` (code `not-following`)."""
    until = time.monotonic() + FOLLOWS_S
    while not any(so(one) for one in postgres.rows(postgres.FOLLOWERS)):
        if time.monotonic() > until:
            raise Conflict(
                f"The server {name} does not follow.",
                "Start its PostgreSQL; the account of this program needs the role pg_monitor to see it.",
                code="not-following",
            )
        time.sleep(0.2)


def _serving() -> Server:
    """The other server, where this one serves or would if it were followed. Raises `Conflict` (`no-pair`, `not-serving`)."""
    held, found = standing.look(), other()
    if held.why not in ("", standing.NOT_FOLLOWED):
        raise Conflict(f"This server does not serve: {held.why}.", "Do it at the one that does.", code="not-serving")
    return found


def alone(who: Standing, reason: str) -> None:
    """This server goes on without the other; what it acknowledges from now on only it has. Waiting commits go through.

    Call `postgres.wait_for_nobody` before the first connection. Raises `NotAllowed`, `BadInput` (`reason-needed`), `Conflict`
    (`no-pair`, `not-serving`).
    """
    policy.require(who, MANAGE)
    if len(reason.strip()) < 5:
        raise BadInput("No reason was given.", "Say why, in quotes.", code="reason-needed")
    name = _serving().pk
    postgres.require("")
    with writing():
        append(kinds.ALONE, {"without": name, "reason": reason.strip()[:300]}, who.act("operation", "standby"))
    standing.forget()


@dataclass(frozen=True)
class Promoted:
    """A change of places. `position`: of the log up to which everything was taken over; `missing`: files that the database names and that are not here."""

    generation: int
    timeline: int
    position: str
    missing: int
    files_at: datetime | None


def switch(who: Standing, say: Say) -> Promoted:
    """Planned: the server that serves gives way, all that it wrote is taken over, this one serves.

    Raises `NotAllowed`, `Conflict` (`no-pair`, `not-a-standby`), `Unavailable` (`no-peer`, `not-given-way`, `not-promoted`).
    """
    generation = _may_promote(who) + 1
    first = Peer(other())
    copying.fetch(first)  # most of it, and whether it works at all, before anybody gives way
    first.give_way(generation)
    say(f"{first.server.pk} gives way ...")
    end = _until(lambda: _quiet(first), "The first server does not come to rest.")
    _until(lambda: postgres.replayed(end), "Not everything came over.")
    copying.fetch(first)
    say(f"Everything up to {end} is here.")
    return _promoted(who, generation, "switched", end)


def _quiet(first: Peer) -> str:
    """Where the log of the first server ends, once it serves no more and nobody is connected to its database; "" before."""
    try:
        said = first.state()
    except Unavailable:
        return ""  # it begins anew, as one that waits
    return said.position if said.why == standing.REPLACED and said.clients == 0 else ""


def _until(true: Callable[[], Any], otherwise: str) -> Any:
    until = time.monotonic() + WAIT_S
    while not (found := true()):
        if time.monotonic() > until:
            raise Unavailable(
                otherwise,
                "Nothing was promoted; the first server is fenced. Try again, or let it take its place back by rejoining.",
                code="not-given-way",
            )
        time.sleep(0.3)
    return found


def take_over(who: Standing) -> Promoted:
    """Unplanned: the first server is gone, this one serves with all that came to it. What only the first had is lost with it.

    Raises `NotAllowed`, `Conflict` (`no-pair`, `not-a-standby`, `first-alive`), `Unavailable` (`not-promoted`).
    """
    generation = _may_promote(who) + 1
    streams = any(one["status"] == "streaming" for one in postgres.rows(postgres.RECEIVER))
    try:
        answers = Peer(other()).state().why == ""
    except XeniaError:
        answers = False
    if streams or answers:
        raise Conflict(
            "The first server is not gone: " + ("its database sends." if streams else "it answers that it serves."),
            "Use xenia standby switch, or stop the first server's PostgreSQL.",
            code="first-alive",
        )
    end = str(postgres.rows("SELECT coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) AS at")[0]["at"])
    return _promoted(who, generation, "first-is-gone", end)


def _may_promote(who: Standing) -> int:
    """The generation that serves now, where this server is a copy of the one that does."""
    policy.require(who, MANAGE)
    home.needed()
    if not postgres.is_copy():
        raise Conflict("This server's database follows none.", "See xenia standby status.", code="not-a-standby")
    return _newest().number


def _newest() -> Generation:
    found = Generation.objects.order_by("-number").first()
    if found is None:
        raise NotFound("There is no pair.", "Name the second server: xenia standby pair.", code="no-pair")
    return found


def _promoted(who: Standing, generation: int, how: str, end: str) -> Promoted:
    """Our database is one of its own; it waits for nobody until the other has joined again, and all of that is journalled."""
    before = postgres.rows("SELECT received_tli AS it FROM pg_stat_wal_receiver")
    line = postgres.promote()
    if before and before[0]["it"] is not None and line <= before[0]["it"]:
        raise Unavailable("PostgreSQL did not begin a timeline of its own.", "Look at its log.", code="not-promoted")
    postgres.require("")
    return said(who, generation, how, end, line)


def said(who: Standing, generation: int, how: str, end: str, line: int) -> Promoted:
    """Make known that this promoted server serves."""
    name = home.needed().server
    lost = awaited.lost_files()
    with writing():
        _begin(generation, name, how)
        awaited.again(lost)
        body = {"generation": generation, "server": name, "how": how, "position": end, "timeline": line}
        append(kinds.PROMOTED, body, who.act("operation", "standby"))
    home.heard(generation)
    standing.forget()
    return Promoted(generation, line, end, copying.missing(), copying.copied_at())


def promoted_already(who: Standing) -> Promoted:
    """Somebody else promoted our database, such as Patroni: make known that this server serves.

    Also at a first server that gave way to a second which was never promoted, and follows still: it takes its place back.

    Raises `NotAllowed`, `Conflict` (`no-pair`, `not-a-standby`) where there is nothing to say.
    """
    policy.require(who, MANAGE)
    home.needed()
    why = standing.look().why
    back = why == standing.REPLACED and not postgres.is_copy() and Peer(other()).state().why == standing.FOLLOWS
    if why != standing.UNSAID and not back:
        raise Conflict("There is nothing to say.", "See xenia standby status.", code="not-a-standby")
    number = max(_newest().number, home.needed().generation) + 1
    return said(who, number, "first-is-gone", postgres.position(), postgres.timeline())
