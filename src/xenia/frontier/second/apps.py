"""Django's record of the second line."""

from django.apps import AppConfig


class SecondConfig(AppConfig):
    """The second line."""

    name = "xenia.frontier.second"
    label = "second"
