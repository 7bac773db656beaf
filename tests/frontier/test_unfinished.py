"""What is open at a lane is said before an officer leaves it."""

from __future__ import annotations

from tests.frontier.conftest import at_lane, passport, person, post
from xenia.frontier import actions, unfinished

__all__ = ["at_lane", "post"]


def test_an_open_check_is_said_without_a_name_until_it_is_decided(post, at_lane) -> None:
    here = at_lane("first")
    assert unfinished.at_lane(here) == []
    view = actions.check_text(here, "L1", passport(person("UX1111111", "Ostrander", "Ida")), "entry")
    assert unfinished.at_lane(here) == ["1 traveller at this lane is not decided yet."]
    actions.put_aside(here, view.id)
    assert unfinished.at_lane(here) == []
