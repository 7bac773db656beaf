"""What we are to others: our authority, name and address, and our keys; set by the operator, journalled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from xenia.access.models import Authority
from xenia.access.standing import Standing
from xenia.errors import BadInput, NotFound
from xenia.exchange import kinds, own
from xenia.exchange.models import Own
from xenia.journal.act import Act
from xenia.journal.actions import append, writing


class BeforeUse(Protocol):
    """Raises where a key may not be taken into use: somebody who must know it before does not. `leave_behind`: nevertheless."""

    def __call__(self, kind: str, made: str, *, leave_behind: bool) -> None:
        """Asked with the kind and the name of the key."""


_before_use: list[BeforeUse] = []
_before_making: list[Callable[[str], None]] = []


def ask_before_use(who: BeforeUse) -> None:
    """A room above is asked before a key is taken into use."""
    _before_use[:] = [who]


def ask_before_making(who: Callable[[str], None]) -> None:
    """A room above is asked before a key of that kind is made."""
    _before_making[:] = [who]


def _act(standing: Standing) -> Act:
    return standing.act("operation", "set-up")


def introduce(standing: Standing, *, authority: str = "", name: str = "", url: str = "") -> None:
    """We speak for this authority, under this name, and listen at this url; what is left out stays.

    Raises `NotFound` (`no-authority`), `BadInput` (`bad-address`, `bad-url`).
    """
    code = authority or own.authority()
    known = Authority.objects.filter(code=code).first()
    if known is None:
        raise NotFound(f"There is no authority {code}.", "Make it under Administration first.", code="no-authority")
    if url and (not url.startswith("https://") or len(url) > 300):
        raise BadInput("Partners reach us by https only.", "Give https://HOST:PORT.", code="bad-url")
    before = Own.objects.filter(pk=1).first()
    values = {
        "authority": code,
        "name": (name or (before.name if before else known.name))[:200],
        "url": (url or (before.url if before else "")).rstrip("/"),
    }
    with writing():
        Own.objects.update_or_create(pk=1, defaults=values)
        own.check_address(own.address())
        append(kinds.OWN_SET, {**values, "change": "introduced", "key": ""}, _act(standing))


def new_key(standing: Standing, kind: str) -> str:
    """A new key of that kind beside the one in use, for the card; its name. Raises `BadInput` (`bad-key-kind`)."""
    if kind not in own.KINDS:
        raise BadInput("There is no such kind of key.", f"Use one of: {', '.join(own.KINDS)}.", code="bad-key-kind")
    for ask in _before_making:
        ask(kind)
    made = own.make(kind)
    _note(standing, "made", f"{kind}:{made}")
    return made


def use_key(standing: Standing, kind: str, made: str, *, leave_behind: bool = False) -> None:
    """The key is in use from now on. Partners must have pinned it before.

    Raises `NotFound` (`no-key`), `Conflict` (`key-retired`, `door-unknown` unless `leave_behind`).
    """
    own.known(kind, made)
    for ask in _before_use:
        ask(kind, made, leave_behind=leave_behind)
    own.use(kind, made)
    _note(standing, "in-use", f"{kind}:{made}")


def retire_key(kind: str, made: str, act: Act) -> None:
    """The key is on our card no more; from a proposal that two persons made, or at set-up. Raises as `own.retire`."""
    with writing():
        own.retire(kind, made)
        _append("retired", f"{kind}:{made}", act)


def _note(standing: Standing, change: str, key: str) -> None:
    with writing():
        _append(change, key, _act(standing))


def _append(change: str, key: str, act: Act) -> None:
    body = {"authority": own.authority(), "name": own.name(), "url": own.url(), "change": change, "key": key}
    append(kinds.OWN_SET, body, act)
