"""A list that lies at a unit as keys: the booth says to ask the centre and names nobody; too old, it sends everybody to second line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from tests.frontier.conftest import passport, person
from tests.registers.lists.worlds import person as listed
from xenia.access.standing import Standing
from xenia.formats.lists.records import Record
from xenia.frontier import actions, queries
from xenia.journal import data_keys, entries
from xenia.journal.actions import writing
from xenia.journal.ids import uuid7
from xenia.journal.models import Entry
from xenia.registers import search
from xenia.registers.lists import current, keyed, statement, store
from xenia.registers.lists.models import ListSource, ListVersion
from xenia.registers.search import Question
from xenia.work.models import WorkItem

Stand = Callable[..., Standing]
PASSWORD = "amber-birch-cedar-delta-7"
SECRET = b"k" * 32
NUMBER = "UX7654321"
WORDS = ("Zorbek", "ZORBEK", "Ilmari", "ILMARI", "1973-03-04", NUMBER, "A-7", "Wanted for arrest", "REF-B")


def wanted() -> Record:
    record = listed(7, "Zorbek", "Ilmari", "1973-03-04")
    record.body["documents"] = [{"type": "P", "issuing_state": "UTO", "number": NUMBER}]
    record.body["reason"] = "Wanted for arrest"
    return record


@pytest.fixture
def as_keys(post: str) -> Iterator[ListVersion]:
    """The list in use here is a file of keys, as at a unit."""
    name = f"alerts-csv-1.{uuid7().hex[-8:]}.list"
    meta, what = (
        {"register": "alerts", "source": "alerts-csv", "number": "1"},
        keyed.What(frozenset(), frozenset({"*"}), ""),
    )
    built = keyed.write(store.file_path(name), [wanted(), listed(8)], meta, SECRET, what, lambda *_: None)
    version, source = uuid7(), ListSource.objects.get(code="alerts-csv")
    signature = statement.signed("alerts", "alerts-csv", 1, built.sha256, 2)
    with writing():
        row = ListVersion.objects.create(
            id=version, source=source, number=1, state="current", file=name, sha256=built.sha256, size_bytes=built.size_bytes,
            key_id=signature.key_id, signature=signature.raw, rules_version=1, records=2, counts={}, as_of=datetime.now(UTC),
            loaded_at=datetime.now(UTC), loaded_by="system:centre", secret=data_keys.wrapped(version, SECRET),
        )  # fmt: skip
    current.forget()
    yield row
    current.forget()
    store.discard_file(name)
    store.settle()


@pytest.fixture
def booth(post: str) -> Client:
    client = Client()
    client.post("/sign-in/", {"login": "first", "password": PASSWORD})
    assert client.post("/console/lanes/", {"place": f"{post}/L1/entry"}).status_code == 302
    return client


def read(booth: Client, **more: object) -> str:
    return booth.post("/console/read/", {"document": passport(person(**more))}, follow=True).content.decode()  # type: ignore[arg-type]


def test_the_booth_is_told_to_ask_and_not_whom(as_keys: ListVersion, booth: Client, at_lane: Stand) -> None:
    page = read(booth, number=NUMBER)
    assert "Possible: ask the centre" in page
    assert "Refer to second line: it asks the centre." in page
    assert "You see the flag" not in page and "Not the same person" not in page
    assert not [word for word in WORDS if word in page and word != NUMBER]
    clear = read(booth, number="UX0000001")
    assert "Possible" not in clear and "ask the centre" not in clear

    first = at_lane("first")
    view = actions.check_text(first, "L1", passport(person(number=NUMBER)), "entry")
    (hit,) = view.hits
    assert (hit.name, hit.features, hit.details, hit.reason, hit.category) == ("", (), (), "", "")
    assert (view.verdict, view.keys["admit"].allowed, view.keys["refer"].first) == ("look", False, True)
    actions.refer(first, view.id, "Calm.")
    item = WorkItem.objects.get()
    second = queries.referral(at_lane("second", None), item.id)
    assert second.check.hits[0].instruction.startswith("Ask the centre who is meant, by telephone")
    assert second.check.hits[0].name == "" and second.outcomes
    said = [json.dumps(body) for body in entries.bodies(Entry.objects.all()).values()]
    assert not [word for word in WORDS if word != NUMBER and any(word in text for text in said)]


@pytest.mark.parametrize(
    ("surname", "given"), [("Zorbek", "Ilmari"), ("Sorbeck", "Ilmary"), ("Ilmari", "Zorbek"), ("Зорбек", "Илмари")]
)
def test_a_name_in_another_spelling_is_found(as_keys: ListVersion, at_lane: Stand, surname: str, given: str) -> None:
    asked = {"id": "1", "surname": surname, "given_names": given, "birth_date": "1973-03-04"}
    question = Question.from_json(asked, datetime.now(UTC).date())
    (answer,) = search.ask([question], at_lane("first"), "border-first-line", "check:1")
    assert [(hit.register, hit.band, hit.name, hit.withheld) for hit in answer.hits] == [
        ("alerts", "POSSIBLE", "", True)
    ]
    said = answer.to_json()["hits"][0]
    assert said["ask_the_centre"] and not any(word in json.dumps(said) for word in WORDS)
    line = entries.body(Entry.objects.filter(kind="search.asked").latest("recorded_at"))["lines"][0][0]
    assert (line["source"], line["groups"]) == ("alerts-csv", ["flag"])


@pytest.mark.parametrize(
    ("share", "state", "admits", "says"),
    [(0.5, "fresh", True, ""), (0.9, "ageing", True, ""), (1.1, "old", False, "the list is too old")],
)
def test_a_list_warns_and_then_sends_to_second_line(
    as_keys: ListVersion, booth: Client, at_lane: Stand, share: float, state: str, admits: bool, says: str
) -> None:
    with writing():
        hours = ListSource.objects.get(code="alerts-csv").max_age_hours
        ListVersion.objects.update(as_of=datetime.now(UTC) - timedelta(hours=hours * share))
    current.forget()
    view = actions.check_text(at_lane("first"), "L1", passport(person(number="UX0000001")), "entry")
    (asked,) = [one for one in view.asked if one.register == "alerts"]
    assert (asked.state, view.keys["admit"].allowed) == (state, admits)
    page = read(booth, number="UX0000002")
    assert (says in page) and ("Only second line may admit" in page) == (not admits)


def test_a_list_without_its_secret_is_not_searched_as_if_nobody_were_on_it(
    as_keys: ListVersion, at_lane: Stand
) -> None:
    with writing():
        ListVersion.objects.update(secret=b"")
    current.forget()
    view = actions.check_text(at_lane("first"), "L1", passport(person(number=NUMBER)), "entry")
    assert next(one.state for one in view.asked if one.register == "alerts") == "broken"
    assert not view.keys["admit"].allowed
