"""Time as it passes in a story: this process lives some days ahead of the machine. Import before anything else.

A readmission takes months. No clock of Xenia can be set; this module gives the process of one side of a story another
`datetime` before any room of Xenia is loaded. Nothing that serves people imports it: `side.py` does, and the browser
tests' own processes.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from datetime import date as _date
from datetime import datetime as _datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

_ahead: Callable[[], datetime.timedelta] = datetime.timedelta


class _AsReal(type):
    """Whatever is a real moment or day is one of ours too: none of ours is ever made."""

    def __instancecheck__(cls, one: object) -> bool:
        return isinstance(one, cls.__mro__[1])

    def __subclasscheck__(cls, kind: type) -> bool:
        return issubclass(kind, cls.__mro__[1])


class _Moment(_datetime, metaclass=_AsReal):
    def __new__(cls, *parts: Any, **more: Any) -> Any:
        return _datetime(*parts, **more)

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Any:
        return _datetime.now(tz) + _ahead() if tz is None else (_datetime.now(datetime.UTC) + _ahead()).astimezone(tz)

    @classmethod
    def today(cls) -> Any:
        return _datetime.today() + _ahead()


class _Day(_date, metaclass=_AsReal):
    def __new__(cls, *parts: Any, **more: Any) -> Any:
        return _date(*parts, **more)

    @classmethod
    def today(cls) -> Any:
        return (_datetime.today() + _ahead()).date()


def _certificate_once() -> None:
    """Let `cryptography` make a certificate: it looks up the class of moments at its first one, and must find the real one."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + datetime.timedelta(1))
    made.sign(key, hashes.SHA256())


def begin() -> None:
    """From now on every module that is loaded reads the story's time."""
    _certificate_once()
    datetime.datetime, datetime.date = _Moment, _Day  # type: ignore[misc]


def ahead(seconds: float) -> None:
    """So far ahead of the machine is the story now."""
    span = datetime.timedelta(seconds=seconds)
    follow(lambda: span)


def follow(tell: Callable[[], datetime.timedelta]) -> None:
    """So far ahead of the machine as `tell` says, which is asked whenever somebody looks at the time."""
    global _ahead
    _ahead = tell
