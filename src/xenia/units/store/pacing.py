"""How long nobody's PIN is looked at after wrong ones, officer by officer. Pure.

Wrong PINs close nothing for good: whoever stands at a locked page could else close the whole post. They make the next one wait, longer
each time. What it costs a guesser: five at once, six in the first hour, then one an hour; some eighty in a lease of 72 hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

FREE: Final = 5
"""So many wrong ones in a row wait for nothing: fingers slip, in gloves more often. Own choice."""
FIRST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(hours=1)
MOST_STRANGERS: Final = 200
"""Names without a lock are counted too, or their answers would tell who has one; so many are kept."""
Tries = dict[str, dict[str, Any]]


def waits(count: int) -> timedelta:
    """How long the next PIN waits after so many wrong ones in a row."""
    return timedelta(0) if count < FREE else min(FIRST * 2 ** min(count - FREE, 20), LONGEST)


def left(one: Mapping[str, Any], now: datetime) -> timedelta:
    """How much of its wait is left. A clock that was set back since makes it begin anew, never longer."""
    if not one.get("at"):
        return timedelta(0)
    gone = now - datetime.fromisoformat(one["at"])
    return max(timedelta(0), waits(one["count"]) - max(timedelta(0), gone))


def of(tries: Tries, name: str, now: datetime) -> dict[str, Any]:
    """What is counted of that name. A moment that is still to come, by a clock that was set back, is now."""
    one = tries.get(name) or {"count": 0, "at": ""}
    if one["at"] and datetime.fromisoformat(one["at"]) > now:
        one = {**one, "at": now.isoformat()}
    return one


def wrong(tries: Tries, name: str, now: datetime, known: frozenset[str]) -> Tries:
    """With one more of that name. `known`: names that have a lock; of others the latest are kept."""
    before = of(tries, name, now)
    kept = {**tries, name: {**before, "count": before["count"] + 1, "at": now.isoformat()}}
    strangers = sorted((one for one in kept if one not in known), key=lambda one: str(kept[one]["at"]))
    for one in strangers[: max(0, len(strangers) - MOST_STRANGERS)]:
        del kept[one]
    return kept


def opened(tries: Tries, name: str, *, by_pin: bool) -> Tries:
    """After somebody opened: of that name nothing is counted any more; nobody else waits now, and counts go on where they were.

    A colleague's PIN ends somebody's wait once, until that officer has opened too: who has a PIN of his own could else lock and
    open the unit in turns, and guess another's without any wait.
    """
    return {one: _spared(said, by_pin=by_pin) for one, said in tries.items() if one != name}


def _spared(one: dict[str, Any], *, by_pin: bool) -> dict[str, Any]:
    if not by_pin:
        return {**one, "at": ""}
    if one.get("spared") or one["count"] < FREE:
        return one
    return {**one, "at": "", "spared": True}
