"""The port to the rooms above: who owns a type of message, its schema, and what happens when one comes or does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from xenia.errors import XeniaError
from xenia.exchange.envelope import Message, Receipt
from xenia.journal.act import Act

ROLE: Final = "case-lead"


class Refused(XeniaError):
    """A message that a handler will not have: nothing is stored of it, and the sender gets a signed refusal.

    `code`: small letters and hyphens; `what`: up to 300 characters without personal data: both go to the sender.
    """

    code = "refused"
    http_status = 422

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(what, code=code)


def _as_it_is(type: str) -> str:
    """What people call a type of message whose room has no words for it."""
    return type


def _nothing(*_: Any) -> None:
    """A handler that has nothing to do."""


def _silent() -> Mapping[str, Sequence[int]]:
    """A handler that says not what it speaks."""
    return {}


@dataclass(frozen=True)
class Handler:
    """What a room does with the messages whose type begins with `prefix`, such as `readmission/`.

    `schema(type, version)`: JSON Schema 2020-12 of the body, closed (`additionalProperties: false` in every object), or
    None for what it does not speak; asked when sending and when receiving.
    `accept(message, enclosed by sha256, received_at, act)`: in the transaction that stores the message; raises `Refused`.
    `receipted(message, receipt, act)`: in the transaction that stores a receipt of an own message (accepted or refused). True
    where it has dealt with a refusal itself, so that nobody needs to be told.
    `dead(message, cause, act)`: an own message was not delivered in its time; a work item is opened beside it for `role`.
    `label(type)`: what people call such a message, in the reader's language.
    `speaks()`: its types with the versions that it takes; partners read them on our card.
    """

    prefix: str
    schema: Callable[[str, int], Mapping[str, Any] | None]
    accept: Callable[[Message, Mapping[str, bytes], datetime, Act], None]
    receipted: Callable[[Message, Receipt, Act], bool | None] = _nothing
    dead: Callable[[Message, str, Act], None] = _nothing
    role: str = ROLE
    label: Callable[[str], str] = _as_it_is
    speaks: Callable[[], Mapping[str, Sequence[int]]] = _silent


_handlers: dict[str, Handler] = {}


def register_handler(handler: Handler) -> None:
    """Make a handler known; a later one of the same prefix takes its place."""
    _handlers[handler.prefix] = handler


def handler_of(type: str) -> Handler | None:
    """The handler of the longest prefix that the type begins with, or None."""
    fitting = [prefix for prefix in _handlers if type.startswith(prefix)]
    return _handlers[max(fitting, key=len)] if fitting else None


def label_of(type: str) -> str:
    """What people call a type of message: by its handler's words, else the type itself."""
    handler = handler_of(type)
    return handler.label(type) if handler else type


def spoken_here() -> dict[str, list[int]]:
    """Every type of message that is taken here, with its versions in order."""
    said = {type: versions for handler in _handlers.values() for type, versions in handler.speaks().items()}
    return {type: sorted(said[type]) for type in sorted(said)}


def forget_handler(prefix: str) -> None:
    """Take a handler away; for programs that made one for a while."""
    _handlers.pop(prefix, None)
