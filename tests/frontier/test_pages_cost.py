"""What a page of the lane costs the database."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import people
from tests.browser.conftest import CLEAR, STOLEN, lines

MOST_FOR_A_CHECK = 12
MOST_FOR_A_PAGE = 16
READ = "/console/read/"
INSIDE = {"HX-Request": "true"}


@pytest.fixture
def at_lane(db, settings):
    """A browser of an officer who stands at a lane, with everything in memory that stays there."""
    settings.XENIA_DEMO = True
    world = people.build()
    client = world.client("ada", "first-line-officer")
    client.post("/console/lanes/", {"place": "UTO-AP1/L1/entry"})
    client.post(READ, {"document": " ".join(lines(STOLEN))}, headers=INSIDE)
    return client


def _cost(run):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = run()
    # Opening, committing and savepoints ask for no rows.
    return answer, [q["sql"] for q in asked if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]


def test_a_check_stays_within_its_queries(at_lane):
    answer, asked = _cost(lambda: at_lane.post(READ, {"document": " ".join(lines(CLEAR))}, headers=INSIDE))
    assert answer.status_code == 200 and b"<html" not in answer.content
    assert len(asked) <= MOST_FOR_A_CHECK, "\n".join(asked)


@pytest.mark.parametrize("address", ["/console/", "/console/typed/", "/keys/"])
def test_a_page_stays_within_its_queries(at_lane, address):
    at_lane.get(address)
    answer, asked = _cost(lambda: at_lane.get(address))
    assert answer.status_code == 200
    assert len(asked) <= MOST_FOR_A_PAGE, "\n".join(asked)
