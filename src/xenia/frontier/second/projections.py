"""How the tables of the second line follow from their entries: folded by `xenia rebuild --check`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from xenia.frontier.second import kinds
from xenia.frontier.second.models import HandOver, HitCase, InterviewNote, Paper, Photograph
from xenia.journal import rebuild
from xenia.journal.rebuild import ERASED, Happened


def hits(happened: Iterable[Happened]) -> Mapping[str, Any]:
    """Hit cases by id: where they belong, their procedure and state."""
    found: dict[str, Any] = {}
    for one in happened:
        if one.body is None:
            found[f"entry:{one.entry.id}"] = ERASED
        elif one.entry.kind == kinds.HIT_OPENED:
            body = one.body
            found[body["hit"]] = (body["check"], body["item"], body["identity"], body["procedure"], body["state"])
        elif one.body["hit"] in found:
            found[one.body["hit"]] = (*found[one.body["hit"]][:-1], one.body["to"])
    return found


def hits_now() -> Mapping[str, Any]:
    """The same from the table."""
    return {
        str(row.id): (str(row.check_made), str(row.item), str(row.identity), row.procedure, row.state)
        for row in HitCase.objects.iterator(chunk_size=500)
    }


def notes(happened: Iterable[Happened]) -> Mapping[str, Any]:
    """Interview notes by id, or photographs with their addresses."""
    found: dict[str, Any] = {}
    for one in happened:
        if one.body is None:
            found[f"entry:{one.entry.id}"] = ERASED
        else:
            found[one.body["id"]] = (one.body["check"], one.body.get("address", ""))
    return found


def notes_now() -> Mapping[str, Any]:
    """The notes from their table."""
    return {str(n.id): (str(n.check_made), "") for n in InterviewNote.objects.iterator(chunk_size=500)}


def photographs_now() -> Mapping[str, Any]:
    """The photographs from theirs."""
    return {str(p.id): (str(p.check_made), p.address) for p in Photograph.objects.iterator(chunk_size=500)}


def papers(happened: Iterable[Happened]) -> Mapping[str, Any]:
    """The signature on each refusal."""
    found: dict[str, Any] = {}
    for one in happened:
        if one.body is None:
            found[f"entry:{one.entry.id}"] = ERASED
        else:
            found[one.body["check"]] = one.body["signature"]
    return found


def papers_now() -> Mapping[str, Any]:
    """The same from the table."""
    return {str(row.check_made): row.signature for row in Paper.objects.iterator(chunk_size=500)}


def handovers(happened: Iterable[Happened]) -> Mapping[str, Any]:
    """Hand-overs by id: to whom, and whether received: of one that was made at a unit the centre writes that."""
    found: dict[str, Any] = {}
    received = {kinds.RECEIVED}
    for one in sorted(happened, key=lambda one: one.entry.kind in received):
        if one.body is None:
            found[f"entry:{one.entry.id}"] = ERASED
        elif one.entry.kind == kinds.HANDED_OVER:
            found[one.body["handover"]] = (one.body["identity"], one.body["to"], False)
        elif one.body["handover"] in found:
            found[one.body["handover"]] = (*found[one.body["handover"]][:-1], True)
    return found


def handovers_now() -> Mapping[str, Any]:
    """The same from the table."""
    return {
        str(row.id): (str(row.identity), row.kind, row.received_at is not None)
        for row in HandOver.objects.iterator(chunk_size=500)
    }


def register() -> None:
    """Make the projections known; called when Django starts."""
    for name, wanted, fold, actual in (
        ("hits", {kinds.HIT_OPENED, kinds.HIT_MOVED}, hits, hits_now),
        ("interviews", {kinds.NOTED}, notes, notes_now),
        ("papers", {kinds.SIGNED}, papers, papers_now),
        ("photographs", {kinds.PHOTOGRAPHED}, notes, photographs_now),
        ("handovers", {kinds.HANDED_OVER, kinds.RECEIVED}, handovers, handovers_now),
    ):
        rebuild.register(rebuild.Projection(name, frozenset(wanted), fold, actual, of_every_node=True))
