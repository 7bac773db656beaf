"""The state diagram of a procedure as SVG: states in columns from left to right, actions as arrows between them.

No dependency, no script, no style sheet: presentation attributes only, drawn in the colour of the text around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape

from xenia.cases.definition.model import Action, Procedure

WIDTH, HEIGHT = 172, 46
BETWEEN_COLUMNS, BETWEEN_ROWS = 190, 54
MARGIN = 36
LONGEST_LINE = 22


@dataclass(frozen=True)
class _Box:
    """Where a state is drawn: its upper left corner, and its column."""

    x: float
    y: float
    column: int

    @property
    def middle(self) -> float:
        return self.y + HEIGHT / 2


def draw(procedure: Procedure, language: str = "en") -> str:
    """A whole SVG document. Labels are escaped and cut at two lines; actions that stay in a state are not drawn."""
    columns = layers(procedure)
    boxes = _boxes(columns)
    arrows = _arrows(procedure)
    depth = sum(1 for pair in arrows if pair[0] in boxes and boxes[pair[1]].column <= boxes[pair[0]].column)
    width = 2 * MARGIN + len(columns) * WIDTH + (len(columns) - 1) * BETWEEN_COLUMNS
    height = max(box.y for box in boxes.values()) + HEIGHT + MARGIN + 16 * depth + 24 if boxes else 2 * MARGIN
    title = escape(procedure.text("procedure", language))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'font-family="sans-serif" font-size="13" fill="none" stroke="currentColor" aria-label="{title}">',
        f"<title>{title}</title>",
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
        'orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="currentColor" stroke="none"/></marker></defs>',
    ]
    bottom = max((box.y for box in boxes.values()), default=0) + HEIGHT
    labels: list[str] = []
    for (start, end), actions in arrows.items():
        back = boxes[end].column <= boxes[start].column
        bottom += 16 if back else 0
        curve, x, y = _curve(boxes[start], boxes[end], bottom if back else None)
        dashed = ' stroke-dasharray="5 4"' if all(action.by == "clock" for action in actions) else ""
        parts.append(f'<path d="{curve}" stroke-opacity="0.6" marker-end="url(#tip)"{dashed}/>')
        labels.append(_label([procedure.text(f"action.{one.name}", language) for one in actions], x, y))
    for name, box in boxes.items():
        parts.append(_state(procedure, name, box, language))
    return "\n".join([*parts, *labels, "</svg>"]) + "\n"


def layers(procedure: Procedure) -> list[list[str]]:
    """States in columns: how many actions from the opening at least; in a column near what leads to it."""
    depth: dict[str, int] = {}
    waiting = [(action.to, 0) for action in procedure.actions.values() if action.opens and action.to]
    while waiting:
        name, here = waiting.pop(0)
        if name in depth:
            continue
        depth[name] = here
        waiting += [(a.to, here + 1) for a in procedure.from_state(name) if a.to and a.to not in depth]
    last = max(depth.values(), default=0)
    for name, state in procedure.states.items():
        if state.final or name not in depth:
            depth[name] = max(last, 1) if not state.final else max(last, depth.get(name, 0), 1)
    columns: list[list[str]] = [[] for _ in range(max(depth.values(), default=0) + 1)]
    for name in procedure.states:
        columns[depth[name]].append(name)
    columns = [column for column in columns if column]
    for number in range(1, len(columns)):
        before = {name: row for row, name in enumerate(columns[number - 1])}
        columns[number].sort(key=lambda name: _pull(procedure, name, before))
    return columns


def _pull(procedure: Procedure, name: str, before: dict[str, int]) -> float:
    """The mean row of the states that lead to `name`."""
    rows = [before[one] for a in procedure.actions.values() if a.to == name for one in a.from_ if one in before]
    return sum(rows) / len(rows) if rows else 99


def _boxes(columns: list[list[str]]) -> dict[str, _Box]:
    tallest = max((len(column) for column in columns), default=0)
    boxes: dict[str, _Box] = {}
    for number, column in enumerate(columns):
        top = MARGIN + (tallest - len(column)) * (HEIGHT + BETWEEN_ROWS) / 2
        for row, name in enumerate(column):
            x = MARGIN + number * (WIDTH + BETWEEN_COLUMNS)
            boxes[name] = _Box(x, top + row * (HEIGHT + BETWEEN_ROWS), number)
    return boxes


def _arrows(procedure: Procedure) -> dict[tuple[str, str], list[Action]]:
    found: dict[tuple[str, str], list[Action]] = {}
    for action in procedure.actions.values():
        for start in action.from_:
            if action.to and action.to != start:
                found.setdefault((start, action.to), []).append(action)
    return found


def _curve(start: _Box, end: _Box, below: float | None) -> tuple[str, float, float]:
    """Path data, and where its label stands. `below`: height of the lane under all boxes, for arrows that go back."""
    if below is None:
        x1, x2 = start.x + WIDTH, end.x
        bend = (x2 - x1) / 2
        curve = f"M{x1:.0f} {start.middle:.0f}C{x1 + bend:.0f} {start.middle:.0f} {x2 - bend:.0f} {end.middle:.0f}"
        return f"{curve} {x2:.0f} {end.middle:.0f}", (x1 + x2) / 2, (start.middle + end.middle) / 2
    if start.column == end.column:
        x = start.x + WIDTH
        out = x + 46
        curve = f"M{x:.0f} {start.middle:.0f}C{out:.0f} {start.middle:.0f} {out:.0f} {end.middle:.0f}"
        return f"{curve} {x:.0f} {end.middle:.0f}", x + 38, (start.middle + end.middle) / 2
    x1, x2 = start.x + WIDTH * 0.7, end.x + WIDTH * 0.3
    curve = f"M{x1:.0f} {start.y + HEIGHT:.0f}C{x1:.0f} {below:.0f} {x2:.0f} {below:.0f}"
    return f"{curve} {x2:.0f} {end.y + HEIGHT:.0f}", (x1 + x2) / 2, below - 10


def _label(names: list[str], x: float, y: float) -> str:
    shown = [_cut(name) for name in names[:3]] + ([f"+ {len(names) - 3}"] if len(names) > 3 else [])
    top = y - 7 * (len(shown) - 1)
    lines = "".join(
        f'<tspan x="{x:.0f}" y="{top + 14 * row:.0f}">{escape(one)}</tspan>' for row, one in enumerate(shown)
    )
    full = escape(", ".join(names))
    return (
        f'<text text-anchor="middle" font-size="11" fill="currentColor" stroke="none">'
        f"<title>{full}</title>{lines}</text>"
    )


def _state(procedure: Procedure, name: str, box: _Box, language: str) -> str:
    final = procedure.states[name].final
    opening = any(action.to == name for action in procedure.opening())
    lines = _wrapped(procedure.text(f"state.{name}", language))
    top = box.middle + 4.5 - 7.5 * (len(lines) - 1)
    text = "".join(
        f'<tspan x="{box.x + WIDTH / 2:.0f}" y="{top + 15 * row:.0f}">{escape(line)}</tspan>'
        for row, line in enumerate(lines)
    )
    wide = 3 if final else 1.5
    start = f'<circle cx="{box.x - 14:.0f}" cy="{box.middle:.0f}" r="5" fill="currentColor"/>' if opening else ""
    return (
        f'{start}<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{WIDTH}" height="{HEIGHT}" rx="8" '
        f'stroke-width="{wide}"/><text text-anchor="middle" fill="currentColor" stroke="none">{text}</text>'
    )


def _cut(text: str) -> str:
    return text if len(text) <= 26 else text[:25].rstrip() + "…"


def _wrapped(text: str) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= LONGEST_LINE:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [_cut(line) for line in lines[:2]]
