"""The state diagram of a procedure as SVG: states as cards in columns from left to right, actions listed in their cards.

Each card names the actions possible there and the state that each leads to, so that nothing hangs on following a line;
lines are drawn for what leads to the next column, from the action to its state. All other ways are text only.
No dependency, no script, no style sheet: presentation attributes, drawn in the colour of the text around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape

from xenia.cases.definition.model import Action, Procedure

WIDTH, HEAD, LINE = 290, 34, 18
BETWEEN_COLUMNS, BETWEEN_ROWS = 110, 26
MARGIN = 40
LONGEST_LABEL = 46


@dataclass(frozen=True)
class _Card:
    """A state: upper left corner, column, and its actions in order."""

    x: float
    y: float
    column: int
    actions: tuple[Action, ...]

    @property
    def height(self) -> float:
        return HEAD + LINE * len(self.actions) + (8 if self.actions else 0)

    def row(self, number: int) -> float:
        """Height of the base line of an action."""
        return self.y + HEAD + LINE * number + 13


def draw(procedure: Procedure, language: str = "en") -> str:
    """A whole SVG document. Labels are escaped and cut; the uncut text is the label's title."""
    cards = _cards(procedure, layers(procedure))
    width = max((card.x + WIDTH for card in cards.values()), default=0) + MARGIN
    height = max((card.y + card.height for card in cards.values()), default=0) + MARGIN
    title = escape(procedure.text("procedure", language))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        'font-family="sans-serif" font-size="12" fill="none" stroke="currentColor">',
        f"<title>{title}</title>",
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M0 0L10 5L0 10z" fill="currentColor" stroke="none"/></marker></defs>',
    ]
    for card in cards.values():
        parts += [_line(card, number, one, cards[one.to]) for number, one in enumerate(card.actions) if one.to in cards]
    for name, card in cards.items():
        parts.append(_drawn(procedure, name, card, language))
    return "\n".join([*(part for part in parts if part), "</svg>"]) + "\n"


def layers(procedure: Procedure) -> list[list[str]]:
    """States in columns: how many actions from the opening at least, the final ones last; near to what leads there."""
    depth: dict[str, int] = {}
    waiting = [(action.to, 0) for action in procedure.actions.values() if action.opens and action.to]
    while waiting:
        name, here = waiting.pop(0)
        if name in depth:
            continue
        depth[name] = here
        waiting += [(a.to, here + 1) for a in procedure.from_state(name) if a.to and a.to not in depth]
    last = max((depth[name] for name in depth if not procedure.states[name].final), default=0) + 1
    for name, state in procedure.states.items():
        if state.final or name not in depth:
            depth[name] = last
    columns = [[name for name in procedure.states if depth[name] == one] for one in sorted(set(depth.values()))]
    for number in range(1, len(columns)):
        before = {name: row for row, name in enumerate(columns[number - 1])}
        columns[number].sort(key=lambda name: _pull(procedure, name, before))
    return columns


def _pull(procedure: Procedure, name: str, before: dict[str, int]) -> float:
    """The mean row of the states that lead to `name`."""
    rows = [before[one] for a in procedure.actions.values() if a.to == name for one in a.from_ if one in before]
    return sum(rows) / len(rows) if rows else 99


def _cards(procedure: Procedure, columns: list[list[str]]) -> dict[str, _Card]:
    cards: dict[str, _Card] = {}
    for number, column in enumerate(columns):
        y = float(MARGIN)
        for name in column:
            cards[name] = _Card(MARGIN + number * (WIDTH + BETWEEN_COLUMNS), y, number, procedure.from_state(name))
            y += cards[name].height + BETWEEN_ROWS
    return cards


def _line(card: _Card, number: int, action: Action, end: _Card) -> str:
    """The line from an action to the state it leads on to; `""` where that is not in the next column."""
    if end.column != card.column + 1:
        return ""
    x1, y1, x2, y2 = card.x + WIDTH, card.row(number) - 4, end.x, end.y + HEAD / 2
    bend = min(90.0, (x2 - x1) / 2)
    dashed = ' stroke-dasharray="5 4"' if action.by == "clock" else ""
    curve = f"M{x1:.0f} {y1:.0f}C{x1 + bend:.0f} {y1:.0f} {x2 - bend:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
    return f'<path d="{curve}" stroke-opacity="0.45" marker-end="url(#tip)"{dashed}/>'


def _drawn(procedure: Procedure, name: str, card: _Card, language: str) -> str:
    """The card of a state: double frame if final, a dot before it if cases open there."""
    final = procedure.states[name].final
    opens = any(action.to == name for action in procedure.opening())
    parts = (
        [f'<circle cx="{card.x - 14:.0f}" cy="{card.y + HEAD / 2:.0f}" r="5" fill="currentColor"/>'] if opens else []
    )
    frame = f'<rect x="{card.x:.0f}" y="{card.y:.0f}" width="{WIDTH}" height="{card.height:.0f}" rx="6"/>'
    inner = (
        f'<rect x="{card.x + 3:.0f}" y="{card.y + 3:.0f}" width="{WIDTH - 6}" height="{card.height - 6:.0f}" rx="4"/>'
    )
    parts += [frame, inner if final else ""]
    label = procedure.text(f"state.{name}", language)
    parts.append(_text(label, card.x + 12, card.y + 22, ' font-weight="bold" font-size="14"', 36))
    for number, action in enumerate(card.actions):
        parts.append(_text(_label(procedure, action, language), card.x + 12, card.row(number), ""))
    return "".join(parts)


def _label(procedure: Procedure, action: Action, language: str) -> str:
    name = procedure.text(f"action.{action.name}", language)
    signs = " (clock)" if action.by == "clock" else " (2 persons)" if action.four_eyes else ""
    to = procedure.text(f"state.{action.to}", language) if action.to else ""
    return f"{name}{signs} → {to}" if to else f"{name}{signs}"


def _text(text: str, x: float, y: float, more: str, longest: int = LONGEST_LABEL) -> str:
    shown = text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
    full = f"<title>{escape(text)}</title>" if shown != text else ""
    return f'<text x="{x:.0f}" y="{y:.0f}" fill="currentColor" stroke="none"{more}>{full}{escape(shown)}</text>'
