"""Measures the name search over an invented register: recall by class, false hits by band, time and bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random
from time import process_time_ns

from xenia import matching
from xenia.formats.dates import PartialDate
from xenia.formats.lists.records import PERSON, Record
from xenia.matching import Band, Claim
from xenia.registers.lists import build as list_build
from xenia.registers.lists.file import ListFile
from xenia.site.bench import cultures, people, questions
from xenia.site.bench.cultures import CULTURES, Culture
from xenia.site.bench.people import Person

CANDIDATES = 300
TOP = 10
# Invented; the measurement holds no document.
_SECRET = b"bench-search-holds-no-documents!"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What is invented: how many persons, from which seed, from which cultures."""

    persons: int
    seed: int
    cultures: tuple[Culture, ...] = CULTURES

    def people(self) -> Iterator[Person]:
        """The persons of the register, always the same."""
        return people.people(self.persons, self.seed, self.cultures)

    def strangers(self, count: int) -> Iterator[Person]:
        """Others of the same kind."""
        return people.people(count, self.seed + 7_919, self.cultures)


@dataclass
class Class:
    """What became of the questions of one class: found among the candidates, the first ten hits, first, by band."""

    asked: int = 0
    candidate: int = 0
    top: int = 0
    first: int = 0
    bands: Counter[str] = field(default_factory=Counter)

    def shares(self) -> dict[str, object]:
        """As shares of the questions asked, three digits."""
        share = {name: round(count / self.asked, 3) for name, count in self._counts().items()} if self.asked else {}
        return {"asked": self.asked, **share}

    def add(self, other: Class) -> None:
        """Counts those of another class in."""
        self.asked += other.asked
        self.candidate += other.candidate
        self.top += other.top
        self.first += other.first
        self.bands += other.bands

    def _counts(self) -> dict[str, int]:
        bands = {band.value: self.bands[band.value] for band in Band}
        return {"candidate": self.candidate, "top_10": self.top, "first": self.first, **bands}


@dataclass(frozen=True)
class Asked:
    """One question: its class, the claim and the record that should come back; None: it should not hit at all."""

    label: str
    claim: Claim
    record_id: str | None


def fingerprint(plan: Plan) -> str:
    """Names the register that this code would build: changes with the rules, the generator and the plan."""
    digest = sha256(repr(plan).encode())
    folders = (Path(matching.__file__).parent, Path(list_build.__file__).parent)
    for path in sorted(path for folder in folders for path in folder.glob("*.py")):
        digest.update(path.read_bytes())
    for module in (cultures, people):
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()[:16]


def register(path: Path, plan: Plan, say: Say) -> float:
    """Builds the list file at `path`; returns CPU seconds of the build without those of inventing the persons."""
    started = process_time_ns()
    for _ in _records(plan):
        pass
    inventing = process_time_ns() - started

    def progress(step: str, rows: int) -> None:
        if rows % 50_000 == 0:
            say(f"{step} {rows:,}")

    started = process_time_ns()
    meta = {"register": "bench", "source": "bench-search", "seed": str(plan.seed)}
    list_build.build(path, _records(plan), meta, secret=_SECRET, progress=progress)
    return (process_time_ns() - started - inventing) / 1e9


def _records(plan: Plan) -> Iterator[Record]:
    rng = Random(plan.seed + 1)
    for number, person in enumerate(plan.people()):
        yield Record(f"{number:08}", PERSON, people.listed(person, rng).body())


def ask_for(plan: Plan, count: int, strangers: int) -> list[Asked]:
    """About `count` questions spread over the classes, for persons drawn from the register, and `strangers` non-hits.

    The strangers are drawn from the same names, births and states, but are not in the register.
    """
    step = max(1, plan.persons // (count * 2))
    rng, altering = Random(plan.seed + 1), Random(plan.seed + 2)
    room = dict.fromkeys(questions.CLASSES, max(1, count // len(questions.CLASSES)))
    asked: list[Asked] = []
    for number, person in enumerate(plan.people()):
        record = people.listed(person, rng)
        if number % step == 0:
            one = _altered(f"{number:08}", person, record, room, altering)
            asked += [one] if one else []
    for person in plan.strangers(strangers):
        surname, given = map(people.mrz_text, person.name())
        claim = people.question(person, surname, given, PartialDate.of(person.birth))
        asked.append(Asked("not listed", claim, None))
    return asked


def _altered(record_id: str, person: Person, record: people.Listed, room: dict[str, int], rng: Random) -> Asked | None:
    """A question of the class that has most room left, among those that fit this person."""
    labels = [label for label in room if room[label]]
    rng.shuffle(labels)
    for label in sorted(labels, key=lambda name: -room[name]):
        claim = questions.CLASSES[label](person, record, rng)
        if claim is not None:
            room[label] -= 1
            return Asked(label, claim, record_id)
    return None


@dataclass
class Measured:
    """All that one run found. Times are CPU time of this process in nanoseconds, question by question."""

    classes: dict[str, Class]
    strangers: int
    false_hits: Counter[str]
    keying_ns: list[int]
    finding_ns: list[int]
    comparing_ns: list[int]
    candidates: int = 0

    def total_ns(self) -> list[int]:
        """CPU time of each question, ascending."""
        return sorted(map(sum, zip(self.keying_ns, self.finding_ns, self.comparing_ns, strict=True)))


def measure(file: ListFile, asked: list[Asked]) -> Measured:
    """Asks every question as the registers do and notes what came back."""
    found = Measured({label: Class() for label in questions.CLASSES}, 0, Counter(), [], [], [])
    for one in asked:
        hits, ids = _ask(file, one, found)
        if one.record_id is None:
            found.strangers += 1
            if hits:
                found.false_hits[str(hits[0][1])] += 1
            continue
        kind = found.classes[one.label]
        kind.asked += 1
        kind.candidate += one.record_id in ids
        places = [n for n, (record_id, _) in enumerate(hits) if record_id == one.record_id]
        if places:
            kind.top += 1
            kind.first += places[0] == 0
            kind.bands[str(hits[places[0]][1])] += 1
    return found


def _ask(file: ListFile, one: Asked, found: Measured) -> tuple[list[tuple[str, Band | None]], set[str]]:
    first = process_time_ns()
    prepared = matching.prepare(one.claim)
    keys = matching.query_keys(one.claim.whole_names(), one.claim.birth)
    second = process_time_ns()
    near = file.near(keys, CANDIDATES)
    third = process_time_ns()
    matches = matching.rescore(prepared, [n.prepared for n in near], file.rarity, TOP)
    found.keying_ns.append(second - first)
    found.finding_ns.append(third - second)
    found.comparing_ns.append(process_time_ns() - third)
    found.candidates += len(near)
    return [(near[n].record_id, match.band) for n, match in matches], {n.record_id for n in near}
