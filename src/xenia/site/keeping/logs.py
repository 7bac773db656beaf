"""Logs as JSON lines that hold no personal data, and the line per request.

What may stand in a line is decided here, not where the line is written: messages of our own loggers as
written in the code (never with values put in), values only from `extra` under the names of `FIELDS`;
of foreign loggers the template and the place in the code; of an exception its type and its places,
never its message, because messages quote what they choke on.
"""

from __future__ import annotations

import json
import logging
import secrets
import time
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from xenia.errors import XeniaError

FIELDS = (
    *("method", "route", "status", "ms", "account", "code", "kind", "count", "bytes", "seconds", "register", "source"),
    *("version", "position", "entry", "error_id", "chore", "view"),
)
OPEN_LOGGERS = ("granian", "_granian")  # say only where they listen and that they stop; their access log stays off
PLACES = 12
METHODS = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")

request_id: ContextVar[str] = ContextVar("request_id", default="")
logger = logging.getLogger("xenia.request")


class JsonLines(logging.Formatter):
    """One line of JSON per record: time, level, logger, message, request, the allowed fields, error."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            **_message(record),
        }
        if current := request_id.get():
            line["request"] = current
        for name in FIELDS:
            value = getattr(record, name, None)
            if value is not None and (plain := _plain(value)) is not None:
                line[name] = plain
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _error(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True)


def _message(record: logging.LogRecord) -> dict[str, str]:
    """The text as the programmer wrote it. A foreign text without arguments may be ready-made, so only its place is given."""
    if record.name.startswith(OPEN_LOGGERS):
        return {"message": record.getMessage()}
    where = f"{PurePath(record.pathname).name}:{record.lineno}"
    if record.name == "xenia" or record.name.startswith("xenia.") or record.args:
        return {"message": str(record.msg), "where": where}
    return {"where": where}


def _plain(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return round(value, 3)
    return value[:200] if isinstance(value, str) else None


def _error(error: BaseException) -> dict[str, object]:
    frames = traceback.extract_tb(error.__traceback__)[-PLACES:]
    told: dict[str, object] = {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "places": [f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if isinstance(error, XeniaError):
        told["code"] = error.code
    if error.__cause__ is not None:
        told["cause"] = _error(error.__cause__)
    return told


def config(level: str) -> dict[str, Any]:
    """Django's LOGGING: everything through `JsonLines` to standard error from `level` upwards."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "xenia.site.keeping.logs.JsonLines"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": "NOTSET", "propagate": True},
            "django.server": {"handlers": [], "level": "NOTSET", "propagate": True},
            "axes": {"handlers": [], "level": "WARNING", "propagate": True},
            "httpx": {"handlers": [], "level": "WARNING", "propagate": True},  # the exchange says what it does itself
        },
    }


def route(request: HttpRequest) -> str:
    """The pattern that the address matched, such as `console/<str:lane>/`; never the address itself."""
    match = request.resolver_match
    return match.route if match is not None else "(none)"


def account(request: HttpRequest) -> str | None:
    """The id of the account, if something has asked for it already: a log line costs no query."""
    user = getattr(request, "_cached_user", None)
    return str(user.pk) if user is not None and user.is_authenticated else None


def _count(request: HttpRequest, status: int, seconds: float) -> None:
    from xenia.site.keeping import metrics  # not above: settings read this module before Django is ready

    method = request.method if request.method in METHODS else "other"
    metrics.count(str(method), route(request), status, seconds)


class RequestLog:
    """Middleware: a line per request and its number in the answer's `X-Request-Id`; stands first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Passes the request on and writes the line once the answer is ready."""
        number = secrets.token_hex(8)
        token = request_id.set(number)
        began = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-Id"] = number
            seconds = time.perf_counter() - began
            _count(request, response.status_code, seconds)
            logger.info(
                "request",
                extra={
                    "method": request.method if request.method in METHODS else "other",
                    "route": route(request),
                    "status": response.status_code,
                    "ms": seconds * 1000,
                    "account": account(request),
                },
            )
            return response
        finally:
            request_id.reset(token)
