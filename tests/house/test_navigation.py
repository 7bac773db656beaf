"""What a role is shown in the navigation, it may open; and every page can be reached from there by somebody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests import people
from xenia.access import policy
from xenia.access.standing import for_request
from xenia.site.context import Chrome

LINK = re.compile(r'(?:href|action)="(/[^"?#]*)')
# Not pages that one walks to: machines ask them, htmx fetches them, a key or a form leads there, or one's own second factor.
NOT_WALKED = re.compile(
    r"^/(api/|health|metrics|static/|sign-|lock|language/|theme/|retention/run/|subjects/(erase|export)/|devices/required/"
    r"|units/(enrol|here|contact)/|demo/|statistics/(exact|saved/new|daily/pdf)/|own/(here|note|passkeys|recovery-codes|second-factor/remove)|.*(newer|news|download|\.csv|\.pdf|\.xlsx|poll))"
)


def second_factor(client: Client) -> Client:
    """As after a code."""
    session = client.session
    session["second_factor"] = True
    session.save()
    return client


@pytest.mark.django_db
def test_no_role_is_shown_a_room_that_it_may_not_enter(rf):
    world = people.build()
    refused = []
    for role in sorted(set(policy.current().roles) - {"operator"}):
        client = second_factor(world.client(f"walker-{role}", role))
        request = rf.get("/")
        request.session, request.user = client.session, world.made[f"walker-{role}"]
        assert for_request(request).roles == {role}
        rooms = Chrome(request).rooms
        refused += [(role, room.url) for room in rooms if client.get(room.url, follow=True).status_code != 200]
        assert sum(room.current for room in rooms) <= 1
    assert not refused


def addresses(patterns: Any = None, prefix: str = "") -> Iterator[str]:
    """Addresses that take no argument."""
    for one in patterns if patterns is not None else get_resolver().url_patterns:
        path = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, path)
        elif isinstance(one, URLPattern) and "<" not in path and "(" not in path:
            yield "/" + path


def walked(client: Client, known: set[str]) -> set[str]:
    """Every known address that links lead to, from the first page on."""
    seen: set[str] = set()
    ahead = ["/"]
    while ahead:
        path = ahead.pop()
        if path in seen:
            continue
        seen.add(path)
        if path.startswith("/sign-out"):
            continue
        answer = client.get(path, follow=True)
        seen.update(to for to, _status in getattr(answer, "redirect_chain", ()))
        if answer.status_code != 200 or "text/html" not in answer.headers.get("Content-Type", ""):
            continue
        ahead += [to for to in LINK.findall(answer.content.decode()) if to in known and to not in seen]
    return seen


@pytest.mark.django_db
def test_every_page_is_reached_by_links_from_the_first_page():
    world = people.build()
    known = set(addresses())
    reached: set[str] = set()
    for role in sorted(set(policy.current().roles) - {"operator"}):
        client = second_factor(world.client(f"walker-{role}", role))
        if role in ("first-line-officer", "second-line-officer", "shift-supervisor"):
            client.post("/own/place/", {"post": "UTO-AP1", "lane": "L1" if role == "first-line-officer" else ""})
        reached |= walked(client, known)
    missed = sorted(path for path in known - reached if not NOT_WALKED.match(path))
    assert not missed, " ".join(missed)
