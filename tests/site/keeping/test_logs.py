"""Whatever is planted in requests and errors, the logs do not hold it."""

import io
import json
import logging
import sys
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path

from xenia.access.views import open_to_all
from xenia.errors import BadInput
from xenia.site.keeping import logs
from xenia.site.urls import urlpatterns as site_urls

pytestmark = pytest.mark.django_db

PLANTED = ("ERIKSSON", "ANNA MARIA", "L898902C3", "19740812")


@open_to_all("a page of this test")
def _page(request, number=None):
    return HttpResponse("ok")


urlpatterns = [path("planted", _page), path("case/<str:number>/", _page), *site_urls]


@pytest.fixture
def written():
    """What reaches the log while the test runs."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel("DEBUG")
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


def clean(lines) -> bool:
    text = json.dumps(lines, ensure_ascii=False)
    return not any(word in text for word in PLANTED)


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    "address", ["/case/L898902C3/", "/planted?surname=ERIKSSON", "/nowhere/ERIKSSON/", "/case/ANNA%20MARIA/?q=19740812"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_request_leaves_a_line_without_its_values(written, client, address, method):
    getattr(client, method)(
        address, {"surname": "ERIKSSON", "given_names": "ANNA MARIA"}, headers={"User-Agent": "ERIKSSON"}
    )
    lines = [line for line in written() if line["logger"] == "xenia.request"]
    assert len(lines) == 1
    assert clean(written())
    assert {"route", "method", "status", "ms", "time", "request"} <= set(lines[0])


@pytest.mark.urls(__name__)
def test_the_answer_carries_the_number_of_its_line(written, client):
    response = client.get("/case/L898902C3/")
    (line,) = [line for line in written() if line["logger"] == "xenia.request"]
    assert response["X-Request-Id"] == line["request"]
    assert line["route"] == "case/<str:number>/"


@pytest.mark.parametrize("name", ["xenia.frontier", "django.request", "axes", "some.library"])
def test_values_put_into_messages_do_not_show(written, name):
    logging.getLogger(name).warning("Refused %s with %(x)s" if False else "Refused %s", "ERIKSSON")
    assert clean(written())
    assert written()[0]["message"] == "Refused %s"


def test_a_foreign_message_that_came_ready_made_shows_only_its_place(written):
    logging.getLogger("some.library").error(f"Cannot read {PLANTED[0]}")
    (line,) = written()
    assert clean([line])
    assert line["where"].startswith("test_logs.py:")


def test_errors_show_type_and_place_but_not_their_message(written):
    def fail():
        try:
            int("L898902C3")
        except ValueError as error:
            raise BadInput("Surname ERIKSSON", code="bad-name") from error

    try:
        fail()
    except BadInput:
        logging.getLogger("xenia").exception("command failed", extra={"code": "x", "surname": "ERIKSSON"})
    (line,) = written()
    assert clean([line])
    assert line["error"]["type"] == "xenia.errors.BadInput"
    assert line["error"]["code"] == "bad-name"
    assert line["error"]["cause"]["type"] == "builtins.ValueError"
    assert any("fail" in place for place in line["error"]["places"])


def test_only_plain_values_of_known_names_pass(written):
    account = uuid4()
    logging.getLogger("xenia").info(
        "done", extra={"count": 3, "ms": 1.23456, "account": account, "kind": ["ERIKSSON"], "who": "ERIKSSON"}
    )
    (line,) = written()
    assert (line["count"], line["ms"], line["account"]) == (3, 1.235, str(account))
    assert clean([line])


def test_a_line_is_one_line(written):
    logging.getLogger("xenia").info("first\nsecond", extra={"code": "a\nb\u2028c"})
    assert len(written()) == 1


def test_a_broken_page_leaves_no_request_number_behind():
    def broken(request):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        logs.RequestLog(broken)(RequestFactory().get("/"))
    assert logs.request_id.get() == ""
    assert sys.exc_info()[1] is None
