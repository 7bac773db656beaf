"""Studies of displacement on the pages, taken by the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from tests import people
from tests.insight.calls.test_withholding import study
from xenia.access import standing
from xenia.access.models import Account
from xenia.errors import BadInput, Conflict
from xenia.insight.calls import showing, taking
from xenia.journal.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def analyst(settings, tmp_path) -> Client:
    settings.XENIA_HOME, settings.XENIA_DEMO = tmp_path / "home", True  # signs in without a second factor
    return people.build().client("ana", "analyst")


def take(folder: Path, population: Path | None = None) -> taking.Taken:
    return taking.take(standing.of(Account.objects.get(username="ana").pk), "", folder, population)


def test_before_there_is_a_study_the_page_says_how_to_get_one(analyst: Client) -> None:
    page = analyst.get("/statistics/displacement/")
    assert page.status_code == 200 and "No study yet" in page.content.decode()


def test_a_study_is_taken_once_and_shown(analyst: Client, tmp_path: Path) -> None:
    folder = study(tmp_path)
    lived = tmp_path / "population.csv"
    lived.write_text("area,persons\nR000,100000\nR001,40000\n")
    made = take(folder, lived)
    assert Entry.objects.filter(kind="insight.calls-taken").count() == 1
    with pytest.raises(Conflict):
        take(folder)
    assert Entry.objects.filter(kind="insight.calls-taken").count() == 1
    assert made.persons is not None and made.persons[0] < made.persons[1] < made.persons[2]
    assert analyst.get("/statistics/displacement/").content.decode().count(made.name) == 1
    page = analyst.get(f"/statistics/displacement/{made.name}/").content.decode()
    share = f"{made.said['estimate']['share'] * 100:.1f} %"
    assert share in page and "R000" in page and "Example Mobile" in page and "8 regions are not in it" in page
    grouped = f"{made.persons[1]:,}"
    assert len(grouped) > 3 and f"about {grouped}," in page and f">{made.persons[1]}<" not in page
    got = analyst.get(f"/statistics/displacement/{made.name}/flows.csv")
    assert b"".join(got.streaming_content) == (folder / "flows.csv").read_bytes()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "path", ["nothing/", "..%2f..%2f/", "{name}/insight.key", "{name}/..%2fstudy.json", "{name}/.lock"]
)
def test_no_other_file_is_given(analyst: Client, tmp_path: Path, path: str) -> None:
    made = take(study(tmp_path))
    assert analyst.get("/statistics/displacement/" + path.format(name=made.name)).status_code == 404


def test_others_see_nothing(analyst: Client, tmp_path: Path) -> None:
    made = take(study(tmp_path))
    stranger = Client()
    for path in ("", f"{made.name}/", f"{made.name}/flows.csv"):
        assert stranger.get(f"/statistics/displacement/{path}").status_code in (302, 401, 403)


@pytest.mark.parametrize(
    "text", ["area,persons\nA,many\n", "area\nA\n", "area,persons\nA,1\nA,2\n", "area,persons\nA,-1\n", ""]
)
def test_a_population_that_cannot_be_read_takes_nothing(analyst: Client, tmp_path: Path, text: str) -> None:
    lived = tmp_path / "population.csv"
    lived.write_text(text)
    with pytest.raises(BadInput) as problem:
        take(study(tmp_path), lived)
    assert problem.value.code == "population-file" and taking.names() == []


def test_the_whole_way_by_commands(run_xenia, tmp_path: Path) -> None:
    events, to = tmp_path / "events.csv", tmp_path / "studies"
    made = run_xenia("calls", "generate", str(events), "--subscribers", "2000", "--regions", "8", "--restless", "40")
    assert made.returncode == 0, made.stderr
    counted = run_xenia(
        "calls", "aggregate", str(events), "--event", "2026-03-01", "--to", str(to), "--operator", "Example"
    )
    assert counted.returncode == 0 and "Displaced" in counted.stderr, counted.stderr
    told = json.loads(counted.stdout)
    assert abs(told["estimate"]["share"] - 0.3) < 0.05
    taken = run_xenia("calls", "take", str(to / told["folder"]))
    assert taken.returncode == 0, taken.stderr
    early = run_xenia(
        "calls", "aggregate", str(events), "--event", "2026-02-01", "--to", str(to), "--operator", "Example"
    )
    assert early.returncode == 1 and "quiet days" in early.stderr


@pytest.mark.parametrize(
    ("language", "words"), [("en", "35.1 %"), ("fr", "35,1 %"), ("ru", "35,1 %"), ("ar", "35,1 %")]
)
def test_a_share_is_written_as_the_language_writes_it(language: str, words: str) -> None:
    with translation.override(language):
        assert showing.percent(0.35068) == words
        assert showing.bar(0, 0.35068, 1).words.count(words[2]) == 2
