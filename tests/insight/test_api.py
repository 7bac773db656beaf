"""Statistics for machines: the same tables as the pages, and no more."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import people
from tests.access.test_policy import CONTENT, propose_and_approve
from tests.insight import facts
from xenia.insight import actions, loading
from xenia.journal.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = "/api/v1/statistics/table"


@pytest.fixture
def analyst(settings, tmp_path) -> Client:
    settings.XENIA_HOME, settings.XENIA_DEMO = tmp_path, True  # signs in without a second factor
    client = people.build().client("ana", "analyst")
    loading.load(actions.warehouse(), facts.write(tmp_path / "facts.csv", facts.many()), facts.SECRET)
    return client


def test_what_can_be_counted_is_told(analyst: Client) -> None:
    told = analyst.get("/api/v1/statistics/measures").json()
    crossing = next(one for one in told["facts"] if one["fact"] == "crossing")
    assert "crossings" in {one["name"] for one in crossing["measures"]}
    assert all(one["labels"]["ka"] for one in crossing["dimensions"])


def test_a_table_is_released_and_written_down(analyst: Client) -> None:
    answer = analyst.get(TABLE, {"measure": "crossings", "by": ["nationality"], "where": ["post=UTO-AP1,UTO-BG"]})
    assert answer.status_code == 200
    told = answer.json()
    assert told["schema"] == "xenia/table/1" and told["grade"] == "interactive" and told["notes"]
    assert all(one["value"] % 5 == 0 for one in told["cells"])
    entry = Entry.objects.get(kind="insight.released")
    assert entry.purpose == "statistics"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"measure": "names"}, 422, "unknown-measure"),
        ({"measure": "crossings", "by": ["record"]}, 422, "unknown-dimension"),
        ({"measure": "crossings", "by": ["post); DROP TABLE x"]}, 422, "unknown-dimension"),
        ({"measure": "crossings", "where": ["post"]}, 422, "bad-condition"),
        ({"measure": "crossings", "grade": "raw"}, 422, "unknown-grade"),
        ({"measure": "crossings", "grade": "exact", "reason": "because"}, 403, None),
        ({"measure": "crossings", "since": "yesterday"}, 422, "bad-input"),
        ({"measure": "persons"}, 422, "period-over-years"),
        ({}, 422, "bad-input"),
    ],
)
def test_what_is_tampered_with_is_refused(analyst: Client, query: dict[str, object], status: int, code: str) -> None:
    answer = analyst.get(TABLE, query)
    assert answer.status_code == status, answer.content
    assert code is None or answer.json()["code"] == code
    assert not Entry.objects.filter(kind="insight.released").exists()


def test_exact_counts_are_no_link_that_somebody_else_writes(settings, tmp_path) -> None:
    settings.XENIA_HOME, settings.XENIA_DEMO = tmp_path, True
    world = people.build()
    role = CONTENT["roles"]["analyst"]
    propose_and_approve(
        world, [{"role": "analyst", "is": {**role, "permissions": [*role["permissions"], "insight.exact"]}}]
    )
    client = world.client("ana", "analyst")
    loading.load(actions.warehouse(), facts.write(tmp_path / "facts.csv", facts.many()), facts.SECRET)
    asked = {"measure": "crossings", "grade": "exact", "reason": "a reason that a stranger wrote"}
    answer = client.get(TABLE, asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "reason-missing")
    assert not Entry.objects.filter(kind="insight.released").exists()
    told = client.post(TABLE, {**asked, "reason": "the audit"}, content_type="application/json")
    assert told.status_code == 200 and told.json()["grade"] == "exact"
    assert client.post(TABLE, {**asked, "reason": " "}, content_type="application/json").status_code == 422


def test_others_get_nothing(analyst: Client) -> None:
    assert Client().get(TABLE, {"measure": "crossings"}).status_code in (401, 403)
    assert Client().get("/api/v1/statistics/measures").status_code in (401, 403)
