"""A list that is too old before it is in use waits for a second person, and everybody is told what it would do."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from tests import people
from tests.registers.lists.worlds import csv_numbers
from xenia.access.standing import Standing
from xenia.registers.lists import current, incoming, versions
from xenia.registers.lists.actions import LoadReport
from xenia.registers.lists.models import ListSource, ListVersion, LoadRun
from xenia.work import proposals
from xenia.work.models import Proposal

Load = Callable[..., LoadReport]
OLD = csv_numbers(range(5)).replace(b"#end,5", b"#end,5,2018-03-04T00:00:00Z")


@pytest.fixture
def client(world: people.World, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A signed-in browser of the editor."""
    monkeypatch.setattr("xenia.access.middleware._unsettled", lambda request, gate: None)
    return world.client("edita", "alert-editor")


def test_a_dry_run_says_that_the_list_is_too_old(load: Load, client: Client) -> None:
    report = load(OLD, dry_run=True)
    assert (report.state, report.too_old and report.too_old.year) == ("tried", 2018)
    run = LoadRun.objects.get()
    assert run.problem == "list-too-old"
    shown = client.get(f"/lists/loads/{run.pk}/").content.decode()
    assert "too old already" in shown and "2018" in shown and "/lists/alerts-csv/change/" in shown


def test_an_old_first_version_waits_for_a_second_person(load: Load, client: Client, approver: Standing) -> None:
    report = load(OLD)
    assert (report.state, report.number) == ("waiting", 1)
    assert current.current("alerts") == ()
    row = ListVersion.objects.get()
    proposal = Proposal.objects.get(pk=row.proposal)
    said = {one.label: one.after for one in versions.lines(proposals.arguments_of(proposal))}
    assert "2018" in said["As of"] and "second line" in said["As of"]
    proposals.approve(approver, proposal.pk)
    assert versions.in_use("alerts-csv") is not None
    shown = client.get("/lists/alerts-csv/").content.decode()
    assert "every traveller is sent to second line" in shown and "/lists/alerts-csv/change/" in shown


def test_an_old_version_does_not_touch_the_one_in_use(load: Load) -> None:
    load(csv_numbers(range(5)))
    assert load(OLD).state == "waiting"
    used = versions.in_use("alerts-csv")
    assert used is not None and used.number == 1


def test_a_longer_age_lets_it_through(load: Load) -> None:
    ListSource.objects.filter(code="alerts-csv").update(max_age_hours=24 * 365 * 90)
    assert load(OLD).state == "published"


def test_a_watched_folder_takes_no_old_list_into_use(world: people.World) -> None:
    ListSource.objects.filter(code="alerts-csv").update(by_itself=True)
    path = incoming.folder("alerts-csv") / "old.csv"
    path.write_bytes(OLD)
    Path(f"{path}.done").touch()
    assert incoming.load_waiting("alerts-csv") == 1
    assert ListVersion.objects.get().state == "waiting"
    (told,) = (incoming.folder("alerts-csv") / "done").glob("*.report.json")
    assert json.loads(told.read_text())["state"] == "waiting"
    for one in (incoming.folder("alerts-csv") / "done").iterdir():
        os.unlink(one)
