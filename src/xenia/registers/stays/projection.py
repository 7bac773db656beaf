"""How stays follow from their entries: folded by `xenia rebuild --check`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from xenia.journal import rebuild
from xenia.journal.rebuild import ERASED, Happened
from xenia.registers.stays import kinds
from xenia.registers.stays.models import RefusalRecord, StayRecord
from xenia.registers.stays.pairing import Event, pairs

WANTED = frozenset({kinds.ENTERED, kinds.EXITED, kinds.REFUSED, kinds.TAKEN_BACK, kinds.CORRECTED, kinds.LINKED})


class _Fold:
    def __init__(self) -> None:
        self.found: dict[str, Any] = {}
        self.events: dict[str, tuple[str, Event]] = {}
        self.persons: dict[str, str] = {}
        self.corrected: dict[str, str] = {}  # each crossing of a corrected stay, to the one that names it

    def take(self, one: Happened) -> None:
        """One entry more."""
        kind, body = one.entry.kind, one.body
        if body is None:
            self.found[f"entry:{one.entry.id}"] = ERASED
        elif kind == kinds.LINKED:
            self.persons.update(dict.fromkeys(body["files"], body["person"]))
        elif kind == kinds.REFUSED:
            self.found[f"refusal:{body['crossing']}"] = (body["on"], tuple(body["codes"]))
        elif kind == kinds.TAKEN_BACK:
            self.events.pop(body["crossing"], None)
            self.found.pop(f"refusal:{body['crossing']}", None)
            self.found.pop(f"stay:{self.corrected.get(body['crossing'], body['crossing'])}", None)
        elif kind == kinds.CORRECTED:
            self._correct(body)
        else:
            self.events[body["crossing"]] = (body["file"], _event(kind, body))

    def _correct(self, body: Mapping[str, Any]) -> None:
        crossing = str(body["crossing"])
        file, event = self.events.get(crossing, ("", None))
        if body["state"] == "open" and event is not None:
            until = body["authorised_until"]
            better = replace(
                event,
                on=date.fromisoformat(body["entry_on"]),
                basis=body["basis"],
                authorised_until=date.fromisoformat(until) if until else None,
            )
            self.events[crossing] = (file, better)
            return
        if event is not None:
            for one in _stay_with(
                crossing, [e for f, e in self.events.values() if self._person(f) == self._person(file)]
            ):
                self.events.pop(str(one), None)
                self.corrected[str(one)] = crossing
        if body["state"] == "void":
            self.found.pop(f"stay:{crossing}", None)
        else:
            days = (body["entry_on"], body["exit_on"], body["authorised_until"] or "")
            self.found[f"stay:{crossing}"] = ("corrected", *days)

    def _person(self, file: str) -> str:
        return self.persons.get(file, file)

    def result(self) -> Mapping[str, Any]:
        """Stays by the crossing they begin with, and refusals."""
        by_person: dict[str, list[Event]] = {}
        for file, event in self.events.values():
            by_person.setdefault(self._person(file), []).append(event)
        for events in by_person.values():
            for pair in pairs(events):
                until = pair.entry.authorised_until if pair.entry else None
                self.found[f"stay:{pair.begins.crossing}"] = (
                    pair.state,
                    pair.entry_on.isoformat(),
                    pair.exit_on.isoformat() if pair.exit_on else "",
                    until.isoformat() if until else "",
                )
        return self.found


def _stay_with(crossing: str, events: list[Event]) -> list[UUID]:
    """The crossings of the stay that this crossing is part of."""
    for pair in pairs(events):
        mine = [one.crossing for one in (pair.entry, pair.exit) if one]
        if UUID(crossing) in mine:
            return mine
    return []


def _event(kind: str, body: Mapping[str, Any]) -> Event:
    until = body.get("authorised_until")
    return Event(
        "entry" if kind == kinds.ENTERED else "exit",
        UUID(body["crossing"]),
        datetime.fromisoformat(body["at"]),
        date.fromisoformat(body["on"]),
        body["zone"],
        body["post"],
        body["basis"],
        authorised_until=date.fromisoformat(until) if until else None,
    )


def fold(happened: Iterable[Happened]) -> Mapping[str, Any]:
    """Stays and refusals by crossing."""
    folded = _Fold()
    for one in happened:
        folded.take(one)
    return folded.result()


def actual() -> Mapping[str, Any]:
    """The same from the tables. Stays written for a bench have no crossing and are left out."""
    found: dict[str, Any] = {}
    for row in StayRecord.objects.iterator(chunk_size=500):
        crossing = row.entry_crossing or row.exit_crossing
        if crossing:
            found[f"stay:{crossing}"] = (
                row.state,
                row.entry_on.isoformat(),
                row.exit_on.isoformat() if row.exit_on else "",
                row.authorised_until.isoformat() if row.authorised_until else "",
            )
    for refusal in RefusalRecord.objects.iterator(chunk_size=500):
        found[f"refusal:{refusal.crossing}"] = (refusal.on.isoformat(), tuple(refusal.codes))
    return found


def register() -> None:
    """Make the projection known; called when Django starts."""
    rebuild.register(rebuild.Projection("stays", WANTED, fold, actual))
