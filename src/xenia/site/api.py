"""The API, version 1: the same questions as the pages and the command line ask, under the same decision table."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from ninja import NinjaAPI, Schema
from ninja.errors import ValidationError
from ninja.security import django_auth
from pydantic import Field

from xenia import __version__
from xenia.access.policy import require
from xenia.access.standing import Standing, for_request
from xenia.access.views import Gate, gate_urls, signed_in
from xenia.errors import XeniaError
from xenia.formats import mrz
from xenia.insight.api import router as statistics
from xenia.insight.watching.api import router as watch
from xenia.registers import catalogue
from xenia.registers.search import Question, ask
from xenia.site.cli.mrz import as_json
from xenia.site.keeping import storage

api = NinjaAPI(
    title="Xenia",
    version=__version__,
    description="Questions to the registers, with purpose and reference. Sign in first; every read is journalled.",
    auth=django_auth,
    urls_namespace="api",
    docs_url=None,
    openapi_url="/openapi.json",
)


class Problem(Schema):
    """Why a request was not answered. `code`: see the list of errors."""

    schema_: str = Field("xenia/error/1", alias="schema")
    code: str
    message: str
    what_to_do: str


class DocumentIn(Schema):
    """A document as asked for. `issuing_state`: ICAO three-letter code."""

    type: str = Field("", max_length=20)
    issuing_state: str = Field("", max_length=3)
    number: str = Field(max_length=60)


class QuestionIn(Schema):
    """One person or document. `birth_date`: ISO with unknown parts left out."""

    id: str = Field("", max_length=100)
    name: str = Field("", max_length=300)
    surname: str = Field("", max_length=300)
    given_names: str = Field("", max_length=300)
    birth_date: str = Field("", max_length=30)
    sex: Literal["", "M", "F", "X"] = ""
    nationality: str = Field("", max_length=3)
    document: DocumentIn | None = None


class AskIn(Schema):
    """A batch of questions for one purpose and reference."""

    purpose: str = Field(max_length=60)
    reference: str = Field(max_length=200)
    questions: list[QuestionIn] = Field(min_length=1, max_length=1000)


class AnswersOut(Schema):
    """Answers in the order of the questions."""

    schema_: str = Field("xenia/answers/1", alias="schema")
    answers: list[dict[str, Any]]


class MrzIn(Schema):
    """Machine-readable lines as text."""

    text: str = Field(max_length=4096)


@api.exception_handler(XeniaError)
def _problem(request: HttpRequest, error: XeniaError) -> HttpResponse:
    return problem(request, error.code, error.message, error.what_to_do, error.http_status)


@api.exception_handler(OperationalError)
def _storage(request: HttpRequest, error: OperationalError) -> HttpResponse:
    found = storage.trouble(error)
    assert found is not None
    return _problem(request, found)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Names the fields, never their values."""
    fields = ", ".join(".".join(str(part) for part in one["loc"][1:]) or "body" for one in error.errors[:5])
    return problem(request, "bad-input", f"These fields do not fit: {fields}.", "See /api/docs.", 422)


def problem(request: HttpRequest, code: str, message: str, what_to_do: str, status: int) -> HttpResponse:
    """An error as the API says it."""
    body = {"schema": "xenia/error/1", "code": code, "message": message, "what_to_do": what_to_do}
    return api.create_response(request, body, status=status)


def today(standing: Standing) -> date:
    """The local day where the asker stands."""
    return datetime.now(UTC).astimezone(ZoneInfo(standing.zone)).date()


@api.post("/ask", response=AnswersOut, by_alias=True, summary="Ask every register that the purpose opens")
def ask_registers(request: HttpRequest, asked: AskIn) -> dict[str, Any]:
    """One read entry names the whole batch; silent hits leave no trace in the answer."""
    standing = for_request(request)
    require(standing, "ask")
    questions = [Question.from_json(_given(one), today(standing)) for one in asked.questions]
    reference = asked.reference.strip()
    answers = ask(questions, standing, asked.purpose, f"external:{reference}" if reference else "")
    return {"schema": "xenia/answers/1", "answers": [answer.to_json() for answer in answers]}


def _given(one: QuestionIn) -> dict[str, Any]:
    return {name: value for name, value in one.dict().items() if value not in ("", None)}


@api.post("/mrz", summary="Read machine-readable lines")
def read_mrz(request: HttpRequest, given: MrzIn) -> dict[str, Any]:
    """Nothing is looked up and nothing kept."""
    standing = for_request(request)
    return {"schema": "xenia/mrz/1", **as_json(mrz.read(given.text, today=today(standing)))}


@api.get("/lists", summary="Sources and ages of the lists")
def list_status(request: HttpRequest) -> dict[str, Any]:
    """No personal data."""
    require(for_request(request), "lists.read")
    now = datetime.now(UTC)
    lists = [
        {
            "register": register.name,
            "source": age.source,
            "as_of": age.as_of.isoformat() if age.as_of else None,
            "age_s": age.age_s,
            "limit_s": age.limit_s,
            "state": age.state,
        }
        for register in catalogue.registers()
        for age in register.ages(now)
    ]
    return {"schema": "xenia/lists/1", "lists": lists}


@signed_in("the description of the API holds no data of anybody")
@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    """The description of the API as a page."""
    return api.docs.render_page(request, api)


api.add_router("/statistics", statistics)
api.add_router("/statistics/watch", watch)
MACHINE = Gate(why="the operation itself asks for its permission", any_of=(), machine=True)
_urls = api.urls
gate_urls(_urls[0], MACHINE)
urls = _urls
