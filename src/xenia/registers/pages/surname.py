"""Searching one register by a surname alone: matching needs more of a name, so records are looked through, up to a bound.

List files keep every name folded beside its record, so that a part of them is looked through without opening a body.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xenia.access.standing import Standing
from xenia.formats.dates import PartialDate
from xenia.matching import Prepared, prepare, tokens
from xenia.matching.sounds import skeletons
from xenia.registers.lists import current
from xenia.registers.lists.claims import claim_of
from xenia.registers.live import actions as live
from xenia.registers.live import lookup
from xenia.registers.live.models import LiveRecord
from xenia.registers.pages import reading
from xenia.registers.pages.faces import Face
from xenia.registers.pages.reading import Purposed, Row

MOST_LISTED = 500_000
"""Records of lists that one search looks through: under a second."""
MOST_ENTERED = 10_000
"""Records entered here that one search opens, newest first."""
MOST_KEPT = 500
CHUNK = 200
SHORTEST = 2
EQUAL, BEGINS, SOUNDS = range(3)


@dataclass(frozen=True)
class Found:
    """Rows, the nearest first; how many records were looked through; whether that was only a part of them."""

    rows: tuple[Row, ...] = ()
    looked: int = 0
    stopped: bool = False


def asked(text: str) -> tuple[str, ...]:
    """The folded words of a surname, where the text is one: a single word, or what stands before a comma that ends it."""
    surname, comma, rest = text.strip().partition(",")
    alone = not rest.strip() and (comma or len(surname.split()) == 1)
    words = tokens(surname) if alone and not any(letter.isdigit() for letter in text) else ()
    return words if words and len(words[0]) >= SHORTEST else ()


def find(standing: Standing, face: Face, why: Purposed, text: str, birth: str = "") -> Found:
    """Records whose surname equals, begins with or sounds like the text; nothing where it is no surname alone.

    The caller writes the read down. Raises `Unavailable` for a list that is broken.
    """
    words = asked(text)
    if not words or not face.register.searches_names:
        return Found()
    walk = _Walk(standing, face, why, words, PartialDate.parse(birth) if birth else None)
    ranked: list[tuple[int, Row]] = []
    for rank, row in walk.rows():
        ranked.append((rank, row))
        if len(ranked) == MOST_KEPT:
            walk.stopped = True
            break
    ranked.sort(key=lambda one: (one[0], one[1].title))
    return Found(tuple(row for _, row in ranked), walk.looked, walk.stopped)


class _Walk:
    def __init__(
        self, standing: Standing, face: Face, why: Purposed, words: tuple[str, ...], birth: PartialDate | None
    ) -> None:
        self.standing, self.face, self.why, self.words, self.birth = standing, face, why, words, birth
        self.bones = [set(skeletons(word)) for word in words]
        self.looked, self.stopped = 0, False

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Every record that fits and that the reader may see, with how near it is."""
        yield from self._entered()
        yield from self._listed()

    def _entered(self) -> Iterator[tuple[int, Row]]:
        rows = LiveRecord.objects.filter(register=self.face.name, state="present").order_by("-id")
        for start in range(0, MOST_ENTERED, CHUNK):
            some = list(rows[start : start + CHUNK])
            for one in live.opened(some):
                self.looked += 1
                rank = self._rank(prepare(claim_of(one.body)))
                row = reading.of_live(self.standing, self.face, self.why, one) if rank is not None else None
                if rank is not None and row is not None:
                    yield rank, row
            if len(some) < CHUNK:
                return
        self.stopped = True

    def _listed(self) -> Iterator[tuple[int, Row]]:
        left, hidden = MOST_LISTED, lookup.laid_over()
        fragments = [self.words[0], *sorted(self.bones[0])]
        for one in current.readable(self.face.name):
            most = min(left, one.file.count)
            self.stopped = self.stopped or most < one.file.count
            left, self.looked = left - most, self.looked + most
            for near in one.file.holding(fragments, most):
                rank = self._rank(Prepared.unpack(near.prepared))
                if rank is None or (self.face.name, one.source_code, near.record_id) in hidden:
                    continue
                body = one.file.body(near.number)
                row = reading.of_list(self.standing, self.face, self.why, one, near.record_id, body)
                if row is not None:
                    yield rank, row

    def _rank(self, prepared: Prepared | None) -> int | None:
        """How near a person's surnames are; None where none fits, or where the birth year is another."""
        if prepared is None or not self._born(prepared):
            return None
        ranks = [
            rank
            for form in prepared.forms
            for start in ([0] if form.surname is not None else range(len(form.tokens)))
            if (rank := self._near(form.tokens[start : form.surname])) is not None
        ]
        return min(ranks, default=None)

    def _near(self, surname: tuple[str, ...]) -> int | None:
        head = surname[: len(self.words)]
        if len(head) < len(self.words):
            return None
        if head == self.words:
            return EQUAL
        if head[:-1] == self.words[:-1] and head[-1].startswith(self.words[-1]):
            return BEGINS
        alike = all(bones & set(skeletons(word)) for bones, word in zip(self.bones, head, strict=True))
        return SOUNDS if alike else None

    def _born(self, prepared: Prepared) -> bool:
        if self.birth is None or not prepared.births or not (years := set(self.birth.years())):
            return True
        return any(years & set(one.years()) for one in prepared.births)
