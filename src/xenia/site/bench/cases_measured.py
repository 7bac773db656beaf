"""Fills a home with cases and measures its pages; prints one JSON line. `python -m xenia.site.bench.cases_measured CASES ACTIONS`."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from xenia.site import setup

ROUNDS = 20
PROCEDURES = 30
NAMES = ("given_names", "surname")
PASSWORD = "invented-meadow-42-lantern"  # noqa: S105 - of invented accounts in a scratch installation


def main(arguments: list[str]) -> None:
    """Fill what is missing, measure, print."""
    cases, actions = map(int, arguments)
    setup.start_django()
    setup.ensure(_say)
    from xenia.site.keeping import planner

    _fill(cases, actions)
    planner.look()
    result = {"cases": cases, "actions": actions, **_pages(), **_loading()}
    print(json.dumps(result))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _fill(cases: int, actions: int) -> None:
    from datetime import UTC, datetime

    from xenia.access import actions as access
    from xenia.access import place_actions
    from xenia.access.models import Account
    from xenia.cases.models import Case
    from xenia.site.bench import case_rows

    operator = access.operator_standing("operator")
    if not Account.objects.filter(username="officer").exists():
        place_actions.make_authority(operator, "UTO-MG", "Migration Service", kind="migration")
        made = access.make_account(operator, "officer", "Officer", authority="UTO-MG", password=PASSWORD)
        access.give_role(operator, made.account.pk, "case-lead", post=None)
    if Case.objects.exists():
        return
    _say(f"Writing {cases:,} invented cases ...")
    began = time.perf_counter()
    officers = [Account.objects.get(username="officer").pk]
    case_rows.write(
        cases, actions, officers, owner="UTO-MG", counterpart="XXA/MG", today=datetime.now(UTC).date(),
        said=lambda done: _say(f"  {done:,}") if done % 20_000 == 0 else None,
    )  # fmt: skip
    _say(f"  written in {time.perf_counter() - began:.0f} s")
    setup.settle()


def _pages() -> dict[str, Any]:
    from django.test import Client
    from django.urls import reverse

    from xenia.cases import facts
    from xenia.cases.models import Case

    client = Client(HTTP_HOST="127.0.0.1")
    client.post("/sign-in/", {"login": "officer", "password": PASSWORD})
    session = client.session
    session["second_factor"] = True
    session.save()
    some = list(Case.objects.filter(closed_at__isnull=True)[: ROUNDS + 3])
    names = [" ".join(told["application"]["person"][name] for name in NAMES) for told in facts.open_many(some)]
    work = reverse("cases:index")
    lists = [f"{work}?which={which}" for which in ("all", "unit", "overdue", "mine", "urgent")] * 5
    return {
        "work_list": _cost([partial(client.get, path) for path in lists]),
        "case_page": _cost([partial(client.get, reverse("cases:case", args=[one.id])) for one in some]),
        "search": _cost([partial(client.post, work, {"text": name}) for name in names]),
    }


def _cost(asks: Sequence[Callable[[], Any]]) -> dict[str, Any]:
    """The most statements of any of these pages, and the CPU time of one in the mean and at most."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for ask in asks[:3]:
        assert ask().status_code == 200
    most = 0
    for ask in asks[3:9]:
        with CaptureQueriesContext(connection) as asked:
            ask()
        most = max(most, sum(not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) for one in asked))
    taken, size = [], 0
    for ask in asks[3:]:
        began = time.process_time()
        answer = ask()
        taken.append(1000 * (time.process_time() - began))
        size = len(answer.content)
    return {
        "queries": most,
        "cpu_ms": round(sum(taken) / len(taken), 2),
        "cpu_ms_most": round(max(taken), 2),
        "bytes": size,
    }


def _loading() -> dict[str, Any]:
    """Thirty procedures, each a copy of the largest that comes with Xenia, read and checked."""
    from xenia.cases import catalogue
    from xenia.cases.definition import load

    source = catalogue.latest("readmission").folder
    with tempfile.TemporaryDirectory() as folder:
        copies = [_copy(source, Path(folder) / f"copy{number:02}") for number in range(PROCEDURES)]
        began, cpu = time.perf_counter(), time.process_time()
        for one in copies:
            load(one)
        return {
            "procedures": PROCEDURES,
            "load_s": round(time.perf_counter() - began, 3),
            "load_cpu_s": round(time.process_time() - cpu, 3),
        }


def _copy(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    file = target / "procedure.yaml"
    text = file.read_text(encoding="utf-8").replace("id: readmission\n", f"id: {target.name}\n", 1)
    file.write_text(text, encoding="utf-8")
    return target


if __name__ == "__main__":
    main(sys.argv[1:])
