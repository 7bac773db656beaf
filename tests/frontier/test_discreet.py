"""A discreet alert leaves no trace in what the booth gets: bytes, headers, number and kind of statements."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.frontier.conftest import passport, person, today
from xenia.access import actions as access
from xenia.frontier import assessing, record, referrals, rules
from xenia.frontier.models import Check
from xenia.journal import actions as journal
from xenia.registers.lists import actions as lists
from xenia.registers.lists.file import ListFile
from xenia.registers.live import actions as live
from xenia.registers.stays.models import StayRecord
from xenia.site import context
from xenia.site.demo import lists as demo_lists
from xenia.work.models import WorkItem

PASSWORD = "amber-birch-cedar-delta-7"
NUMBER, OTHER = "UX1234567", "UX7654321"
CHANGING = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}"  # ids
    r"|name=\"csrfmiddlewaretoken\" value=\"[^\"]+\"|csrftoken[^\"]*\"[^\"]+\""
    r"|\d{4}-\d\d-\d\dT[\d:.+Z-]+|\b\d{1,2}:\d\d(?::\d\d)?\b"  # times
    r"|stroke-dasharray=\"[\d.]+ 100\"|data-left=\"\d+\"|data-seconds>\d+<|value=\"\d+\"|\b\d+ s\b"
)
COUNTS = re.compile(r"\d+")
SEALING = 'SELECT COUNT("journal_entry"."id")'
LITERAL = re.compile(r"s\d+_x\d+|'(?:[^']|'')*'|\b\d+\b|0x[0-9a-fA-F]+|%s")


@pytest.fixture(autouse=True)
def sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody seals in a test: after five seconds the foot of each page would begin to say so, here or there."""
    monkeypatch.setattr(context, "LATE", timedelta(days=1))
    monkeypatch.setattr(context._Kept, "pending", (float("-inf"), 0))


@pytest.fixture
def booth(post: str) -> Client:
    """An officer's browser at lane L1."""
    client = Client()
    client.post("/sign-in/", {"login": "first", "password": PASSWORD})
    answer = client.post("/console/lanes/", {"place": f"{post}/L1/entry"})
    assert answer.status_code == 302
    return client


def _answer(client: Client, method: str, path: str, data: dict[str, str] | None = None) -> tuple[Any, ...]:
    """Everything a booth could compare: status, headers, body without ids and times; and the statements behind it."""
    with CaptureQueriesContext(connection) as asked:
        got = getattr(client, method)(path, data or {}, headers={"HX-Request": "true"})
    headers = {name: CHANGING.sub("~", value) for name, value in got.items() if name not in ("X-Request-Id",)}
    if "Content-Length" in headers:  # seconds that run while the test does are no trace
        headers["Content-Length"] = str(len(CHANGING.sub("~", got.content.decode()).encode()))
    # By verb and table: one row more in the same statement is what the read entry needs, to name the record.
    # How far sealing is, at the foot of pages, is asked anew every few seconds, whoever stands there.
    statements = [text for one in asked if not (text := LITERAL.sub("~", one["sql"])[:36]).startswith(SEALING)]
    return got.status_code, headers, CHANGING.sub("~", got.content.decode()), statements


def _walk(client: Client, number: str, decide: str = "admit") -> list[tuple[Any, ...]]:
    """Read, look at it again, decide, look at the desk and at the check once more."""
    read = _answer(client, "post", "/console/read/", {"document": passport(person(number))})
    check = Check.objects.order_by("-read_at").first()
    assert check is not None
    page = f"/console/checks/{check.id}/" if read[0] == 200 else "/console/"
    path = read[1].get("HX-Replace-Url", page).replace("~", str(check.id))
    decided = _answer(client, "post", f"{path}{decide}/", {"note": "Nothing."})
    shown = [_answer(client, "get", where) for where in (path, "/console/")]
    return [read, decided, *shown]


@pytest.mark.parametrize("decide", ["admit", "refer", "put-aside"])
def test_the_booth_cannot_tell_a_discreet_hit(booth: Client, alert: Callable[..., str], decide: str) -> None:
    for _ in range(9):  # what is read once is in memory, and the list of recent crossings is full
        _walk(booth, NUMBER, decide)
    alert(person("UX0000001", "Someone", "Else"), "CHK-D", handling="discreet")
    _walk(booth, OTHER, decide)
    before = _walk(booth, NUMBER, decide)
    alert(person(NUMBER), "CHK-D", handling="discreet")
    _walk(booth, OTHER, decide)
    after = _walk(booth, NUMBER, decide)
    assert Check.objects.filter(silent=True).count() >= 1
    assert all(status == 200 for status, *_ in before), [one[0] for one in before]
    for asked, one, other in zip(("read", "decide", "check", "desk"), before, after, strict=True):
        assert one[0] == other[0], asked
        assert one[1] == other[1], asked
        assert COUNTS.sub("", one[2]) == COUNTS.sub("", other[2]), asked
        assert one[3] == other[3], asked


def test_an_alert_that_comes_between_read_and_decision_is_as_quiet(booth: Client, alert: Callable[..., str]) -> None:
    _walk(booth, NUMBER)
    before = _walk(booth, NUMBER)
    booth.post("/console/read/", {"document": passport(person(NUMBER))})
    check = Check.objects.order_by("-read_at").first()
    assert check is not None and not check.silent
    alert(person(NUMBER), "CHK-D", handling="discreet")
    booth.post("/console/read/", {"document": passport(person("UX0000009", "Another", "One"))})
    decided = _answer(booth, "post", f"/console/checks/{check.id}/admit/")
    assert decided[0] == 200 and decided[3] == before[1][3]
    assert Check.objects.get(id=check.id).silent, "and the second line hears of it"


def test_the_item_of_the_second_line_changes_nothing_at_the_booth(booth: Client, alert: Callable[..., str]) -> None:
    alert(person(NUMBER), "CHK-D", handling="discreet")
    _walk(booth, NUMBER)
    plain = booth.get("/console/").content.decode()
    assert referrals.raise_silent_hits() >= 1 and WorkItem.objects.exists()
    again = booth.get("/console/").content.decode()
    assert CHANGING.sub("~", plain) == CHANGING.sub("~", again)


# ---------- with a visa and stays ----------


def _enter(visa_of: Any, number: str) -> None:
    """A visa in the register, without the two persons that it takes elsewhere."""
    act = access.operator_standing("operator").act("alert-management", "external:test", owner="UTO-BG")
    body = {
        "names": [{"surname": visa_of.surname, "given_names": visa_of.given_names, "kind": "main"}],
        "birth_dates": [visa_of.born.isoformat()],
        "nationalities": [visa_of.nationality],
        "documents": [{"type": "P", "issuing_state": "UTO", "number": visa_of.number}],
        "sticker_number": number,
        "issuing_state": "UTO",
        "type": "C",
        "valid_from": (today() - timedelta(days=5)).isoformat(),
        "valid_until": (today() + timedelta(days=60)).isoformat(),
        "entries": "MULT",
        "days": 30,
        "territory": ["UTO"],
        "status": "issued",
    }
    with journal.writing():
        live.put("visas", number, body, act, now=datetime.now(UTC), category="visa")


def _guest(number: str) -> Any:
    return person(number, nationality="IND")


def _way(client: Client, number: str, trip: dict[str, str]) -> list[tuple[Any, ...]]:
    """Read, work the trip out, decide with it, see the desk: of somebody who needs a visa and has stays."""
    read = _answer(client, "post", "/console/read/", {"document": passport(_guest(number))})
    check = Check.objects.order_by("-read_at").first()
    assert check is not None
    page = f"/console/checks/{check.id}/"
    worked = _answer(client, "post", f"{page}trip/", trip)
    decided = _answer(client, "post", f"{page}admit/", trip)
    return [read, worked, decided, _answer(client, "get", "/console/")]


@pytest.mark.parametrize("days", ["", "12", "80"])
def test_nor_with_a_visa_and_stays(booth: Client, alert: Callable[..., str], days: str) -> None:
    trip = {"purpose": "tourism", "carrier": "XQ", "flight": "XQ 204", "days": days}
    _enter(_guest(NUMBER), "V00000001")
    _enter(_guest(OTHER), "V00000002")
    for _ in range(11):  # entries of the visa have two digits by then; the rest as above
        _way(booth, NUMBER, trip)
    alert(person("UX0000001", "Someone", "Else"), "CHK-D", handling="discreet")
    _way(booth, OTHER, trip)
    before = _way(booth, NUMBER, trip)
    alert(_guest(NUMBER), "CHK-D", handling="discreet")
    _way(booth, OTHER, trip)
    after = _way(booth, NUMBER, trip)
    assert Check.objects.filter(silent=True).count() >= 1 and StayRecord.objects.exists()
    for asked, one, other in zip(("read", "trip", "decide", "desk"), before, after, strict=True):
        assert one[0] == other[0] == 200, asked
        assert one[1] == other[1], asked
        assert COUNTS.sub("", one[2]) == COUNTS.sub("", other[2]), asked
        assert one[3] == other[3], asked


def test_the_rules_are_walked_alike(booth: Client, alert: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The timing class: the same functions of the room are called as often with a discreet hit as without."""
    calls: list[str] = []
    for module, name in ((assessing, "weigh"), (rules, "assess"), (record, "seal"), (record, "kept")):
        _count(monkeypatch, module, name, calls)
    _enter(_guest(NUMBER), "V00000001")
    trip = {"purpose": "tourism"}
    for _ in range(3):
        _way(booth, NUMBER, trip)
    calls.clear()
    _way(booth, NUMBER, trip)
    before = list(calls)
    alert(_guest(NUMBER), "CHK-D", handling="discreet")
    _way(booth, NUMBER, trip)
    calls.clear()
    _way(booth, NUMBER, trip)
    assert calls == before and before


def _count(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, calls: list[str]) -> None:
    real = getattr(module, name)

    def counted(*args: Any, **more: Any) -> Any:
        calls.append(name)
        return real(*args, **more)

    monkeypatch.setattr(module, name, counted)


# ---------- every act, in both directions of writing, with a list beside the register ----------

WORDS = {
    "surname": "Halvorsen",
    "given_names": "Tessa Mirande",
    "birth_date": "8 6 1991",
    "sex": "F",
    "nationality": "UTO",
}


def _typed(number: str) -> dict[str, str]:
    document = {"document_code": "P", "issuing_state": "UTO", "document_number": number, "expiry_date": "1 1 2031"}
    return {**WORDS, **document, "direction": "entry"}


def _act(client: Client, act: str, number: str) -> list[tuple[Any, ...]]:
    """One traveller by one of the ways of the booth: what is sent, and every page that the lane shows afterwards."""
    if act == "typed":
        first = _answer(client, "post", "/console/typed/", _typed(number))
    else:
        who = _guest(number) if act == "refuse" else person(number)
        first = _answer(client, "post", "/console/read/", {"document": passport(who)})
    check = Check.objects.order_by("-read_at").first()
    assert check is not None and first[0] in (200, 204, 302), first
    page, sent = f"/console/checks/{check.id}/", [first]
    if act == "group":
        sent.append(_answer(client, "post", f"{page}group/"))
        friend = passport(person("UX2222222", "Lindqvarn", "Oda"))
        sent.append(_answer(client, "post", "/console/read/", {"document": friend, "group": str(check.id)}))
        sent.append(_answer(client, "post", f"{page}admit-group/"))
    elif act == "refuse":
        sent += [_answer(client, "get", f"{page}refuse/"), _answer(client, "post", f"{page}refuse/", {"reasons": "C"})]
        sent.append(_answer(client, "get", f"{page}refusal/"))
    else:
        sent.append(_answer(client, "post", f"{page}{'admit' if act == 'typed' else act}/", {"note": "Nothing."}))
    shown = (page, "/console/", "/console/lanes/", "/console/news/", "/console/news/?mark=x")
    sent += [_answer(client, "get", where) for where in shown]
    expected = {"admit": "admitted", "typed": "admitted", "group": "admitted", "refuse": "refused", "refer": "referred"}
    check.refresh_from_db()
    assert check.state == expected.get(act, "put-aside"), act
    return sent


@pytest.fixture
def listed(post: str, tmp_path: Path) -> None:
    """A list of alerts with somebody else on it, so that list files are asked too."""
    file = tmp_path / "alerts.csv"
    other = person("UX7777777", "Ybrantor", "Ulla")
    demo_lists.write(file, demo_lists.PERSON_COLUMNS, [demo_lists.person_row("L-1", other, "REF-B", today())])
    lists.load(access.operator_standing("operator"), "alerts-csv", file)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("act", ["admit", "refer", "refuse", "put-aside", "group", "typed"])
def test_no_act_of_the_booth_tells(
    booth: Client, alert: Callable[..., str], listed: None, monkeypatch: pytest.MonkeyPatch, act: str, language: str
) -> None:
    """Bytes, headers, statements, calls of the rules and list files opened: the same in every answer of every act."""
    calls: list[str] = []
    counted = (
        (assessing, "weigh"),
        (rules, "assess"),
        (record, "seal"),
        (record, "kept"),
        (ListFile, "near"),
        (ListFile, "search_documents"),
    )
    for where, name in counted:
        _count(monkeypatch, where, name, calls)
    assert booth.post("/language/", {"language": language}).status_code == 302
    for _ in range(12):  # what is read once is in memory, the lists of the lane are full, its sums have two digits
        _act(booth, act, NUMBER)
    alert(person("UX0000001", "Someone", "Else"), "CHK-D", handling="discreet")
    before, done = [], []
    for number in (OTHER, NUMBER):
        calls.clear()
        before, done = _act(booth, act, number), list(calls)
    alert(_guest(NUMBER) if act == "refuse" else person(NUMBER), "CHK-D", handling="discreet")
    after, did = [], []
    for number in (OTHER, NUMBER):
        calls.clear()
        after, did = _act(booth, act, number), list(calls)
    assert Check.objects.filter(silent=True).count() >= 1
    assert did == done and "weigh" in done and {"near", "search_documents"} & set(done)
    for place, (one, other) in enumerate(zip(before, after, strict=True)):
        assert one[0] == other[0], place
        if place == len(before) - 3:  # the page of lanes tells ages of lists, which grow while the test runs
            one[1].pop("Content-Length"), other[1].pop("Content-Length")
        assert one[1] == other[1], place
        assert COUNTS.sub("", one[2]) == COUNTS.sub("", other[2]), place
        assert one[3] == other[3], place
