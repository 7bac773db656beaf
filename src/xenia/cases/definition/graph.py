"""Where a case can go: states that cannot be reached or left, circles that only the clock walks, ends without result."""

from __future__ import annotations

from collections.abc import Iterable

from xenia.cases.definition.model import Action, Procedure
from xenia.cases.definition.reader import Reader

Edges = dict[str, set[str]]


def judge_graph(reader: Reader, procedure: Procedure) -> None:
    """Faults of the graph of states and actions."""
    if not procedure.states or not procedure.actions:
        return
    opening = [action for action in procedure.actions.values() if action.opens]
    if not opening:
        reader.fault("no-opening", "no action opens a case", "Leave “from” out of the first action.", "actions")
        return
    for action in opening:
        if not action.to:
            remedy = "Write: to: the first state."
            reader.fault("no-opening", f"{action.name} opens a case in no state", remedy, "actions", action.name)
    if not any(state.final for state in procedure.states.values()):
        reader.fault("no-final", "no state is final", "Write for example: closed: {final: true}.", "states")
        return
    edges = edges_of(procedure, procedure.actions.values())
    reached = _closure(edges, {action.to for action in opening if action.to})
    _states(reader, procedure, edges, reached)
    _clocks(reader, procedure)
    _ends_without_result(reader, procedure)


def edges_of(procedure: Procedure, actions: Iterable[Action]) -> Edges:
    """state -> states that one of `actions` leads to; actions that stay are no edges."""
    edges: Edges = {name: set() for name in procedure.states}
    for action in actions:
        for state in action.from_:
            if action.to and action.to != state and state in edges and action.to in edges:
                edges[state].add(action.to)
    return edges


def _closure(edges: Edges, start: set[str]) -> set[str]:
    reached, waiting = set(start), list(start)
    while waiting:
        for following in edges.get(waiting.pop(), set()) - reached:
            reached.add(following)
            waiting.append(following)
    return reached


def _states(reader: Reader, procedure: Procedure, edges: Edges, reached: set[str]) -> None:
    backwards: Edges = {name: set() for name in procedure.states}
    for state, following in edges.items():
        for one in following:
            backwards[one].add(state)
    finals = {name for name, state in procedure.states.items() if state.final}
    ends = _closure(backwards, finals)
    for name in procedure.states:
        place = ("states", name)
        if name not in reached:
            remedy = f"Let an action lead to it, or take {name} away."
            reader.fault("unreachable", f"no case can come to the state {name}", remedy, *place)
        if name not in finals and not edges[name]:
            remedy = "Add an action that leaves it, or write {final: true}."
            reader.fault("dead-end", f"no action leaves the state {name} and it is not final", remedy, *place)
        elif name not in ends:
            remedy = "Add an action that leads on to a final state."
            reader.fault("no-way-out", f"from the state {name} no case can come to a final state", remedy, *place)
        if name in finals and edges[name]:
            remedy = "Take {final: true} away, or let it be opened again as a new case."
            reader.fault("final-left", f"an action leaves the final state {name}", remedy, *place)
        exits = [a for a in procedure.actions.values() if name in a.from_ and a.to and a.to != name]
        if exits and all(action.by == "clock" for action in exits):
            remedy = "Add an action of a person too: a deadline may not apply to every case."
            reader.fault("clock-only-exit", f"only the clock leaves the state {name}", remedy, *place)


def _clocks(reader: Reader, procedure: Procedure) -> None:
    expiring = {rule.on_expiry.action for rule in procedure.deadlines.values() if rule.on_expiry}
    clocks = [action for action in procedure.actions.values() if action.by == "clock"]
    for action in clocks:
        if action.name not in expiring:
            remedy = "Name it in on_expiry of a deadline."
            reader.fault("clock-unused", f"no deadline calls the clock's {action.name}", remedy, "actions", action.name)
    follows: Edges = {action.name: set() for action in clocks}
    for rule in procedure.deadlines.values():
        if rule.on_expiry and rule.on_expiry.action in follows:
            for name in set(rule.starts) & set(follows):
                follows[name].add(rule.on_expiry.action)
    for action in clocks:
        if action.name in _closure(follows, set(follows[action.name])):
            remedy = "Let a person's action start one of the deadlines in the circle."
            what = f"the clock's {action.name} sets off itself again, for ever"
            reader.fault("clock-cycle", what, remedy, "actions", action.name)


def _ends_without_result(reader: Reader, procedure: Procedure) -> None:
    """A final state that a case can come to without a result: nothing would say how long it is kept."""
    seen: set[tuple[str, bool]] = set()
    waiting = [(a.to, bool(a.results)) for a in procedure.actions.values() if a.opens and a.to]
    while waiting:
        state, has = waiting.pop()
        if (state, has) in seen or state not in procedure.states:
            continue
        seen.add((state, has))
        for action in procedure.actions.values():
            if state not in action.from_:
                continue
            to, now = action.to or state, has or bool(action.result_in(state))
            if not now and to in procedure.states and procedure.states[to].final:
                what = f"{action.name} ends a case from {state} without a result"
                remedy = f"Write: result: a result, or result: {{{state}: a result}}."
                reader.fault("result-missing", what, remedy, "actions", action.name)
            waiting.append((to, now))
