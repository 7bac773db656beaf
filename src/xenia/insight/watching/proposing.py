"""Holidays proposed as known events: feasts of `feasts`, and public holidays of states from the library `holidays`. Nothing is applied:
somebody who may set the rules says yes to each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from xenia.formats import states
from xenia.insight.charts import world
from xenia.insight.watching.feasts import Feast, feasts
from xenia.insight.watching.models import KnownEvent

BACK_DAYS, AHEAD_DAYS = 63, 400
FEASTS: dict[str, str | Promise] = {
    "easter-western": _("Easter (western)"),
    "easter-eastern": _("Easter (eastern)"),
    "eid-al-fitr": _("Eid al-Fitr"),
    "eid-al-adha": _("Eid al-Adha"),
    "novruz": _("Novruz"),
    "new-year": _("New Year"),
}
LISTED = {"eid-al-fitr": "Eid al-Fitr", "eid-al-adha": "Eid al-Adha"}
"""What the library calls the feasts whose days a state's list knows better than reckoning."""


@dataclass(frozen=True)
class Proposal:
    """Days that may be no ordinary ones. `states`: whose public holidays they are, by code; `doubt`: they may move by a day."""

    first: date
    last: date
    name: str
    states: tuple[str, ...]
    doubt: bool

    @property
    def key(self) -> str:
        """Says which of the proposals it is, as long as they are the same."""
        return f"{self.first}/{self.last}/{self.name}"

    @property
    def label(self) -> str:
        """What the known event is called."""
        whose = f" ({', '.join(self.states)})"[:60] if self.states else ""
        return self.name[: 100 - len(whose)] + whose


def usual_states() -> list[str]:
    """The installation's own state and those beside it on the map of the world, by code. A small one may not be on it."""
    own = str(settings.XENIA_STATE)
    number = world.number(own)
    codes = {world.number(code): code for code, one in states.STATES.items() if one.alpha2 and one.kind == "state"}
    beside = sorted(codes[one] for one in _neighbours(number) if one in codes) if number else []
    return [own, *beside] if states.find(own) else []


@lru_cache(maxsize=8)
def _neighbours(number: str) -> frozenset[str]:
    lines = {
        one["id"]: frozenset(_lines(one["arcs"]))
        for one in world.outlines()["objects"]["countries"]["geometries"]
        if "id" in one
    }
    own = lines.get(number, frozenset())
    return frozenset(other for other, theirs in lines.items() if other != number and own & theirs)


def _lines(arcs: Iterable[Any]) -> Iterable[int]:
    for one in arcs:
        if isinstance(one, list):
            yield from _lines(one)
        else:
            yield one if one >= 0 else ~one


def unlisted(codes: Sequence[str]) -> list[str]:
    """The states of which the library has no holidays."""
    return [code for code in codes if _book(code) is None]


def proposals(codes: Sequence[str], since: date, until: date) -> list[Proposal]:
    """Feasts and the states' public holidays that touch these days, the earliest first. What one covers, the other does not repeat."""
    found: dict[tuple[date, date], list[tuple[str, str, bool]]] = {}
    for code in dict.fromkeys(codes):
        for first, last, name, doubt in _blocks(code, since, until):
            found.setdefault((first, last), []).append((name, code, doubt))
    made = []
    for (first, last), several in found.items():
        names, whose = (
            dict.fromkeys(name for name, _code, _doubt in several),
            sorted(code for _name, code, _d in several),
        )
        doubt = any(doubt for _name, _code, doubt in several)
        made.append(Proposal(first, last, "; ".join(names), tuple(dict.fromkeys(whose)), doubt))
    own = [one for one in feasts(since, until) if not _listed(one, made)]
    made = [one for one in made if not any(_covers(each, one) for each in own)]
    made += [Proposal(one.first, one.last, str(FEASTS[one.name]), (), one.doubt) for one in own]
    return sorted(made, key=lambda one: (one.first, one.last, one.name))


def open_proposals(codes: Sequence[str], today: date) -> list[Proposal]:
    """Those from the base of today's usual on to a year ahead that no known event covers yet."""
    since, until = today - timedelta(days=BACK_DAYS), today + timedelta(days=AHEAD_DAYS)
    noted = list(KnownEvent.objects.filter(removed_at=None, post="", last__gte=since).values_list("first", "last"))
    return [
        one
        for one in proposals(codes, since, until)
        if not any(first <= one.first and one.last <= last for first, last in noted)
    ]


def perhaps(day: date) -> list[str]:
    """What a day may be, of holidays here and around that nobody has noted."""
    return [one.label for one in proposals(usual_states(), day, day)]


def _covers(feast: Feast, one: Proposal) -> bool:
    """Whether the days are the feast's; an Eid that falls on other holidays stays itself."""
    return feast.first <= one.first and one.last <= feast.last and not any(eid in one.name for eid in LISTED.values())


def _listed(feast: Feast, made: Sequence[Proposal]) -> bool:
    name, near = LISTED.get(feast.name), timedelta(days=2)
    return name is not None and any(
        name in one.name and one.first <= feast.last + near and one.last >= feast.first - near for one in made
    )


@lru_cache(maxsize=64)
def _book(code: str) -> Any:
    """The library's holidays of a state, in English where it can; None where it knows none."""
    import holidays  # 0.1 s to import; only these pages need it

    state = states.find(code)
    if state is None or not state.alpha2:
        return None
    try:
        book = holidays.country_holidays(state.alpha2)
        return (
            holidays.country_holidays(state.alpha2, language="en_US") if "en_US" in book.supported_languages else book
        )
    except NotImplementedError:
        return None


def _blocks(code: str, since: date, until: date) -> list[tuple[date, date, str, bool]]:
    """A state's holidays, days in a row of one name together: first, last, name, whether the library only reckons them."""
    book = _book(code)
    if book is None:
        return []
    begun: dict[str, tuple[date, date, bool]] = {}
    found: list[tuple[date, date, str, bool]] = []
    for back in range(-7, (until - since).days + 8):
        day = since + timedelta(days=back)
        for said in book.get_list(day):
            name = said.replace(", estimated)", ")").replace(" (estimated)", "")
            first, last, doubt = begun.get(name, (day, day, False))
            if (day - last).days > 1:
                found.append((first, last, name, doubt))
                first, doubt = day, False
            begun[name] = (first, day, doubt or name != said)
    found += [(first, last, name, doubt) for name, (first, last, doubt) in begun.items()]
    return [one for one in found if one[1] >= since and one[0] <= until]
