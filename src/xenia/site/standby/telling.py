"""How the pair is, for `xenia standby status`: what it says, and what would be lost."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import DatabaseError

from xenia.errors import XeniaError
from xenia.journal import clock
from xenia.site.standby import copying, home, postgres, standing
from xenia.site.standby.peer import Peer, other

SILENT_S: Final = 30.0
"""A server that follows is silent so long only where its line or the other is down. Own choice: three of PostgreSQL's pauses."""
Told = tuple[dict[str, Any], list[str]]


def status() -> Told:
    """What is to be said, and a sentence for each thing by which something would be lost if a server were lost now."""
    home.needed()
    held = standing.look()
    said = {
        "server": home.needed().server,
        "serves": held.server,
        "generation": held.generation,
        "why": held.why,
        "together": held.together,
    }
    try:
        more, lost = _of_copy() if held.why == standing.FOLLOWS else _of_first(held)
        peer, odd = _of_peer()
    except DatabaseError as error:
        return said, [f"The database does not answer: {type(error).__name__}."]
    return {**said, **more, **peer}, [*lost, *odd]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: one.isoformat() if isinstance(one, datetime) else one for name, one in row.items()}


def _of_first(held: standing.Standing) -> Told:
    if held.why in standing.ENDS or held.why == standing.NO_DATABASE:
        return {}, [f"This server does not serve: {held.why}."]
    followers = [_plain(one) for one in postgres.rows(postgres.FOLLOWERS)]
    lost = [f"PostgreSQL lacks: {one}." for one in postgres.missing()]
    if not held.together:
        lost.append("This server is alone: what it acknowledges only it has. Run xenia standby together.")
    elif not any(one["sync_state"] in ("sync", "quorum") for one in followers):
        lost.append("Nobody follows: nothing is acknowledged until the other server is back.")
    return {"followers": followers}, lost


def _of_copy() -> Told:
    found = [_plain(one) for one in postgres.rows(postgres.RECEIVER)]
    lost = []
    if not found or found[0]["status"] != "streaming" or (found[0]["silent_s"] or 0) > SILENT_S:
        lost.append("Nothing comes from the first server.")
    at, missing = copying.copied_at(), copying.missing()
    if at is None or clock.now() - at > copying.LATE:
        lost.append(f"Files were copied last: {at.isoformat() if at else 'never'}.")
    if missing:
        lost.append(f"{missing} files that the database names are not here.")
    return {"receives": found, "files_at": at.isoformat() if at else None, "files_missing": missing}, lost


def _of_peer() -> Told:
    try:
        found = Peer(other()).state()
    except XeniaError as error:
        return {"other": None}, [error.message]
    same = found.keys == copying.keys_digest(home.key())
    said = {"other": {"server": found.server, "why": found.why, "generation": found.generation, "same_keys": same}}
    return said, [] if same else ["The two servers hold different keys. Copy HOME/keys of the one that serves."]
