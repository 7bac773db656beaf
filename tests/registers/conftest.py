"""The same post and officers as the lane's tests."""

from tests.frontier.conftest import alert, at_lane, post

__all__ = ["alert", "at_lane", "post"]
