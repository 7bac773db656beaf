"""Who is expected, kept in memory until the epoch moves: a lane asks nothing where nobody is expected."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery

from xenia.access import epochs
from xenia.cases import catalogue
from xenia.cases.expected.watch import EPOCH, border_states
from xenia.cases.models import CaseKey
from xenia.identity import actions as identity
from xenia.identity.claim import Claimed
from xenia.identity.models import Identity
from xenia.matching import Match
from xenia.registers.agreeing import agree
from xenia.registers.port import Probe


@dataclass
class Expected:
    """One case that waits for its person. `identity`: the claim of the case; `keys`: (kind, key) by which it is found."""

    case: UUID
    reference: str
    procedure: tuple[str, int]
    counterpart: str
    owner: str
    identity: UUID
    sealed: bytes
    keys: set[tuple[str, int]] = field(default_factory=set)

    @property
    def state(self) -> str:
        """The state that hands over: three letters."""
        return self.counterpart.split("/")[0]


@dataclass(frozen=True)
class Found:
    """An expected person who may be meant."""

    expected: Expected
    claim: Claimed
    match: Match


_lock = threading.Lock()
_kept: tuple[int, Mapping[tuple[str, int], Sequence[Expected]]] | None = None


def by_key() -> Mapping[tuple[str, int], Sequence[Expected]]:
    """All who are expected, by each of their keys. One query when the epoch has moved, none otherwise or before its first move."""
    global _kept
    epoch = epochs.read()[EPOCH]
    if epoch == 0:
        return {}
    with _lock:
        if _kept is None or _kept[0] != epoch:
            _kept = (epoch, _load())
        return _kept[1]


def _load() -> dict[tuple[str, int], list[Expected]]:
    waiting = Q()
    for (name, version), procedure in catalogue.procedures().items():
        for side in procedure.sides or ("",):
            if states := border_states(procedure, side):
                waiting |= Q(case__procedure=name, case__version=version, case__side=side, case__state__in=states)
    if not waiting:
        return {}
    sealed = Identity.objects.filter(id=OuterRef("case__identity")).values("sealed")
    rows = CaseKey.objects.filter(waiting, kind__in="ndf").values_list(
        "kind", "key", "case_id", "case__reference", "case__procedure", "case__version", "case__counterpart",
        "case__owner", "case__identity", Subquery(sealed),
    )  # fmt: skip
    cases: dict[UUID, Expected] = {}
    found: dict[tuple[str, int], list[Expected]] = {}
    for kind, key, case, reference, procedure, version, counterpart, owner, who, box in rows:
        if who is None or box is None:
            continue
        one = cases.setdefault(
            case, Expected(case, reference, (procedure, version), counterpart, owner, who, bytes(box))
        )
        one.keys.add((kind, key))
        found.setdefault((kind, key), []).append(one)
    return found


def find(probes: Sequence[Probe]) -> list[list[Found]]:
    """Expected persons for each probe, best first: one query where keys are shared, none otherwise."""
    known = by_key()
    near = [_near(known, probe) for probe in probes]
    every = {one.identity: one for some in near for one in some}
    claims = _open(list(every.values())) if every else {}
    return [list(_matched(probe, some, claims)) for probe, some in zip(probes, near, strict=True)]


def _near(known: Mapping[tuple[str, int], Sequence[Expected]], probe: Probe) -> list[Expected]:
    if not known:
        return []
    wanted = {("n", key) for key in probe.name_keys}
    for _, keys in probe.documents:
        wanted |= {("d", keys.exact), ("f", keys.folded)}
    shared = wanted & known.keys()
    return list({one.case: one for key in sorted(shared) for one in known[key]}.values())


def _open(some: Sequence[Expected]) -> dict[UUID, Claimed]:
    rows = [Identity(id=one.identity, sealed=one.sealed) for one in some]
    return identity.opened(rows)


def _matched(probe: Probe, near: Sequence[Expected], claims: Mapping[UUID, Claimed]) -> Iterator[Found]:
    found = []
    for one in near:
        claim = claims.get(one.identity)
        match = _match(probe, claim) if claim is not None else None
        if claim is not None and match is not None:
            found.append(Found(one, claim, match))
    yield from sorted(found, key=lambda each: (-each.match.score, str(each.expected.case)))


def _match(probe: Probe, claim: Claimed) -> Match | None:
    """How alike; None below LIKELY: nobody is told that a namesake is expected.

    A name alone is not enough: the birth date must agree, or the document be the same.
    """
    return agree(
        probe, claim, lambda match: any(one.name == "birth_date" and one.verdict == "same" for one in match.features)
    )
