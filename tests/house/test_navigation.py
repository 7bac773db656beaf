"""What a role is shown in the navigation, it may open."""

from __future__ import annotations

import pytest

from tests import people
from xenia.access import policy
from xenia.access.standing import for_request
from xenia.site.context import Chrome


@pytest.mark.django_db
def test_no_role_is_shown_a_room_that_it_may_not_enter(rf):
    world = people.build()
    refused = []
    for role in sorted(set(policy.current().roles) - {"operator"}):
        client = world.client(f"walker-{role}", role)
        session = client.session
        session["second_factor"] = True
        session.save()
        request = rf.get("/")
        request.session, request.user = session, world.made[f"walker-{role}"]
        assert for_request(request).roles == {role}
        rooms = Chrome(request).rooms
        refused += [(role, room.url) for room in rooms if client.get(room.url, follow=True).status_code != 200]
    assert not refused
