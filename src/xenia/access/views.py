"""Gates: every view says who may pass. The middleware `Door` denies a view that says nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver

from xenia.access import permissions, policy, standing

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
MARK = "xenia_gate"


@dataclass(frozen=True)
class Gate:
    """Who may pass. `open`: nobody need sign in. `any_of`: one of these permissions is needed.

    `unsettled`: also for a signed-in officer who must still change the password or enrol a second factor.
    `locked`: also while the workplace is locked. `machine`: answered with 401 and JSON instead of a redirect to the
    sign-in page. `why`: the reason, for the reader.
    """

    why: str
    open: bool = False
    any_of: tuple[str, ...] = ()
    unsettled: bool = False
    machine: bool = False
    locked: bool = False


def gate_of(view: Callable[..., Any]) -> Gate | None:
    """The gate that a view was marked with, or None."""
    return getattr(view, MARK, None)


def _marked(view: View, gate: Gate) -> View:
    setattr(view, MARK, gate)
    return view


def needs(*any_of: str) -> Callable[[View], View]:
    """The view is for signed-in officers who hold one of these permissions; others get 403."""
    gate = Gate(why="permission", any_of=tuple(permissions.known(word) for word in any_of))
    if not gate.any_of:
        raise ValueError("Name at least one permission, or say signed_in(why).")

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            here = standing.for_request(request)
            if not any(here.may(word) for word in gate.any_of):
                policy.require(here, gate.any_of[0])
            return view(request, *args, **kwargs)

        return _marked(cast(View, guarded), gate)

    return mark


def signed_in(why: str, *, unsettled: bool = False, locked: bool = False) -> Callable[[View], View]:
    """The view is for whoever is signed in, whatever the roles; `why` says why no permission is asked."""

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            standing.for_request(request)
            return view(request, *args, **kwargs)

        return _marked(cast(View, guarded), Gate(why=why, unsettled=unsettled, locked=locked))

    return mark


def open_to_all(why: str) -> Callable[[View], View]:
    """The view is for everybody, signed in or not; `why` says why that is safe."""

    def mark(view: View) -> View:
        @wraps(view)
        def plain(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return view(request, *args, **kwargs)

        return _marked(cast(View, plain), Gate(why=why, open=True))

    return mark


def gate_urls(patterns: Iterable[URLPattern | URLResolver], gate: Gate) -> None:
    """Mark every view beneath these patterns that another package made, such as the API's operations."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            gate_urls(pattern.url_patterns, gate)
            continue
        view = pattern.callback

        @wraps(view)
        def passed(request: HttpRequest, *args: Any, _view: Any = view, **kwargs: Any) -> HttpResponseBase:
            return cast(HttpResponseBase, _view(request, *args, **kwargs))

        pattern.callback = _marked(passed, gate)
