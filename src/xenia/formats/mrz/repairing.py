"""Characters that a reader takes for one another, put right where the check digits confirm it.

A letter where only a digit can stand has one digit that it can be, and the other way round. Where both
can stand (document number, optional data) one exchange in a field whose check digit is wrong is tried.
Repairs are made only if with them every check digit of the zone holds, and in exactly one way;
otherwise the zone stays as it was read, and what was thought of is reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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

_BY_KIND: dict[Kind, dict[str, str]] = {"date": TO_DIGIT, "digits": TO_DIGIT, "letters": TO_LETTER}

_OF_BOTH = frozenset({"document_number", "optional_data", "optional_data_2"})

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


def repair(layout: Layout, lines: tuple[str, ...], *, sound: bool = True) -> Repaired:
    """The zone with its confirmed repairs, or as it was. Shape and number of lines stay.

    `sound`: nothing else is wrong with the zone. Otherwise no exchange is chosen where both a letter and
    a digit can stand: with other damage about, one check digit is too little to go by.
    """
    zone = _Zone(layout, lines, rules(layout, lines))
    forced = list(zone.forced())
    checked = [exchange for exchange in forced if zone.is_checked(exchange[0])]
    unchecked = [exchange for exchange in forced if not zone.is_checked(exchange[0])]
    if zone.holds(checked):
        return _done(zone, checked, unchecked)
    singles = zone.singles(checked) if sound else []
    ways = [way for way in islice(product(*singles), _MOST_COMBINATIONS) if way and zone.holds([*checked, *way])]
    if len(ways) == 1:
        return _done(zone, [*checked, *ways[0]], unchecked)
    thought_of = dict.fromkeys(exchange for way in ways or singles for exchange in way)
    return _done(zone, [], [*checked, *thought_of, *unchecked], ambiguous=len(ways) > 1)


def _done(
    zone: _Zone, applied: Sequence[Exchange], refused: Sequence[Exchange], *, ambiguous: bool = False
) -> Repaired:
    reports = [zone.report(exchange, applied=True) for exchange in applied]
    reports += [zone.report(exchange, applied=False) for exchange in refused[:_MOST_NAMED]]
    return Repaired(_with(zone.lines, applied), tuple(reports), ambiguous)


@dataclass(frozen=True)
class _Zone:
    """A zone as it was found, with the rules of its check digits."""

    layout: Layout
    lines: tuple[str, ...]
    rules: tuple[CheckRule, ...]

    def forced(self) -> Iterator[Exchange]:
        """Every character that its place does not allow and that has one likely other."""
        for part in self.layout.parts:
            table = _BY_KIND.get(part.kind)
            if table:
                yield from self._exchanges(part.span, table)
        for rule in self.rules:
            yield from self._exchanges(rule.digit, TO_DIGIT)

    def holds(self, exchanges: Sequence[Exchange]) -> bool:
        """Whether every check digit is right with these exchanges."""
        lines = _with(self.lines, exchanges)
        return all(check(rule, lines).ok for rule in self.rules)

    def is_checked(self, place: Place) -> bool:
        """Whether a check digit covers this place, or stands there."""
        return any(place in span for rule in self.rules for span in (*rule.covers, rule.digit))

    def singles(self, forced: Sequence[Exchange]) -> list[list[Exchange]]:
        """For each wrong field of letters and digits the single exchanges that put its check digit right.

        Where only the composite is wrong: those in what no other check digit covers.
        """
        lines = _with(self.lines, forced)
        wrong = [rule for rule in self.rules if not check(rule, lines).ok]
        own = [rule for rule in wrong if rule.field != "composite"]
        others = () if own else tuple(rule for rule in self.rules if rule.field != "composite")
        return [self._fits(lines, rule, others) for rule in own or wrong]

    def _fits(self, lines: tuple[str, ...], rule: CheckRule, others: Sequence[CheckRule]) -> list[Exchange]:
        taken = [span for other in others for span in (*other.covers, other.digit)]
        return [
            exchange
            for span in rule.covers
            for exchange in self._exchanges(span, EITHER)
            if self._field(exchange[0]) in _OF_BOTH
            and not any(exchange[0] in other for other in taken)
            and check(rule, _with(lines, [exchange])).ok
        ]

    def _exchanges(self, span: Span, table: dict[str, str]) -> Iterator[Exchange]:
        for column in range(span.start, span.end):
            other = table.get(self.lines[span.line][column])
            if other is not None:
                yield (span.line, column), other

    def _field(self, place: Place) -> str:
        for part in self.layout.parts:
            if place in part.span:
                return part.field
        return next((rule.field for rule in self.rules if place in rule.digit), "")

    def report(self, exchange: Exchange, *, applied: bool) -> Repair:
        """What an exchange is, for those who read of it."""
        (line, column), other = exchange
        place = Span(line, column, column + 1)
        return Repair(self._field((line, column)), place, self.lines[line][column], other, applied)


def _with(lines: tuple[str, ...], exchanges: Sequence[Exchange]) -> tuple[str, ...]:
    """The lines with some characters exchanged."""
    if not exchanges:
        return lines
    rows = [list(line) for line in lines]
    for (line, column), other in exchanges:
        rows[line][column] = other
    return tuple("".join(row) for row in rows)
