"""Addresses that somebody wrote by hand: they give an error or a table, and never more than the grade allows."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests import people
from tests.insight import facts
from xenia.insight import actions, loading

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESSES = [
    [("measure", "crossings"), ("by", "nationality"), ("grade", "exact")],
    [("measure", "crossings"), ("by", "nationality"), ("grade", "exact"), ("reason", "because")],
    [("measure", "crossings"), ("grade", "EXACT")],
    [("measure", "crossings"), ("grade", "interactive"), ("grade", "exact")],
    [("grade", "exact"), ("measure", "crossings"), ("grade", "interactive")],
    [("measure", "persons; DROP VIEW crossing")],
    [("measure", "crossings"), ("measure", "person")],
    [("measure", "crossings"), ("by", "person")],
    [("measure", "crossings"), ("by", "record"), ("by", "n")],
    [("measure", "crossings"), ("by", "hour)) FROM crossing --")],
    [("measure", "crossings"), ("by", "sex"), ("by", "sex"), ("by", "sex"), ("by", "sex"), ("by", "sex")],
    [("measure", "crossings"), ("by", "sex"), ("only-post", "x') OR 1=1 --")],
    [("measure", "crossings"), ("by", "sex"), ("only-post", "UTO-AP1,UTO-BG"), ("not", "post")],
    [("measure", "crossings"), ("by", "sex"), ("only-person", "1")],
    [("measure", "crossings"), ("by", "sex"), ("only-nationality", "A" * 5000)],
    [("measure", "crossings"), ("by", "sex"), *[("only-post", str(n)) for n in range(900)]],
    [("measure", "crossings"), ("period", "own"), ("since", "2026-03-05"), ("until", "2026-03-01")],
    [("measure", "crossings"), ("period", "own"), ("since", "-2026-03-05"), ("until", "0000-00-00")],
    [("measure", "crossings"), ("period", "own"), ("since", "9999-12-31"), ("until", "9999-12-31")],
    [("measure", "crossings"), ("period", "-1")],
    [("measure", "crossings"), ("chart", "../../etc/passwd"), ("sort", "1;2")],
    [("measure", "crossings"), ("by", "sex"), ("format", "matrix"), ("debug", "1"), ("threshold", "0"), ("noise", "0")],
    [("measure", "\x00"), ("by", "\ud7ff")],
]  # fmt: skip


@pytest.fixture
def analyst(settings, tmp_path: Path) -> Client:
    settings.XENIA_HOME, settings.XENIA_DEMO = tmp_path, True
    world = people.build()
    loading.load(actions.warehouse(), facts.write(tmp_path / "facts.csv", facts.many(400)), facts.SECRET)
    return world.client("ana", "analyst")


def test_an_address_written_by_hand_never_gives_more_than_noise(analyst: Client) -> None:
    tables = 0
    for pairs in ADDRESSES:
        answer = analyst.get(f"/statistics/?{urlencode(pairs)}")
        assert answer.status_code in {200, 302, 400, 403, 404, 422}, pairs
        found = re.search(r"/statistics/tables/([0-9a-f]{64})/", answer.content.decode())
        if found is None:
            continue
        told = json.loads(b"".join(analyst.get(f"/statistics/tables/{found[1]}/json")))
        tables += 1
        assert told["grade"] == "interactive", pairs
        assert all(one["value"] is None or one["value"] % 5 == 0 for one in told["cells"]), pairs
    assert tables >= 3


def test_another_account_gets_no_table_by_its_digest(analyst: Client) -> None:
    page = analyst.get("/statistics/?measure=crossings&by=sex").content.decode()
    digest = re.search(r"/statistics/tables/([0-9a-f]{64})/", page)[1]
    assert analyst.get(f"/statistics/tables/{digest}/json").status_code == 200
    assert analyst.get(f"/statistics/tables/{digest[:-1]}{'0' if digest[-1] != '0' else '1'}/json").status_code == 404
    assert analyst.get(f"/statistics/tables/{digest}/../../../../insight.key/").status_code in {302, 404}
    assert Client().get(f"/statistics/tables/{digest}/json").status_code in {302, 401, 403, 404}
