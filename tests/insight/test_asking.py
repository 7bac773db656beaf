"""Asking on the page: the address is the question, the answer is a table."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.http import QueryDict
from django.test import Client

from tests import people
from tests.insight import facts
from xenia.errors import BadInput
from xenia.insight import actions, address, loading, notes, release, table_actions
from xenia.insight.question import asked
from xenia.journal.models import Entry
from xenia.units.models import Unit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(settings, tmp_path) -> people.World:
    settings.XENIA_HOME, settings.XENIA_DEMO = tmp_path, True  # signs in without a second factor
    return people.build()


@pytest.fixture
def analyst(world) -> Client:
    return world.client("ana", "analyst")


def fill(tmp_path) -> None:
    loading.load(actions.warehouse(), facts.write(tmp_path / "facts.csv", facts.many()), facts.SECRET)


def test_before_there_are_facts_the_page_says_so(analyst: Client) -> None:
    page = analyst.get("/statistics/").content.decode()
    assert "No facts yet" in page and '<form class="ask' not in page


def test_the_address_is_the_question(analyst: Client, tmp_path) -> None:
    fill(tmp_path)
    page = analyst.get("/statistics/?measure=crossings&by=month&by=post&period=all")
    assert page.status_code == 200
    text = page.content.decode()
    assert "Crossings by: Month, Post" in text and "Jan 2026" in text and "UTO-BG" in text and "Total" in text


def digest_in(page: str) -> str:
    return re.search(r"/statistics/tables/([0-9a-f]{64})/", page)[1]


def test_every_file_is_what_was_shown_and_is_in_the_journal(analyst: Client, tmp_path) -> None:
    fill(tmp_path)
    digest = digest_in(analyst.get("/statistics/?measure=crossings&by=nationality&by=month").content.decode())
    asked_before = Entry.objects.filter(kind="insight.released").count()
    starts = {
        "csv": b"\xef\xbb\xbfNationality,Month,", "csvw": b"{", "xlsx": b"PK", "sdmx": b"\xef\xbb\xbfSTRUCTURE,", "json": b"{",
        "pdf": b"%PDF-", "svg": b"<svg", "png": b"\x89PNG",
    }  # fmt: skip
    for form, start in starts.items():
        answer = analyst.get(f"/statistics/tables/{digest}/{form}?kind=heat")
        assert answer.status_code == 200 and answer.content.startswith(start), form
        assert "attachment" in answer["Content-Disposition"]
    assert json.loads(analyst.get(f"/statistics/tables/{digest}/json").content)["digest"] == digest
    assert Entry.objects.filter(kind="insight.table-taken").count() == len(starts) + 1
    assert Entry.objects.filter(kind="insight.released").count() == asked_before  # nothing was asked again
    assert analyst.get(f"/statistics/tables/{digest}/exe").status_code == 404


def test_a_table_is_found_by_whom_it_was_released_to_only(analyst: Client, world: people.World, tmp_path) -> None:
    fill(tmp_path)
    digest = digest_in(analyst.get("/statistics/?measure=crossings&by=post").content.decode())
    other = world.client("ben", "analyst")
    for path in (f"{digest}/csv", f"{digest}/chart.svg", "../../etc/passwd/csv"):
        assert other.get(f"/statistics/tables/{path}").status_code == 404
    assert analyst.get(f"/statistics/tables/{digest}/chart.svg").content.startswith(b"<svg")


def test_posts_that_have_not_reported_are_named_below(analyst: Client, tmp_path) -> None:
    fill(tmp_path)
    Unit.objects.create(
        name="u7", label="Old Road", post="UTO-RD1", owner="UTO-BG", state="active", invited_by=Unit().pk, invited_at=datetime.now(UTC),
    )  # fmt: skip
    page = analyst.get("/statistics/?measure=crossings&by=post").content.decode()
    assert re.search(r"\d of \d posts have reported everything", page) and "Old Road has never reported." in page
    told = json.loads(analyst.get(f"/statistics/tables/{digest_in(page)}/json").content)["notes"]
    assert "Old Road has never reported." in told


TAMPERED = [
    ("measure=persons_by_name", "persons_by_name"),
    ("measure=crossings&by=person", "person"),
    ("measure=crossings&by=record", "record"),
    ("measure=crossings&by=post&by=post", "each once"),
    ("measure=crossings&only-person=1", "person"),
    ("measure=crossings&only-month=2026-01", "period"),
    ("measure=crossings&grade=raw", "raw"),
    ("measure=crossings&period=ever", "ever"),
    ("measure=crossings&since=2026-13-01", "no day"),
    ("measure=crossings&since=2026-02-01&until=2026-01-01", "period is empty"),
    ("measure=crossings&chart=<script>", "There is no chart"),
]


@pytest.mark.parametrize(("query", "said"), TAMPERED)
def test_a_changed_address_says_what_is_wrong_and_shows_no_figure(analyst: Client, tmp_path, query, said) -> None:
    fill(tmp_path)
    answer = analyst.get(f"/statistics/?{query}")
    page = answer.content.decode()
    assert answer.status_code in (403, 422) and said in page and 'class="figures"' not in page
    assert "<script>" not in page.replace("<script src", "")


def test_exact_counts_need_their_permission_and_a_reason_and_no_address_asks_for_them(
    world: people.World, tmp_path
) -> None:
    fill(tmp_path)
    analyst, question, today = world.client("ana", "analyst"), "measure=crossings&by=post", date(2026, 7, 1)
    assert analyst.get(f"/statistics/?{question}&grade=exact&reason=curious").status_code == 403
    assert analyst.post(f"/statistics/exact/?{question}", {"reason": "curious"}).status_code == 403
    assert "Show exact counts" not in analyst.get(f"/statistics/?{question}").content.decode()
    linked = address.read(QueryDict(f"{question}&grade=exact&reason=planted"))
    with pytest.raises(BadInput, match="need a reason"):  # also for whoever may, as the operator
        table_actions.ask(world.operator, actions.warehouse(), linked, today)
    made = table_actions.ask(world.operator, actions.warehouse(), replace(linked, reason="audit"), today)
    assert made.cells[-1].shown == sum(row[3] == "admitted" for row in facts.many())
    assert analyst.get(f"/statistics/tables/{made.digest}/csv").status_code == 404


def test_every_sentence_below_a_table_is_known_to_the_translators(analyst: Client, tmp_path) -> None:
    fill(tmp_path)
    for grade in ("interactive", "publication", "exact"):
        for measure in ("crossings", "control_median", "control_p90", "clearance_ratio"):
            made = release.release(actions.warehouse(), asked(measure, ["month"]), grade, "somebody")
            assert set(made.notes) <= set(notes.KNOWN), made.notes


def test_where_nothing_fits_the_page_says_so_and_shows_no_empty_table(analyst: Client, tmp_path) -> None:
    fill(tmp_path)
    page = analyst.get("/statistics/?measure=crossings&by=month&since=1999-01-01&until=1999-02-01").content.decode()
    assert "Nothing was counted that fits." in page and '<table class="figures"' not in page


def test_a_map_shows_the_part_of_the_world_that_the_address_says(analyst: Client, tmp_path) -> None:
    fill(tmp_path)
    query = "measure=crossings&by=nationality&chart=areas&part=europe"
    page = analyst.get(f"/statistics/?{query}").content.decode()
    assert '<strong aria-current="true">Europe</strong>' in page and "&amp;part=black-sea" in page
    assert 'csv?kind=areas&amp;part=europe"' in page and "kind=areas&amp;part=europe" in page
    assert "part=" not in analyst.get("/statistics/?measure=crossings&by=post").content.decode()
    refused = analyst.get(f"/statistics/?{query}0")
    assert refused.status_code == 422 and "There is no part" in refused.content.decode()
    given = address.read(QueryDict(query))
    assert address.from_told(given.told()) == given and "part=europe" in given.query()
    before = {name: value for name, value in given.told().items() if name != "part"}  # as kept before maps had parts
    assert address.from_told(before).part == "fit"


def test_a_problem_with_codes_in_it_is_told_in_the_readers_language(analyst: Client, tmp_path) -> None:
    fill(tmp_path)
    page = analyst.get("/statistics/?measure=crossings&by=person", headers={"accept-language": "fr"}).content.decode()
    assert "cannot be broken down" not in page


@pytest.mark.parametrize(
    ("address", "english"),
    [
        ("/statistics/?measure=crossings&by=person", "cannot be broken down"),
        ("/statistics/?measure=nothing", "Nothing is counted"),
        ("/statistics/?measure=crossings&grade=exact0", "There is no grade"),
        ("/statistics/?measure=crossings&part=moon", "There is no part"),
        ("/statistics/?measure=crossings&since=1-2-3", "is no day"),
        ("/statistics/?measure=crossings&period=never", "There is no period"),
        ("/statistics/?measure=crossings&only-day=2026-03-02", "is chosen by the period"),
        ("/statistics/reports/posts/?period=never", "is no period"),
        ("/statistics/reports/nothing/", "There is no report"),
    ],
)
def test_what_is_wrong_with_an_address_is_told_in_the_readers_language(
    analyst: Client, tmp_path, address: str, english: str
) -> None:
    fill(tmp_path)
    assert english in analyst.get(address).content.decode()
    for language in ("fr", "ar"):
        answer = analyst.get(address, headers={"accept-language": language})
        assert answer.status_code in (404, 422) and english not in answer.content.decode()
        assert "Known are" not in answer.content.decode()


def test_who_may_see_no_exact_counts_reads_so_in_their_language(analyst: Client, tmp_path) -> None:
    fill(tmp_path)
    refused = analyst.post("/statistics/exact/?measure=crossings", {"reason": "x"}, headers={"accept-language": "fr"})
    assert refused.status_code == 403 and "insight.exact" in refused.content.decode()
    assert "Your roles do not include" not in refused.content.decode()


def test_the_choices_of_protection_are_words_that_may_wrap(analyst: Client, tmp_path) -> None:
    fill(tmp_path)
    page = analyst.get("/statistics/?measure=crossings&grade=publication").content.decode()
    assert '<input type="radio" name="grade" value="publication" checked>' in page
    assert page.count('name="grade"') == 2 and '<select id="grade"' not in page  # a list cuts off what is long
