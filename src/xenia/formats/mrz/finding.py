"""Which lines of a text are the zone, and which layout it has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice, product

from xenia.formats import states
from xenia.formats.mrz.checking import all_pass, passed
from xenia.formats.mrz.digits import FILLER
from xenia.formats.mrz.layouts import ALLOWED, LAYOUTS, TD2, Layout, Span
from xenia.formats.mrz.reading import Repair

# What stands before or after a zone in one line with it: reader prefixes are a few characters.
_LONGEST_AROUND = 64
# A filler read twice or not at all: lines that differ more are not repaired.
MOST_FILLERS_OFF = 3
# Ways to put fillers right that are tried for one zone. Far more than a line has runs of fillers.
_MOST_WAYS = 300

# The fields that may end in many fillers, of which a reader miscounts some.
_FILLED = frozenset({"optional_data", "optional_data_2", "surname", "given_names"})

_DIGIT_AS_LETTER = str.maketrans("0158", "OISB")


@dataclass(frozen=True)
class Found:
    """A zone cut out of a text: lines of exactly the shape of the layout."""

    layout: Layout
    lines: tuple[str, ...]
    lines_found: tuple[str, ...]
    repairs: tuple[Repair, ...] = ()
    padded: bool = False
    around: bool = False


def find(texts: Sequence[Sequence[str]]) -> Found | None:
    """The zone in some lines, or None. `texts`: the same lines in every way that they can be understood.

    Whole lines come first. Then lines glued together, lines with something around them, lines in which
    fillers are too many or too few: the first of these with every check digit right, or else the first.
    """
    found = [one for lines in texts for one in (_whole(lines),) if one is not None]
    if not found or (len(texts) > 1 and not any(_is_right(one) for one in found)):
        found += [
            one for way in (_glued, _shifted, _within, _fillers) for lines in texts if (one := way(lines)) is not None
        ]
    if len(found) < 2:
        return found[0] if found else None
    return next((one for one in found if _is_right(one)), found[0])


def _is_right(found: Found) -> bool:
    return all_pass(found.layout, found.lines)


def _whole(lines: Sequence[str]) -> Found | None:
    """Neighbouring lines that all have the width of a layout; of several, the ones that fit best."""
    best = _best([fit for start in range(len(lines)) for fit in _fits(tuple(lines[start : start + 3]))])
    if best is None:
        return None
    layout, cut = best
    return Found(layout, cut, cut, around=len(lines) > layout.rows)


def _glued(lines: Sequence[str]) -> Found | None:
    """One line of the length of a whole zone."""
    for line in lines:
        for layout in LAYOUTS:
            if len(line) == layout.rows * layout.width:
                best = _best(_fits(_split(line, layout)))
                if best is not None:
                    return Found(best[0], best[1], best[1], around=len(lines) > 1)
    return None


def _shifted(lines: Sequence[str]) -> Found | None:
    """Neighbouring lines with the same number of characters too many before or behind each."""
    for layout, window in _windows(lines):
        extra = len(window[0]) - layout.width
        if not 0 < extra <= _LONGEST_AROUND or any(len(line) != len(window[0]) for line in window):
            continue
        for offset in range(extra + 1):
            cut = tuple(line[offset : offset + layout.width] for line in window)
            around = [line[max(0, offset - 1) : offset] + line[offset + layout.width :][:1] for line in window]
            if FILLER not in "".join(around) and _looks_like(layout, cut) and all_pass(layout, cut):
                return Found(layout, cut, cut, around=True)
    return None


def _within(lines: Sequence[str]) -> Found | None:
    """A zone inside the text written as one line; accepted only if every check digit is right.

    A line of the text may not end in the middle of a line of the zone, and no filler may stand next to
    it: that would be a part of the zone.
    """
    text = "".join(lines)
    ends = set(accumulate(len(line) for line in lines[:-1]))
    for layout in LAYOUTS:
        length = layout.rows * layout.width
        if not 0 < len(text) - length <= _LONGEST_AROUND:
            continue
        for start in range(len(text) - length + 1):
            if any(start < end < start + length and (end - start) % layout.width for end in ends):
                continue
            if FILLER in text[max(0, start - 1) : start] + text[start + length :][:1]:
                continue
            cut = _split(text[start : start + length], layout)
            if _looks_like(layout, cut) and all_pass(layout, cut):
                best = _best(_fits(cut))
                if best is not None:
                    return Found(best[0], best[1], best[1], around=True)
    return None


def _fillers(lines: Sequence[str]) -> Found | None:
    """Neighbouring lines of nearly the width, put right where a run of fillers is too short or too long.

    The line of names may end early or late: its missing fillers are no guess, but are reported as
    padding. In any other line only the fillers of optional data, or of the names of ID-FRA, are put
    right, and only if every check digit then holds in exactly one way; never in a visa, which has no
    check digit over its optional data.
    """
    budget = _MOST_WAYS
    for layout, window in _windows(lines):
        offs = [len(line) - layout.width for line in window]
        if not _nearly(layout, offs) or not _plausible_first(layout, window[0]):
            continue
        ways = [list(_resized(layout, row, line)) for row, line in enumerate(window)]
        tried = list(islice(product(*ways), budget))
        budget -= len(tried)
        right = [cut for cut in tried if _is_clean(layout, cut) and all_pass(layout, cut)]
        if len(right) == 1:
            repairs = _filler_repairs(window, right[0], layout)
            return Found(layout, right[0], window, repairs, padded=_is_padded(layout, offs))
        if tried and _only_names_off(layout, offs) and not _is_french(window[0]):
            return Found(layout, tried[0], window, padded=True)
    return None


def _windows(lines: Sequence[str]) -> Iterator[tuple[Layout, tuple[str, ...]]]:
    for layout in LAYOUTS:
        for start in range(len(lines) - layout.rows + 1):
            yield layout, tuple(lines[start : start + layout.rows])


def _split(line: str, layout: Layout) -> tuple[str, ...]:
    return tuple(line[row * layout.width : (row + 1) * layout.width] for row in range(layout.rows))


def _fits(lines: tuple[str, ...]) -> list[tuple[Layout, tuple[str, ...]]]:
    """The layouts whose shape the first of these lines have."""
    return [
        (layout, lines[: layout.rows])
        for layout in LAYOUTS
        if len(lines) >= layout.rows and all(len(line) == layout.width for line in lines[: layout.rows])
    ]


def _best(fits: list[tuple[Layout, tuple[str, ...]]]) -> tuple[Layout, tuple[str, ...]] | None:
    """The fit with the best document code, then with the largest share of right check digits; the first of several."""
    priors = [_prior(*fit) for fit in fits]
    best = [fit for fit, prior in zip(fits, priors, strict=True) if prior == max(priors)]
    if len(best) < 2:
        return best[0] if best else None
    return max(best, key=lambda fit: passed(*fit) / len(fit[0].checks))


def _prior(layout: Layout, lines: Sequence[str]) -> int:
    """How well the beginning of the zone fits the layout, before any check digit is looked at."""
    head = lines[0][:1]
    if layout.name == "ID-FRA":
        if not _is_french(lines[0]):
            return -1
        return 0 if all_pass(TD2, lines) and not all_pass(layout, lines) else 2
    if layout.first == "V":
        return 2 if head == "V" else -1
    return 1 if head in layout.first or layout.name == "TD2" else 0


def _is_french(line: str) -> bool:
    """Whether a line begins as the French card does, a digit read for a letter allowed."""
    return line[:5].translate(_DIGIT_AS_LETTER) == "IDFRA"


def _looks_like(layout: Layout, lines: Sequence[str]) -> bool:
    """Whether a zone cut out of a longer text may begin here: with a code of the layout and a state that is known."""
    known = states.standing(lines[0][2:5]) != "unknown"
    return known and _plausible_first(layout, lines[0]) and _prior(layout, lines) >= 0


def _is_clean(layout: Layout, lines: Sequence[str]) -> bool:
    """Whether every field holds only what it may."""
    return all(ALLOWED[part.kind].issuperset(part.span.of(list(lines))) for part in layout.parts)


def _plausible_first(layout: Layout, line: str) -> bool:
    return line[:1] in layout.first and line[2:5].rstrip(FILLER).isalpha()


def _nearly(layout: Layout, offs: Sequence[int]) -> bool:
    return all(abs(off) <= MOST_FILLERS_OFF or row == _names_row(layout) for row, off in enumerate(offs))


def begins_like(line: str) -> bool:
    """Whether a line begins as the first line of a layout does: document code, then letters for the state."""
    return any(_plausible_first(layout, line) for layout in LAYOUTS)


def _names_row(layout: Layout) -> int | None:
    return layout.span("names").line if layout.has("names") else None


def _only_names_off(layout: Layout, offs: Sequence[int]) -> bool:
    return all(off == 0 or row == _names_row(layout) for row, off in enumerate(offs))


def _is_padded(layout: Layout, offs: Sequence[int]) -> bool:
    return any(off != 0 and row == _names_row(layout) for row, off in enumerate(offs))


def _resized(layout: Layout, row: int, line: str) -> Iterator[str]:
    """The ways to give a line its width by adding or removing fillers within runs that it has."""
    off = len(line) - layout.width
    if off == 0:
        yield line
    elif row == _names_row(layout):
        kept = line.rstrip(FILLER)
        if len(kept) <= layout.width:
            yield kept.ljust(layout.width, FILLER)
    elif layout.checks[-1].field == "composite":
        for start, end in _runs(line):
            if end - start > off and _is_filling(layout, Span(row, start, end - off)):
                yield line[:start] + FILLER * (end - start - off) + line[end:]


def _is_filling(layout: Layout, run: Span) -> bool:
    """Whether a run of fillers lies wholly where fields are filled up: never in a number or a date."""
    return any(
        part.field in _FILLED
        and part.span.line == run.line
        and part.span.start <= run.start
        and run.end <= part.span.end
        for part in layout.parts
    )


def _runs(line: str) -> Iterator[tuple[int, int]]:
    """Where fillers stand together."""
    start = 0
    while start < len(line):
        if line[start] != FILLER:
            start += 1
            continue
        end = start
        while end < len(line) and line[end] == FILLER:
            end += 1
        yield start, end
        start = end


def _filler_repairs(before: Sequence[str], after: Sequence[str], layout: Layout) -> tuple[Repair, ...]:
    repairs = []
    for row, (old, new) in enumerate(zip(before, after, strict=True)):
        if len(old) == len(new) or row == _names_row(layout):
            continue
        same = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
        missing = FILLER * (len(new) - len(old))
        doubled = FILLER * (len(old) - len(new))
        repairs.append(Repair("filler", Span(row, same, same + 1), doubled, missing, applied=True))
    return tuple(repairs)
