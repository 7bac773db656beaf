"""More ways of somebody alone: what a browser may send, what the API is asked, what commands say. Imports all other ways."""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path
from typing import Any, Final

from xenia.access.models import Account
from xenia.commands import Call
from xenia.frontier.forms import DISMISSALS
from xenia.frontier.second import cases
from xenia.frontier.second.models import HitCase
from xenia.frontier.shift.models import Shift
from xenia.site import cli
from xenia.site.soak.lone import Lone, World
from xenia.site.soak.ways import OUTCOMES, WAYS, item_of, lines_of, pick_of, way
from xenia.work.models import Proposal

__all__ = ["WAYS"]

FILLED: Final = {
    "reason": "Invented.", "reference": "external:soak-1", "why": "Invented.", "note": "Invented.", "step": "send", "format": "csv",
    "reasons": "H", "to": "police:UTO-PO", "category": "REF-B", "surname": "Else", "given_names": "Oda", "legal_basis": "Invented Act",
    "birth_date": "6 5 1984", "sex": "F", "proportionality": "Worth it", "decision": "Invented 1", "file_reference": "soak-1", "more": "Invented.", "file": "soak-1",
}  # fmt: skip
"""What forms ask for; a page takes the fields that it knows."""


def _addresses(world: World, me: Lone, pick: int) -> list[tuple[str, dict[str, Any]]]:
    check, item = pick_of(me.checks(), pick), item_of(me, pick)
    proposal = pick_of(list(Proposal.objects.filter(state="waiting").order_by("-proposed_at")), pick)
    case = pick_of(list(HitCase.objects.filter(check_made=check.id)) if check else [], pick)
    shift = pick_of(list(Shift.objects.order_by("began_at")), -1)
    own, why = str(me.hands[0]), {"reason": "Invented.", "reference": "soak-1"}
    found: list[tuple[str, dict[str, Any]]] = [
        ("/console/read/", {"document": lines_of(pick)[0]}),
        (f"/alerts/{world.alert}/delete/", why),
        (f"/registers/alerts/{world.alert}/delete/", why),
        (f"/registers/alerts/{world.alert}/correct/", {**why, "surname": "Else"}),
        ("/registers/exports/registers.alerts/", {**why, "format": "csv"}),
        (f"/accounts/{own}/second-factor/", why),
        (f"/accounts/{own}/password/", why),
        (f"/accounts/{own}/give-role/", {**why, "role": "second-approver"}),
        ("/own/second-factor/remove/", {}),
        ("/subjects/erase/", {"subject": str(world.alert), "reason": "request", "reference": "soak-1", "why": "x"}),
        ("/api/v1/ask", {"purpose": "alert-management", "reference": "soak-1", "questions": [{"surname": "Else"}]}),
    ]
    if check:
        found += [(f"/console/checks/{check.id}/{act}/", {"reasons": "H", "note": "x"}) for act in
                  ("admit", "admit-group", "refuse", "refer", "put-aside", "hits/1/dismiss", "group")]  # fmt: skip
        found.append((f"/console/checks/{check.id}/hits/1/dismiss/", {"reason": DISMISSALS[-1][0]}))
    if item:
        answered = {"outcome": OUTCOMES[pick % 4], "note": "Invented.", "reasons": "H"}
        found += [(f"/second-line/{item.id}/{act}/", answered) for act in ("claim", "answer", "refuse", "hand-over")]
        found.append((f"/work/items/{item.id}/take/", {}))
    if case:
        task = cases.next_task(case, case.steps.all())
        found.append((f"/second-line/hits/{case.id}/", {"task": task.code if task else "", "text": "x", "to": "x"}))
    if proposal:
        found += [(f"/work/proposals/{proposal.pk}/decide/", {"decision": "approve"})] * 4
        found.append((f"/registers/exports/{proposal.pk}/file/", {}))
    if shift:
        found.append((f"/post/shifts/{shift.id}/close/", {}))
    return found


@way
def page(world: World, me: Lone, pick: int) -> object:
    """Send a form, as a browser does."""
    assert me.client is not None
    found = _addresses(world, me, pick)
    path, form = found[pick % len(found)]
    form = {**FILLED, **form}
    if path.startswith("/api/"):
        return me.client.post(path, json.dumps(form), content_type="application/json").status_code
    answer = me.client.get(path) if path.endswith("/file/") else me.client.post(path, form)
    if answer.status_code >= 500 and answer.status_code != 503:
        raise AssertionError(f"POST {path} answered {answer.status_code}")
    return answer.status_code


@way
def command(world: World, me: Lone, pick: int) -> object:
    """Run a command as oneself."""
    name = Account.objects.get(pk=me.hands[0]).username
    waiting = pick_of(list(Proposal.objects.filter(state="waiting").order_by("-proposed_at")), pick // 5)
    words: list[list[str]] = [
        ["subject", "erase", str(world.alert), "--reason", "request", "--reference", "soak-1"],
        ["accounts", "give", name, "second-approver"],
        ["accounts", "add", f"hand-{pick}-{name[:20]}", "--name", "Hand", "--authority", "UTO-BG", "--role", "second-approver"],
        ["retention", "run"],
        ["proposals", "approve", str(waiting.pk) if waiting else str(world.alert)],
    ]  # fmt: skip
    call = Call(argparse.Namespace(), io.BytesIO(), io.StringIO(), io.StringIO())
    return cli.run([*words[pick % 5], "--as", name], call, Path.cwd())
