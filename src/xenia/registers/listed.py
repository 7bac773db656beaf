"""A register that is made of list files and of live records laid over them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from xenia import matching
from xenia.identity.claim import Document
from xenia.matching import Band, Match
from xenia.registers import bodies
from xenia.registers.lists import current, hits, keyed
from xenia.registers.lists.current import OpenList
from xenia.registers.lists.subjects import record_subject
from xenia.registers.live import ages as live_ages
from xenia.registers.live import keyed as live_keyed
from xenia.registers.live.actions import Live
from xenia.registers.live.lookup import LiveFound
from xenia.registers.port import AGEING, Age, Candidate, Probe

THINGS = frozenset({"PLATE", "VIN"})
"""Document types that name a thing, not a person's paper: only registers that say so are asked by them."""
MOST_HITS = 50
NO_NAME = Match(0.0, None, ())


Asked = tuple[tuple[Document, matching.DocumentKeys], ...]


@dataclass(frozen=True)
class Shown:
    """How one record is presented: its category, how severe it is, who may settle it, and its fields by group."""

    category: str
    handling: str
    severity: str
    second_line: bool
    fields: Mapping[str, Mapping[str, Any]]


WITHHELD = Shown("", "open", "look", True, {})
"""A record of which only keys lie here. Those that the first line must not notice are not among them."""


@dataclass(frozen=True)
class _Known:
    source: str
    record_id: str
    subject: UUID
    owner: str
    body: Mapping[str, Any]
    withheld: bool = False
    may_be: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ListedRegister:
    """One register of this kind. `present` turns a record's body into what a hit shows.

    `entered_live`: officers enter records by hand, so that it knows something even without any list.
    `searches_names`: whether a name alone finds a record. `document_types`: the types by which it is asked; empty: every
    paper of a person, no plate and no chassis number. `knows_past`: records that are no longer in force are still
    told, as something known, never as a warning.
    """

    name: str
    title: str | Promise
    groups: frozenset[str]
    present: Callable[[Mapping[str, Any]], Shown]
    entered_live: bool = False
    searches_names: bool = True
    document_types: frozenset[str] = frozenset()
    knows_past: bool = False

    @property
    def label(self) -> str:
        """Name for people, in the reader's language."""
        return str(self.title)

    def fits(self, probe: Probe) -> bool:
        """Whether the question holds anything that this register is asked by; without a plate no vehicle is asked about."""
        return not self.document_types or any(one.type in self.document_types for one, _ in probe.documents)

    def look_up(self, probes: Sequence[Probe], live: LiveFound) -> list[list[Candidate]]:
        """Candidates for each probe, best first."""
        lists = current.current(self.name)
        found = []
        for probe, mine in zip(probes, live.by_probe, strict=True):
            documents = tuple(one for one in probe.documents if self._is_asked_by(one[0].type))
            known = [
                *self._from_lists(probe, documents, lists, live),
                *self._from_live(probe, documents, mine.get(self.name, ())),
                *self._from_withheld(probe, documents),
            ]
            candidates = [self._candidate(one, match, probe) for one, match in known if self._tells(one.body, probe)]
            found.append(sorted(candidates, key=lambda candidate: -candidate.match.score))
        return found

    def _is_asked_by(self, document_type: str) -> bool:
        return document_type in self.document_types if self.document_types else document_type not in THINGS

    def _tells(self, body: Mapping[str, Any], probe: Probe) -> bool:
        return self.knows_past or _in_force(body, probe)

    def _from_lists(
        self, probe: Probe, documents: Asked, lists: Iterable[OpenList], live: LiveFound
    ) -> Iterator[tuple[_Known, Match]]:
        for one in lists:
            for record_id, (body, match) in self._in_file(one, probe, documents).items():
                if (self.name, one.source_code, record_id) not in live.laid_over:
                    yield (
                        _Known(
                            one.source_code,
                            record_id,
                            record_subject(self.name, one.source_code, record_id),
                            one.owner,
                            body,
                            one.file.keyed,
                            keyed.may_be(one.file) if one.file.keyed else frozenset(),
                        ),
                        match,
                    )

    def _in_file(self, one: OpenList, probe: Probe, documents: Asked) -> dict[str, tuple[Mapping[str, Any], Match]]:
        """Records of one list that match, by record id: by name, by document, or by both.

        Of a list that lies here as keys it is one at most, POSSIBLE, without reasons.
        """
        if one.file.keyed:
            return self._by_keys(one, probe, documents)
        found: dict[str, tuple[Mapping[str, Any], Match]] = {}
        if probe.prepared is not None and self.searches_names:
            for hit in hits.hits(one.file, probe.prepared, probe.name_keys, MOST_HITS):
                found[hit.record_id] = (hit.body, hit.match)
        for document, keys in documents:
            for record_id, body in one.file.search_document(keys):
                known = found.get(record_id)
                best = self._best(probe, document, body, known[1] if known else None)
                if best is not None:
                    found[record_id] = (body, best)
        return found

    def _by_keys(self, one: OpenList, probe: Probe, documents: Asked) -> dict[str, tuple[Mapping[str, Any], Match]]:
        claimed, names = probe.claimed, self._names_asked(probe)
        papers = [keys for _document, keys in documents]
        found = keyed.search(one.file, names, claimed.birth_date, papers, lambda body: self._tells(body, probe))
        match = Match(found.strength / 10, Band.POSSIBLE, ()) if found else NO_NAME
        return {found.record_id: (found.body, match)} if found else {}

    def _names_asked(self, probe: Probe) -> Sequence[str]:
        return probe.claimed.whole_names() if probe.prepared is not None and self.searches_names else ()

    def _from_withheld(self, probe: Probe, documents: Asked) -> Iterator[tuple[_Known, Match]]:
        """What officers entered and lies here as keys: one of each owner at most, POSSIBLE, without reasons."""
        papers = [document for document, _keys in documents]
        names, birth = self._names_asked(probe), probe.claimed.birth_date
        for found in live_keyed.search(self.name, names, birth, papers, probe.on):
            row, match = found.row, Match(found.strength / 10, Band.POSSIBLE, ())
            yield _Known("", row.record_id, row.pk, row.owner, {}, True, found.may_be), match

    def _from_live(self, probe: Probe, documents: Asked, found: Iterable[Live]) -> Iterator[tuple[_Known, Match]]:
        for one in found:
            match = _by_name(probe, one.body) if self.searches_names else None
            for document, _ in documents:
                match = self._best(probe, document, one.body, match)
            if match is not None and match.band is not None:
                yield _Known(one.row.source, one.row.record_id, one.row.id, one.row.owner, one.body), match

    def _best(self, probe: Probe, document: Document, body: Mapping[str, Any], before: Match | None) -> Match | None:
        """The match so far, improved by the document where it is one of the record's.

        A document alone makes nobody the same: under another name it is LIKELY at most. A register that no name
        searches compares the name here, where one was asked; without one its record is found by the paper alone.
        """
        matches = [matching.compare_documents(_plain(document), _plain(known)) for known in bodies.documents(body)]
        by_document = max((m for m in matches if m.band is not None), key=lambda m: m.score, default=None)
        if by_document is None:
            return before
        if not body.get("names") or not (self.searches_names or probe.prepared):
            return by_document
        by_name = before if self.searches_names else _by_name(probe, body)
        return matching.with_document(by_name or NO_NAME, by_document)

    def _candidate(self, one: _Known, match: Match, probe: Probe) -> Candidate:
        shown = WITHHELD if one.withheld else self.present(one.body)
        return Candidate(
            register=self.name,
            source=one.source,
            record_id=one.record_id,
            subject=one.subject,
            owner=one.owner,
            match=match,
            category=shown.category,
            handling=shown.handling,
            severity=shown.severity if _in_force(one.body, probe) else "info",
            second_line=shown.second_line,
            fields=shown.fields,
            withheld=one.withheld,
            may_be=one.may_be,
        )

    def ages(self, now: datetime) -> tuple[Age, ...]:
        """Age of each current list of this register; of one that the centre of this unit offers no more: `never`.

        At a unit also of what officers entered, which is as old as the centre's last word.
        """
        ages = tuple(_age(one, now) for one in current.usable(self.name))
        ages += tuple(Age(source, None, 0, 0, "never") for source in current.missing(self.name))
        if self.entered_live:
            return ages + live_ages.of(self.name, now)
        return ages or (Age("", None, 0, 0, "never"),)


def _by_name(probe: Probe, body: Mapping[str, Any]) -> Match | None:
    if probe.prepared is None or not body.get("names"):
        return None
    return matching.compare(probe.prepared, bodies.claim(body))


def _plain(document: Document) -> matching.DocumentClaim:
    return matching.DocumentClaim(document.issuing_state, document.type, document.number)


def _in_force(body: Mapping[str, Any], probe: Probe) -> bool:
    day = probe.on.isoformat()
    return (body.get("valid_from") or "") <= day <= (body.get("valid_until") or "9999-12-31")


def _age(one: OpenList, now: datetime) -> Age:
    age_s = max(0, int((now - one.as_of).total_seconds()))
    limit_s = one.max_age_hours * 3600
    state = "old" if age_s > limit_s else "ageing" if age_s > AGEING * limit_s else "fresh"
    return Age(one.source_code, one.as_of, age_s, limit_s, state)
