"""Django's record of the shift of a post."""

from django.apps import AppConfig


class ShiftConfig(AppConfig):
    """The shift of a post."""

    name = "xenia.frontier.shift"
    label = "shift"
