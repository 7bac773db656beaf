"""Characters that a reader takes for one another, put right where the check digits confirm it.

Three rules keep this from guessing. A letter where only a digit can stand has one digit it can be, and
the other way round; it is exchanged if the check digit that covers it then holds. Where both can stand
(document number, optional data) a single exchange is tried, and made only if it is the only one with
which every check digit holds. Whatever is not confirmed is left as it was read and reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

from xenia.formats.mrz.checking import check
from xenia.formats.mrz.layouts import CheckRule, Kind, Layout, Span, rules
from xenia.formats.mrz.reading import Repair

# Source: the project's notes on documents, section 2 (type-aware OCR repair); the reverse for letter fields.
TO_DIGIT = {"O": "0", "Q": "0", "I": "1", "Z": "2", "S": "5", "G": "6", "B": "8"}
TO_LETTER = {"0": "O", "1": "I", "2": "Z", "5": "S", "6": "G", "8": "B"}
# In fields of both: 6 and G have the same check value, so no check digit could tell them apart.
EITHER = {**TO_DIGIT, **TO_LETTER}

# Combinations of single exchanges in different fields that are tried; more is ambiguous anyway.
_MOST_COMBINATIONS = 400
# Candidates named in the report of an ambiguity.
_MOST_NAMED = 20

Place = tuple[int, int]
Exchange = tuple[Place, str]


@dataclass(frozen=True)
class Repaired:
    """Lines after the confirmed repairs, every repair made or thought of, and whether two fitted."""

    lines: tuple[str, ...]
    repairs: tuple[Repair, ...] = ()
    ambiguous: bool = False


def repair(layout: Layout, lines: tuple[str, ...]) -> Repaired:
    """The zone with its confirmed repairs. Shape and number of lines stay."""
    return _Work(layout, lines).done()


class _Work:
    """One repair: the lines as they are now, what was exchanged, what was not."""

    def __init__(self, layout: Layout, lines: tuple[str, ...]) -> None:
        self.layout = layout
        self.lines = lines
        self.rules = rules(layout, lines)
        self.applied: list[Repair] = []
        self.refused: list[Repair] = []
        self.ambiguous = False

    def done(self) -> Repaired:
        forced = dict(self._forced())
        own = [rule for rule in self.rules if rule.field != "composite"]
        for rule in own:
            self._try_forced(rule, forced)
        composite = next((rule for rule in self.rules if rule.field == "composite"), None)
        if composite is not None:
            self._try_forced(composite, forced)
        self._try_single(own, composite)
        self._refuse(forced.items())
        return Repaired(self.lines, (*self.applied, *self.refused), self.ambiguous)

    def _forced(self) -> Iterator[Exchange]:
        """Every character that its place does not allow and that has one likely other."""
        for part in self.layout.parts:
            table = {"date": TO_DIGIT, "digits": TO_DIGIT, "letters": TO_LETTER}.get(part.kind, {})
            yield from self._exchanges(part.span, table)
        for rule in self.rules:
            yield from self._exchanges(rule.digit, TO_DIGIT)

    def _exchanges(self, span: Span, table: dict[str, str]) -> Iterator[Exchange]:
        for column in range(span.start, span.end):
            other = table.get(self.lines[span.line][column])
            if other is not None:
                yield (span.line, column), other

    def _try_forced(self, rule: CheckRule, forced: dict[Place, str]) -> None:
        """Exchange what the rule covers if its check digit then holds; takes it out of `forced`."""
        spans = (*rule.covers, rule.digit)
        mine = {place: other for place, other in forced.items() if any(place in span for span in spans)}
        if mine and check(rule, _with(self.lines, mine.items())).ok:
            self._apply(mine.items())
            for place in mine:
                del forced[place]

    def _try_single(self, own: Sequence[CheckRule], composite: CheckRule | None) -> None:
        """Exchange one character per wrong field of both kinds, if exactly one way satisfies everything."""
        wrong = [rule for rule in own if not check(rule, self.lines).ok]
        choices = [self._singles(rule, rule) for rule in wrong]
        if not wrong:
            if composite is None or check(composite, self.lines).ok:
                return
            choices = [self._singles(composite, composite, besides=own)]
        if not all(choices):
            self._refuse(exchange for choice in choices for exchange in choice)
            return
        ways = [
            way
            for way in islice(product(*choices), _MOST_COMBINATIONS)
            if composite is None or check(composite, _with(self.lines, way)).ok
        ]
        if len(ways) == 1:
            self._apply(ways[0])
            return
        self.ambiguous = len(ways) > 1
        self._refuse(dict.fromkeys(exchange for way in ways or choices for exchange in way))

    def _singles(self, rule: CheckRule, judge: CheckRule, besides: Sequence[CheckRule] = ()) -> list[Exchange]:
        """The single exchanges within what a rule covers that make the judging rule hold."""
        spoken_for = [span for other in besides for span in (*other.covers, other.digit)]
        fits = []
        for span in rule.covers:
            for place, other in self._exchanges(span, EITHER):
                if self._kind(place) != "mixed" or any(place in taken for taken in spoken_for):
                    continue
                if check(judge, _with(self.lines, [(place, other)])).ok:
                    fits.append((place, other))
        return fits

    def _kind(self, place: Place) -> Kind | None:
        return next((part.kind for part in self.layout.parts if place in part.span), None)

    def _field(self, place: Place) -> str:
        for part in self.layout.parts:
            if place in part.span:
                return part.field
        return next((rule.field for rule in self.rules if place in rule.digit), "")

    def _report(self, exchange: Exchange, *, applied: bool) -> Repair:
        (line, column), other = exchange
        found = self.lines[line][column]
        return Repair(self._field((line, column)), Span(line, column, column + 1), found, other, applied)

    def _apply(self, exchanges: Iterable[Exchange]) -> None:
        exchanges = list(exchanges)
        self.applied += [self._report(exchange, applied=True) for exchange in exchanges]
        self.lines = _with(self.lines, exchanges)

    def _refuse(self, exchanges: Iterable[Exchange]) -> None:
        room = _MOST_NAMED - len(self.refused)
        self.refused += [self._report(one, applied=False) for one in islice(exchanges, room)]


def _with(lines: tuple[str, ...], exchanges: Iterable[Exchange]) -> tuple[str, ...]:
    """The lines with some characters exchanged."""
    rows = [list(line) for line in lines]
    for (line, column), other in exchanges:
        rows[line][column] = other
    return tuple("".join(row) for row in rows)
